//! The body of a request: read whole, within its limits.

use std::error::Error;

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{App, problem::Problem};
use crate::{graphql::Code, limits::Limits};

/// The body, if it has no more than `most` bytes and comes soon enough.
pub(super) async fn read(app: &App, headers: &HeaderMap, body: Body, most: u64) -> Result<Bytes, Problem> {
    let limits = &app.limits;
    let said = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if said.or(body.size_hint().exact()).is_some_and(|length| length > most) {
        return Err(too_large(most));
    }
    let read = to_bytes(body, Limits::size(most));
    match tokio::time::timeout(Limits::seconds(limits.body_seconds), read).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(cause)) if cause.source().is_some_and(<dyn Error>::is::<http_body_util::LengthLimitError>) => {
            Err(too_large(most))
        }
        Ok(Err(_)) => Err(Problem::bad_request("The body ended before its end.")),
        Err(_) => {
            let message = format!("The body did not come within {} seconds.", limits.body_seconds);
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, Code::RequestTimeout, message))
        }
    }
}

/// The answer to a body in another media type.
pub(super) fn unsupported() -> Response {
    let message = "Send it as application/json, in UTF-8.";
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::UnsupportedMediaType, message).into_response()
}

fn too_large(most: u64) -> Problem {
    let message = format!("The body has more than {most} bytes (`body-bytes`, but for signing in).");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, Code::PayloadTooLarge, message)
}
