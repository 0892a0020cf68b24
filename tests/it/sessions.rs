//! Sessions of the dashboard: a cookie in the place of a token, good for pages of this server alone.

use reqwest::{RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    app::{Setup, TestApp, until},
    socket::Socket,
};

async fn sign_in(app: &TestApp, token: &str) -> Response {
    app.client.post(format!("{}/session", app.url)).json(&json!({"token": token})).send().await.unwrap()
}

/// The cookie of a new session, as a browser sends it back, and as it was set.
async fn session(app: &TestApp) -> (String, String) {
    let signed_in = sign_in(app, app.token.expose()).await;
    assert_eq!(signed_in.status(), StatusCode::NO_CONTENT);
    let set = signed_in.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    (set.split(';').next().unwrap().to_owned(), set)
}

/// What a page of this server sends.
fn from_own_page(app: &TestApp, request: RequestBuilder, cookie: &str) -> RequestBuilder {
    request.header(header::ORIGIN, &app.url).header(header::COOKIE, cookie)
}

fn viewer(app: &TestApp) -> RequestBuilder {
    app.client.post(format!("{}/graphql", app.url)).json(&json!({"query": "{ viewer { name } }"}))
}

#[tokio::test]
async fn a_token_begins_a_session_whose_cookie_no_script_reads_and_no_other_site_sends() {
    let app = TestApp::start_without_worker(&[]).await;
    let (cookie, set) = session(&app).await;
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Secure") && !set.contains(app.token.expose()), "{set}");
    let answer: Value = from_own_page(&app, viewer(&app), &cookie).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["data"]["viewer"]["name"], "tester");
    let stored: Vec<u8> = app.state().query_row("SELECT hash FROM session", [], |row| row.get(0)).unwrap();
    assert!(!cookie.as_bytes().windows(stored.len()).any(|part| part == stored), "it is stored as a hash");
}

