//! What runs have left in a store that did not come to their end: it goes, also when it comes late, and what others have put
//! there stays.

use std::path::PathBuf;

use chrono::TimeDelta;
use tempfile::TempDir;

use super::There;
use crate::{
    app::{PATIENCE, database_of},
    process::{Server, carryall},
    servers::seaweedfs::Seaweedfs,
    storages::fault_proxy::{Fault, FaultProxy, Rule},
    uploads::large_database,
};

/// The real server, over the data folder `data`, with its archives there.
async fn start(there: &There, data: &std::path::Path, database: &std::path::Path) -> Server {
    let mut command = carryall();
    command.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--files-url",
        &there.url,
        "--shutdown-grace",
        "1",
        "--data-dir",
    ]);
    command.arg(data);
    command.args(["--source", &format!("app=sqlite:{}", database.display())]).envs(there.variables.iter().cloned());
    Server::spawn(command, data).await
}

/// A server in the middle of a run, which has sent some of the archive to a store that does not answer any more.
struct Sending {
    folder: TempDir,
    database: PathBuf,
    proxy: FaultProxy,
    there: There,
    server: Server,
}

async fn sending() -> Sending {
    let (folder, database) = large_database();
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    let there = There::s3_at(&proxy.address());
    let server = start(&there, &folder.path().join("data"), &database).await;
    proxy.arm(Rule { after: 1 << 20, ..Rule::always(Fault::Hang, "partNumber=") });
    server.create().await;
    tokio::time::timeout(PATIENCE, proxy.wait_for_strike()).await.unwrap();
    Sending { folder, database, proxy, there, server }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parts_that_a_killed_run_has_sent_go_at_the_next_start_and_its_restart_is_published() {
    let Sending { folder, database, proxy, there, server } = sending().await;
    let data = folder.path().join("data");
    server.kill().await;
    assert_eq!(there.rclone.uploads().len(), 1, "an upload was begun");
    assert_eq!(std::fs::read_dir(data.join("drafts")).unwrap().count(), 1);
    proxy.disarm();
    let server = start(&there, &data, &database).await;
    let history = server.settled().await;
    assert_eq!(there.rclone.uploads(), [""; 0]);
    assert_eq!(history[0]["failure"]["code"], "WORKER_LOST");
    assert_eq!(there.rclone.list(), [history[1]["fileName"].as_str().unwrap()]);
    assert_eq!(std::fs::read_dir(data.join("drafts")).unwrap().count(), 0);
    server.kill().await;
}

/// The store takes nothing, and so cannot be told to forget anything either.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_asked_to_stop_does_not_wait_for_the_store_and_the_next_start_clears_up() {
    let Sending { folder, database, proxy, there, server } = sending().await;
    let data = folder.path().join("data");
    proxy.arm(Rule::always(Fault::Hang, ""));
    assert!(server.stop().await.success());
    let state = rusqlite::Connection::open(data.join("carryall.db")).unwrap();
    let states = "SELECT group_concat(state) FROM (SELECT state FROM data_export ORDER BY id)";
    let states = state.query_row(states, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(states, "FAILED,QUEUED", "what makes good for it waits already");
    drop(state);
    proxy.disarm();
    let server = start(&there, &data, &database).await;
    let history = server.settled().await;
    assert_eq!((history.len(), &history[0]["failure"]["code"]), (2, &"WORKER_LOST".into()));
    assert_eq!(there.rclone.list(), [history[1]["fileName"].as_str().unwrap()]);
    assert_eq!(there.rclone.uploads(), [""; 0]);
    server.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_that_was_lost_publishes_late_is_removed_too_until_an_hour_after_its_end() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    super::each(async |there| {
        let app = there.app(&database).await;
        let id = app.create("x").await;
        let failed =
            "UPDATE data_export SET state = 'FAILED', finished_at = updated_at, file_name = 'data-export-1.zip'";
        app.state().execute(failed, []).unwrap();
        let named = || app.state().query_row("SELECT count(file_name) FROM data_export", [], |row| row.get(0));
        let strays = ["data-export-1.zip.txt", "data-export-10.zip"];
        strays.iter().for_each(|stray| there.rclone.write(stray, b"mine"));
        // At the start, and at the first hourly look of which nobody knows whether it is an hour after the end.
        for (passed, known) in [(TimeDelta::zero(), 1), (TimeDelta::minutes(59), 1), (TimeDelta::hours(1), 0)] {
            there.rclone.write("data-export-1.zip", b"late");
            app.pass(passed);
            if passed == TimeDelta::minutes(59) {
                app.engine.tick().await;
                assert!(there.rclone.read("data-export-1.zip").is_some(), "it is looked for every hour");
                continue;
            }
            app.engine.tick().await;
            assert_eq!(there.rclone.list(), strays, "{}", there.name);
            assert_eq!(named(), Ok::<i64, rusqlite::Error>(known), "{}: {passed}", there.name);
        }
        assert_eq!(app.export(&id).await["status"], "FAILED");
    })
    .await;
}

/// The process that had it was killed: it is on the same disk, and another process has ended the run.
#[tokio::test(flavor = "multi_thread")]
async fn the_draft_of_a_run_that_was_lost_makes_room_for_the_next_run() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let there = There::s3();
    let app = there.app(&database).await;
    let (lost, kept) = ("data-export-lost.zip", "data-export-kept.zip");
    for (name, state) in [(lost, "FAILED"), (kept, "RUNNING")] {
        let id = app.create(name).await;
        let (id, somebody) = (app.uuid(&id), app.somebody());
        let set = format!("state = '{state}', worker = {somebody}, file_name = '{name}'");
        app.execute(&format!("UPDATE data_export SET {set} WHERE id = {id}")).await;
        app.write_draft(&format!(".{name}.part"));
    }
    let id = app.create("next").await;
    app.drain().await;
    assert_eq!(app.export(&id).await["status"], "COMPLETED");
    assert_eq!(app.drafts(), [format!(".{kept}.part")]);
}
