//! The archive holds everything, exactly, and programs that are not ours open it.

use std::{path::PathBuf, process::Output};

use tempfile::TempDir;

use crate::{
    app::TestApp,
    foreign::{python, seven_zip},
};

/// An export of the demo database: the server, the database, the archive and its password.
async fn demo() -> (TestApp, TempDir, PathBuf, PathBuf, String) {
    let folder = TempDir::new().unwrap();
    let database = folder.path().join("demo.db");
    carryall::demo::create(&database).unwrap();
    let app = TestApp::start(&[("demo", &database)]).await;
    let export = app.run("First export").await;
    let (archive, password) = app.archive(&export);
    (app, folder, database, archive, password)
}

#[tokio::test]
async fn every_value_of_the_demo_database_is_in_the_archive_exactly() {
    let (_app, _folder, database, archive, password) = demo().await;
    let source = format!("demo={}", database.display());
    python("compare.py", &[archive.to_str().unwrap(), &password, &source]);
}

#[tokio::test]
async fn seven_zip_tests_the_archive_with_its_password_and_refuses_a_wrong_one() {
    let (_app, _folder, _, archive, password) = demo().await;
    let right = seven_zip(&["t", &format!("-p{password}")], &archive);
    assert!(right.status.success(), "{right:?}");
    let wrong = seven_zip(&["t", "-pwrong"], &archive);
    assert!(!wrong.status.success() && said(&wrong).contains("Wrong password"), "{wrong:?}");
}

#[tokio::test]
async fn pyzipper_refuses_a_wrong_password() {
    let (_app, _folder, _, archive, _) = demo().await;
    python("refuse.py", &[archive.to_str().unwrap(), "wrong"]);
}

#[tokio::test]
async fn frictionless_finds_the_descriptor_valid() {
    let (_app, _folder, _, archive, password) = demo().await;
    python("validate.py", &[archive.to_str().unwrap(), &password]);
}

#[tokio::test]
async fn the_history_says_what_is_in_the_archive_and_that_it_was_read_back() {
    let (app, _folder, database, archive, password) = demo().await;
    let export = app.graphql("{ dataExports { nodes { id } } }", serde_json::json!({})).await;
    let export = app.export(export["dataExports"]["nodes"][0]["id"].as_str().unwrap()).await;
    let rows: i64 = rusqlite::Connection::open(&database)
        .unwrap()
        .query_row("SELECT count(*) FROM notes", [], |row| row.get(0))
        .unwrap();
    let tables = export["tables"]["nodes"].as_array().unwrap();
    let notes = tables.iter().find(|table| table["name"] == "notes").unwrap();
    assert_eq!(notes["rowCount"], rows.to_string());
    assert_eq!(export["tables"]["totalCount"], 18);
    assert_eq!(export["verification"]["status"], "PASSED");
    assert_eq!(export["verification"]["tablesChecked"], 18);
    assert_eq!(export["verification"]["rowsChecked"], export["progress"]["rowsDone"]);
    assert_eq!(export["sizeBytes"], archive.metadata().unwrap().len().to_string());
    assert_eq!(password.len(), 24);
    assert_eq!(app.file_names(), [archive.file_name().unwrap().to_str().unwrap()], "and nothing else lies there");
}

fn said(output: &Output) -> String {
    [output.stdout.as_slice(), &output.stderr].concat().iter().map(|byte| char::from(*byte)).collect()
}
