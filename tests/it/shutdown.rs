//! A server that is asked to stop: a running export may end, or is given back, and nothing of the user's data has failed.

use std::time::Duration;

use crate::{
    app::{PATIENCE, client, locked_database, until},
    process::{Server, carryall},
    servers::postgres::Postgres,
    storages::fault_proxy::{Fault, FaultProxy, Rule},
};

/// A server over a locked database, with an export that waits for the lock, and so is sure to be running.
async fn running(data: &std::path::Path, database: &std::path::Path, grace: &str) -> Server {
    let source = format!("app=sqlite:{}", database.display());
    let server = Server::start(data, &["--source", &source, "--shutdown-grace", grace]).await;
    server.create().await;
    until("the run begins", async || server.history().await[0]["status"] == "RUNNING").await;
    server
}

#[tokio::test]
async fn a_run_that_is_not_over_in_time_is_given_back_and_restarted_after_the_next_start() {
    let (folder, database, application) = locked_database();
    let data = folder.path().join("data");
    let server = running(&data, &database, "1").await;
    assert!(server.stop().await.success());
    application.execute_batch("ROLLBACK").unwrap();
    let source = format!("app=sqlite:{}", database.display());
    let server = Server::start(&data, &["--source", &source]).await;
    let history = server.settled().await;
    assert_eq!(history.len(), 1, "it is the same export: {history:?}");
    assert_eq!((&history[0]["status"], &history[0]["trigger"]), (&"COMPLETED".into(), &"RESTART".into()));
    assert_eq!(server.file_names().len(), 1);
}

#[tokio::test]
async fn a_run_that_ends_in_time_is_completed_before_the_server_stops() {
    let (folder, database, application) = locked_database();
    let data = folder.path().join("data");
    let server = running(&data, &database, "60").await;
    server.terminate();
    tokio::time::sleep(Duration::from_millis(300)).await;
    application.execute_batch("ROLLBACK").unwrap();
    assert!(server.ended().await.success());
    let state = rusqlite::Connection::open(data.join("carryall.db")).unwrap();
    let ended: (String, String) = state
        .query_row("SELECT state, \"trigger\" FROM data_export", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(ended, ("COMPLETED".into(), "MANUAL".into()));
}

#[tokio::test]
async fn a_second_signal_stops_at_once_and_the_run_is_given_back() {
    let (folder, database, _application) = locked_database();
    let data = folder.path().join("data");
    let server = running(&data, &database, "3600").await;
    server.terminate();
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.terminate();
    assert!(server.ended().await.success());
    let state = rusqlite::Connection::open(data.join("carryall.db")).unwrap();
    let given_back: String = state.query_row("SELECT state FROM data_export", [], |row| row.get(0)).unwrap();
    assert_eq!(given_back, "QUEUED");
}

#[tokio::test]
async fn a_server_whose_database_says_nothing_any_more_says_that_and_ends_all_the_same() {
    let (folder, source, _application) = locked_database();
    let database = Postgres::shared().database().await;
    let mut address: url::Url = database.address().parse().unwrap();
    let line = FaultProxy::before(address.port().unwrap()).await;
    address.set_port(Some(line.port)).unwrap();
    let data = folder.path().join("data");
    let mut command = carryall();
    command.args(["serve", "--listen", "127.0.0.1:0", "--source", &format!("app=sqlite:{}", source.display())]);
    command.arg("--data-dir").arg(&data).env("CARRYALL_DATABASE_URL", address.as_str());
    let server = Server::spawn_for(command, &data, String::new()).await;
    line.arm(Rule::always(Fault::Hang, ""));
    let health = client().get(format!("{}/healthz", server.url)).send();
    let health = tokio::time::timeout(PATIENCE, health).await.unwrap().unwrap();
    assert_eq!(health.status(), reqwest::StatusCode::SERVICE_UNAVAILABLE);
    server.terminate();
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.terminate();
    server.ended().await;
}
