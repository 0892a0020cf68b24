//! dataExportProgress over graphql-transport-ws: whoever watches sees the end, however late.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, protocol::frame::coding::CloseCode},
};

use crate::app::{PATIENCE, TestApp, database_of};

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const ROWS: &str = "CREATE TABLE t (a); \
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) INSERT INTO t SELECT i FROM n";

async fn connect(app: &TestApp) -> Socket {
    let mut request = app.url.replace("http", "ws").into_client_request().unwrap();
    *request.uri_mut() = format!("{}/graphql", app.url.replace("http", "ws")).parse().unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", "graphql-transport-ws".parse().unwrap());
    connect_async(request).await.unwrap().0
}

async fn send(socket: &mut Socket, message: Value) {
    socket.send(Message::text(message.to_string())).await.unwrap();
}

async fn receive(socket: &mut Socket) -> Message {
    tokio::time::timeout(PATIENCE, socket.next()).await.expect("nothing came").expect("the socket ended").unwrap()
}

pub async fn receive_json(socket: &mut Socket) -> Value {
    serde_json::from_str(receive(socket).await.to_text().unwrap()).unwrap()
}

/// A connection on which the export `id` is watched.
async fn watch(app: &TestApp, id: &str) -> Socket {
    let fields = "status fileName failure { code } \
        progress { phase percent rowsDone rowsEstimated bytesVerified etaSeconds bytesPerSecond tablesDone sequence }";
    subscribe(app, id, fields).await
}

/// A connection on which these fields of the export `id` are watched.
pub async fn subscribe(app: &TestApp, id: &str, fields: &str) -> Socket {
    let mut socket = connect(app).await;
    let authorization = format!("Bearer {}", app.token.expose());
    send(&mut socket, json!({"type": "connection_init", "payload": {"Authorization": authorization}})).await;
    assert_eq!(receive_json(&mut socket).await["type"], "connection_ack");
    let query = format!("subscription ($id: ID!) {{ dataExportProgress(id: $id) {{ {fields} }} }}");
    let payload = json!({"query": query, "variables": {"id": id}});
    send(&mut socket, json!({"id": "1", "type": "subscribe", "payload": payload})).await;
    socket
}

/// A few hundred bytes that come to a hundred million fields: each fragment spreads the next one ten times.
fn bomb() -> String {
    let fragment = |number: u32| {
        let next = format!("...f{} ", number + 1).repeat(10);
        format!("fragment f{number} on Query {{ {} }} ", if number == 8 { "__typename".into() } else { next })
    };
    format!("{{ ...f1 }} {}", (1..=8).map(fragment).collect::<String>())
}

