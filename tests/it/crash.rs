//! A crash at any moment: the next start repairs it, and no file is offered that is not whole.

use std::{process::Stdio, time::Duration};

use crate::{
    app::{PATIENCE, database_of},
    foreign::seven_zip,
    process::{Server, carryall},
};

/// Fails if the server is in a state that it must not be in after a start.
async fn check(server: &Server, data: &std::path::Path) -> (usize, usize) {
    let history = server.settled().await;
    let (mut completed, mut lost) = (Vec::new(), 0);
    for export in &history {
        match export["status"].as_str().unwrap() {
            "COMPLETED" => completed.push(export),
            "FAILED" => {
                assert_eq!(export["failure"]["code"], "WORKER_LOST", "{export}");
                lost += 1;
            }
            other => panic!("{other} after a start: {export}"),
        }
    }
    let mut offered = completed.iter().map(|export| export["fileName"].as_str().unwrap()).collect::<Vec<_>>();
    let mut there = server.file_names();
    offered.sort_unstable();
    there.sort_unstable();
    assert_eq!(there, offered, "every file is offered, and nothing else lies there");
    // An archive does not change once it is offered, so that the newest one is the one to be read.
    if let Some(newest) = completed.last() {
        let archive = data.join("files").join(newest["fileName"].as_str().unwrap());
        let tested = seven_zip(&["t", &format!("-p{}", newest["filePassword"].as_str().unwrap())], &archive);
        assert!(tested.status.success(), "{tested:?}");
    }
    (completed.len(), lost)
}

#[tokio::test]
async fn after_a_kill_at_any_moment_nothing_is_stuck_and_every_file_that_is_offered_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut ended = (0, 0);
    let rounds: u32 = 10;
    for round in 0..rounds {
        let server = Server::start(&data, &["--demo"]).await;
        ended = check(&server, &data).await;
        server.create().await;
        // From at once to about the time that an export of the demo takes in this build.
        tokio::time::sleep(Duration::from_millis(130) * round).await;
        server.kill().await;
    }
    let server = Server::start(&data, &["--demo"]).await;
    ended = check(&server, &data).await.max(ended);
    assert_eq!(ended.0 + ended.1, rounds as usize, "no export was forgotten");
    assert!(ended.1 > 0, "no kill hit a running export: {ended:?}");
    server.create().await;
    assert_eq!(server.settled().await.last().unwrap()["status"], "COMPLETED", "the server works on");
}

#[tokio::test]
async fn a_kill_in_the_first_start_leaves_a_folder_that_the_next_start_takes() {
    for round in 0..12 {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut command = carryall();
        command.args(["token", "create", "--name", "x", "--role", "ADMIN", "--data-dir"]).arg(&data);
        let mut first = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(10) * round).await;
        first.kill().await.unwrap();
        Server::start(&data, &["--demo"]).await.kill().await;
    }
}

/// What each moment of a run leaves behind if the power goes: the row as it is then, and the files.
#[tokio::test]
async fn a_run_that_was_cut_off_at_any_step_is_failed_and_what_it_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for files in [&[][..], &[".data-export-1.zip.part"], &["data-export-1.zip"]] {
        let server = Server::start(&data, &["--demo"]).await;
        server.create().await;
        server.settled().await;
        server.kill().await;
        let state = rusqlite::Connection::open(data.join("carryall.db")).unwrap();
        let newest = "id = (SELECT max(id) FROM data_export)";
        let (id, finished): (Vec<u8>, String) = state
            .query_row(&format!("SELECT id, file_name FROM data_export WHERE {newest}"), [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        std::fs::remove_file(data.join("files").join(finished)).unwrap();
        for table in ["exported_table", "source_snapshot"] {
            state.execute(&format!("DELETE FROM {table} WHERE data_export_id = ?"), [&id]).unwrap();
        }
        let running = "UPDATE data_export SET state = 'RUNNING', phase = 'EXPORTING', worker = randomblob(16), \
            finished_at = NULL, size_bytes = NULL, sha256 = NULL, verified_at = NULL, file_name = 'data-export-1.zip'";
        state.execute(&format!("{running} WHERE {newest}"), []).unwrap();
        for file in files {
            std::fs::write(data.join("files").join(file), "cut off").unwrap();
        }
        let server = Server::start(&data, &["--demo"]).await;
        let export = server.history().await.pop().unwrap();
        assert_eq!(export["failure"]["code"], "WORKER_LOST", "{files:?}: {export}");
        assert_eq!(server.file_names(), Vec::<String>::new(), "{files:?}");
        server.kill().await;
    }
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_ends_the_running_export_and_leaves_nothing_of_it() {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let data = folder.path().join("data");
    let source = format!("app=sqlite:{}", database.display());
    // The run waits for the lock, so that it is sure to be running.
    let application = rusqlite::Connection::open(&database).unwrap();
    application.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let server = Server::start(&data, &["--source", &source]).await;
    server.create().await;
    let running = async {
        while server.history().await[0]["status"] != "RUNNING" {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, running).await.expect("the run did not begin");
    assert!(server.stop().await.success());
    application.execute_batch("ROLLBACK").unwrap();
    let server = Server::start(&data, &["--source", &source]).await;
    assert_eq!(server.history().await[0]["failure"]["code"], "WORKER_LOST");
    assert_eq!(server.file_names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_that_carryall_did_not_write_is_never_removed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data, &["--demo"]).await;
    for name in [".mine.part", "mine.zip"] {
        std::fs::write(data.join("files").join(name), "mine").unwrap();
    }
    server.create().await;
    server.kill().await;
    let server = Server::start(&data, &["--demo"]).await;
    server.settled().await;
    let names = server.file_names();
    assert!(names.contains(&".mine.part".to_owned()) && names.contains(&"mine.zip".to_owned()), "{names:?}");
}
