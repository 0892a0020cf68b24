//! Media types, as GraphQL over HTTP has them (<https://graphql.github.io/graphql-over-http/draft/>): which one a request is
//! in, and in which one it wants its answer.

use axum::http::{HeaderMap, HeaderValue, header};
use mime::Mime;

/// What an answer is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`, whose status is 200 as soon as the request is one of GraphQL.
    Json,
    /// `application/graphql-response+json`, whose status tells whether anything was executed.
    Response,
    /// `text/event-stream`, in which answers come one after the other.
    EventStream,
}

impl Media {
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Response => "application/graphql-response+json; charset=utf-8",
            Self::EventStream => "text/event-stream",
        })
    }

    /// The same, or JSON where there is nothing to be streamed.
    pub(super) fn or_json(self) -> Self {
        if self == Self::EventStream { Self::Json } else { self }
    }

    /// What the client wants best; JSON if it does not say; None if it wants nothing that there is.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        if !headers.contains_key(header::ACCEPT) {
            return Some(Self::Json);
        }
        let mut best = None;
        for (weight, media) in ranges(headers).filter_map(|range| wanted(&range)) {
            if best.is_none_or(|(least, _)| weight > least) {
                best = Some((weight, media));
            }
        }
        best.map(|(_, media)| media)
    }
}

/// What a range of media types stands for, and how much it is wanted.
fn wanted(range: &Mime) -> Option<(f32, Media)> {
    let media = match range.essence_str() {
        "application/graphql-response+json" => Media::Response,
        "text/event-stream" => Media::EventStream,
        "application/json" | "application/*" | "*/*" => Media::Json,
        _ => return None,
    };
    let weight = range.get_param("q").map_or(Some(1.0), |weight| weight.as_str().parse().ok())?;
    (is_utf8(range) && weight > 0.0).then_some((weight, media))
}

/// Whether a client would take a stream of events.
pub(super) fn takes_events(headers: &HeaderMap) -> bool {
    ranges(headers).any(|range| matches!(wanted(&range), Some((_, Media::EventStream))))
}

fn ranges(headers: &HeaderMap) -> impl Iterator<Item = Mime> {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|range| range.trim().parse::<Mime>().ok())
}

/// Whether the body of a request is JSON in UTF-8.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.parse::<Mime>().is_ok_and(|media| media.essence_str() == "application/json" && is_utf8(&media))
}

fn is_utf8(media: &Mime) -> bool {
    media.get_param(mime::CHARSET).is_none_or(|charset| charset == mime::UTF_8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accept: &str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap_or(HeaderValue::from_static("")));
        Media::accepted(&headers)
    }

    #[test]
    fn the_media_type_that_is_wanted_best_is_taken() {
        assert_eq!(Media::accepted(&HeaderMap::new()), Some(Media::Json));
        assert_eq!(of("*/*"), Some(Media::Json));
        assert_eq!(of("application/json"), Some(Media::Json));
        assert_eq!(
            of("application/graphql-response+json; charset=utf-8, application/json; q=0.9"),
            Some(Media::Response)
        );
        assert_eq!(of("application/graphql-response+json;q=0.5, application/json"), Some(Media::Json));
        assert_eq!(of("text/html, application/graphql-response+json;q=0"), None);
        assert_eq!(of("application/json; charset=iso-8859-1"), None);
        assert_eq!(of("text/event-stream"), Some(Media::EventStream));
        assert_eq!(of("application/json, text/event-stream"), Some(Media::Json));
        assert_eq!(of("application/json;q=0.5, text/event-stream"), Some(Media::EventStream));
        assert_eq!(of("text/event-stream;q=0.0, */*"), Some(Media::Json));
    }
}
