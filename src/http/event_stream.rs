//! Subscriptions, and whatever else a client wants so, as server-sent events: the distinct connections mode of `graphql-sse`
//! (<https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>). For clients behind proxies that drop WebSockets.

use std::{convert::Infallible, time::Duration};

use async_graphql::{Request, Response as Answer};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{
    StreamExt,
    stream::{self, Stream},
};
use serde_json::json;

use super::{
    App,
    media_type::Media,
    operation::{self, Asked},
    problem::Problem,
    streams::{OpenStream, TooMany},
};
use crate::graphql::Code;

/// So often something is sent, so that no proxy takes the connection for a dead one.
const ALIVE: Duration = Duration::from_secs(12);

/// Executes an operation, and sends its answers as they come. What is refused as a whole is refused by its status.
pub(super) async fn open(app: &App, asked: Asked, request: Request) -> Response {
    let guards = OpenStream::new(app, &asked.caller).and_then(|stream| stream.subscribe().map(|of| (stream, of)));
    let Ok((stream, subscription)) = guards else {
        let message = TooMany::message("event streams", &app.limits);
        return Problem::new(StatusCode::TOO_MANY_REQUESTS, Code::TooManyStreams, message).into_response();
    };
    let mut answers = operation::answers(app, asked, request);
    let first = answers.next().await;
    if let Some(refused) = first.as_ref().filter(|first| operation::was_not_executed(first)) {
        let media = Media::Json.content_type();
        let headers = [(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        return (operation::refused_status(refused), headers, json!({"errors": refused.errors}).to_string())
            .into_response();
    }
    let ends = ended(app.clone(), stream);
    let complete = Event::default().event("complete").data("");
    let events = stream::iter(first).chain(answers).map(next).chain(stream::once(async { complete }));
    let events = events.take_until(ends).map(move |event| {
        // Counted until the last was sent.
        let _ = &subscription;
        Ok::<_, Infallible>(event)
    });
    sent(events)
}

fn sent(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response();
    // What gathers answers before it hands them on would hold them back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn next(answer: Answer) -> Event {
    Event::default().event("next").data(json!(answer).to_string())
}

/// When the server stops, or nobody may listen any more.
async fn ended(app: App, stream: OpenStream) {
    tokio::select! { () = app.stop.cancelled() => {}, () = stream.ended.cancelled() => {} }
}
