//! A line to the database that is cut without a word: no answer comes any more, not even an error.

use std::{sync::Arc, time::Duration};

use carryall::{
    database::{self, Address, answered},
    export::Engine,
};
use chrono::TimeDelta;
use tokio::task::JoinHandle;

use super::{others, start, wish};
use crate::{
    app::{PATIENCE, TestApp, database_of, locked_database, until},
    storages::fault_proxy::{Fault, FaultProxy, Rule},
};

/// Another process, whose line to the database may break.
async fn far_away(app: &TestApp) -> (Arc<Engine>, FaultProxy) {
    let mut address: url::Url = app.database_url.parse().unwrap();
    let line = FaultProxy::before(address.port().unwrap()).await;
    address.set_port(Some(line.port)).unwrap();
    let pool = database::Pool { timeout: Duration::from_secs(5), ..database::Pool::default() };
    (app.another_over(&Address::parse(address.as_str()).unwrap(), pool).await, line)
}

fn work(app: &TestApp, engine: &Arc<Engine>) -> JoinHandle<()> {
    let (engine, stop) = (Arc::clone(engine), app.stop.clone());
    tokio::spawn(async move { engine.work(&stop).await })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_is_never_answered_does_not_keep_a_worker_from_the_next() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = start(&database).await;
    let (far, line) = far_away(&app).await;
    line.arm(Rule { fault: Fault::Hang, seen: "SKIP LOCKED".into(), after: 0, times: 1 });
    let run = work(&app, &far);
    tokio::time::timeout(PATIENCE, line.wait_for_strike()).await.unwrap();
    let id = app.create("x").await;
    assert_eq!(app.finished(&id).await["status"], "COMPLETED");
    run.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_cut_off_from_the_database_is_replaced_and_comes_back_by_itself() {
    let (_folder, database, application) = locked_database();
    let app = start(&database).await;
    let (far, line) = far_away(&app).await;
    let id = app.create("x").await;
    let run = work(&app, &far);
    app.running(&id).await;
    // Nothing comes through any more, not even an error.
    line.arm(Rule::always(Fault::Hang, ""));
    for _ in 0..6 {
        app.engine.tick().await;
        app.pass(TimeDelta::seconds(10));
    }
    let lost = app.export(&id).await;
    assert_eq!(lost["failure"]["code"], "WORKER_LOST", "{lost}");
    line.disarm();
    application.execute_batch("ROLLBACK").unwrap();
    // It makes what is left to be made, and nothing that it did late for the first run counts.
    let restart = lost["restartedAs"]["id"].as_str().unwrap();
    assert_eq!(app.finished(restart).await["status"], "COMPLETED");
    assert_eq!(app.export(&id).await, lost);
    until("one archive is there", async || app.file_names().len() == 1).await;
    run.abort();
}

/// Other connections work: the address leads to another machine by now, say.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_say_nothing_any_more_give_up_their_places_to_those_that_do() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = start(&database).await;
    let (far, line) = far_away(&app).await;
    let asked = async || {
        let ask = || async { answered(far.workers()).await.is_ok() };
        futures_util::future::join_all((0..40).map(|_| ask())).await
    };
    assert!(asked().await.into_iter().all(|answered| answered));
    // In the middle of a query, on as many as there may be.
    let connections = usize::try_from(database::Pool::default().connections).unwrap();
    line.arm(Rule { fault: Fault::Hang, seen: "sqlx_s_".into(), after: 0, times: connections });
    until("each was struck once, and all is answered", async || {
        asked().await.into_iter().all(|answered| answered) && line.struck() == connections
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_claimed_and_not_heard_of_is_in_the_queue_again() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = start(&database).await;
    let [other] = others(&app).await;
    let id = wish(&other, "x").await.unwrap();
    // The answer to its claim was lost.
    until("it is seen", async || app.number("SELECT count(*) FROM process").await == 2).await;
    let claim = "UPDATE data_export SET state = 'RUNNING', worker = (SELECT max(id::text)::uuid FROM process)";
    for called_off in [false, true] {
        app.execute(&format!("{claim}, cancel_requested = {called_off}")).await;
        for _ in 0..2 {
            other.tick().await;
            assert_eq!(app.export(&id.to_string()).await["status"], "RUNNING");
            app.pass(TimeDelta::seconds(5));
        }
        app.pass(TimeDelta::seconds(5));
        other.tick().await;
        let expected = if called_off { "CANCELED" } else { "QUEUED" };
        assert_eq!(app.export(&id.to_string()).await["status"], expected);
    }
}
