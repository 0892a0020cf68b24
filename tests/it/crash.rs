//! A crash at any moment: the next start repairs it, and no file is offered that is not whole.

use std::time::Duration;

use crate::{foreign::seven_zip, process::Server};

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
async fn a_server_that_is_asked_to_stop_ends_the_running_export_and_leaves_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data, &["--demo"]).await;
    server.create().await;
    loop {
        let history = server.history().await;
        if history[0]["status"] == "RUNNING" {
            break;
        }
        assert_eq!(history[0]["status"], "QUEUED", "the export was too fast for this test");
    }
    assert!(server.stop().await.success());
    let server = Server::start(&data, &["--demo"]).await;
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
