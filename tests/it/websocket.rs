//! graphql-transport-ws to the letter: what a client may send, when, and with which code the connection is closed if it does not.

use carryall::limits::Limits;
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    app::{PATIENCE, Setup, TestApp, until},
    socket::Socket,
};

const VIEWER: &str = "{ viewer { name } }";
const WATCH: &str = "subscription ($id: ID!) { dataExportProgress(id: $id) { status } }";

async fn limited(change: impl FnOnce(&mut Limits)) -> TestApp {
    let mut api_limits = Limits::default();
    change(&mut api_limits);
    TestApp::start_with(&[], Setup { api_limits, ..Setup::default() }).await
}

/// Makes a token of this role, and returns its id and the token itself.
async fn token(app: &TestApp, role: &str) -> (String, String) {
    let made =
        "mutation ($role: Role!) { createApiToken(input: {name: \"x\", role: $role}) { apiToken { id } secret } }";
    let made = app.graphql(made, json!({"role": role})).await["createApiToken"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["apiToken"]["id"]), text(&made["secret"]))
}

#[tokio::test]
async fn a_connection_without_a_good_token_is_closed_as_forbidden() {
    let app = TestApp::start_without_worker(&[]).await;
    for payload in [json!({}), json!({"Authorization": "Bearer carryall_wrong"}), json!({"Authorization": 7})] {
        let mut socket = Socket::connect(&app).await;
        socket.init(payload).await;
        assert_eq!(socket.closed().await.0, 4403);
    }
}

#[tokio::test]
async fn an_operation_before_the_init_closes_as_unauthorized_and_a_second_init_as_one_too_many() {
    let app = TestApp::start_without_worker(&[]).await;
    let mut early = Socket::connect(&app).await;
    early.subscribe("1", "mutation { createDataExport(input: {name: \"x\"}) { dataExport { id } } }", json!({})).await;
    assert_eq!(early.closed().await.0, 4401);
    assert_eq!(app.history().await.len(), 0);
    let mut twice = Socket::signed_in(&app, app.token.expose()).await;
    twice.init(json!({})).await;
    assert_eq!(twice.closed().await.0, 4429);
}

#[tokio::test]
async fn who_does_not_sign_in_in_time_is_closed_and_who_answers_no_ping_is_dropped() {
    let app = limited(|limits| (limits.init_seconds, limits.ping_seconds) = (1, 1)).await;
    assert_eq!(Socket::connect(&app).await.closed().await.0, 4408);
    // Not reading, this client does not answer the server's pings either.
    let mut silent = Socket::signed_in(&app, app.token.expose()).await;
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    assert!(silent.next().await.is_none(), "it is still open");
    let mut alive = Socket::signed_in(&app, app.token.expose()).await;
    let awake = async { while alive.next().await.is_some() {} };
    assert!(tokio::time::timeout(std::time::Duration::from_secs(6), awake).await.is_err(), "it answers pings");
}

#[tokio::test]
async fn what_is_none_of_the_protocol_closes_as_a_bad_request_and_is_not_repeated() {
    let app = TestApp::start_without_worker(&[]).await;
    for wrong in [
        "a-secret",
        "[]",
        r#"{"type":"start","id":"1","payload":{}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":7}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{ viewer { name } }","variables":"a-secret"}}"#,
        r#"{"type":"subscribe","id":"","payload":{"query":"{ viewer { name } }"}}"#,
    ] {
        let mut socket = Socket::signed_in(&app, app.token.expose()).await;
        socket.0.send(Message::text(wrong)).await.unwrap();
        let (code, reason) = socket.closed().await;
        assert_eq!((code, reason.contains("a-secret")), (4400, false), "{wrong}: {reason}");
    }
    let mut socket = Socket::signed_in(&app, app.token.expose()).await;
    socket.0.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(socket.closed().await.0, 4400);
}

#[tokio::test]
async fn an_id_is_taken_until_its_operation_is_over() {
    let app = TestApp::start_without_worker(&[]).await;
    let export = app.create("waits").await;
    let mut socket = Socket::signed_in(&app, app.token.expose()).await;
    for _ in 0..2 {
        socket.subscribe("1", WATCH, json!({"id": export})).await;
        assert_eq!(socket.receive().await["payload"]["data"]["dataExportProgress"]["status"], "QUEUED");
        socket.send(json!({"id": "1", "type": "complete"})).await;
    }
    for _ in 0..2 {
        socket.subscribe("2", VIEWER, json!({})).await;
        assert_eq!(socket.answer("2").await["payload"]["data"]["viewer"]["name"], "tester");
        assert_eq!(socket.receive().await, json!({"id": "2", "type": "complete"}));
    }
    for _ in 0..2 {
        socket.subscribe("3", WATCH, json!({"id": export})).await;
    }
    assert_eq!(socket.closed().await, (4409, "Subscriber for 3 already exists".to_owned()));
}

