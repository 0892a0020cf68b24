//! Who is asking: the bearer token of a request (RFC 6750), looked up.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use uuid::Uuid;

use super::App;
use crate::{graphql::Viewer, token};

/// So often it is looked whether the token of an open connection is still good.
const LOOK: Duration = Duration::from_secs(2);

/// Why nobody is let in.
#[derive(Debug)]
pub(super) enum Refused {
    /// No token.
    Unauthenticated,
    /// A token that this server does not know, or that is over.
    Unknown,
    /// The tokens cannot be read.
    Unavailable,
}

/// The holder of the token in the `Authorization` header.
pub(super) async fn viewer(app: &App, headers: &HeaderMap) -> Result<Viewer, Refused> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    bearer(app, value).await
}

/// The holder of the token in `Bearer …`.
pub(super) async fn bearer(app: &App, authorization: Option<&str>) -> Result<Viewer, Refused> {
    let (scheme, token) = authorization.and_then(|value| value.split_once(' ')).ok_or(Refused::Unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refused::Unauthenticated);
    }
    match token::find(&app.db, token.trim(), app.engine.now()).await {
        Ok(Some(found)) => Ok(found.into()),
        Ok(None) => Err(Refused::Unknown),
        Err(cause) => {
            tracing::error!(%cause, "the tokens cannot be read");
            Err(Refused::Unavailable)
        }
    }
}

/// What a client without a token is told. It fits into a WebSocket's close frame (123 bytes).
const UNAUTHENTICATED: &str = "A token is needed: Authorization: Bearer …, made by `carryall token create`.";

/// What a client with a wrong token is told.
const UNKNOWN: &str = "This token is unknown, revoked or over. Make another by `carryall token create`.";

/// Returns when the token of this id is no longer good.
pub(super) async fn ended(app: &App, id: Uuid) {
    loop {
        tokio::time::sleep(LOOK).await;
        // That it cannot be looked for ends nothing.
        if matches!(token::is_still_good(&app.db, id, app.engine.now()).await, Ok(false)) {
            return;
        }
    }
}

/// Whether a connection was closed for want of a token.
pub(super) fn is_refusal(reason: &str) -> bool {
    reason == UNAUTHENTICATED || reason == UNKNOWN
}

impl Refused {
    /// What the client is told.
    pub(super) fn message(&self) -> &'static str {
        match self {
            Self::Unauthenticated => UNAUTHENTICATED,
            Self::Unknown => UNKNOWN,
            Self::Unavailable => "The server cannot read its tokens at the moment. Try again; its log says why.",
        }
    }

    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unauthenticated | Self::Unknown => (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        let body = json!({"errors": [{"message": self.message(), "extensions": {"code": code}}]});
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        response
    }
}
