//! Storages that are tried out step by step: `storageLocationTest`.

use std::time::Duration;

use serde_json::{Value, json};

use super::{bucket, configure, locations, space};
use crate::{
    app::{TESTED, TestApp, until},
    servers::{
        seaweedfs::Seaweedfs,
        sftp::{Kind, PASSWORD, SftpServer, USER},
    },
    socket::Socket,
    storages::fault_proxy::{Fault, FaultProxy, Rule},
};

/// Begins to try out what the input says, as the holder of a token.
pub async fn watch(app: &TestApp, token: &str, input: Value) -> Socket {
    let mut socket = Socket::signed_in(app, token).await;
    let query = format!(
        "subscription ($input: TestStorageLocationInput!) {{ storageLocationTest(input: $input) \
         {{ {TESTED} userErrors {{ field code message }} }} }}"
    );
    socket.subscribe("1", &query, json!({"input": input})).await;
    socket
}

/// The next event; None when it is complete.
async fn event(socket: &mut Socket) -> Option<Value> {
    let message = socket.receive().await;
    match message["type"].as_str() {
        Some("next") => {
            assert_eq!(message["payload"].get("errors"), None, "{message}");
            Some(message["payload"]["data"]["storageLocationTest"].clone())
        }
        Some("complete") => None,
        _ => panic!("unexpected: {message}"),
    }
}

/// All events until it is complete.
pub async fn events(mut socket: Socket) -> Vec<Value> {
    let mut events = Vec::new();
    while let Some(event) = event(&mut socket).await {
        events.push(event);
    }
    events
}

/// The same, but for how long the steps took.
fn without_times(payload: &Value) -> Value {
    let mut payload = payload.clone();
    for step in payload["steps"].as_array_mut().unwrap() {
        step.as_object_mut().unwrap().remove("durationMs");
    }
    payload
}

fn steps(event: &Value) -> &Vec<Value> {
    event["steps"].as_array().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_told_as_it_passes_and_the_last_event_is_what_the_mutation_answers() {
    let app = TestApp::start_without_worker(&[]).await;
    let server = SftpServer::start(Kind::OpenSsh);
    let config = json!({"sftp": {"host": "127.0.0.1", "port": server.port, "username": USER, "password": PASSWORD}});
    let id = configure(&app, "sftp", &config).await;
    let seen = events(watch(&app, app.token.expose(), json!({"id": id})).await).await;
    let all = ["RESOLVE", "CONNECT", "IDENTIFY", "SIGN_IN", "WRITE", "READ", "DELETE"];
    let tried: Vec<_> = seen.iter().map(|event| event["trying"].as_str()).collect();
    let expected: Vec<_> = [None].into_iter().chain(all.map(Some)).chain([None]).collect();
    assert_eq!(tried, expected);
    let (last, earlier) = seen.split_last().unwrap();
    for (number, event) in earlier.iter().enumerate() {
        assert_eq!(steps(event)[..], steps(last)[..number.saturating_sub(1)], "it grows by what was tried");
        assert_eq!((&event["ok"], &event["finished"]), (&json!(false), &json!(false)));
        assert_eq!(event["hostKeyFingerprint"].is_string(), number > 3, "known as soon as it was seen: {event}");
    }
    assert_eq!((&last["ok"], &last["finished"], steps(last).len()), (&json!(true), &json!(true), all.len()));
    let key = locations(&app).await[0]["config"]["hostKeyFingerprint"].clone();
    assert_eq!(key, last["hostKeyFingerprint"], "it is pinned, as the mutation does");
    let answered = app.mutate("testStorageLocation", json!({"id": id})).await;
    assert_eq!(without_times(last), without_times(&answered));
    let entries = std::fs::read_dir(server.home()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!entries.into_iter().any(|name| name.to_string_lossy().contains("carryall")), "nothing is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_is_the_last_and_a_saved_storage_remembers_it() {
    let app = TestApp::start_without_worker(&[]).await;
    let id = configure(&app, "nobody", &space("http://127.0.0.1:9", "exports")).await;
    let seen = events(watch(&app, app.token.expose(), json!({"id": id})).await).await;
    let [.., failed, last] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!(failed["steps"], last["steps"]);
    assert_eq!((&failed["trying"], &failed["finished"]), (&Value::Null, &json!(false)), "it is told at once");
    assert_eq!(steps(last)[1]["failure"]["code"], "UNREACHABLE");
    assert_eq!((&last["ok"], &last["finished"]), (&json!(false), &json!(true)));
    assert_eq!(locations(&app).await[0]["lastFailure"]["code"], "UNREACHABLE");
}

#[tokio::test]
async fn what_is_wrong_in_the_input_is_told_in_the_only_event() {
    let app = TestApp::start_without_worker(&[]).await;
    let wrong = [
        (json!({}), "INVALID", Value::Null),
        (json!({"id": "nonsense"}), "NOT_FOUND", json!(["id"])),
        (
            json!({"config": space("https://s3.example.com", "a/b")}),
            "INVALID",
            json!(["config", "digitaloceanSpaces", "bucket"]),
        ),
    ];
    for (input, code, field) in wrong {
        let seen = events(watch(&app, app.token.expose(), input.clone()).await).await;
        let [refused] = &seen[..] else { panic!("{input}: {seen:?}") };
        assert_eq!(
            (&refused["ok"], &refused["finished"], &refused["steps"]),
            (&json!(false), &json!(true), &json!([]))
        );
        let error = &refused["userErrors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!(code), &field), "{input}");
        assert_eq!(app.mutate("testStorageLocation", input).await, *refused);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_goes_on_without_whoever_watched_and_leaves_nothing() {
    let app = TestApp::start_without_worker(&[]).await;
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    let (name, rclone) = Seaweedfs::shared().bucket();
    // From the file on, everything waits a while.
    proxy.arm(Rule::always(Fault::Slow(Duration::from_secs(1)), "PUT /"));
    let mut socket = watch(&app, app.token.expose(), json!({"config": space(&proxy.address(), &name)})).await;
    while event(&mut socket).await.unwrap()["trying"] != "READ" {}
    assert_eq!(rclone.list().len(), 1, "the file is there");
    drop(socket);
    until("it is deleted", async || rclone.list().is_empty()).await;
    // The server does not stop before.
    app.engine.all_checked().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_try_storages_out() {
    let app = TestApp::start_without_worker(&[]).await;
    let (config, rclone) = bucket();
    for role in ["VIEWER", "OPERATOR"] {
        let made = app.mutate("createApiToken", json!({"name": role, "role": role})).await;
        let token = made["secret"].as_str().unwrap();
        let refused = watch(&app, token, json!({"config": config})).await.receive().await;
        assert!(refused.to_string().contains("FORBIDDEN"), "{role}: {refused}");
    }
    let noted = app.graphql("{ auditEvents(first: 10) { nodes { action } } }", json!({})).await;
    assert!(!noted.to_string().contains("TESTED_STORAGE"), "{noted}");
    assert_eq!(rclone.list(), [""; 0]);
}
