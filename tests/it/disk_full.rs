//! A full disk, with the real binary on a small file system of its own (a tmpfs in a mount namespace).

use std::path::Path;

use tokio::process::Command;

use crate::process::{Server, carryall};

/// A command that mounts a tmpfs of `size` at `files` and becomes `carryall serve` over `data`. The mount is seen by
/// this process alone and goes with it.
fn on_small_disk(data: &Path, size: &str, database: &Path) -> Command {
    let plain = carryall();
    let binary = plain.as_std().get_program();
    let files = data.join("files");
    let mut command = carryall_in_namespace();
    let script = "mount -t tmpfs -o size=$1 tmpfs $2 && shift 2 && exec \"$@\"";
    command.args(["sh", "-c", script, "sh", size]).arg(&files).arg(binary);
    command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data);
    command.arg("--source").arg(format!("app=sqlite:{}", database.display()));
    command
}

fn carryall_in_namespace() -> Command {
    let mut command = Command::new("unshare");
    if !rustix::process::getuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--mount", "--propagation", "private"]).kill_on_drop(true);
    command
}

#[tokio::test]
async fn a_full_disk_fails_the_export_leaves_nothing_of_it_and_the_next_smaller_one_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(data.join("files")).unwrap();
    let database = folder.path().join("app.db");
    let writer = rusqlite::Connection::open(&database).unwrap();
    writer.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (randomblob(8000000))").unwrap();
    let server = Server::spawn(on_small_disk(&data, "2m", &database), &data).await;
    server.create().await;
    let failed = server.settled().await.remove(0);
    assert_eq!(failed["failure"]["code"], "DISK_FULL", "{failed}");
    assert_eq!(server.files_seen_by_server(), Vec::<String>::new(), "nothing half-written is left");
    writer.execute_batch("DELETE FROM t; INSERT INTO t VALUES (1)").unwrap();
    server.create().await;
    assert_eq!(server.settled().await.last().unwrap()["status"], "COMPLETED", "the server works on");
    assert_eq!(server.files_seen_by_server().len(), 1);
}