#[tokio::test]
async fn a_ping_is_answered_before_and_after_the_init() {
    let app = TestApp::start_without_worker(&[]).await;
    let mut socket = Socket::connect(&app).await;
    socket.send(json!({"type": "ping", "payload": {"a": 1}})).await;
    assert_eq!(socket.receive().await, json!({"type": "pong", "payload": {"a": 1}}));
    socket.init(json!({"authorization": format!("bearer {}", app.token.expose())})).await;
    assert_eq!(socket.receive().await["type"], "connection_ack");
    socket.send(json!({"type": "ping"})).await;
    assert_eq!(socket.receive().await, json!({"type": "pong"}));
}

#[tokio::test]
async fn a_document_that_is_refused_is_an_error_and_one_that_fails_is_an_answer() {
    let app = TestApp::start_without_worker(&[]).await;
    let mut socket = Socket::signed_in(&app, app.token.expose()).await;
    for (query, code) in [("{ viewer", "GRAPHQL_PARSE_FAILED"), ("{ nothing }", "GRAPHQL_VALIDATION_FAILED")] {
        socket.subscribe("1", query, json!({})).await;
        let refused = socket.receive().await;
        assert_eq!((&refused["type"], &refused["payload"][0]["extensions"]["code"]), (&json!("error"), &json!(code)));
        assert!(refused["payload"][0]["extensions"]["requestId"].is_string());
    }
    socket.subscribe("2", WATCH, json!({"id": "nowhere"})).await;
    let failed = socket.receive().await;
    assert_eq!(
        (&failed["type"], &failed["payload"]["errors"][0]["extensions"]["code"]),
        (&json!("next"), &json!("NOT_FOUND"))
    );
    assert_eq!(socket.receive().await, json!({"id": "2", "type": "complete"}));
}

#[tokio::test]
async fn what_is_wrong_with_an_input_is_told_without_repeating_it() {
    let app = TestApp::start_without_worker(&[]).await;
    let mut socket = Socket::signed_in(&app, app.token.expose()).await;
    let query = "mutation ($config: StorageConfigInput!) { \
        createStorageLocation(input: {name: \"x\", config: $config}) { userErrors { message } } }";
    socket.subscribe("2", query, json!({"config": "AKIA:a-secret"})).await;
    let answer = socket.answer("2").await.to_string();
    assert!(answer.contains("StorageConfigInput") && !answer.contains("a-secret"), "{answer}");
    let broken = "mutation { createStorageLocation(input: {name: \"a-secret\"}) { ";
    socket.subscribe("3", broken, json!({})).await;
    let answer = socket.answer("3").await.to_string();
    assert!(answer.contains("not GraphQL") && !answer.contains("a-secret"), "{answer}");
    let posted = app.answer(broken, json!({})).await.to_string();
    assert!(posted.contains("not GraphQL") && !posted.contains("a-secret"), "{posted}");
}

#[tokio::test]
async fn a_token_that_is_revoked_or_over_ends_what_its_holder_watches_and_does_nothing_more() {
    let app = TestApp::start_without_worker(&[]).await;
    let export = app.create("waits").await;
    let revoke = "mutation ($id: ID!) { revokeApiToken(input: {id: $id}) { revokedApiTokenId } }";
    let (id, secret) = token(&app, "VIEWER").await;
    let mut watching = Socket::signed_in(&app, &secret).await;
    watching.subscribe("1", WATCH, json!({"id": export})).await;
    watching.receive().await;
    let (acting_id, acting) = token(&app, "OPERATOR").await;
    let mut acting = Socket::signed_in(&app, &acting).await;
    for id in [&id, &acting_id] {
        app.graphql(revoke, json!({"id": id})).await;
    }
    let cancel = "mutation ($id: ID!) { cancelDataExport(input: {id: $id}) { userErrors { message } } }";
    acting.subscribe("1", cancel, json!({"id": export})).await;
    assert_eq!(acting.closed().await.0, 4403);
    assert_eq!(app.export(&export).await["status"], "QUEUED");
    assert_eq!(watching.closed().await.0, 4403);
    let end = app.now() + chrono::TimeDelta::minutes(1);
    let made =
        "mutation ($end: DateTime!) { createApiToken(input: {name: \"x\", role: VIEWER, expiresAt: $end}) { secret } }";
    let made = app.graphql(made, json!({"end": end})).await["createApiToken"]["secret"].clone();
    let mut expiring = Socket::signed_in(&app, made.as_str().unwrap()).await;
    app.pass(chrono::TimeDelta::minutes(1));
    assert_eq!(expiring.closed().await.0, 4403);
}

