//! What is refused before it comes to GraphQL, in the form of GraphQL's own errors: a message, a stable code, the request's id.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::request_id::RequestId;
use crate::graphql::Code;

/// Why a request is refused. It becomes a body where the request's id is known: see [`written`].
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: Code,
    message: String,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), header: None }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::BadRequest, message)
    }

    /// The same, with a header.
    pub(super) fn with(self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        Self { header: Some((name, value.into())), ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The response, with its body if it is a problem.
pub(super) fn written(mut response: Response, id: RequestId) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let extensions = json!({"code": problem.code.as_str(), "requestId": id.to_string()});
    let body = json!({"errors": [{"message": problem.message, "extensions": extensions}]}).to_string();
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let mut written = (problem.status, headers, body).into_response();
    // Those that were added on the way stay.
    for (name, value) in response.headers() {
        written.headers_mut().append(name, value.clone());
    }
    if let Some((name, value)) = problem.header {
        written.headers_mut().insert(name, value);
    }
    written
}
