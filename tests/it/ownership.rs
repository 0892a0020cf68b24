//! A database in WAL mode belongs to its application: an export leaves nothing beside it that would lock the application
//! out. Changing owners takes root, as which CI runs; anybody else sees the first test alone.

use std::{os::unix::fs::PermissionsExt, path::Path, process::Output};

use tempfile::TempDir;
use tokio::process::Command;

use crate::process::{carryall, stderr};

const APPLICATION: u32 = 61_234;
const STRANGER: u32 = 64_321;

fn database() -> TempDir {
    let folder = TempDir::new().unwrap();
    let connection = rusqlite::Connection::open(folder.path().join("app.db")).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    connection.close().unwrap();
    assert_eq!(names(folder.path()), ["app.db"]);
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
    names.sort();
    names
}

/// Exports the database as `user`, into a folder of their own.
async fn export(folder: &Path, user: Option<u32>) -> Output {
    let out = TempDir::new().unwrap();
    let plain = carryall();
    let mut command = match user {
        None => plain,
        Some(user) => {
            std::os::unix::fs::chown(out.path(), Some(user), Some(user)).unwrap();
            let mut command = Command::new("setpriv");
            command.args([format!("--reuid={user}"), format!("--regid={user}"), "--clear-groups".into()]);
            command.arg(plain.as_std().get_program());
            command
        }
    };
    command.arg("export").arg("--source").arg(format!("app=sqlite:{}", folder.join("app.db").display()));
    command.arg("--output").arg(out.path().join("out.zip")).output().await.unwrap()
}

/// The database as another user's, in a folder that everybody may write to.
fn given_away() -> Option<TempDir> {
    let folder = database();
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    std::os::unix::fs::chown(folder.path().join("app.db"), Some(APPLICATION), Some(APPLICATION)).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    Some(folder)
}

#[tokio::test]
async fn the_owner_s_export_of_a_database_at_rest_leaves_no_file_beside_it() {
    let folder = database();
    let output = export(folder.path(), None).await;
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(names(folder.path()), ["app.db"]);
}

#[tokio::test]
async fn root_s_export_of_somebody_else_s_database_leaves_no_file_beside_it() {
    let Some(folder) = given_away() else { return };
    let output = export(folder.path(), None).await;
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(names(folder.path()), ["app.db"]);
}

#[tokio::test]
async fn a_stranger_s_export_of_a_database_at_rest_is_refused_and_says_what_to_do() {
    let Some(folder) = given_away() else { return };
    let output = export(folder.path(), Some(STRANGER)).await;
    assert!(stderr(&output).contains("run Carryall as the owner"), "{}", stderr(&output));
    assert_eq!(names(folder.path()), ["app.db"]);
}

#[tokio::test]
async fn a_file_that_this_user_may_not_read_is_refused_as_such() {
    let Some(folder) = given_away() else { return };
    let database = folder.path().join("app.db");
    std::fs::set_permissions(database, std::fs::Permissions::from_mode(0o600)).unwrap();
    let output = export(folder.path(), Some(STRANGER)).await;
    assert!(stderr(&output).contains("Permission denied"), "{}", stderr(&output));
}
