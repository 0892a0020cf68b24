//! What attackers send: each is refused at once, with a code, and the server goes on.

mod connections;
mod documents;

use std::time::Duration;

use carryall::limits::Limits;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::app::{PATIENCE, Setup, TestApp, database_of};

#[tokio::test]
async fn bodies_batches_and_forms_that_are_no_operation_are_refused() {
    let app = TestApp::start_without_worker(&[]).await;
    let mutation = "mutation { createDataExport(input: {name: \"x\"}) { dataExport { id } } }";
    let one = json!({"query": mutation});
    let batch = Value::from(vec![one.clone(); 1_000]).to_string();
    let huge = json!({"query": "{ viewer { name } }", "variables": {"a": "x".repeat(10 * 1024 * 1024)}}).to_string();
    let deep = format!("{{\"query\": \"{{ viewer {{ name }} }}\", \"variables\": {{\"a\": {}}}}}", "[".repeat(100_000));
    let multipart = "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{}\r\n--x--\r\n";
    for (content_type, body, status) in [
        ("application/json", batch.as_str(), 400),
        ("application/json", &huge, 413),
        ("application/json", &deep, 400),
        ("multipart/form-data; boundary=x", multipart, 415),
        ("text/plain", &one.to_string(), 415),
        ("application/x-www-form-urlencoded", "query=mutation", 415),
    ] {
        let request = app.client.post(format!("{}/graphql", app.url)).bearer_auth(app.token.expose());
        let response = request.header(header::CONTENT_TYPE, content_type).body(body.to_owned()).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{content_type}");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let told: Value = response.json().await.unwrap();
        assert!(told["errors"][0]["extensions"]["code"].is_string(), "{told}");
        assert_eq!(told["errors"][0]["extensions"]["requestId"], id);
    }
    let request = app.client.request(Method::GET, format!("{}/graphql", app.url)).bearer_auth(app.token.expose());
    assert_eq!(request.query(&[("query", mutation)]).send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    // Without its length said before.
    let chunks = futures_util::stream::iter((0..2_000).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024])));
    let request = app.client.post(format!("{}/graphql", app.url)).bearer_auth(app.token.expose());
    let request = request.header(header::CONTENT_TYPE, "application/json").body(reqwest::Body::wrap_stream(chunks));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(app.history().await.len(), 0);
}

#[tokio::test]
async fn tricks_with_paths_lead_nowhere() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("x").await;
    let link = export["downloadUrl"].as_str().unwrap();
    assert_eq!(app.client.get(link).send().await.unwrap().status(), StatusCode::OK);
    let (path, signed) = link.split_once('?').unwrap();
    let path = path.strip_prefix(&app.url).unwrap();
    let (folder, file) = path.rsplit_once('/').unwrap();
    for trick in [
        format!("{folder}/../../secret.key?{signed}"),
        format!("{folder}/..%2f..%2fsecret.key?{signed}"),
        format!("{folder}/%2e%2e%2f%2e%2e%2fcarryall.db?{signed}"),
        format!("{folder}/..%5c..%5csecret.key?{signed}"),
        format!("{folder}/{file}%00.zip?{signed}"),
        format!("{folder}//{file}?{signed}"),
        format!("/downloads/..%2f{file}?{signed}"),
        format!("{}?{signed}", path.to_uppercase()),
        format!("{folder}/{file}?{}", signed.replace("expires=", "expires=9")),
        format!("{folder}/{file}?{signed}0"),
        format!("{folder}/{file}?{signed}&{signed}"),
        format!("{folder}/{file}"),
        "/assets/../secret.key".to_owned(),
        "/assets/..%2f..%2fCargo.toml".to_owned(),
        "/assets//etc/passwd".to_owned(),
    ] {
        // Sent as it stands: a client would put the path straight.
        let (status, body) =
            raw(&app, &format!("GET {trick} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await;
        assert!(matches!(status, 400 | 403 | 404), "{trick}: {status}");
        assert!(!body.contains("PK\u{3}\u{4}") && !body.contains("[package]") && !body.contains("SQLite"), "{trick}");
    }
}

#[tokio::test]
async fn a_token_that_asks_too_often_waits_and_an_address_that_guesses_is_told_so() {
    let mut api_limits = Limits::default();
    (api_limits.requests_per_second, api_limits.failed_sign_ins) = (2, 3);
    let app = TestApp::start_with(&[], Setup { api_limits, ..Setup::default() }).await;
    let ask = async |token: &str| {
        let request = app.client.post(format!("{}/graphql", app.url)).bearer_auth(token);
        request.json(&json!({"query": "{ viewer { name } }"})).send().await.unwrap()
    };
    let mut refused = None;
    for _ in 0..20 {
        let response = ask(app.token.expose()).await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(response);
            break;
        }
        assert_eq!(response.status(), StatusCode::OK);
    }
    let refused = refused.expect("twenty at once are served");
    assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
    assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ask(app.token.expose()).await.status(), StatusCode::OK, "after the wait it is let in");
    let mut guesses = Vec::new();
    for guess in 0..5 {
        guesses.push(ask(&format!("carryall_{guess}")).await.status().as_u16());
    }
    assert_eq!(guesses, [401, 401, 401, 429, 429]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ask(app.token.expose()).await.status(), StatusCode::OK, "a good token is let in from there too");
}

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.url.strip_prefix("http://").unwrap()).await.unwrap()
}

/// The status and the body of the answer to a request that is sent as it stands.
async fn raw(app: &TestApp, request: &str) -> (u16, String) {
    let mut stream = connect(app).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("no end");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer)
}
