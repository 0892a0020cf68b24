//! `/downloads/…`: an archive, whole or a range of it (RFC 9110, section 14), by a signed link that expires. Where the operator
//! wants it so, the client is sent to the object store instead, which serves ranges itself.

use std::ops::Range;

use axum::{
    body::Body,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderMap, Method, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use http_range_header::{RangeUnsatisfiableError, parse_range_header};
use serde::Deserialize;
use uuid::Uuid;

use super::{App, problem::Problem};
use crate::{
    audit::{self, Action, Event, link_detail},
    export::{Download, DownloadError},
    graphql::Code,
};

/// Who has done what was done by a link.
const LINK: &str = "(by a download link)";

/// The signed part of a link.
#[derive(Deserialize)]
pub(super) struct Signed {
    expires: i64,
    signature: String,
}

/// Hands an archive out. HEAD comes here too.
pub(super) async fn download(
    State(app): State<App>,
    method: Method,
    parts: Result<Path<(Uuid, String)>, PathRejection>,
    signed: Result<Query<Signed>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, DownloadError> {
    let Path((id, file_name)) = parts.map_err(|_| DownloadError::Refused)?;
    let Query(signed) = signed.map_err(|_| DownloadError::Refused)?;
    let download = app.engine.follow(id, &file_name, signed.expires, &signed.signature).await?;
    // A presigned address is good for GET alone.
    if method == Method::GET
        && let Some(address) = app.engine.presigned(&download).await?
    {
        note(&app, id, signed.expires).await?;
        let headers = [(header::LOCATION, address.as_str()), (header::CACHE_CONTROL, "no-store")];
        return Ok((StatusCode::TEMPORARY_REDIRECT, AppendHeaders(headers)).into_response());
    }
    let (status, range) = match wanted(&headers, &download) {
        Ok(Some(range)) => (StatusCode::PARTIAL_CONTENT, range),
        Ok(None) => (StatusCode::OK, 0..download.bytes),
        Err(Unsatisfiable) => return Ok(unsatisfiable(&download)),
    };
    let body = match method {
        Method::HEAD => Body::empty(),
        _ => {
            note(&app, id, signed.expires).await?;
            Body::from_stream(app.engine.read(&download, range.clone()).await?)
        }
    };
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/zip")
        .header(header::CONTENT_LENGTH, range.end - range.start)
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", download.file_name))
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::ETAG, etag(&download))
        .header(header::CACHE_CONTROL, "private, no-store");
    if status == StatusCode::PARTIAL_CONTENT {
        let content_range = format!("bytes {}-{}/{}", range.start, range.end - 1, download.bytes);
        response = response.header(header::CONTENT_RANGE, content_range);
    }
    Ok(response.body(body).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response()))
}

/// Keeps that somebody downloads, once for all the pieces. A link is good for whoever has it, so that nobody is named.
async fn note(app: &App, id: Uuid, expires: i64) -> Result<(), DownloadError> {
    let detail = Some(link_detail(expires));
    let event =
        Event { actor: LINK, actor_id: None, action: Action::Downloaded, subject: Some(id.to_string()), detail };
    Ok(audit::record_once(&app.db, event, app.engine.now()).await?)
}

/// A range that lies outside of the archive.
struct Unsatisfiable;

/// The range that is asked for; None for the whole. A range is ignored, as the standard allows, if it is not one of
/// bytes, if there are several, or if `If-Range` names another archive.
fn wanted(headers: &HeaderMap, download: &Download) -> Result<Option<Range<u64>>, Unsatisfiable> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(asked) = text(header::RANGE) else { return Ok(None) };
    if text(header::IF_RANGE).is_some_and(|tag| tag != etag(download)) {
        return Ok(None);
    }
    let Ok(parsed) = parse_range_header(asked) else { return Ok(None) };
    match parsed.validate(download.bytes).as_deref() {
        Ok([range]) => Ok(Some(*range.start()..*range.end() + 1)),
        Err(RangeUnsatisfiableError::Unsatisfiable) => Err(Unsatisfiable),
        _ => Ok(None),
    }
}

fn etag(download: &Download) -> String {
    format!("\"{}\"", download.sha256)
}

fn unsatisfiable(download: &Download) -> Response {
    let length = format!("bytes */{}", download.bytes);
    let problem =
        Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, Code::RangeNotSatisfiable, "The archive ends before it.");
    (AppendHeaders([(header::CONTENT_RANGE, length)]), problem).into_response()
}

impl IntoResponse for DownloadError {
    fn into_response(self) -> Response {
        let problem = match self {
            Self::Refused => Problem::new(StatusCode::FORBIDDEN, Code::LinkRefused, self.to_string()),
            Self::Gone => Problem::new(StatusCode::GONE, Code::NotFound, self.to_string()),
            Self::Database(_) | Self::Files(_) => {
                tracing::error!(cause = %self, "a download failed");
                let message = "The server cannot reach this file at the moment. Its log says why.";
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, message)
            }
        };
        problem.into_response()
    }
}
