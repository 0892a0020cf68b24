//! A crash at any moment: the next start repairs it, and no file is offered that is not whole.

use std::{io::Read, process::Stdio, time::Duration};

use crate::{
    app::until,
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
                assert!(export["restartedAs"]["id"].is_string(), "no more than three kills hit one export: {export}");
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

/// How many times the server is killed: some in `make test`, more in `make crash-test`.
fn rounds() -> usize {
    std::env::var("CARRYALL_CRASH_ROUNDS").map_or(10, |rounds| rounds.parse().unwrap())
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "`make crash-test` shows the figures")]
async fn after_a_kill_at_any_moment_nothing_is_stuck_and_every_file_that_is_offered_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data, &["--demo"]).await;
    server
        .graphql("mutation { updateDataExportSettings(input: {maximumExports: 1000}) { settings { version } } }")
        .await;
    let begun = std::time::Instant::now();
    server.create().await;
    server.settled().await;
    // Up to a little more than an export takes here.
    let longest = begun.elapsed() * 6 / 5;
    server.kill().await;
    let rounds = rounds();
    let mut random = std::fs::File::open("/dev/urandom").unwrap();
    for _ in 0..rounds {
        let server = Server::start(&data, &["--demo"]).await;
        check(&server, &data).await;
        server.create().await;
        let mut part = [0; 4];
        random.read_exact(&mut part).unwrap();
        tokio::time::sleep(longest.mul_f64(f64::from(u32::from_le_bytes(part)) / f64::from(u32::MAX))).await;
        server.kill().await;
    }
    let server = Server::start(&data, &["--demo"]).await;
    let (completed, lost) = check(&server, &data).await;
    println!("{rounds} kills, of which {lost} hit a running export; {completed} exports completed");
    assert_eq!(completed, rounds + 1, "each export came to its end, some by a restart");
    assert!(lost > 0, "no kill hit a running export");
}

/// Kills that fall into everything else that happens to exports: a cancel, a deletion, retention, reading again, a stop.
#[tokio::test]
async fn after_a_kill_in_the_middle_of_anything_the_newest_exports_are_there_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut random = std::fs::File::open("/dev/urandom").unwrap();
    let mut byte = || {
        let mut byte = [0];
        random.read_exact(&mut byte).unwrap();
        byte[0]
    };
    let database = folder.path().join("app.db");
    let made = rusqlite::Connection::open(&database).unwrap();
    made.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (hex(randomblob(1000000)))").unwrap();
    let source = format!("app=sqlite:{}", database.display());
    let arguments = ["--source", &source, "--shutdown-grace", "0"];
    for _ in 0..rounds() * 2 {
        let server = Server::start(&data, &arguments).await;
        server
            .graphql("mutation { updateDataExportSettings(input: {maximumExports: 2}) { settings { version } } }")
            .await;
        server.create().await;
        server.create().await;
        let newest = server.history().await.pop().unwrap()["id"].as_str().unwrap().to_owned();
        tokio::time::sleep(Duration::from_millis(u64::from(byte()))).await;
        let what = ["cancelDataExport", "deleteDataExport", "verifyDataExport", ""][usize::from(byte() % 4)];
        if what.is_empty() {
            server.terminate();
        } else {
            server
                .graphql(&format!("mutation {{ {what}(input: {{id: \"{newest}\"}}) {{ userErrors {{ code }} }} }}"))
                .await;
        }
        tokio::time::sleep(Duration::from_millis(u64::from(byte() / 8))).await;
        server.kill().await;
    }
    let server = Server::start(&data, &arguments).await;
    server.create().await;
    server.create().await;
    server.settled().await;
    // Retention follows the last success.
    until("two are left", async || server.file_names().len() == 2).await;
    let history = server.settled().await;
    let mut named = history.iter().filter_map(|export| export["fileName"].as_str()).collect::<Vec<_>>();
    let mut files = server.file_names();
    named.sort_unstable();
    files.sort_unstable();
    assert_eq!(named, files, "the newest two, and their files");
    let state = rusqlite::Connection::open(data.join("carryall.db")).unwrap();
    let left = async || state.query_row("SELECT count(*) FROM data_export WHERE removing", [], |row| row.get(0));
    until("no removal is left half-done", async || left().await == Ok(0)).await;
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
    // The name of a run that was lost stays in its row for an hour.
    for (name, files) in [
        ("data-export-1.zip", &[][..]),
        ("data-export-2.zip", &[".data-export-2.zip.part"]),
        ("data-export-3.zip", &["data-export-3.zip"]),
    ] {
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
            finished_at = NULL, size_bytes = NULL, sha256 = NULL, verified_at = NULL, file_name = ?";
        state.execute(&format!("{running} WHERE {newest}"), [name]).unwrap();
        for file in files {
            std::fs::write(data.join("files").join(file), "cut off").unwrap();
        }
        let server = Server::start(&data, &["--demo"]).await;
        let history = server.settled().await;
        let [.., export, restart] = &history[..] else { panic!("{history:?}") };
        assert_eq!(export["failure"]["code"], "WORKER_LOST", "{files:?}: {export}");
        assert_eq!((&export["restartedAs"]["id"], &restart["status"]), (&restart["id"], &"COMPLETED".into()));
        let there = server.file_names();
        let own = history.iter().filter_map(|export| export["fileName"].as_str());
        assert!(there.iter().all(|name| own.clone().any(|own| own == name)), "{files:?}: {there:?}");
        server.kill().await;
    }
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
