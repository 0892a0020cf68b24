//! Nobody in who does not belong: what asks for a token, and what is said to those who have none.

use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};

use crate::app::{TestApp, database_of};

async fn post(app: &TestApp, authorization: Option<&str>, content_type: &str, body: &str) -> Response {
    let mut request = app.client.post(format!("{}/graphql", app.url)).header(header::CONTENT_TYPE, content_type);
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    request.body(body.to_owned()).send().await.unwrap()
}

#[tokio::test]
async fn without_a_good_token_nothing_is_executed() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let create =
        json!({"query": "mutation { createDataExport(input: {name: \"x\"}) { dataExport { id } } }"}).to_string();
    let good = app.token.expose();
    let wrong = [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        "Bearer carryall_wrong".into(),
        format!("Basic {good}"),
        format!("Bearer {good}x"),
        good.to_owned(),
    ];
    for authorization in std::iter::once(None).chain(wrong.iter().map(|value| Some(value.as_str()))) {
        let response = post(&app, authorization, "application/json", &create).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{authorization:?}");
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }
    assert_eq!(app.graphql("{ dataExports { totalCount } }", json!({})).await["dataExports"]["totalCount"], 0);
}

#[tokio::test]
async fn the_viewer_is_the_holder_of_the_token() {
    let app = TestApp::start_without_worker(&[]).await;
    let data = app.graphql("{ viewer { name role } }", json!({})).await;
    assert_eq!(data["viewer"], json!({"name": "tester", "role": "ADMIN"}));
}

#[tokio::test]
async fn health_and_pages_ask_for_no_token_and_pages_load_nothing_from_elsewhere() {
    let app = TestApp::start_without_worker(&[]).await;
    let health = app.client.get(format!("{}/healthz", app.url)).send().await.unwrap();
    assert_eq!((health.status(), health.text().await.unwrap().as_str()), (StatusCode::OK, "ok\n"));
    for path in ["/", "/exports/any", "/graphiql"] {
        let page = app.client.get(format!("{}{path}", app.url)).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("http"), "{policy}");
        let page = page.text().await.unwrap();
        assert!(page.contains("<title>") && !page.contains("CARRYALL-NONCE"), "{page}");
    }
    let licenses = app.client.get(format!("{}/third-party-licenses.md", app.url)).send().await.unwrap();
    assert!(licenses.text().await.unwrap().contains("graphiql"));
}

#[tokio::test]
async fn the_dashboards_styles_need_a_nonce_that_each_answer_has_anew() {
    let app = TestApp::start_without_worker(&[]).await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let page = app.client.get(format!("{}/", app.url)).send().await.unwrap();
        let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(!policy.contains("unsafe"), "{policy}");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(page.text().await.unwrap().contains(&format!("nonce=\"{nonce}\"")));
        nonces.push(nonce);
    }
    assert!(nonces[0].len() >= 22 && nonces[0] != nonces[1], "{nonces:?}");
}

#[tokio::test]
async fn a_request_that_is_no_operation_is_refused_by_its_status() {
    let app = TestApp::start_without_worker(&[]).await;
    let bearer = format!("Bearer {}", app.token.expose());
    let query = json!({"query": "{ viewer { name } }"}).to_string();
    let huge = "x".repeat(2 * 1024 * 1024);
    for (content_type, body, status) in [
        ("text/plain", query.as_str(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/x-www-form-urlencoded", "query=%7Bviewer%7D", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/json", "{", StatusCode::BAD_REQUEST),
        ("application/json", "[]", StatusCode::BAD_REQUEST),
        ("application/json", &huge, StatusCode::PAYLOAD_TOO_LARGE),
        ("application/json; charset=utf-8", &query, StatusCode::OK),
    ] {
        assert_eq!(post(&app, Some(&bearer), content_type, body).await.status(), status, "{content_type}");
    }
    let get = app.client.get(format!("{}/graphql?query={{viewer{{name}}}}", app.url)).send().await.unwrap();
    assert_eq!(get.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn neither_token_nor_password_is_stored_in_clear() {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("x").await;
    let (archive, password) = app.archive(&export);
    let data = archive.parent().unwrap().parent().unwrap();
    for file in std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(&file).unwrap();
        for secret in [password.as_str(), app.token.expose()] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{}", file.display());
        }
    }
    drop(folder);
}