#[tokio::test]
async fn a_role_watches_and_acts_over_a_websocket_as_it_does_by_post() {
    let app = TestApp::start_without_worker(&[]).await;
    let export = app.create("waits").await;
    let (_, secret) = token(&app, "VIEWER").await;
    let mut socket = Socket::signed_in(&app, &secret).await;
    let pinned = "mutation ($id: ID!) { pinDataExport(input: {id: $id, pinned: true}) { dataExport { id } } }";
    socket.subscribe("1", pinned, json!({"id": export})).await;
    assert_eq!(socket.answer("1").await["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let password = "subscription ($id: ID!) { dataExportProgress(id: $id) { status filePassword } }";
    socket.subscribe("2", password, json!({"id": export})).await;
    assert_eq!(socket.answer("2").await["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN");
    socket.subscribe("3", WATCH, json!({"id": export})).await;
    assert_eq!(socket.answer("3").await["payload"]["data"]["dataExportProgress"]["status"], "QUEUED");
    assert_eq!(app.export(&export).await["pinned"], false);
}

#[tokio::test]
async fn a_mutation_that_was_begun_is_done_and_noted_even_if_its_client_goes_away() {
    let app = TestApp::start_without_worker(&[]).await;
    let create = "mutation { createDataExport(input: {name: \"begun\"}) { dataExport { id } } }";
    for _ in 0..5 {
        let mut socket = Socket::signed_in(&app, app.token.expose()).await;
        socket.subscribe("1", create, json!({})).await;
        socket.send(json!({"id": "1", "type": "complete"})).await;
        drop(socket);
    }
    until("all are queued and noted", async || {
        let events =
            app.graphql("{ auditEvents { nodes { action } } }", json!({})).await["auditEvents"]["nodes"].clone();
        let created = events.as_array().unwrap().iter().filter(|event| event["action"] == "CREATED_EXPORT").count();
        (app.history().await.len(), created) == (5, 5)
    })
    .await;
}

#[tokio::test]
async fn a_stop_closes_every_connection_as_going_away() {
    let app = TestApp::start_without_worker(&[]).await;
    let mut signed_in = Socket::signed_in(&app, app.token.expose()).await;
    let mut before_init = Socket::connect(&app).await;
    app.stop.taking.cancel();
    assert_eq!(signed_in.closed().await.0, 1001);
    assert_eq!(before_init.closed().await.0, 1001);
}

#[tokio::test]
async fn a_token_has_no_more_open_than_it_may() {
    let app = limited(|limits| (limits.streams_per_token, limits.subscriptions_per_token) = (2, 3)).await;
    let export = app.create("waits").await;
    let mut first = Socket::signed_in(&app, app.token.expose()).await;
    let second = Socket::signed_in(&app, app.token.expose()).await;
    let mut third = Socket::connect(&app).await;
    third.init(json!({"Authorization": format!("Bearer {}", app.token.expose())})).await;
    assert_eq!(third.closed().await.0, 1013);
    for id in ["1", "2", "3"] {
        first.subscribe(id, WATCH, json!({"id": export})).await;
        assert_eq!(first.answer(id).await["type"], "next");
    }
    first.subscribe("4", WATCH, json!({"id": export})).await;
    let refused = first.answer("4").await;
    assert_eq!(
        (&refused["type"], &refused["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("TOO_MANY_STREAMS"))
    );
    first.send(json!({"id": "1", "type": "complete"})).await;
    first.subscribe("5", WATCH, json!({"id": export})).await;
    assert_eq!(first.answer("5").await["type"], "next");
    drop(second);
    let place = async || {
        let mut again = Socket::connect(&app).await;
        again.init(json!({"Authorization": format!("Bearer {}", app.token.expose())})).await;
        matches!(again.next().await, Some(Message::Text(_)))
    };
    until("the place of the one that was closed is free", place).await;
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_dropped_and_holds_up_nobody() {
    let (_folder, database) = crate::app::database_of("CREATE TABLE t (a)");
    let api_limits = Limits { write_seconds: 1, requests_per_second: 100_000, ..Limits::default() };
    let setup = Setup { api_limits, ..Setup::default() };
    let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
    let mut deaf = Socket::signed_in(&app, app.token.expose()).await;
    // Answers of some hundred KiB each, until what the sockets hold is full and the server would have to wait.
    let everything = "{ __schema { types { name description fields { name description } } } }";
    let flood = async {
        for id in 0.. {
            let payload = json!({"query": everything});
            let message = json!({"id": id.to_string(), "type": "subscribe", "payload": payload});
            if deaf.0.send(Message::text(message.to_string())).await.is_err() {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, flood).await.expect("it is still served");
    app.start_worker();
    assert_eq!(app.run("meanwhile").await["status"], "COMPLETED");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_read_nothing_keep_no_connection_to_the_database_from_others() {
    let app = limited(|limits| limits.requests_per_second = 100_000).await;
    let export = app.create("watched").await;
    let mut deaf = Vec::new();
    for _ in 0..60 {
        let mut socket = Socket::signed_in(&app, app.token.expose()).await;
        // What it will not read fills what the sockets hold, with watches that are in the middle of their first read.
        let long = json!({"type": "ping", "payload": {"a": "x".repeat(100_000)}});
        let round = async {
            for number in 0..40 {
                for of in 0..3 {
                    socket.subscribe(&format!("{number}-{of}"), WATCH, json!({"id": export})).await;
                }
                socket.send(long.clone()).await;
            }
        };
        // Until it is no longer taken.
        let _ = tokio::time::timeout(std::time::Duration::from_millis(300), round).await;
        deaf.push(socket);
    }
    for _ in 0..20 {
        let answer = app.answer("{ viewer { name } dataExports { totalCount } }", json!({})).await;
        assert_eq!(answer["data"]["viewer"]["name"], "tester", "{answer}");
    }
    // One whose token has not as many open as it may.
    let mut good = Socket::signed_in(&app, &token(&app, "VIEWER").await.1).await;
    good.subscribe("1", WATCH, json!({"id": export})).await;
    let first = tokio::time::timeout(std::time::Duration::from_secs(20), good.answer("1")).await;
    assert_eq!(first.expect("others hold it up")["type"], "next");
    drop(deaf);
}

#[tokio::test]
async fn a_message_that_is_too_long_closes_the_connection_with_a_code() {
    let app = limited(|limits| limits.message_bytes = 2_000).await;
    let mut socket = Socket::signed_in(&app, app.token.expose()).await;
    let message = json!({"id": "1", "type": "subscribe", "payload": {"query": format!("{{ viewer {{ name }} }} #{}", "x".repeat(3_000))}});
    socket.send(message).await;
    assert_eq!(socket.closed().await.0, 4400);
}

#[tokio::test]
async fn two_hundred_subscriptions_see_an_export_to_its_end() {
    let (_folder, database) = crate::app::database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let export = app.create("watched").await;
    let mut sockets = Vec::new();
    for _ in 0..100 {
        let mut socket = Socket::signed_in(&app, app.token.expose()).await;
        for id in ["1", "2"] {
            // More than the token's requests a second would allow at once.
            loop {
                socket.subscribe(id, WATCH, json!({"id": export})).await;
                let answer = socket.answer(id).await;
                if answer["type"] == "next" {
                    break;
                }
                assert_eq!(answer["payload"][0]["extensions"]["code"], "RATE_LIMITED");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
        sockets.push(socket);
    }
    app.start_worker();
    let ends = sockets.into_iter().map(async |mut socket| {
        let (mut completed, mut ended) = (0, 0);
        while ended < 2 {
            let message = socket.receive().await;
            completed += i32::from(message["payload"]["data"]["dataExportProgress"]["status"] == "COMPLETED");
            ended += i32::from(message["type"] == "complete");
        }
        completed
    });
    let all = tokio::time::timeout(PATIENCE, futures_util::future::join_all(ends)).await.expect("some did not end");
    assert_eq!(all, vec![2; 100]);
}
