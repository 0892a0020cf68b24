//! Many processes over one PostgreSQL: what one changes the others hear, what only one may do one does, and all have one time.

mod cut_off;
mod migrations;
mod reading;
mod refused;
mod tls;

use std::{collections::HashSet, sync::Arc, time::Duration};

use carryall::{
    audit::Actor,
    clock::Clock,
    database::{self, Right, in_turn},
    export::{Change, CreateError, Engine, Wish},
    token::{self, RevokeError},
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::api_token::Role;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use uuid::Uuid;

use crate::{
    app::{PATIENCE, Setup, TestApp, database_of, locked_database, until},
    progress::subscribe,
};

/// A server without a worker, beside which there may be others.
async fn start(database: &std::path::Path) -> TestApp {
    let setup = Setup { postgres: true, ..Setup::default() };
    TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await
}

/// Some processes beside a server.
async fn others<const N: usize>(app: &TestApp) -> [Arc<Engine>; N] {
    let mut others = Vec::new();
    for _ in 0..N {
        others.push(app.another().await);
    }
    others.try_into().unwrap_or_else(|_| panic!("so many were made"))
}

async fn wish(engine: &Engine, name: &str) -> Result<Uuid, CreateError> {
    let wish = Wish {
        name,
        by: Actor { name: "tester", token: None },
        format: None,
        exclude_tables: &[],
        pinned: false,
        upload: None,
        idempotency_key: None,
    };
    engine.create(wish).await.map(|export| export.id)
}

/// Waits until this change is heard. Nobody looks by himself here: it was told.
async fn heard(changes: &mut Receiver<Change>, change: Change) {
    let heard = async { while changes.recv().await.unwrap() != change {} };
    tokio::time::timeout(PATIENCE, heard).await.unwrap_or_else(|_| panic!("{change:?} was not heard"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_at_one_process_sees_the_run_of_another_and_can_cancel_it() {
    let (_folder, database, _application) = locked_database();
    let app = start(&database).await;
    let worker = app.another().await;
    let id = app.create("x").await;
    let mut socket = subscribe(&app, &id, "status").await;
    let run = tokio::spawn({
        let (worker, stop) = (Arc::clone(&worker), app.stop.clone());
        async move { worker.drain(&stop).await }
    });
    let mut shown = Vec::new();
    while shown.last() != Some(&json!("RUNNING")) {
        shown.push(socket.receive().await["payload"]["data"]["dataExportProgress"]["status"].clone());
    }
    // Time stands still, so that the worker's heart does not beat: that somebody wants it canceled, it is told.
    assert_eq!(app.mutate("cancelDataExport", json!({"id": id})).await["dataExport"]["cancelRequested"], true);
    run.await.unwrap().unwrap();
    loop {
        let message = socket.receive().await;
        if message["type"] == "complete" {
            break;
        }
        shown.push(message["payload"]["data"]["dataExportProgress"]["status"].clone());
    }
    assert_eq!(shown.last(), Some(&json!("CANCELED")), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_connection_broke_what_was_missed_is_read_and_what_comes_is_heard_again() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = start(&database).await;
    let mut changes = app.engine.changes();
    heard(&mut changes, Change::Any).await;
    let id: Uuid = app.create("x").await.parse().unwrap();
    heard(&mut changes, Change::Of(id)).await;
    let listening = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    assert_eq!(app.number(&format!("SELECT count(pg_terminate_backend(pid)) {listening}")).await, 1);
    // Whatever happened meanwhile, everybody looks.
    heard(&mut changes, Change::Any).await;
    let other = app.another().await;
    let id = wish(&other, "from another process").await.unwrap();
    heard(&mut changes, Change::Of(id)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_export_is_made_by_one_of_those_who_look_for_one_at_the_same_time() {
    let (_folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    let app = start(&database).await;
    let workers = others::<4>(&app).await;
    app.mutate("updateDataExportSettings", json!({"maximumExports": 1000})).await;
    for round in 0..2 {
        for number in 0..16 {
            app.create(&format!("{round} {number}")).await;
        }
        let drained = workers.iter().map(|worker| worker.drain(&app.stop));
        assert!(futures_util::future::join_all(drained).await.into_iter().all(|drained| drained.is_ok()));
    }
    let history = app.history().await;
    assert!(history.len() == 32 && history.iter().all(|export| export["status"] == "COMPLETED"), "{history:?}");
    let files: HashSet<_> = app.file_names().into_iter().collect();
    assert_eq!(files.len(), 32, "an archive each, and nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_processes_together_keep_as_many_as_the_settings_say_and_queue_as_many_as_may_wait() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = start(&database).await;
    let engines = others::<4>(&app).await;
    let wishes = (0..40).map(|number| wish(&engines[number % 4], "x"));
    let wished = futures_util::future::join_all(wishes).await;
    let refused = wished.iter().filter(|wished| matches!(wished, Err(CreateError::TooManyQueued(20)))).count();
    assert_eq!((refused, app.history().await.len()), (20, 20));
    app.mutate("updateDataExportSettings", json!({"maximumExports": 3})).await;
    let drained = engines.iter().map(|worker| worker.drain(&app.stop));
    assert!(futures_util::future::join_all(drained).await.into_iter().all(|drained| drained.is_ok()));
    let history = app.history().await;
    assert_eq!((history.len(), app.file_names().len()), (3, 3), "{history:?}");
}

#[tokio::test]
async fn machines_whose_clocks_differ_have_the_time_of_the_database() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = start(&database).await;
    let begin = app.now();
    let mut times = Vec::new();
    for minutes in [-5, 5] {
        let wrong = Clock::new(move || begin + TimeDelta::minutes(minutes), || Duration::ZERO);
        times.push(database::clock(&app.db, &wrong).await.unwrap().now());
    }
    let real = app.number("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint").await;
    for time in times {
        let off = (DateTime::<Utc>::from_timestamp_millis(real).unwrap() - time).abs();
        assert!(off < TimeDelta::minutes(1), "{time} is off by {off}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_take_away_each_other_s_token_one_stays() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = start(&database).await;
    let (_, other) = token::create(&app.db, "other", Role::Admin, None, app.now()).await.unwrap();
    let tester = token::all(&app.db).await.unwrap().into_iter().find(|token| token.id != other.id).unwrap();
    let first = app.db.begin().await.unwrap();
    token::revoke(&first, other.id, app.now()).await.unwrap();
    let second = tokio::spawn({
        let (db, now) = (app.db.clone(), app.now());
        async move {
            let second = db.begin().await.unwrap();
            token::revoke(&second, tester.id, now).await
        }
    });
    until("the second waits for the first", async || app.waiting().await == 1).await;
    first.commit().await.unwrap();
    assert!(matches!(second.await.unwrap(), Err(RevokeError::LastAdmin)));
}

#[tokio::test]
async fn what_a_process_holds_that_is_frozen_is_free_again_when_the_server_has_missed_it() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = start(&database).await;
    // As it stands when its process is stopped: in a transaction, and silent.
    let frozen = app.db.begin().await.unwrap();
    in_turn(&frozen, Right::Retention).await.unwrap();
    frozen.execute_unprepared("UPDATE data_export_settings SET maximum_exports = 1").await.unwrap();
    app.mutate("updateDataExportSettings", json!({"maximumExports": 2})).await;
    let refused = frozen.commit().await;
    assert!(refused.is_err(), "what it does late changes nothing");
    assert_eq!(app.number("SELECT maximum_exports::bigint FROM data_export_settings").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_are_listed_with_what_they_make_and_those_that_fell_silent_are_not() {
    let (_folder, database, application) = locked_database();
    let app = start(&database).await;
    let workers = "{ workers { id host version since running { id } } }";
    let listed = async || app.graphql(workers, json!({})).await["workers"].as_array().unwrap().clone();
    until("it is seen", async || listed().await.len() == 1).await;
    let id = app.create("x").await;
    app.start_worker();
    app.running(&id).await;
    let worker = listed().await.remove(0);
    assert_eq!((&worker["running"], &worker["version"]), (&json!([{"id": id}]), &json!(env!("CARGO_PKG_VERSION"))));
    application.execute_batch("ROLLBACK").unwrap();
    app.finished(&id).await;
    assert_eq!(listed().await[0]["running"], json!([]));
    app.execute("UPDATE process SET seen_at = seen_at - interval '41 seconds'").await;
    assert_eq!(listed().await, Vec::<serde_json::Value>::new());
}
