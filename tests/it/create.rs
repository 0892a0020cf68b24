//! createDataExport: what it takes, what it refuses, and that it does not wait.

use serde_json::{Value, json};

use crate::app::{TestApp, database_of};

const CREATE: &str = "mutation ($input: CreateDataExportInput!) { createDataExport(input: $input) { \
    dataExport { id name status trigger createdBy fileName filePassword downloadUrl } userErrors { field message code } } }";

async fn create(app: &TestApp, name: &str) -> Value {
    app.graphql(CREATE, json!({"input": {"name": name}})).await["createDataExport"].clone()
}

#[tokio::test]
async fn a_request_is_answered_while_its_export_still_waits() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let payload = create(&app, "  Before the move ").await;
    let export = &payload["dataExport"];
    assert_eq!(export["status"], "QUEUED");
    assert_eq!(export["name"], "Before the move");
    assert_eq!(export["trigger"], "MANUAL");
    assert_eq!(export["createdBy"], "tester");
    for not_yet in ["fileName", "filePassword", "downloadUrl"] {
        assert_eq!(export[not_yet], Value::Null, "{not_yet}");
    }
    app.start_worker();
    let done = app.finished(export["id"].as_str().unwrap()).await;
    assert_eq!(done["status"], "COMPLETED");
}

#[tokio::test]
async fn a_name_that_cannot_be_shown_is_refused_and_changes_nothing() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start(&[("app", &database)]).await;
    let long = "x".repeat(300);
    for (name, code) in
        [("", "BLANK"), ("  \t ", "BLANK"), (&long, "TOO_LONG"), ("a\u{0}b", "INVALID"), ("a\nb", "INVALID")]
    {
        let payload = create(&app, name).await;
        assert_eq!(payload["dataExport"], Value::Null, "{name:?}");
        assert_eq!(payload["userErrors"][0]["code"], code, "{name:?}");
        assert_eq!(payload["userErrors"][0]["field"], json!(["name"]));
    }
    let history = app.graphql("{ dataExports { totalCount } }", json!({})).await;
    assert_eq!(history["dataExports"]["totalCount"], 0);
}

#[tokio::test]
async fn a_name_that_looks_like_a_path_or_holds_emoji_is_kept_and_makes_no_path() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start(&[("app", &database)]).await;
    for name in ["../../etc/passwd", "Größe 🎒 \"quoted\" {id}", "CON", &"ü".repeat(200)] {
        let export = app.run(name).await;
        assert_eq!(export["name"], name);
        let (archive, _) = app.archive(&export);
        assert_eq!(archive.parent(), Some(app.files().as_path()));
        assert!(archive.is_file(), "{name}");
    }
    assert_eq!(app.file_names().len(), 4);
}

#[tokio::test]
async fn exports_run_in_the_order_in_which_they_were_asked_for() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        ids.push(app.create(name).await);
        app.pass(chrono::TimeDelta::seconds(1));
    }
    app.start_worker();
    let mut started = Vec::new();
    for id in &ids {
        let export = app.finished(id).await;
        assert_eq!(export["status"], "COMPLETED");
        started.push(export["progress"]["updatedAt"].as_str().unwrap().to_owned());
    }
    assert!(started.is_sorted(), "{started:?}");
    let passwords = futures_util::future::join_all(ids.iter().map(|id| app.export(id))).await;
    let passwords = passwords.iter().map(|export| export["filePassword"].to_string());
    assert_eq!(passwords.collect::<std::collections::HashSet<_>>().len(), 3, "each has a password of its own");
}