#[tokio::test]
async fn over_tls_the_cookie_is_secure_and_bound_to_the_host() {
    let reach = carryall::http::Reach { public_url: "https://carryall.example.com".parse().ok(), ..Default::default() };
    let app = TestApp::start_with(&[], Setup { reach, ..Setup::default() }).await;
    let (cookie, set) = session(&app).await;
    assert!(cookie.starts_with("__Host-") && set.contains("Secure"), "{set}");
    let status = async |cookie: String| {
        let request =
            viewer(&app).header(header::ORIGIN, "https://carryall.example.com").header(header::COOKIE, cookie);
        request.send().await.unwrap().status()
    };
    assert_eq!(status(cookie.clone()).await, StatusCode::OK);
    // Under another name, anybody at a neighbouring host could have set it.
    assert_eq!(status(cookie.replace("__Host-", "")).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn sign_ins_are_counted_as_requests_are_and_sessions_that_are_none_as_tokens_are() {
    let api_limits = carryall::limits::Limits { requests_per_second: 1, failed_sign_ins: 2, ..Default::default() };
    let app = TestApp::start_with(&[], Setup { api_limits, ..Setup::default() }).await;
    let mut refused = 0;
    for _ in 0..10 {
        refused += i32::from(sign_in(&app, app.token.expose()).await.status() == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused >= 5, "only {refused} of ten were refused");
    let name = format!("carryall-session-{}", app.url.rsplit(':').next().unwrap());
    let mut guesses = Vec::new();
    for guess in 0..4 {
        let asked = from_own_page(&app, viewer(&app), &format!("{name}={guess}")).send().await.unwrap();
        guesses.push(asked.status().as_u16());
    }
    assert_eq!(guesses, [401, 401, 429, 429]);
    let long = app.client.post(format!("{}/session", app.url)).json(&json!({"token": "x".repeat(5_000)}));
    assert_eq!(long.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn with_a_session_only_pages_of_this_server_may_ask_and_only_in_json() {
    let app = TestApp::start_without_worker(&[]).await;
    let (cookie, _) = session(&app).await;
    let refused = async |request: RequestBuilder, status: StatusCode| {
        let response = request.header(header::COOKIE, &cookie).send().await.unwrap();
        assert_eq!(response.status(), status);
        response.json::<Value>().await.unwrap()["errors"][0]["extensions"]["code"].clone()
    };
    let own = app.url.as_str();
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("accept", "*/*"),
    ] {
        assert_eq!(
            refused(viewer(&app).header(name, value), StatusCode::FORBIDDEN).await,
            "FOREIGN_ORIGIN",
            "{name}: {value}"
        );
        let out = app.client.delete(format!("{}/session", app.url)).header(name, value);
        assert_eq!(refused(out, StatusCode::FORBIDDEN).await, "FOREIGN_ORIGIN");
    }
    let form = app.client.post(format!("{}/graphql", app.url)).header(header::ORIGIN, own);
    let form = form.header(header::CONTENT_TYPE, "text/plain").body("{\"query\": \"{ viewer { name } }\"}");
    assert_eq!(refused(form, StatusCode::UNSUPPORTED_MEDIA_TYPE).await, "UNSUPPORTED_MEDIA_TYPE");
    let elsewhere = app.client.post(format!("{}/session", app.url)).json(&json!({"token": app.token.expose()}));
    let elsewhere = elsewhere.header(header::ORIGIN, "https://evil.example").send().await.unwrap();
    assert_eq!(
        (elsewhere.status(), elsewhere.headers().contains_key(header::SET_COOKIE)),
        (StatusCode::FORBIDDEN, false)
    );
}

#[tokio::test]
async fn a_session_ends_when_it_is_signed_out_or_over_or_its_token_is() {
    let app = TestApp::start_without_worker(&[]).await;
    let status = async |cookie: &str| from_own_page(&app, viewer(&app), cookie).send().await.unwrap().status();
    let (signed_out, _) = session(&app).await;
    let (over, _) = session(&app).await;
    let out = app.client.delete(format!("{}/session", app.url));
    let out = from_own_page(&app, out, &signed_out).send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert!(out.headers()[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!((status(&signed_out).await, status(&over).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
    app.pass(chrono::TimeDelta::hours(12));
    assert_eq!(status(&over).await, StatusCode::UNAUTHORIZED);
    let made = "mutation { createApiToken(input: {name: \"x\", role: VIEWER}) { apiToken { id } secret } }";
    let made = app.graphql(made, json!({})).await["createApiToken"].clone();
    let of_token = sign_in(&app, made["secret"].as_str().unwrap()).await;
    let of_token = of_token.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(status(&of_token).await, StatusCode::OK);
    let revoke = "mutation ($id: ID!) { revokeApiToken(input: {id: $id}) { revokedApiTokenId } }";
    app.graphql(revoke, json!({"id": made["apiToken"]["id"]})).await;
    assert_eq!(status(&of_token).await, StatusCode::UNAUTHORIZED);
    let name = signed_out.split('=').next().unwrap();
    for wrong in [format!("{name}="), format!("{name}=x"), signed_out.replace(name, "other")] {
        assert_eq!(status(&wrong).await, StatusCode::UNAUTHORIZED, "{wrong}");
    }
}

#[tokio::test]
async fn a_wrong_token_begins_nothing() {
    let app = TestApp::start_without_worker(&[]).await;
    for token in ["", "carryall_wrong", " "] {
        let refused = sign_in(&app, token).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        assert!(!refused.headers().contains_key(header::SET_COOKIE));
    }
    let text =
        app.client.post(format!("{}/session", app.url)).body(app.token.expose().to_owned()).send().await.unwrap();
    assert_eq!(text.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let session = app.client.post(format!("{}/session", app.url)).json(&json!({"token": 7})).send().await.unwrap();
    assert_eq!(session.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_token_has_fifty_sessions_and_the_oldest_ends_when_another_begins() {
    let api_limits = carryall::limits::Limits { requests_per_second: 1_000, ..Default::default() };
    let app = TestApp::start_with(&[], Setup { api_limits, ..Setup::default() }).await;
    let (first, _) = session(&app).await;
    for _ in 0..49 {
        session(&app).await;
    }
    let status = async || from_own_page(&app, viewer(&app), &first).send().await.unwrap().status();
    assert_eq!(status().await, StatusCode::OK);
    session(&app).await;
    assert_eq!(status().await, StatusCode::UNAUTHORIZED);
    let rows: i64 = app.state().query_row("SELECT count(*) FROM session", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 50);
}

#[tokio::test]
async fn a_session_opens_websockets_from_own_pages_which_end_with_it() {
    let app = TestApp::start_without_worker(&[]).await;
    let (cookie, _) = session(&app).await;
    let own = [("Cookie", cookie.as_str()), ("Origin", app.url.as_str())];
    let mut socket = Socket::open(&app.url, &own).await.unwrap();
    socket.init(json!({})).await;
    assert_eq!(socket.receive().await["type"], "connection_ack");
    for origin in ["https://evil.example", "null", "http://localhost:1"] {
        let foreign = [("Cookie", cookie.as_str()), ("Origin", origin)];
        assert_eq!(Socket::open(&app.url, &foreign).await.err(), Some(403), "{origin}");
    }
    // Without an origin it is no browser, and a cookie is nothing to go by.
    let mut unknown = Socket::open(&app.url, &[("Cookie", cookie.as_str())]).await.unwrap();
    unknown.init(json!({})).await;
    assert_eq!(unknown.closed().await.0, 4403);
    let out = app.client.delete(format!("{}/session", app.url));
    from_own_page(&app, out, &cookie).send().await.unwrap();
    assert_eq!(socket.closed().await.0, 4403);
    until("nobody is signed in", async || {
        app.state().query_row("SELECT count(*) FROM session", [], |row| row.get::<_, i64>(0)).unwrap() == 0
    })
    .await;
}

#[tokio::test]
async fn pages_elsewhere_ask_only_if_their_origin_is_allowed_and_by_a_token_alone() {
    let allowed = "https://app.example.com";
    let reach = carryall::http::Reach { allowed_origins: vec![allowed.to_owned()], ..Default::default() };
    let app = TestApp::start_with(&[], Setup { reach, ..Setup::default() }).await;
    let closed = TestApp::start_without_worker(&[]).await;
    let preflight = async |app: &TestApp, origin: &str| {
        let request = app.client.request(reqwest::Method::OPTIONS, format!("{}/graphql", app.url));
        let request = request.header(header::ORIGIN, origin).header("access-control-request-method", "POST");
        let request = request.header("access-control-request-headers", "authorization,content-type");
        request.send().await.unwrap().headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).cloned()
    };
    assert_eq!(preflight(&app, allowed).await, Some(allowed.parse().unwrap()));
    assert_eq!(preflight(&app, "https://evil.example").await, None);
    assert_eq!(preflight(&closed, allowed).await, None);
    let asked = viewer(&app).bearer_auth(app.token.expose()).header(header::ORIGIN, allowed).send().await.unwrap();
    assert_eq!(asked.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], allowed);
    assert!(!asked.headers().contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    let mut socket = Socket::open(&app.url, &[("Origin", allowed)]).await.unwrap();
    socket.init(json!({"Authorization": format!("Bearer {}", app.token.expose())})).await;
    assert_eq!(socket.receive().await["type"], "connection_ack");
    assert_eq!(Socket::open(&closed.url, &[("Origin", allowed)]).await.err(), Some(403));
}

#[tokio::test]
async fn a_session_that_cannot_be_ended_keeps_its_cookie() {
    let app = TestApp::start_without_worker(&[]).await;
    let (cookie, _) = session(&app).await;
    let out = async || {
        let request = app.client.delete(format!("{}/session", app.url));
        let answer = from_own_page(&app, request, &cookie).send().await.unwrap();
        (answer.status(), answer.headers().contains_key(header::SET_COOKIE))
    };
    app.state().execute_batch("ALTER TABLE session RENAME TO gone").unwrap();
    assert_eq!(out().await, (StatusCode::SERVICE_UNAVAILABLE, false));
    app.state().execute_batch("ALTER TABLE gone RENAME TO session").unwrap();
    assert_eq!(out().await, (StatusCode::NO_CONTENT, true));
    let status = from_own_page(&app, viewer(&app), &cookie).send().await.unwrap().status();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}