#[tokio::test]
async fn a_document_whose_fragments_multiply_is_refused_at_once_by_post_and_by_websocket() {
    let app = TestApp::start_without_worker(&[]).await;
    let answer = tokio::time::timeout(PATIENCE, app.answer(&bomb(), json!({}))).await.expect("no answer");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "TOO_COMPLEX");
    let mut socket = watch(&app, "01a206a4-0c85-7155-9bf8-595267aa41f0").await;
    receive_json(&mut socket).await;
    send(&mut socket, json!({"id": "2", "type": "subscribe", "payload": {"query": bomb()}})).await;
    let answered = async {
        loop {
            let message = receive_json(&mut socket).await.to_string();
            if message.contains("TOO_COMPLEX") {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, answered).await.expect("no answer");
    let chain = (0..15_000).map(|number| format!("fragment f{number} on Query{{...f{}}}", number + 1));
    let chain = format!("{{ __typename }} {} fragment f15000 on Query{{ __typename }}", chain.collect::<String>());
    assert_eq!(app.answer(&chain, json!({})).await["errors"][0]["extensions"]["code"], "TOO_COMPLEX");
    let cycle = "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }";
    assert!(app.answer(cycle, json!({})).await["errors"][0]["message"].is_string());
}

/// Every state that is shown until the subscription completes.
async fn states(mut socket: Socket) -> Vec<Value> {
    let mut states = Vec::new();
    loop {
        let message = receive_json(&mut socket).await;
        match message["type"].as_str() {
            Some("next") => {
                assert_eq!(message["payload"].get("errors"), None);
                states.push(message["payload"]["data"]["dataExportProgress"].clone());
            }
            Some("complete") => return states,
            _ => panic!("unexpected: {message}"),
        }
    }
}

fn sequences(states: &[Value]) -> Vec<i64> {
    states.iter().map(|state| state["progress"]["sequence"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn a_subscription_started_before_the_run_sees_it_queued_and_completed_and_ends() {
    let (_folder, database) = database_of(ROWS);
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let id = app.create("x").await;
    let mut socket = watch(&app, &id).await;
    let first = receive_json(&mut socket).await["payload"]["data"]["dataExportProgress"].clone();
    assert_eq!(first["status"], "QUEUED");
    app.start_worker();
    let seen = [vec![first], states(socket).await].concat();
    let last = seen.last().unwrap();
    assert_eq!(last["status"], "COMPLETED");
    assert_eq!(last["progress"]["phase"], "DONE");
    assert_eq!(last["progress"]["rowsDone"], "200000");
    assert!(sequences(&seen).is_sorted_by(|one, next| one < next), "no state is shown twice: {seen:?}");
    let percents = seen.iter().filter_map(|state| state["progress"]["percent"].as_f64()).collect::<Vec<_>>();
    assert!(percents.is_sorted() && percents.last() == Some(&100.0), "{percents:?}");
    let size = app.export(&id).await["sizeBytes"].clone();
    assert_eq!(last["progress"]["bytesVerified"], size, "all of the archive was read back");
    assert_eq!((&last["progress"]["etaSeconds"], &last["progress"]["bytesPerSecond"]), (&Value::Null, &Value::Null));
    let next = app.run("next").await["id"].as_str().unwrap().to_owned();
    let next = states(watch(&app, &next).await).await.pop().unwrap();
    assert_eq!(next["progress"]["rowsEstimated"], "200000", "as many as the last time");
}

#[tokio::test]
async fn a_subscription_started_after_the_end_shows_the_end_and_ends() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("x").await;
    let states = states(watch(&app, export["id"].as_str().unwrap()).await).await;
    assert_eq!(states.len(), 1);
    assert_eq!(states[0]["status"], "COMPLETED");
    assert_eq!(states[0]["fileName"], export["fileName"]);
}

#[tokio::test]
async fn a_subscription_to_an_export_that_fails_shows_why_and_ends() {
    let app = TestApp::start_without_worker(&[("app", std::path::Path::new("/nowhere/app.db"))]).await;
    let id = app.create("x").await;
    let socket = watch(&app, &id).await;
    app.start_worker();
    let states = states(socket).await;
    assert_eq!(states.last().unwrap()["failure"]["code"], "SOURCE_UNREACHABLE");
}

#[tokio::test]
async fn a_subscription_to_an_export_that_is_not_there_is_an_error_with_a_code() {
    let app = TestApp::start_without_worker(&[]).await;
    let mut socket = watch(&app, "01a206a4-0c85-7155-9bf8-595267aa41f0").await;
    let message = receive_json(&mut socket).await;
    assert!(message.to_string().contains("NOT_FOUND"), "{message}");
}

#[tokio::test]
async fn a_connection_without_a_good_token_is_closed_as_forbidden() {
    let app = TestApp::start_without_worker(&[]).await;
    for payload in [json!({}), json!({"Authorization": "Bearer carryall_wrong"}), json!({"Authorization": 7})] {
        let mut socket = connect(&app).await;
        send(&mut socket, json!({"type": "connection_init", "payload": payload})).await;
        let Message::Close(Some(frame)) = receive(&mut socket).await else { panic!("not closed") };
        assert_eq!(frame.code, CloseCode::Library(4403));
    }
}

#[tokio::test]
async fn nothing_is_executed_on_a_connection_that_has_not_signed_in() {
    let app = TestApp::start_without_worker(&[]).await;
    let mut socket = connect(&app).await;
    let payload = json!({"query": "{ dataExports { totalCount } }"});
    send(&mut socket, json!({"id": "1", "type": "subscribe", "payload": payload})).await;
    assert!(matches!(receive(&mut socket).await, Message::Close(_)));
}

/// What comes first for the operation `id`.
async fn answer_to(socket: &mut Socket, id: &str) -> String {
    loop {
        let message = receive_json(socket).await;
        if message["id"] == id && message["type"] != "complete" {
            return message.to_string();
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_input_is_told_without_repeating_it() {
    let app = TestApp::start_without_worker(&[]).await;
    let mut socket = watch(&app, "01a206a4-0c85-7155-9bf8-595267aa41f0").await;
    receive_json(&mut socket).await;
    let query = "mutation ($config: StorageConfigInput!) { \
        createStorageLocation(input: {name: \"x\", config: $config}) { userErrors { message } } }";
    let payload = json!({"query": query, "variables": {"config": "AKIA:a-secret"}});
    send(&mut socket, json!({"id": "2", "type": "subscribe", "payload": payload})).await;
    let answer = answer_to(&mut socket, "2").await;
    assert!(answer.contains("StorageConfigInput") && !answer.contains("a-secret"), "{answer}");
    let broken = json!({"query": "mutation { createStorageLocation(input: {name: \"a-secret\"}) { "});
    send(&mut socket, json!({"id": "3", "type": "subscribe", "payload": broken})).await;
    let answer = answer_to(&mut socket, "3").await;
    assert!(answer.contains("not GraphQL") && !answer.contains("a-secret"), "{answer}");
    let posted = app.answer(broken["query"].as_str().unwrap(), json!({})).await.to_string();
    assert!(posted.contains("not GraphQL") && !posted.contains("a-secret"), "{posted}");
    // Variables that are a text, as clients send that encode twice.
    let payload = json!({"query": query, "variables": "{\"password\": \"a-secret\"}"});
    send(&mut socket, json!({"id": "4", "type": "subscribe", "payload": payload})).await;
    let frame = loop {
        match receive(&mut socket).await {
            Message::Close(Some(frame)) => break frame,
            // What was still under way of the operations before.
            message => assert!(message.to_text().unwrap().contains("complete"), "{message:?}"),
        }
    };
    assert_eq!((frame.code, frame.reason.contains("a-secret")), (CloseCode::from(4400), false), "{frame:?}");
}

#[tokio::test]
async fn a_token_that_is_revoked_ends_what_its_holder_watches() {
    let app = TestApp::start_without_worker(&[]).await;
    let id = app.create("waits").await;
    let made = "mutation { createApiToken(input: {name: \"x\", role: VIEWER}) { apiToken { id } secret } }";
    let made = app.graphql(made, json!({})).await["createApiToken"].clone();
    let mut socket = connect(&app).await;
    let authorization = format!("Bearer {}", made["secret"].as_str().unwrap());
    send(&mut socket, json!({"type": "connection_init", "payload": {"Authorization": authorization}})).await;
    assert_eq!(receive_json(&mut socket).await["type"], "connection_ack");
    let payload =
        json!({"query": "subscription ($id: ID!) { dataExportProgress(id: $id) { status } }", "variables": {"id": id}});
    send(&mut socket, json!({"id": "1", "type": "subscribe", "payload": payload})).await;
    assert_eq!(receive_json(&mut socket).await["payload"]["data"]["dataExportProgress"]["status"], "QUEUED");
    let revoke = "mutation ($id: ID!) { revokeApiToken(input: {id: $id}) { revokedApiTokenId } }";
    app.graphql(revoke, json!({"id": made["apiToken"]["id"]})).await;
    let ended = async { while let Some(Ok(_)) = socket.next().await {} };
    tokio::time::timeout(PATIENCE, ended).await.expect("it goes on");
}
