//! Server-sent events: the distinct connections mode of graphql-sse. The client of npm runs in `web/tests/clients.spec.ts`.

use futures_util::StreamExt;
use reqwest::{RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::app::{PATIENCE, Setup, TestApp, database_of, until};

const WATCH: &str = "subscription ($id: ID!) { dataExportProgress(id: $id) { status } }";

fn asking(request: RequestBuilder) -> RequestBuilder {
    request.header(header::ACCEPT, "text/event-stream")
}

async fn open(app: &TestApp, query: &str, variables: Value) -> Response {
    let request = app.client.post(format!("{}/graphql", app.url)).bearer_auth(app.token.expose());
    asking(request).json(&json!({"query": query, "variables": variables})).send().await.unwrap()
}

/// The events that come until the stream ends, or until one is this: the name of each and what it holds.
async fn events(response: Response, last: &str) -> Vec<(String, String)> {
    let mut stream = response.bytes_stream();
    let mut text = String::new();
    let read = async {
        while let Some(Ok(part)) = stream.next().await {
            text += std::str::from_utf8(&part).unwrap();
            if text.contains(last) && text.ends_with("\n\n") {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("the stream does not end");
    let event = |event: &str| {
        let field =
            |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
        (field("event:"), field("data:"))
    };
    text.split("\n\n").filter(|event| event.starts_with("event:")).map(event).collect()
}

#[tokio::test]
async fn a_subscription_shows_each_state_and_then_completes() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let export = app.create("x").await;
    let response = open(&app, WATCH, json!({"id": export})).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    app.start_worker();
    let events = events(response, "event: complete").await;
    let first: Value = serde_json::from_str(&events[0].1).unwrap();
    assert_eq!((&events[0].0, &first["data"]["dataExportProgress"]["status"]), (&"next".to_owned(), &json!("QUEUED")));
    let (name, data) = &events[events.len() - 2];
    let end: Value = serde_json::from_str(data).unwrap();
    assert_eq!((name.as_str(), &end["data"]["dataExportProgress"]["status"]), ("next", &json!("COMPLETED")));
    assert_eq!(events.last().unwrap().0, "complete");
}

#[tokio::test]
async fn queries_come_so_too_and_by_get_mutations_do_not() {
    let app = TestApp::start_without_worker(&[]).await;
    let events = events(open(&app, "{ viewer { name } }", json!({})).await, "event: complete").await;
    assert_eq!(events[0], ("next".to_owned(), json!({"data": {"viewer": {"name": "tester"}}}).to_string()));
    let export = app.create("waits").await;
    let by_get = async |query: &str, variables: Value| {
        let request = app.client.get(format!("{}/graphql", app.url)).bearer_auth(app.token.expose());
        asking(request).query(&[("query", query), ("variables", &variables.to_string())]).send().await.unwrap()
    };
    let watched = by_get(WATCH, json!({"id": export})).await;
    assert_eq!(self::events(watched, "QUEUED").await.len(), 1);
    let pin = "mutation ($id: ID!) { pinDataExport(input: {id: $id, pinned: true}) { dataExport { id } } }";
    assert_eq!(by_get(pin, json!({"id": export})).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(app.export(&export).await["pinned"], false);
}

#[tokio::test]
async fn what_is_refused_as_a_whole_is_refused_by_its_status() {
    let app = TestApp::start_without_worker(&[]).await;
    for (query, code) in [("{ viewer", "GRAPHQL_PARSE_FAILED"), ("{ nothing }", "GRAPHQL_VALIDATION_FAILED")] {
        let refused = open(&app, query, json!({})).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
        assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["extensions"]["code"], code);
    }
    let request = asking(app.client.post(format!("{}/graphql", app.url)));
    let refused = request.json(&json!({"query": WATCH, "variables": {"id": "x"}})).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let failing = events(open(&app, WATCH, json!({"id": "nowhere"})).await, "event: complete").await;
    assert!(failing[0].1.contains("NOT_FOUND") && failing[1].0 == "complete", "{failing:?}");
}

#[tokio::test]
async fn a_stream_ends_with_its_token_and_with_the_server_and_its_place_is_free_when_its_client_goes() {
    let api_limits = carryall::limits::Limits { streams_per_token: 2, ..Default::default() };
    let app = TestApp::start_with(&[], Setup { api_limits, ..Setup::default() }).await;
    let export = app.create("waits").await;
    let first = open(&app, WATCH, json!({"id": export})).await;
    let second = open(&app, WATCH, json!({"id": export})).await;
    let third = open(&app, WATCH, json!({"id": export})).await;
    assert_eq!(third.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(third.json::<Value>().await.unwrap()["errors"][0]["extensions"]["code"], "TOO_MANY_STREAMS");
    drop(second);
    until("there is a place again", async || open(&app, WATCH, json!({"id": export})).await.status() == StatusCode::OK)
        .await;
    let made = "mutation { createApiToken(input: {name: \"x\", role: VIEWER}) { apiToken { id } secret } }";
    let made = app.graphql(made, json!({})).await["createApiToken"].clone();
    let of_token = app.client.post(format!("{}/graphql", app.url)).bearer_auth(made["secret"].as_str().unwrap());
    let of_token = asking(of_token).json(&json!({"query": WATCH, "variables": {"id": export}})).send().await.unwrap();
    let revoke = "mutation ($id: ID!) { revokeApiToken(input: {id: $id}) { revokedApiTokenId } }";
    app.graphql(revoke, json!({"id": made["apiToken"]["id"]})).await;
    let seen = events(of_token, "never").await;
    assert_eq!(seen.iter().map(|event| event.0.as_str()).collect::<Vec<_>>(), ["next"], "cut, not completed");
    app.stop.taking.cancel();
    assert_eq!(events(first, "never").await.len(), 1);
}
