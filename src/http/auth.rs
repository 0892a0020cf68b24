//! Who is asking: the bearer token of a request (RFC 6750), looked up.

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use sea_orm::DatabaseConnection;
use serde_json::json;

use crate::{graphql::Viewer, token};

/// Why nobody is let in.
#[derive(Debug)]
pub(super) enum Refused {
    /// No token.
    Unauthenticated,
    /// A token that this server does not know.
    Unknown,
    /// The tokens cannot be read.
    Unavailable,
}

/// The holder of the token in the `Authorization` header.
pub(super) async fn viewer(db: &DatabaseConnection, headers: &HeaderMap) -> Result<Viewer, Refused> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    bearer(db, value).await
}

/// The holder of the token in `Bearer …`.
pub(super) async fn bearer(db: &DatabaseConnection, authorization: Option<&str>) -> Result<Viewer, Refused> {
    let (scheme, token) = authorization.and_then(|value| value.split_once(' ')).ok_or(Refused::Unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refused::Unauthenticated);
    }
    match token::find(db, token.trim()).await {
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
const UNKNOWN: &str = "This server does not know this token. Make another by `carryall token create`.";

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
