//! The queue: how many may wait, what the same wish sent twice makes, how many run at once.

use carryall::export::Limits;
use chrono::TimeDelta;
use serde_json::json;

use crate::app::{Setup, TestApp, database_of, locked_database, until};

const CREATE: &str = "mutation ($input: CreateDataExportInput!) { \
    createDataExport(input: $input) { dataExport { id pinned } userErrors { field code } } }";

#[tokio::test]
async fn twenty_exports_may_wait_and_the_next_is_refused_until_one_has_gone() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let mut wishes = tokio::task::JoinSet::new();
    for _ in 0..25 {
        let (client, url, token) = (app.client.clone(), app.url.clone(), app.token.clone());
        wishes.spawn(async move {
            let body = json!({"query": CREATE, "variables": {"input": {"name": "x"}}});
            let sent = client.post(format!("{url}/graphql")).bearer_auth(token.expose()).json(&body).send().await;
            let answer: serde_json::Value = sent.unwrap().json().await.unwrap();
            answer["data"]["createDataExport"]["userErrors"][0]["code"].clone()
        });
    }
    let answers = wishes.join_all().await;
    assert_eq!(answers.iter().filter(|code| **code == "TOO_MANY_QUEUED").count(), 5, "{answers:?}");
    assert_eq!(app.history().await.len(), 20);
    let id = app.history().await[0]["id"].clone();
    app.mutate("cancelDataExport", json!({"id": id})).await;
    app.create("there is room again").await;
}

#[tokio::test]
async fn the_same_wish_sent_again_returns_the_export_that_it_made() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let wish = json!({"name": "x", "pinned": true, "idempotencyKey": "order 7"});
    let made = app.graphql(CREATE, json!({"input": wish})).await;
    assert_eq!(made["createDataExport"]["dataExport"]["pinned"], true);
    app.drain().await;
    assert_eq!(app.graphql(CREATE, json!({"input": wish})).await, made, "after it has ended too");
    let many = (0..5).map(|_| app.graphql(CREATE, json!({"input": {"name": "y", "idempotencyKey": "order 8"}})));
    let many = futures_util::future::join_all(many).await;
    assert!(
        many.iter().all(|one| *one == many[0] && one["createDataExport"]["dataExport"]["id"].is_string()),
        "{many:?}"
    );
    assert_eq!(app.history().await.len(), 2);
    for (input, code) in [
        (json!({"name": "other", "idempotencyKey": "order 7"}), "IDEMPOTENCY_KEY_REUSED"),
        (json!({"name": "x", "idempotencyKey": "order 7"}), "IDEMPOTENCY_KEY_REUSED"),
        (json!({"name": "x", "idempotencyKey": ""}), "INVALID"),
        (json!({"name": "x", "idempotencyKey": "x".repeat(201)}), "INVALID"),
    ] {
        let refused = app.graphql(CREATE, json!({"input": input})).await;
        let error = &refused["createDataExport"]["userErrors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!(["idempotencyKey"]), &json!(code)), "{refused}");
    }
    assert_eq!(app.history().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_export_runs_at_a_time_unless_the_operator_allows_more() {
    for (at_once, expected) in [(1, 1), (2, 2)] {
        let (_folder, database, application) = locked_database();
        let setup = Setup { limits: Limits { at_once, ..Limits::default() }, ..Setup::default() };
        let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
        let ids = [app.create("1").await, app.create("2").await, app.create("3").await];
        app.start_worker();
        for id in &ids[..expected] {
            app.running(id).await;
        }
        // A heartbeat later it still waits.
        let before = app.export(&ids[0]).await["progress"]["sequence"].clone();
        app.pass(TimeDelta::seconds(2));
        until("time goes by", async || app.export(&ids[0]).await["progress"]["sequence"] != before).await;
        assert_eq!(app.export(&ids[expected]).await["status"], "QUEUED");
        application.execute_batch("ROLLBACK").unwrap();
        for id in &ids {
            assert_eq!(app.finished(id).await["status"], "COMPLETED");
        }
    }
}
