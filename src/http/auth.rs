//! Who is asking: the holder of the bearer token of a request (RFC 6750), or of the session in its cookie.

use std::time::Duration;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{
    App,
    client::{Client, network},
    problem::Problem,
    reach::Page,
    session,
};
use crate::{
    graphql::{Code, Viewer},
    token,
};

/// Who is asking.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) viewer: Viewer,
    /// The session, if it is by one.
    pub(super) session: Option<Uuid>,
}

/// Why nobody is let in.
#[derive(Debug)]
pub(super) enum Refused {
    /// No token.
    Unauthenticated,
    /// A token that this server does not know, or that is over.
    Unknown,
    /// A session that this server does not know, or that is over.
    SessionOver,
    /// A session, but not from a page of this server.
    ForeignPage,
    /// Too often: how long to wait.
    TooOften(Duration),
    /// The tokens cannot be read.
    Unavailable,
}

/// Who sends a request with these headers.
pub(super) async fn caller(app: &App, headers: &HeaderMap, client: Client) -> Result<Caller, Refused> {
    let caller = match (headers.get(header::AUTHORIZATION), session::cookie(headers, client)) {
        (Some(value), _) => bearer(app, value.to_str().ok(), client).await?,
        // A browser sends the cookie whoever made it ask.
        (None, Some(_)) if app.reach.page(headers, client) != Page::Own => return Err(Refused::ForeignPage),
        (None, Some(cookie)) => by_session(app, &cookie, client).await?,
        (None, None) => return Err(Refused::Unauthenticated),
    };
    counted(app, &caller)?;
    Ok(caller)
}

/// Counts a request, or an operation.
pub(super) fn counted(app: &App, caller: &Caller) -> Result<(), Refused> {
    app.rates.request(caller.viewer.token).map_err(Refused::TooOften)
}

/// The holder of the token in `Bearer …`.
pub(super) async fn bearer(app: &App, authorization: Option<&str>, client: Client) -> Result<Caller, Refused> {
    let (scheme, token) = authorization.and_then(|value| value.split_once(' ')).ok_or(Refused::Unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refused::Unauthenticated);
    }
    let found = by_token(app, token.trim(), client).await?;
    Ok(Caller { viewer: found.into(), session: None })
}

/// The row of a token.
pub(super) async fn by_token(app: &App, token: &str, client: Client) -> Result<entity::api_token::Model, Refused> {
    match token::find(&app.db, token, app.engine.now()).await.map_err(unavailable)? {
        Some(found) => Ok(found),
        None => Err(failed(app, client, Refused::Unknown)),
    }
}

/// Counts a token or a session that is none.
fn failed(app: &App, client: Client, refused: Refused) -> Refused {
    app.rates.failed_sign_in(network(client.address)).err().map_or(refused, Refused::TooOften)
}

/// The holder of the session of a cookie.
pub(super) async fn by_session(app: &App, cookie: &str, client: Client) -> Result<Caller, Refused> {
    let found = crate::session::find(&app.db, cookie, app.engine.now()).await.map_err(unavailable)?;
    let (session, token) = found.ok_or_else(|| failed(app, client, Refused::SessionOver))?;
    Ok(Caller { viewer: token.into(), session: Some(session.id) })
}

/// Whether somebody who was let in still may be: asked before each operation of a connection that stays open.
pub(super) async fn is_still_good(app: &App, caller: &Caller) -> Result<bool, Refused> {
    let now = app.engine.now();
    let token = token::still_good(&app.db, [caller.viewer.token], now).await.map_err(unavailable)?;
    let Some(session) = caller.session else { return Ok(!token.is_empty()) };
    let session = crate::session::still_good(&app.db, [session], now).await.map_err(unavailable)?;
    Ok(!token.is_empty() && !session.is_empty())
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where an error is mapped")]
fn unavailable(cause: sea_orm::DbErr) -> Refused {
    tracing::error!(%cause, "the tokens cannot be read");
    Refused::Unavailable
}

impl Refused {
    /// What the client is told. It fits into a WebSocket's close frame (123 bytes).
    pub(super) fn message(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "A token is needed: Authorization: Bearer …, made by `carryall token create`.",
            Self::Unknown => "This token is unknown, revoked or over. Make another by `carryall token create`.",
            Self::SessionOver => "The session is over. Sign in again.",
            Self::ForeignPage => {
                "With a session, only pages of this server may ask, as `Origin` says. Programs use a token."
            }
            Self::TooOften(_) => "Too many requests, or too many wrong tokens. Wait as long as `Retry-After` says.",
            Self::Unavailable => "The server cannot read its tokens at the moment. Try again; its log says why.",
        }
    }

    /// The stable code for programs.
    pub(super) fn code(&self) -> Code {
        match self {
            Self::Unauthenticated | Self::Unknown | Self::SessionOver => Code::Unauthenticated,
            Self::ForeignPage => Code::ForeignOrigin,
            Self::TooOften(_) => Code::RateLimited,
            Self::Unavailable => Code::Unavailable,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let problem = |status| Problem::new(status, self.code(), self.message());
        match &self {
            Self::Unauthenticated | Self::Unknown | Self::SessionOver => problem(StatusCode::UNAUTHORIZED)
                .with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
                .into_response(),
            Self::ForeignPage => problem(StatusCode::FORBIDDEN).into_response(),
            // Whole seconds, upward (RFC 9110, section 10.2.3).
            Self::TooOften(wait) => problem(StatusCode::TOO_MANY_REQUESTS)
                .with(header::RETRY_AFTER, wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
                .into_response(),
            Self::Unavailable => problem(StatusCode::SERVICE_UNAVAILABLE).into_response(),
        }
    }
}
