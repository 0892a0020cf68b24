//! Each request has an id: in its answer, in its errors and in what is logged for it.

use std::{fmt, net::SocketAddr};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, Version},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tracing::Instrument;
use uuid::Uuid;

use super::{
    App,
    client::Client,
    problem::{self, Problem},
};
use crate::graphql::Code;

/// Where a client reads it.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, or of an operation over a WebSocket.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestId(Uuid);

impl RequestId {
    /// A new one. What a client sends as one is not taken: it would be written into the log.
    pub(super) fn new() -> Self {
        Self(Uuid::new_v4())
    }

    /// Under which the log has what happens for it.
    pub(super) fn span(self) -> tracing::Span {
        // An error bears it whatever the level of the log.
        tracing::error_span!("request", id = %self)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Gives a request its id and its client, and its problem a body.
pub(super) async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = RequestId::new();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|connect| connect.0.ip());
    let client = Client::of(peer, request.headers(), &app.reach);
    request.extensions_mut().insert(id);
    request.extensions_mut().insert(client);
    // Of the address only the route is told: signatures are in it, and whatever somebody has pasted there.
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    async move {
        let answered = if request.version() > Version::HTTP_11 {
            // A client that sends before it has heard that it may open no stream.
            Problem::new(StatusCode::HTTP_VERSION_NOT_SUPPORTED, Code::BadRequest, "Ask by HTTP/1.1.").into_response()
        } else {
            next.run(request).await
        };
        let mut response = problem::written(answered, id);
        let status = response.status();
        if status.is_server_error() {
            tracing::warn!(%method, route, status = status.as_u16(), client = %client.address, "a request failed");
        } else {
            tracing::debug!(%method, route, status = status.as_u16(), client = %client.address, "answered");
        }
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            response.headers_mut().insert(HEADER, value);
        }
        response
    }
    .instrument(id.span())
    .await
}
