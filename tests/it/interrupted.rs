//! Runs that do not come to their end: too long, nothing from the source, a worker that is gone, somebody who calls them off.

use std::time::Duration;

use carryall::export::Limits;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{Setup, TestApp, database_of, locked_database, until};

async fn code(app: &TestApp, id: &Value) -> Value {
    app.export(id.as_str().unwrap()).await["failure"]["code"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_over_the_backup_timeout_is_failed_and_restarted_at_most_three_times_in_a_row() {
    let (_folder, database, _application) = locked_database();
    let app = TestApp::start(&[("app", &database)]).await;
    let first = app.create("x").await;
    let mut chain = vec![json!(first)];
    for round in 0..4 {
        let id = chain.last().unwrap().as_str().unwrap().to_owned();
        app.running(&id).await;
        app.pass(TimeDelta::minutes(61));
        let failed = app.finished(&id).await;
        assert_eq!(failed["failure"]["code"], "TIMED_OUT", "{failed}");
        let message = failed["failure"]["message"].as_str().unwrap();
        assert!(message.contains("60 minutes") && message.contains("Raise the backup timeout"), "{message}");
        match &failed["restartedAs"]["id"] {
            Value::Null => assert!(round == 3 && message.contains("not restarted again"), "{message}"),
            id => {
                assert!(message.contains(&format!("restarted ({} of 3)", round + 1)), "{message}");
                chain.push(id.clone());
            }
        }
    }
    assert_eq!(chain.len(), 4, "the first, and three restarts");
    for (before, after) in chain.iter().zip(&chain[1..]) {
        let restart = app.export(after.as_str().unwrap()).await;
        assert_eq!((&restart["trigger"], &restart["restartOf"]["id"]), (&json!("RESTART"), before));
    }
    assert_eq!(app.file_names(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_ends_no_run_and_a_timeout_that_is_raised_holds_at_once() {
    let (_folder, database, application) = locked_database();
    let limits = Limits { stall: Duration::from_secs(86_400), ..Limits::default() };
    let setup = Setup { limits, ..Setup::default() };
    let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
    app.start_worker();
    let id = app.create("x").await;
    app.running(&id).await;
    app.mutate("updateDataExportSettings", json!({"backupTimeoutMinutes": 1440})).await;
    app.pass(TimeDelta::hours(23));
    app.set_clock(TimeDelta::days(2));
    app.engine.tick().await;
    app.set_clock(TimeDelta::days(-4));
    app.engine.tick().await;
    let before = app.export(&id).await["progress"]["sequence"].clone();
    until("it has looked at the time", async || app.export(&id).await["progress"]["sequence"] != before).await;
    app.pass(TimeDelta::seconds(2));
    let before = app.export(&id).await["progress"]["sequence"].clone();
    until("and again", async || app.export(&id).await["progress"]["sequence"] != before).await;
    assert_eq!(app.export(&id).await["status"], "RUNNING");
    application.execute_batch("ROLLBACK").unwrap();
    assert_eq!(app.finished(&id).await["status"], "COMPLETED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_source_is_silent_for_ten_minutes_has_stalled_and_is_restarted() {
    let (_folder, database, application) = locked_database();
    let app = TestApp::start(&[("app", &database)]).await;
    let id = app.create("x").await;
    app.running(&id).await;
    app.pass(TimeDelta::seconds(601));
    let failed = app.finished(&id).await;
    assert_eq!(failed["failure"]["code"], "STALLED", "{failed}");
    application.execute_batch("ROLLBACK").unwrap();
    let restart = failed["restartedAs"]["id"].as_str().unwrap();
    assert_eq!(app.finished(restart).await["status"], "COMPLETED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_not_heard_of_is_lost_within_a_minute_and_what_it_does_later_changes_nothing() {
    let (_folder, database, application) = locked_database();
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let id = app.create("x").await;
    let dead = app.another().await;
    let stop = app.stop.clone();
    let zombie = tokio::spawn({
        let dead = std::sync::Arc::clone(&dead);
        async move { dead.drain(&stop).await }
    });
    app.running(&id).await;
    // Its heart no longer reaches the database, as if it were frozen.
    app.refuse_exports("OLD.state = 'RUNNING' AND NEW.state = 'RUNNING'").await;
    for _ in 0..6 {
        app.engine.tick().await;
        app.pass(TimeDelta::seconds(10));
    }
    let lost = app.export(&id).await;
    assert_eq!(lost["failure"]["code"], "WORKER_LOST", "{lost}");
    assert!(lost["restartedAs"]["id"].is_string());
    app.take_exports_again().await;
    application.execute_batch("ROLLBACK").unwrap();
    // The zombie wakes up, finds that the run is no longer its own, and goes on with the next: the restart.
    zombie.await.unwrap().unwrap();
    assert_eq!(app.export(&id).await, lost, "nothing of it has changed");
    assert_eq!(app.history().await[0]["status"], "COMPLETED");
    assert_eq!(app.file_names().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_alive_is_not_taken_for_lost_however_often_it_is_looked_at() {
    let (_folder, database, application) = locked_database();
    let app = TestApp::start(&[("app", &database)]).await;
    let id = app.create("x").await;
    app.running(&id).await;
    let other = app.another().await;
    for _ in 0..8 {
        other.tick().await;
        app.pass(TimeDelta::seconds(10));
        let before = app.export(&id).await["progress"]["sequence"].clone();
        until("the heart beats", async || app.export(&id).await["progress"]["sequence"] != before).await;
    }
    application.execute_batch("ROLLBACK").unwrap();
    assert_eq!(app.finished(&id).await["status"], "COMPLETED");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_waits_is_canceled_at_once_and_one_that_runs_soon_after() {
    let (_folder, database, application) = locked_database();
    let app = TestApp::start(&[("app", &database)]).await;
    let (running, waiting) = (app.create("running").await, app.create("waiting").await);
    app.running(&running).await;
    let canceled = app.mutate("cancelDataExport", json!({"id": waiting})).await;
    assert_eq!(canceled["dataExport"]["status"], "CANCELED", "{canceled}");
    let canceled = app.mutate("cancelDataExport", json!({"id": running})).await;
    assert_eq!(canceled["userErrors"], json!([]));
    let export = app.finished(&running).await;
    assert_eq!((&export["status"], &export["failure"]), (&json!("CANCELED"), &Value::Null));
    assert_eq!(app.file_names(), Vec::<String>::new(), "the temporary file is gone");
    for id in [&running, &waiting, "01a206a4-0c85-7155-9bf8-595267aa41f0", "x"] {
        let refused = app.mutate("cancelDataExport", json!({"id": id})).await;
        let code = if id.len() == 36 && !id.starts_with("01a206a4-0c85") { "NOT_CANCELABLE" } else { "NOT_FOUND" };
        assert_eq!(refused["userErrors"][0]["code"], code, "{refused}");
    }
    application.execute_batch("ROLLBACK").unwrap();
    assert_eq!(app.run("next").await["status"], "COMPLETED", "the worker goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_that_comes_as_the_time_is_over_or_as_the_server_stops_is_not_forgotten() {
    let (_folder, database, _application) = locked_database();
    let app = TestApp::start(&[("app", &database)]).await;
    let cancel = "UPDATE data_export SET cancel_requested = true WHERE state = 'RUNNING'";
    let late = app.create("late").await;
    app.running(&late).await;
    app.execute(cancel).await;
    app.pass(TimeDelta::minutes(61));
    assert_eq!(app.finished(&late).await["status"], "CANCELED");
    let stopped = app.create("stopped").await;
    app.running(&stopped).await;
    app.execute(cancel).await;
    app.stop.running.cancel();
    assert_eq!(app.finished(&stopped).await["status"], "CANCELED");
    assert_eq!(app.history().await.len(), 2, "nothing was restarted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_source_is_not_restarted() {
    let app = TestApp::start(&[("app", std::path::Path::new("/nowhere/app.db"))]).await;
    let failed = app.run("x").await;
    assert_eq!(code(&app, &failed["id"]).await, "SOURCE_UNREACHABLE");
    assert_eq!((app.history().await.len(), &failed["restartedAs"]), (1, &Value::Null));
}

#[tokio::test]
async fn a_canceled_export_whose_worker_is_lost_is_not_restarted() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let id = app.create("x").await;
    let running = "UPDATE data_export SET state = 'RUNNING', file_name = 'data-export-1.zip', worker";
    app.execute(&format!("{running} = {}", app.somebody())).await;
    assert_eq!(app.mutate("cancelDataExport", json!({"id": id})).await["dataExport"]["cancelRequested"], true);
    let other = app.another().await;
    other.repair().await.unwrap();
    // Where there may be others, they are known to be gone by their silence.
    for _ in 0..6 {
        other.tick().await;
        app.pass(TimeDelta::seconds(10));
    }
    assert_eq!(app.export(&id).await["status"], "CANCELED");
    assert_eq!(app.history().await.len(), 1);
}
