//! `/session`: the dashboard signs in with a token (POST) and out (DELETE). The browser keeps a cookie that no script can read,
//! in place of the token.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use cookie::{Cookie, SameSite};
use serde::Deserialize;

use super::{
    App,
    auth::{self, Caller},
    body,
    client::Client,
    media_type::is_json,
    problem::Problem,
    reach::{self, Page},
};
use crate::session;

/// The cookie over TLS: browsers take this name only from the host itself, with `Secure` and for all paths.
const SECURE: &str = "__Host-carryall-session";
/// How its name begins without TLS.
const PLAIN: &str = "carryall-session";

/// Most bytes of what signs in: nobody is known yet.
const SIGN_IN_MAXIMUM: u64 = 4096;

/// What signs in.
#[derive(Deserialize)]
struct SignIn {
    token: String,
}

/// Begins a session.
pub(super) async fn sign_in(
    State(app): State<App>,
    axum::Extension(client): axum::Extension<Client>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    // Nor may a page elsewhere sign somebody in, as somebody else.
    if app.reach.page(&headers, client) == Page::Foreign {
        return auth::Refused::ForeignPage.into_response();
    }
    if !is_json(&headers) {
        return body::unsupported();
    }
    let read = match body::read(&app, &headers, body, SIGN_IN_MAXIMUM).await {
        Ok(read) => read,
        Err(problem) => return problem.into_response(),
    };
    let Ok(SignIn { token }) = serde_json::from_slice(&read) else {
        return Problem::bad_request("Send {\"token\": \"…\"}.").into_response();
    };
    let token = match auth::by_token(&app, token.trim(), client).await {
        Ok(token) => token,
        Err(refused) => return refused.into_response(),
    };
    let caller = Caller { viewer: token.clone().into(), session: None };
    if let Err(refused) = auth::counted(&app, &caller) {
        return refused.into_response();
    }
    match session::begin(&app.db, &token, app.engine.now()).await {
        Ok((secret, _)) => with_cookie(built(secret.expose(), name(&headers, client), client)),
        Err(cause) => {
            tracing::error!(%cause, "a session cannot be begun");
            auth::Refused::Unavailable.into_response()
        }
    }
}

/// Ends the session of the cookie.
pub(super) async fn sign_out(
    State(app): State<App>,
    axum::Extension(client): axum::Extension<Client>,
    headers: HeaderMap,
) -> Response {
    if app.reach.page(&headers, client) != Page::Own {
        return auth::Refused::ForeignPage.into_response();
    }
    if let Some(cookie) = cookie(&headers, client)
        && let Err(unavailable) = end(&app, &cookie, client).await
    {
        return unavailable.into_response();
    }
    let mut over = built("", name(&headers, client), client);
    over.make_removal();
    with_cookie(over)
}

/// Ends the session of a cookie; one that is over already is. Fails if that cannot be told: the cookie is to stay then.
async fn end(app: &App, cookie: &str, client: Client) -> Result<(), auth::Refused> {
    let id = match auth::by_session(app, cookie, client).await {
        Ok(caller) => caller.session,
        Err(unavailable @ auth::Refused::Unavailable) => return Err(unavailable),
        Err(_) => None,
    };
    let Some(id) = id else { return Ok(()) };
    session::end(&app.db, id).await.map_err(|cause| {
        tracing::error!(%cause, "a session cannot be ended");
        auth::Refused::Unavailable
    })
}

/// What the session's cookie of a request holds.
pub(super) fn cookie(headers: &HeaderMap, client: Client) -> Option<String> {
    let name = name(headers, client);
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = values.flat_map(Cookie::split_parse).flatten();
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// What the cookie is called. Browsers send one to all ports of a host, so that without TLS the port is a part of the name: else
/// two servers on one machine would take each other's.
fn name(headers: &HeaderMap, client: Client) -> String {
    if client.secure { SECURE.to_owned() } else { format!("{PLAIN}-{}", reach::port(headers).unwrap_or(80)) }
}

fn built(value: &str, name: String, client: Client) -> Cookie<'static> {
    Cookie::build((name, value.to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(client.secure)
        .max_age(cookie::time::Duration::seconds(session::LIFE.num_seconds()))
        .build()
}

fn with_cookie(cookie: Cookie<'_>) -> Response {
    match HeaderValue::from_str(&cookie.to_string()) {
        Ok(value) => {
            let headers = [(header::SET_COOKIE, value), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (StatusCode::NO_CONTENT, headers).into_response()
        }
        // It is made of letters, digits and signs of ours.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
