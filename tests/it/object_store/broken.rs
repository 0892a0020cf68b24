//! A store that breaks, hangs or is not there, in the middle of a publishing and at other times.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{There, file_name, made};
use crate::{
    app::{mutation as mutation_of, until},
    servers::{azurite::Azurite, gcs::Gcs, seaweedfs::Seaweedfs},
    storages::fault_proxy::{Fault, FaultProxy, Rule},
    uploads::large_database,
};

/// A store behind a proxy, and what a client sends it with each part of an archive.
async fn proxied() -> [(There, FaultProxy, &'static str); 3] {
    let [s3, azure, google] = [Seaweedfs::shared().port, Azurite::shared().port, Gcs::shared().port];
    let [s3, azure, google] =
        [FaultProxy::before(s3).await, FaultProxy::before(azure).await, FaultProxy::before(google).await];
    [
        (There::s3_at(&s3.address()), s3, "partNumber="),
        (There::azure_at(&azure.address()), azure, "comp=block&"),
        (There::google_at(&google.address()), google, "partNumber="),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_in_the_middle_of_a_publishing_passes_and_the_archive_is_whole() {
    let (_folder, database) = large_database();
    for (there, proxy, part) in proxied().await {
        let app = there.app(&database).await;
        proxy.arm(Rule { after: 1 << 20, ..Rule::always(Fault::Reset, part) });
        let id = app.create("x").await;
        app.start_worker();
        proxy.wait_for_strike().await;
        until("it is tried again", async || proxy.struck() > 4).await;
        assert_eq!(app.export(&id).await["status"], "RUNNING");
        assert!(there.rclone.list().is_empty(), "{}: nothing has the final name", there.name);
        proxy.disarm();
        let export = app.finished(&id).await;
        assert_eq!(
            there.rclone.read(file_name(&export)).unwrap().len().to_string(),
            export["sizeBytes"].as_str().unwrap()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_quarter_of_an_hour_the_run_fails_and_is_restarted() {
    let (_folder, database) = large_database();
    for (there, proxy, part) in proxied().await {
        let app = there.app(&database).await;
        proxy.arm(Rule::always(Fault::Answer(503), part));
        let id = app.create("x").await;
        app.start_worker();
        proxy.wait_for_strike().await;
        app.pass(TimeDelta::minutes(15));
        let failed = app.finished(&id).await;
        assert_eq!(failed["failure"]["code"], "FILES_UNREACHABLE", "{}: {failed}", there.name);
        let restart = failed["restartedAs"]["id"].as_str().unwrap().to_owned();
        proxy.disarm();
        let export = app.finished(&restart).await;
        assert_eq!(there.rclone.list(), [file_name(&export)], "{}", there.name);
        assert_eq!(app.drafts(), [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publishing_that_hangs_is_called_off_at_once_or_ends_by_the_backup_timeout() {
    let (_folder, database) = large_database();
    let [(there, proxy, part), ..] = proxied().await;
    let app = there.app(&database).await;
    app.start_worker();
    for called_off in [true, false] {
        proxy.arm(Rule { after: 1 << 20, ..Rule::always(Fault::Hang, part) });
        let id = app.create("x").await;
        proxy.wait_for_strike().await;
        let ended = if called_off {
            app.mutate("cancelDataExport", json!({"id": id})).await;
            app.finished(&id).await
        } else {
            app.pass(TimeDelta::minutes(61));
            // It is not to be run again now.
            let ended = app.finished(&id).await;
            app.mutate("cancelDataExport", json!({"id": ended["restartedAs"]["id"]})).await;
            ended
        };
        let expected = if called_off { Value::Null } else { json!("TIMED_OUT") };
        assert_eq!(ended["failure"]["code"], expected, "{ended}");
        proxy.disarm();
        until("the upload is aborted", async || there.rclone.uploads().is_empty()).await;
        until("nothing is there", async || there.rclone.list().is_empty()).await;
    }
}

/// The store keeps something else than what was sent, as far as reading it back shows.
#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_is_read_back_otherwise_is_removed_and_not_offered() {
    let (_folder, database) = large_database();
    for (there, proxy, _) in proxied().await {
        let app = there.app(&database).await;
        proxy.arm(Rule::always(Fault::Garble(1 << 20), "GET /"));
        let export = made(&app, "x").await;
        assert_eq!(export["failure"]["code"], "VERIFICATION_FAILED", "{}: {export}", there.name);
        assert_eq!(export["restartedAs"], Value::Null);
        assert_eq!(there.rclone.list(), [""; 0], "{}", there.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_is_away_the_history_is_there_and_says_what_it_knows() {
    let (_folder, database) = large_database();
    for (there, proxy, _) in proxied().await {
        let app = there.app(&database).await;
        let export = made(&app, "x").await;
        let id = export["id"].as_str().unwrap();
        for fault in [Fault::Answer(503), Fault::Hang, Fault::Reset] {
            proxy.arm(Rule::always(fault, ""));
            let shown = app.export(id).await;
            assert_eq!(
                (&shown["fileStatus"], &shown["status"]),
                (&json!("AVAILABLE"), &json!("COMPLETED")),
                "{fault:?}"
            );
            let url = shown["downloadUrl"].as_str().unwrap();
            let refused = app.client.get(url).send().await.unwrap();
            assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE, "{fault:?}");
        }
        // What cannot be seen is not taken for gone.
        proxy.arm(Rule::always(Fault::Answer(503), ""));
        app.pass(TimeDelta::hours(2));
        app.engine.tick().await;
        proxy.disarm();
        assert_eq!(app.export(id).await["fileStatus"], "AVAILABLE");
        assert_eq!(there.rclone.list(), [file_name(&export)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_history_looks_for_each_file_once() {
    let (_folder, database) = crate::app::database_of("CREATE TABLE t (a)");
    let [(there, proxy, _), ..] = proxied().await;
    let app = there.app(&database).await;
    for name in ["a", "b", "c"] {
        made(&app, name).await;
    }
    // It does nothing but count.
    proxy.arm(Rule::always(Fault::Slow(Duration::ZERO), "HEAD /"));
    let fields = "{ dataExports(first: 100) { nodes { fileStatus downloadUrl } } }";
    let page = app.graphql(fields, json!({})).await;
    let shown = page["dataExports"]["nodes"].as_array().unwrap();
    assert!(shown.len() == 3 && shown.iter().all(|shown| shown["fileStatus"] == "AVAILABLE"), "{page}");
    assert_eq!(proxy.struck(), 3);
}

/// Nor is more of it in memory than is on its way.
#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_broken_off_ends_the_request_to_the_store() {
    let (_folder, database) = crate::app::database_of(
        "CREATE TABLE t (a); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) \
         INSERT INTO t SELECT randomblob(1000000) FROM n",
    );
    let [(there, proxy, _), ..] = proxied().await;
    let app = there.app(&database).await;
    let export = made(&app, "x").await;
    let (url, before) = (export["downloadUrl"].as_str().unwrap(), proxy.answered());
    let mut response = app.client.get(url).send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(proxy.answered() - before < 40_000_000, "it is read no faster than it is taken");
    let open = proxy.open();
    drop((first, response));
    until("the connection is closed", async || proxy.open() < open).await;
    assert!(proxy.answered() - before < 40_000_000);
}

/// Who removes an export has it removed, and who waits for a lost run or for midnight does not wait for the store.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hangs_holds_up_neither_people_nor_what_is_due_in_the_database() {
    let (_folder, database) = crate::app::database_of("CREATE TABLE t (a)");
    let [(there, proxy, _), ..] = proxied().await;
    let app = there.app(&database).await;
    let (kept, other, lost) = (made(&app, "x").await, made(&app, "y").await, app.create("z").await);
    proxy.arm(Rule::always(Fault::Hang, ""));
    let another = json!({"id": other["id"]});
    for (mutation, input) in [
        ("verifyDataExport", another.clone()),
        ("uploadDataExport", another),
        ("updateDataExportSettings", json!({"maximumExports": 5})),
        ("deleteDataExport", json!({"id": kept["id"]})),
    ] {
        let document = mutation_of(mutation);
        let answer = app.answer(&document, json!({"input": input}));
        tokio::time::timeout(Duration::from_secs(30), answer).await.unwrap_or_else(|_| panic!("{mutation}: waits"));
    }
    assert_eq!(app.export(kept["id"].as_str().unwrap()).await, Value::Null);
    let (id, somebody) = (app.uuid(&lost), app.somebody());
    app.execute(&format!("UPDATE data_export SET state = 'RUNNING', worker = {somebody} WHERE id = {id}")).await;
    app.start_worker();
    until("the run is given up", async || {
        app.pass(TimeDelta::seconds(1));
        tokio::time::sleep(Duration::from_millis(50)).await;
        app.export(&lost).await["failure"]["code"] == "WORKER_LOST"
    })
    .await;
    // What is removed there is gone on with, once it answers.
    assert_eq!(app.number("SELECT count(*) FROM data_export WHERE removing").await, 1);
    assert_eq!(there.rclone.list(), [file_name(&kept), file_name(&other)]);
}

/// What is completed while the files are listed is not among them, and so is not counted.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_completed_while_retention_looks_is_looked_at_again() {
    let (_folder, database) = crate::app::database_of("CREATE TABLE t (a)");
    let [(there, proxy, _), ..] = proxied().await;
    let app = there.app(&database).await;
    made(&app, "x").await;
    let due = async || app.number("SELECT count(*) FROM data_export_settings WHERE retention_due").await;
    assert_eq!(due().await, 0);
    for (meanwhile, left) in [("retention_asked + 1", 1), ("retention_asked", 0)] {
        app.execute("UPDATE data_export_settings SET retention_due = TRUE").await;
        proxy.arm(Rule { fault: Fault::Wait, seen: "list-type=2".into(), after: 0, times: 1 });
        let look = tokio::spawn({
            let engine = std::sync::Arc::clone(&app.engine);
            async move { engine.tick().await }
        });
        proxy.wait_for_strike().await;
        app.execute(&format!("UPDATE data_export_settings SET retention_asked = {meanwhile}")).await;
        proxy.disarm();
        look.await.unwrap();
        assert_eq!(due().await, left, "{meanwhile}");
    }
}
