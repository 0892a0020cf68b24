//! dataExportProgress over graphql-transport-ws: whoever watches sees the end, however late.

use serde_json::{Value, json};

use crate::{
    app::{TestApp, database_of},
    socket::Socket,
};

const ROWS: &str = "CREATE TABLE t (a); \
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) INSERT INTO t SELECT i FROM n";

/// A connection on which the export `id` is watched.
async fn watch(app: &TestApp, id: &str) -> Socket {
    let fields = "status fileName failure { code } \
        progress { phase percent rowsDone rowsEstimated bytesVerified etaSeconds bytesPerSecond tablesDone sequence }";
    subscribe(app, id, fields).await
}

/// A connection on which these fields of the export `id` are watched.
pub async fn subscribe(app: &TestApp, id: &str, fields: &str) -> Socket {
    let mut socket = Socket::signed_in(app, app.token.expose()).await;
    let query = format!("subscription ($id: ID!) {{ dataExportProgress(id: $id) {{ {fields} }} }}");
    socket.subscribe("1", &query, json!({"id": id})).await;
    socket
}

/// Every state that is shown until the subscription completes.
async fn states(mut socket: Socket) -> Vec<Value> {
    let mut states = Vec::new();
    loop {
        let message = socket.receive().await;
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
    let first = socket.receive().await["payload"]["data"]["dataExportProgress"].clone();
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
    let message = socket.receive().await;
    assert!(message.to_string().contains("NOT_FOUND"), "{message}");
}
