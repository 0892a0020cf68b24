//! Automatic Exports: one each night at midnight UTC, whatever the clock and the server do meanwhile.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{Setup, TestApp, database_of};

async fn start(at: &str) -> (TempDir, TestApp) {
    let (folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    let start: DateTime<Utc> = at.parse().unwrap();
    let setup = Setup { start: Some(start), ..Setup::default() };
    let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
    (folder, app)
}

async fn switch(app: &TestApp, on: bool) -> Value {
    let payload = app.mutate("updateDataExportSettings", json!({"automaticExports": on})).await;
    assert_eq!(payload["userErrors"], json!([]));
    payload["settings"]["nextRunAt"].clone()
}

/// The names of the automatic exports, the newest first.
async fn nights(app: &TestApp) -> Vec<String> {
    let automatic = app.history().await.into_iter().filter(|export| export["trigger"] == "AUTOMATIC");
    automatic.map(|export| export["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_day_makes_exactly_one_automatic_export_with_or_without_an_upload_as_the_toggle_says() {
    for upload in [false, true] {
        let (_folder, app) = start("2026-11-20T12:00:00Z").await;
        assert_eq!(switch(&app, true).await, "2026-11-21T00:00:00+00:00");
        app.mutate("updateDataExportSettings", json!({"uploadAutomaticExports": upload})).await;
        for _ in 0..24 * 6 {
            app.engine.tick().await;
            app.drain().await;
            app.pass(TimeDelta::minutes(10));
        }
        assert_eq!(nights(&app).await, ["Automatic export of 2026-11-21"]);
        let export = app.history().await.remove(0);
        assert_eq!((&export["status"], app.file_names().len()), (&json!("COMPLETED"), 1));
        let stored = app.number("SELECT count(*) FROM data_export WHERE upload").await;
        assert_eq!(stored, i64::from(upload), "whether it is to be uploaded");
    }
}

#[tokio::test]
async fn a_midnight_that_was_missed_is_made_up_for_once_and_not_one_before_it_was_switched_on() {
    let (_folder, app) = start("2026-11-20T12:00:00Z").await;
    app.engine.tick().await;
    assert_eq!(nights(&app).await, Vec::<String>::new(), "it is off");
    switch(&app, true).await;
    app.engine.tick().await;
    assert_eq!(nights(&app).await, Vec::<String>::new(), "midnight was before it was switched on");
    // The server is down for three nights and comes back in the morning.
    app.pass(TimeDelta::hours(68));
    let back = app.another().await;
    back.tick().await;
    app.engine.tick().await;
    back.tick().await;
    assert_eq!(nights(&app).await, ["Automatic export of 2026-11-23"], "once, and only for the last");
    switch(&app, false).await;
    app.pass(TimeDelta::hours(24));
    app.engine.tick().await;
    switch(&app, true).await;
    app.engine.tick().await;
    assert_eq!(nights(&app).await.len(), 1, "it was off at midnight");
}

#[tokio::test]
async fn many_processes_make_one_export_a_night() {
    let (_folder, app) = start("2026-11-20T23:59:00Z").await;
    switch(&app, true).await;
    let others = [app.another().await, app.another().await, app.another().await];
    for _ in 0..3 {
        app.pass(TimeDelta::days(1));
        tokio::join!(app.engine.tick(), others[0].tick(), others[1].tick(), others[2].tick());
    }
    let expected = ["2026-11-23", "2026-11-22", "2026-11-21"].map(|night| format!("Automatic export of {night}"));
    assert_eq!(nights(&app).await, expected);
}

#[tokio::test]
async fn a_clock_that_jumps_makes_no_night_double_and_keeps_none_away() {
    let (_folder, app) = start("2026-11-20T23:00:00Z").await;
    switch(&app, true).await;
    app.pass(TimeDelta::hours(1));
    app.engine.tick().await;
    assert_eq!(nights(&app).await.len(), 1, "the night of the 21st");
    // Put right by a few seconds, so that midnight comes twice.
    app.set_clock(TimeDelta::seconds(-5));
    app.engine.tick().await;
    app.pass(TimeDelta::seconds(10));
    app.engine.tick().await;
    assert_eq!(nights(&app).await.len(), 1, "midnight came twice, the night once");
    // Wrong by ten days for a while.
    app.set_clock(TimeDelta::days(10));
    app.engine.tick().await;
    assert_eq!(nights(&app).await[0], "Automatic export of 2026-12-01");
    app.set_clock(TimeDelta::days(-10));
    app.engine.tick().await;
    app.pass(TimeDelta::hours(1));
    app.engine.tick().await;
    assert_eq!(nights(&app).await.len(), 2);
    for day in 0..11 {
        app.pass(TimeDelta::days(1));
        app.engine.tick().await;
        assert_eq!(nights(&app).await.len(), 3 + day, "each night comes, the 1st of December too");
    }
}

#[tokio::test]
async fn a_clock_that_goes_back_for_a_moment_and_is_put_right_makes_no_night_twice() {
    let (_folder, app) = start("2026-11-20T12:00:00Z").await;
    switch(&app, true).await;
    app.pass(TimeDelta::hours(20));
    app.engine.tick().await;
    assert_eq!(nights(&app).await.len(), 1);
    for back in [2, 40, 400] {
        app.set_clock(TimeDelta::days(-back));
        app.engine.tick().await;
        app.pass(TimeDelta::minutes(5));
        app.engine.tick().await;
        app.set_clock(TimeDelta::days(back));
        app.engine.tick().await;
    }
    assert_eq!(nights(&app).await, ["Automatic export of 2026-11-21"]);
}

#[tokio::test]
async fn nights_that_were_switched_on_before_carryall_noted_when_come_as_well() {
    let (_folder, app) = start("2026-11-20T12:00:00Z").await;
    app.execute("UPDATE data_export_settings SET automatic_exports = true").await;
    app.engine.tick().await;
    assert_eq!(nights(&app).await.len(), 0, "nothing is made up for");
    app.pass(TimeDelta::hours(12));
    app.engine.tick().await;
    assert_eq!(nights(&app).await.len(), 1);
}

#[tokio::test]
async fn a_switch_that_was_turned_on_while_the_clock_ran_a_year_ahead_works_after_it_was_put_right() {
    let (_folder, app) = start("2026-11-20T12:00:00Z").await;
    app.set_clock(TimeDelta::days(365));
    switch(&app, true).await;
    app.set_clock(TimeDelta::days(-365));
    app.engine.tick().await;
    app.pass(TimeDelta::hours(1));
    app.engine.tick().await;
    assert_eq!(nights(&app).await.len(), 0);
    app.pass(TimeDelta::hours(11));
    app.engine.tick().await;
    assert_eq!(nights(&app).await, ["Automatic export of 2026-11-21"]);
}

#[tokio::test]
async fn a_night_whose_export_was_deleted_is_not_made_again() {
    let (_folder, app) = start("2026-11-20T12:00:00Z").await;
    switch(&app, true).await;
    app.pass(TimeDelta::hours(13));
    app.engine.tick().await;
    app.drain().await;
    let id = app.history().await[0]["id"].clone();
    assert_eq!(app.mutate("deleteDataExport", json!({"id": id})).await["deletedDataExportId"], id);
    app.engine.tick().await;
    assert_eq!((nights(&app).await.len(), app.file_names().len()), (0, 0));
}

#[tokio::test]
async fn an_automatic_export_that_fails_is_not_restarted_and_the_next_night_runs_as_ever() {
    let (folder, app) = start("2026-11-20T12:00:00Z").await;
    switch(&app, true).await;
    let database = folder.path().join("app.db");
    let away = folder.path().join("away.db");
    std::fs::rename(&database, &away).unwrap();
    app.pass(TimeDelta::hours(12));
    app.engine.tick().await;
    app.drain().await;
    let failed = app.history().await;
    assert_eq!((failed.len(), &failed[0]["failure"]["code"]), (1, &json!("SOURCE_UNREACHABLE")));
    std::fs::rename(&away, &database).unwrap();
    app.pass(TimeDelta::days(1));
    app.engine.tick().await;
    app.drain().await;
    assert_eq!(app.history().await[0]["status"], "COMPLETED");
}
