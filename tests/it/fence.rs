//! The end of a run: stored once, by whoever owns the run, even if the database fails in between.

use std::path::Path;

use crate::app::{TestApp, database_of, until};

/// Enough that the export is still running when the test has seen it begin.
const MANY_ROWS: &str = "CREATE TABLE t (a, b); \
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600000) INSERT INTO t SELECT i, hex(i) FROM n";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_somebody_else_has_taken_over_offers_nothing_and_stores_nothing() {
    let (_folder, database) = database_of(MANY_ROWS);
    let app = TestApp::start(&[("app", &database)]).await;
    let id = app.create("x").await;
    until("the run begins", async || app.export(&id).await["status"] == "RUNNING").await;
    let take = format!("worker = {}, phase = 'CONNECTING' WHERE state = 'RUNNING'", app.somebody());
    let taken = app.execute(&format!("UPDATE data_export SET {take}")).await;
    assert_eq!(taken, 1, "the export was over too soon for this test");
    // The worker takes the next export only when it is done with this one.
    app.execute("UPDATE data_export SET rows_done = -1").await;
    let (_other, small) = database_of("CREATE TABLE t (a)");
    replace(&database, &small);
    assert_eq!(app.run("next").await["status"], "COMPLETED");
    let export = app.export(&id).await;
    assert_eq!(export["status"], "RUNNING", "it is the other's");
    assert_eq!(export["progress"]["rowsDone"], "-1", "nothing was stored");
    assert_eq!(app.file_names().len(), 1, "only the next one's archive is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_the_database_refuses_is_stored_as_soon_as_it_takes_it() {
    let (_folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let id = app.create("x").await;
    app.refuse_exports("NEW.state = 'COMPLETED'").await;
    app.start_worker();
    until("the archive is published", async || app.file_names().iter().any(|name| name.starts_with("data-export-")))
        .await;
    let export = app.export(&id).await;
    assert_eq!((&export["status"], &export["downloadUrl"]), (&"RUNNING".into(), &serde_json::Value::Null));
    app.take_exports_again().await;
    let export = app.finished(&id).await;
    assert!(app.archive(&export).0.is_file());
}

/// Puts another database in place of one that may be open.
fn replace(database: &Path, other: &Path) {
    std::fs::rename(other, database).unwrap();
}

#[tokio::test]
async fn an_export_that_the_database_could_not_store_is_not_confirmed() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    // A full disk shows at the commit; so does a reference that is checked only then.
    app.execute(
        "CREATE TABLE nowhere (id INTEGER PRIMARY KEY, other INTEGER REFERENCES nowhere DEFERRABLE INITIALLY DEFERRED)",
    )
    .await;
    app.on_exports("AFTER INSERT", "true", "INSERT INTO nowhere VALUES (1, 2)").await;
    let operation = "mutation { createDataExport(input: {name: \"x\"}) { dataExport { id } } }";
    let answer = app.answer(operation, serde_json::json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL", "{answer}");
    assert!(!answer.to_string().to_uppercase().contains("FOREIGN KEY"), "the cause is for the log alone: {answer}");
}
