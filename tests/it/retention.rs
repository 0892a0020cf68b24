//! Maximum exports: the oldest goes once a newer one is safe, and never a good one for a failing one.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{TestApp, database_of, until};

/// Runs an export to its end, and returns its id.
async fn run(app: &TestApp, name: &str) -> String {
    let id = app.create(name).await;
    app.drain().await;
    app.pass(TimeDelta::seconds(1));
    id
}

async fn set_maximum(app: &TestApp, maximum: i32) -> Value {
    app.mutate("updateDataExportSettings", json!({"maximumExports": maximum})).await
}

async fn names(app: &TestApp, status: &str) -> Vec<String> {
    let history = app.history().await.into_iter().filter(|export| export["status"] == status);
    history.map(|export| export["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn past_the_maximum_the_oldest_goes_with_its_file_and_its_row_and_a_pinned_one_is_not_counted() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    set_maximum(&app, 2).await;
    let first = run(&app, "1").await;
    let pinned = app.mutate("pinDataExport", json!({"id": first, "pinned": true})).await;
    assert_eq!(pinned["dataExport"]["pinned"], true);
    for name in ["2", "3", "4"] {
        run(&app, name).await;
    }
    assert_eq!(names(&app, "COMPLETED").await, ["4", "3", "1"]);
    assert_eq!(app.file_names().len(), 3);
    app.mutate("pinDataExport", json!({"id": first, "pinned": false})).await;
    run(&app, "5").await;
    assert_eq!(names(&app, "COMPLETED").await, ["5", "4"]);
    assert_eq!(app.file_names().len(), 2);
    let rows = app.number("SELECT count(*) FROM exported_table").await;
    assert_eq!(rows, 2, "what belonged to the others is gone too");
}

#[tokio::test]
async fn a_preview_says_which_go_and_why_and_touches_nothing_and_a_lower_maximum_takes_effect_at_once() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    for name in ["1", "2", "3", "4"] {
        run(&app, name).await;
    }
    let missing = app.export(app.history().await[1]["id"].as_str().unwrap()).await;
    std::fs::remove_file(app.archive(&missing).0).unwrap();
    let preview = "query ($n: Int) { retentionPreview(maximumExports: $n) { keep reason dataExport { name } } }";
    let decided = |data: Value| {
        let decisions = data["retentionPreview"].as_array().unwrap().clone();
        let told = decisions.iter().map(|decision| {
            format!("{} {}", decision["dataExport"]["name"].as_str().unwrap(), decision["reason"].as_str().unwrap())
        });
        told.collect::<Vec<_>>()
    };
    let all = ["4 WITHIN_MAXIMUM", "3 NO_GOOD_FILE", "2 WITHIN_MAXIMUM", "1 WITHIN_MAXIMUM"];
    assert_eq!(decided(app.graphql(preview, json!({})).await), all);
    let two = ["4 WITHIN_MAXIMUM", "3 NO_GOOD_FILE", "2 WITHIN_MAXIMUM", "1 PAST_MAXIMUM"];
    assert_eq!(decided(app.graphql(preview, json!({"n": 2})).await), two);
    let answer = app.answer(preview, json!({"n": 0})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_ARGUMENT");
    assert_eq!((app.history().await.len(), app.file_names().len()), (4, 3), "nothing was touched");
    let changed = set_maximum(&app, 2).await;
    let removed = json!([{"keep": false, "reason": "PAST_MAXIMUM", "dataExport": {"name": "1"}}]);
    assert_eq!(changed["removed"], removed);
    assert_eq!((names(&app, "COMPLETED").await, app.file_names().len()), (vec!["4".into(), "3".into(), "2".into()], 2));
}

#[tokio::test]
async fn thirty_failing_nights_leave_all_seven_good_exports_and_the_failures_go_after_thirty_days() {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    app.mutate("updateDataExportSettings", json!({"automaticExports": true})).await;
    for _ in 0..9 {
        app.pass(TimeDelta::days(1));
        app.engine.tick().await;
        app.drain().await;
    }
    let good = names(&app, "COMPLETED").await;
    assert_eq!((good.len(), app.file_names().len()), (7, 7));
    let away = folder.path().join("away.db");
    std::fs::rename(&database, &away).unwrap();
    for _ in 0..30 {
        app.pass(TimeDelta::days(1));
        app.engine.tick().await;
        app.drain().await;
    }
    assert_eq!(names(&app, "FAILED").await.len(), 30);
    assert_eq!((names(&app, "COMPLETED").await, app.file_names().len()), (good.clone(), 7));
    for _ in 0..3 {
        app.pass(TimeDelta::days(1));
        app.engine.tick().await;
        app.drain().await;
    }
    app.engine.tick().await;
    assert_eq!(names(&app, "FAILED").await.len(), 30, "one a night comes, and one goes");
    assert_eq!(names(&app, "COMPLETED").await, good);
}

#[tokio::test]
async fn the_newest_export_stays_although_one_from_a_time_when_the_clock_ran_ahead_is_there() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    set_maximum(&app, 1).await;
    run(&app, "ahead").await;
    let ahead = app.uuid("03000000-0000-7000-b000-0000000000ff");
    app.execute(&format!(
        "DELETE FROM exported_table; DELETE FROM source_snapshot; UPDATE data_export SET id = {ahead}"
    ))
    .await;
    for name in ["1", "2"] {
        run(&app, name).await;
        assert_eq!(names(&app, "COMPLETED").await, [name], "by the order in which they were asked for");
    }
    assert_eq!(app.file_names().len(), 1);
}

#[tokio::test]
async fn a_maximum_that_was_lowered_before_a_crash_is_seen_to_at_the_next_start() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    for name in ["1", "2", "3"] {
        run(&app, name).await;
    }
    app.another().await.tick().await;
    assert_eq!(names(&app, "COMPLETED").await.len(), 3, "nothing goes just because a server starts");
    app.execute("UPDATE data_export_settings SET maximum_exports = 1, retention_due = true").await;
    app.another().await.tick().await;
    assert_eq!(names(&app, "COMPLETED").await, ["3"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_removed_keeps_its_row_until_it_is_gone_and_is_out_of_the_history_meanwhile() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let export = app.export(&run(&app, "1").await).await;
    // A folder of the same name cannot be removed as a file.
    let path = app.archive(&export).0;
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    app.mutate("deleteDataExport", json!({"id": export["id"]})).await;
    assert_eq!(app.history().await.len(), 0);
    assert_eq!(app.graphql("{ dataExports { totalCount } }", json!({})).await["dataExports"]["totalCount"], 0);
    let rows = async || app.number("SELECT count(*) FROM data_export").await;
    app.engine.tick().await;
    assert_eq!(rows().await, 1);
    std::fs::remove_dir(&path).unwrap();
    app.another().await.tick().await;
    assert_eq!(rows().await, 0);
}

#[tokio::test]
async fn only_an_export_that_does_not_run_and_is_not_pinned_can_be_deleted() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let id = app.create("x").await;
    app.execute(&format!("UPDATE data_export SET state = 'RUNNING', worker = {}", app.somebody())).await;
    let refused = app.mutate("deleteDataExport", json!({"id": id})).await;
    assert_eq!((&refused["deletedDataExportId"], &refused["userErrors"][0]["code"]), (&Value::Null, &json!("IN_USE")));
    app.execute("UPDATE data_export SET state = 'QUEUED', worker = NULL, pinned = true").await;
    assert_eq!(app.mutate("deleteDataExport", json!({"id": id})).await["userErrors"][0]["code"], "IN_USE");
    app.mutate("pinDataExport", json!({"id": id, "pinned": false})).await;
    assert_eq!(app.mutate("deleteDataExport", json!({"id": id})).await["deletedDataExportId"], id);
    assert_eq!(app.mutate("deleteDataExport", json!({"id": id})).await["userErrors"][0]["code"], "NOT_FOUND");
    app.drain().await;
    assert_eq!(app.history().await.len(), 0, "it was not run any more");
}

#[tokio::test]
async fn a_damaged_archive_is_found_by_reading_it_again_and_makes_no_good_one_go() {
    let (_folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (hex(randomblob(5000)))");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    set_maximum(&app, 1).await;
    let first = run(&app, "1").await;
    let verified = async |id: &str| {
        let begun = app.mutate("verifyDataExport", json!({"id": id})).await;
        assert_eq!(begun["dataExport"]["verification"]["status"], "RUNNING", "{begun}");
        until("it is read", async || app.export(id).await["verification"]["status"] != "RUNNING").await;
        app.export(id).await["verification"].clone()
    };
    app.pass(TimeDelta::hours(1));
    let passed = verified(&first).await;
    assert_eq!((&passed["status"], &passed["mismatches"]), (&json!("PASSED"), &json!([])));
    assert_eq!(passed["checkedAt"], app.now().to_rfc3339(), "when it was read last");
    let second = run(&app, "2").await;
    assert_eq!(names(&app, "COMPLETED").await, ["2"]);
    let (path, _) = app.archive(&app.export(&second).await);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let failed = verified(&second).await;
    assert_eq!(failed["status"], "FAILED");
    assert!(failed["mismatches"].to_string().contains("SHA-256"), "{failed}");
    app.mutate("pinDataExport", json!({"id": second, "pinned": false})).await;
    run(&app, "3").await;
    assert_eq!(names(&app, "COMPLETED").await, ["3", "2"], "the damaged one is not counted, and is left to be seen");
    std::fs::remove_file(&path).unwrap();
    let missing = app.export(&second).await;
    assert_eq!((&missing["fileStatus"], &missing["downloadUrl"]), (&json!("FILE_UNAVAILABLE"), &Value::Null));
    let refused = app.mutate("verifyDataExport", json!({"id": second})).await;
    assert_eq!(refused["userErrors"][0]["code"], "FILE_UNAVAILABLE");
}
