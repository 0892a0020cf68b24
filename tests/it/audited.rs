//! The audit log: who did what, for a year, and never a secret.

mod given;
mod mutations;
mod subscriptions;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, database_of},
    uploads,
};

/// From now on nothing can be noted.
fn deafen(app: &TestApp) {
    let deaf = "CREATE TRIGGER deaf BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'deaf'); END";
    app.state().execute_batch(deaf).unwrap();
}

/// How often each thing was done.
async fn counted(app: &TestApp, action: &str) -> usize {
    events(app).await.iter().filter(|(done, _)| done == action).count()
}

/// What was done, the oldest first: the action and the detail.
async fn events(app: &TestApp) -> Vec<(String, Option<String>)> {
    let data = app.graphql("{ auditEvents(first: 100) { nodes { actor action subject detail } } }", json!({})).await;
    let mut events: Vec<_> = data["auditEvents"]["nodes"].as_array().unwrap().clone();
    events.reverse();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    events.iter().map(|event| (text(&event["action"]).unwrap(), text(&event["detail"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_may_ask_about_later_is_kept_with_who_did_it_and_without_a_secret() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    app.mutate("updateDataExportSettings", json!({"maximumExports": 3, "automaticExports": false})).await;
    let (config, _) = uploads::bucket();
    let storage = uploads::configure(&app, "bucket", &config).await;
    app.mutate("updateStorageLocation", json!({"id": storage, "enabled": false})).await;
    app.mutate("deleteStorageLocation", json!({"id": storage})).await;
    let id = uploads::export(&app, "export").await;
    let secrets = "query ($id: ID!) { dataExport(id: $id) { filePassword downloadUrl } }";
    let shown = app.graphql(secrets, json!({"id": id})).await["dataExport"].clone();
    let address = shown["downloadUrl"].as_str().unwrap();
    // All but the first byte, and the rest in pieces: that is one download.
    for range in ["bytes=1-", "bytes=0-9", "bytes=10-"] {
        assert!(app.client.get(address).header("range", range).send().await.unwrap().status().is_success());
    }
    let link = format!("by the link that ends at {}", (app.now() + TimeDelta::minutes(5)).timestamp());
    app.mutate("pinDataExport", json!({"id": id, "pinned": true})).await;
    app.mutate("pinDataExport", json!({"id": id, "pinned": false})).await;
    let canceled = app.create("canceled").await;
    app.mutate("cancelDataExport", json!({"id": canceled})).await;
    app.mutate("deleteDataExport", json!({"id": id})).await;
    let made = app.mutate("createApiToken", json!({"name": "x", "role": "VIEWER"})).await;
    app.mutate("revokeApiToken", json!({"id": made["apiToken"]["id"]})).await;
    let expected = [
        ("CHANGED_SETTINGS", Some("automaticExports: false, maximumExports: 3")),
        ("CREATED_STORAGE", Some("bucket, DigitaloceanSpaces, enabled: true")),
        ("CHANGED_STORAGE", Some("bucket, DigitaloceanSpaces, enabled: false")),
        ("DELETED_STORAGE", Some("deleteFiles: false")),
        ("CREATED_EXPORT", Some("export")),
        ("READ_PASSWORD", None),
        ("MADE_DOWNLOAD_LINK", Some(&*link)),
        ("DOWNLOADED", Some(&*link)),
        ("PINNED_EXPORT", Some("pinned: true")),
        ("PINNED_EXPORT", Some("pinned: false")),
        ("CREATED_EXPORT", Some("canceled")),
        ("CANCELED_EXPORT", Some("canceled")),
        ("DELETED_EXPORT", Some("export")),
        ("CREATED_TOKEN", Some("x, Viewer")),
        ("REVOKED_TOKEN", None),
    ];
    let expected = expected.map(|(action, detail)| (action.to_owned(), detail.map(str::to_owned)));
    assert_eq!(events(&app).await, expected);
    let all = app
        .graphql("{ auditEvents(first: 100) { nodes { at actor action subject detail } totalCount } }", json!({}))
        .await;
    let text = all.to_string();
    for secret in [&shown["filePassword"], &made["secret"], &config["digitaloceanSpaces"]["secret"]] {
        assert!(!text.contains(secret.as_str().unwrap()), "{text}");
    }
    let actors = all["auditEvents"]["nodes"].as_array().unwrap();
    let by_link = |event: &&Value| event["action"] == "DOWNLOADED";
    assert!(actors.iter().filter(|event| !by_link(event)).all(|event| event["actor"] == "tester"), "{text}");
    assert_eq!(actors.iter().find(by_link).unwrap()["actor"], "(by a download link)");
}

#[tokio::test]
async fn what_is_refused_is_not_noted_and_what_is_over_a_year_old_goes() {
    let app = TestApp::start_without_worker(&[]).await;
    app.mutate("updateDataExportSettings", json!({"maximumExports": 0})).await;
    app.mutate("deleteDataExport", json!({"id": "nonsense"})).await;
    assert_eq!(events(&app).await, []);
    app.mutate("updateDataExportSettings", json!({"maximumExports": 2})).await;
    // A clock that has just been started is not trusted for an hour.
    app.engine.tick().await;
    app.pass(TimeDelta::days(364));
    app.engine.tick().await;
    assert_eq!(events(&app).await.len(), 1);
    app.pass(TimeDelta::days(2));
    app.engine.tick().await;
    assert_eq!(events(&app).await, []);
}

#[tokio::test]
async fn the_log_is_read_page_by_page() {
    let app = TestApp::start_without_worker(&[]).await;
    for maximum in 1..=5 {
        app.mutate("updateDataExportSettings", json!({"maximumExports": maximum})).await;
    }
    let page = "query ($after: String) { auditEvents(first: 2, after: $after) { nodes { detail } pageInfo { endCursor hasNextPage } } }";
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let page = app.graphql(page, json!({"after": after})).await["auditEvents"].clone();
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|event| event["detail"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, [5, 4, 3, 2, 1].map(|maximum| json!(format!("maximumExports: {maximum}"))));
    let wrong = app.answer("{ auditEvents(first: 1000) { totalCount } }", json!({})).await;
    assert_eq!(wrong["errors"][0]["extensions"]["code"], "BAD_ARGUMENT");
}

#[tokio::test]
async fn what_only_a_newer_version_knows_is_shown_as_unknown_and_hides_nothing_else() {
    let app = TestApp::start_without_worker(&[]).await;
    app.mutate("updateDataExportSettings", json!({"maximumExports": 2})).await;
    let newer = "INSERT INTO audit_event (id, at, actor, action, detail) \
        SELECT zeroblob(16), at, actor, 'PAINTED_EXPORT', 'blue' FROM audit_event";
    app.state().execute(newer, []).unwrap();
    app.mutate("updateDataExportSettings", json!({"maximumExports": 3})).await;
    let seen = events(&app).await.into_iter().map(|(action, _)| action).collect::<Vec<_>>();
    assert_eq!(seen, ["UNKNOWN", "CHANGED_SETTINGS", "CHANGED_SETTINGS"]);
}
