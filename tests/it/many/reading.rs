//! An archive is read again by one process at a time, and all show it.

use std::sync::Arc;

use carryall::{
    audit::Actor,
    database::{Right, in_turn},
    export::Engine,
};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DatabaseTransaction, TransactionTrait};
use serde_json::{Value, json};

use super::{others, start};
use crate::{
    app::{PATIENCE, Setup, TestApp, database_of, until},
    object_store::There,
    servers::seaweedfs::Seaweedfs,
    storages::fault_proxy::{Fault, FaultProxy, Rule},
};

/// A server with a completed export, and another process beside it.
async fn two() -> (TestApp, String, Arc<Engine>, tempfile::TempDir) {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let app = start(&database).await;
    let id = app.create("x").await;
    app.drain().await;
    // The time of the first verdict is told from that of the next.
    app.pass(TimeDelta::seconds(1));
    let other = app.another().await;
    (app, id, other, folder)
}

async fn read_again(engine: &Arc<Engine>, id: &str) {
    engine.verify(id.parse().unwrap(), Actor { name: "tester", token: None }).await.unwrap();
}

async fn verdict(app: &TestApp, id: &str) -> Value {
    app.export(id).await["verification"].clone()
}

/// Keeps what a reading has shown from being stored, until it is dropped or committed.
async fn held_up(app: &TestApp) -> DatabaseTransaction {
    let transaction = app.db.begin().await.unwrap();
    transaction.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await.unwrap();
    in_turn(&transaction, Right::Retention).await.unwrap();
    transaction
}

/// How many times somebody has begun to read an archive again.
async fn begun(app: &TestApp) -> i64 {
    app.number("SELECT count(*) FROM audit_event WHERE action = 'VERIFIED_EXPORT'").await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_one_process_reads_again_is_shown_so_by_all_and_read_by_no_other() {
    let (app, id, other, _folder) = two().await;
    let before = verdict(&app, &id).await;
    assert_eq!(before["status"], "PASSED");
    let transaction = held_up(&app).await;
    read_again(&other, &id).await;
    assert_eq!(verdict(&app, &id).await["status"], "RUNNING");
    let asked = app.mutate("verifyDataExport", json!({"id": id})).await;
    assert_eq!(asked["dataExport"]["verification"]["status"], "RUNNING");
    assert_eq!(begun(&app).await, 1);
    transaction.rollback().await.unwrap();
    until("the verdict is there", async || verdict(&app, &id).await["status"] == "PASSED").await;
    assert_ne!(verdict(&app, &id).await["checkedAt"], before["checkedAt"]);
    app.mutate("verifyDataExport", json!({"id": id})).await;
    assert_eq!(begun(&app).await, 2, "it may be read again as soon as the reading has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_whose_process_was_lost_ends_after_a_minute_and_another_may_begin() {
    let (app, id, other, _folder) = two().await;
    let until_then = format!("UPDATE data_export SET reading = {}, reading_until = $$", app.somebody());
    let seconds = async |seconds: i64| {
        let time = (app.now() + TimeDelta::seconds(seconds)).to_rfc3339();
        app.execute(&until_then.replace("$$", &format!("'{time}'"))).await;
    };
    seconds(60).await;
    read_again(&other, &id).await;
    assert_eq!((begun(&app).await, &verdict(&app, &id).await["status"]), (0, &json!("RUNNING")));
    app.pass(TimeDelta::seconds(60));
    assert_eq!(verdict(&app, &id).await["status"], "PASSED", "it goes on no longer");
    let shown = app.number("SELECT sequence FROM data_export").await;
    app.engine.tick().await;
    assert!(app.number("SELECT sequence FROM data_export").await > shown, "those who watch it hear of that");
    seconds(0).await;
    read_again(&other, &id).await;
    assert_eq!(begun(&app).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reading_has_shown_late_is_dropped_if_another_was_begun_since() {
    let (app, id, other, _folder) = two().await;
    let before = verdict(&app, &id).await;
    let transaction = held_up(&app).await;
    read_again(&other, &id).await;
    until("the verdict is about to be stored", async || app.waiting().await == 1).await;
    app.execute(&format!("UPDATE data_export SET reading = {}, reading_until = NULL", app.somebody())).await;
    transaction.rollback().await.unwrap();
    // Who comes after it has it behind him.
    until("nobody waits", async || app.waiting().await == 0).await;
    held_up(&app).await.rollback().await.unwrap();
    assert_eq!(verdict(&app, &id).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reading_has_shown_while_the_database_was_away_is_kept() {
    let (app, id, other, _folder) = two().await;
    let before = verdict(&app, &id).await;
    let transaction = held_up(&app).await;
    read_again(&other, &id).await;
    until("the verdict is about to be stored", async || app.waiting().await == 1).await;
    // It was not heard of for so long that the others have given it up.
    app.pass(TimeDelta::minutes(2));
    transaction.rollback().await.unwrap();
    app.engine.tick().await;
    until("the verdict is there", async || verdict(&app, &id).await["checkedAt"] != before["checkedAt"]).await;
    assert_eq!(app.number("SELECT count(*) FROM data_export WHERE reading_until IS NOT NULL").await, 0);
}

/// For as long as it takes to fetch the archive.
#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_takes_long_says_that_it_goes_on_and_a_process_that_ends_gives_it_up() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    let there = There::s3_at(&proxy.address());
    let app = there.app_with(&database, Setup { postgres: true, ..there.setup() }).await;
    let id = app.create("x").await;
    app.drain().await;
    let [first, second] = others(&app).await;
    proxy.arm(Rule { fault: Fault::Wait, seen: "GET /".into(), after: 0, times: 1 });
    read_again(&first, &id).await;
    tokio::time::timeout(PATIENCE, proxy.wait_for_strike()).await.unwrap();
    let goes_on_until = async || app.number("SELECT extract(epoch FROM reading_until)::bigint FROM data_export").await;
    for _ in 0..2 {
        let before = goes_on_until().await;
        app.pass(TimeDelta::seconds(50));
        until("it says that it goes on", async || goes_on_until().await > before).await;
        second.tick().await;
        read_again(&second, &id).await;
        assert_eq!((begun(&app).await, &verdict(&app, &id).await["status"]), (1, &json!("RUNNING")));
    }
    first.leave().await;
    assert_eq!(verdict(&app, &id).await["status"], "PASSED");
    read_again(&second, &id).await;
    until("the other has read it", async || verdict(&app, &id).await["status"] == "PASSED").await;
    assert_eq!(begun(&app).await, 2);
}

#[tokio::test]
async fn a_reading_that_was_cut_off_with_the_only_process_has_ended_when_it_starts_again() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let id = app.create("x").await;
    app.drain().await;
    let later = (app.now() + TimeDelta::seconds(60)).to_rfc3339();
    app.execute(&format!("UPDATE data_export SET reading = randomblob(16), reading_until = '{later}'")).await;
    assert_eq!(verdict(&app, &id).await["status"], "RUNNING");
    app.engine.repair().await.unwrap();
    assert_eq!(verdict(&app, &id).await["status"], "PASSED");
}
