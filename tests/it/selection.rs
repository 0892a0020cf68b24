//! Which tables: what the settings and one export leave out, and that nobody can take the rest for the whole.

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    app::{TestApp, database_of},
    foreign::seven_zip,
    process::{Server, run, stderr},
};

const TABLES: &str =
    "CREATE TABLE accounts (a); CREATE TABLE notes (a); CREATE TABLE audit_log (a); CREATE TABLE sms_log (a)";

fn sources(archive: &Path, password: &str) -> Value {
    let out = seven_zip(&["x", "-so", &format!("-p{password}"), "-ir!datapackage.json"], archive);
    assert!(out.status.success());
    serde_json::from_slice::<Value>(&out.stdout).unwrap()["carryall"]["sources"].clone()
}

fn names(export: &Value) -> Vec<&str> {
    export["tables"]["nodes"].as_array().unwrap().iter().map(|table| table["name"].as_str().unwrap()).collect()
}

async fn create(app: &TestApp, exclude: Value) -> Value {
    let operation = "mutation ($input: CreateDataExportInput!) { createDataExport(input: $input) { \
        dataExport { id excludeTables } userErrors { field code } } }";
    let input = json!({"name": "x", "excludeTables": exclude});
    app.graphql(operation, json!({"input": input})).await["createDataExport"].clone()
}

#[tokio::test]
async fn an_export_leaves_out_what_it_is_told_to_and_says_so() {
    let (_folder, database) = database_of(TABLES);
    let app = TestApp::start(&[("app", &database)]).await;
    let payload = create(&app, json!(["*_log", "app/notes"])).await;
    assert_eq!(payload["dataExport"]["excludeTables"], json!(["*_log", "app/notes"]));
    let export = app.finished(payload["dataExport"]["id"].as_str().unwrap()).await;
    assert_eq!(names(&export), ["accounts"]);
    let (archive, password) = app.archive(&export);
    let left_out =
        ["audit_log", "notes", "sms_log"].map(|name| json!({"name": name, "reason": "excluded for this export"}));
    assert_eq!(sources(&archive, &password)[0]["leftOut"], json!(left_out));
    let query = "query ($id: ID!) { dataExport(id: $id) { snapshots { leftOut warnings } } }";
    let snapshots = app.graphql(query, json!({"id": export["id"]})).await["dataExport"]["snapshots"].clone();
    assert_eq!(snapshots, json!([{"leftOut": 3, "warnings": []}]));
}

#[tokio::test]
async fn a_pattern_that_fits_no_table_is_a_warning() {
    let (_folder, database) = database_of(TABLES);
    let app = TestApp::start(&[("app", &database)]).await;
    let payload = create(&app, json!(["acounts", "notes"])).await;
    let export = app.finished(payload["dataExport"]["id"].as_str().unwrap()).await;
    let (archive, password) = app.archive(&export);
    let warnings = sources(&archive, &password)[0]["warnings"].clone();
    let warnings = warnings.as_array().unwrap();
    assert!(warnings.len() == 1 && warnings[0].as_str().unwrap().contains("acounts"), "{warnings:?}");
}

#[tokio::test]
async fn what_is_no_pattern_is_refused_and_changes_nothing() {
    let (_folder, database) = database_of(TABLES);
    let app = TestApp::start(&[("app", &database)]).await;
    let payload = create(&app, json!(["notes", "[a"])).await;
    let expected = json!({"dataExport": null, "userErrors": [{"field": ["excludeTables", "1"], "code": "INVALID"}]});
    assert_eq!(payload, expected);
    let payload = create(&app, json!(vec!["x"; 1001])).await;
    let expected = json!({"dataExport": null, "userErrors": [{"field": ["excludeTables"], "code": "OUT_OF_RANGE"}]});
    assert_eq!(payload, expected);
    assert_eq!(app.graphql("{ dataExports { totalCount } }", json!({})).await["dataExports"]["totalCount"], 0);
}

fn folder(toml: &str) -> TempDir {
    let (folder, _) = database_of(TABLES);
    fs::write(folder.path().join("carryall.toml"), toml).unwrap();
    folder
}

#[tokio::test]
async fn the_settings_file_says_which_tables_of_a_source_are_exported() {
    let folder =
        folder("[source.app]\nurl = \"sqlite:app.db\"\ninclude = [\"a*\", \"notes\"]\nexclude = [\"*_log\"]\n");
    let data = folder.path().join("data");
    let mut command = crate::process::carryall();
    command.current_dir(folder.path()).args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(&data);
    let server = Server::spawn(command, &data).await;
    server.create().await;
    let export = server.settled().await.remove(0);
    let archive = data.join("files").join(export["fileName"].as_str().unwrap());
    let left_out = sources(&archive, export["filePassword"].as_str().unwrap())[0]["leftOut"].clone();
    let expected = json!([
        {"name": "audit_log", "reason": "excluded by the settings"},
        {"name": "sms_log", "reason": "not included by the settings"},
    ]);
    assert_eq!(left_out, expected);
}

#[tokio::test]
async fn a_wrong_pattern_in_the_settings_file_ends_the_start_and_is_named() {
    let folder = folder("[source.app]\nurl = \"sqlite:app.db\"\nexclude = [\"{a\"]\n");
    let output = run(folder.path(), &["serve", "--listen", "127.0.0.1:0"]).await;
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("[source.app]") && said.contains("exclude") && said.contains("{a"), "{said}");
}

#[tokio::test]
async fn the_command_line_excludes_tables_and_says_how_many_are_left_out() {
    let (folder, _) = database_of(TABLES);
    let source = ["export", "--source", "app=sqlite:app.db", "--output", "x.zip"];
    let output = run(folder.path(), &[&source[..], &["--exclude", "*_log", "--exclude", "gone"]].concat()).await;
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains("2 left out") && said.contains("`gone`") && said.contains("2 tables"), "{said}");
    let output = run(folder.path(), &[&source[..4], &["y.zip", "--exclude", "[a"]].concat()).await;
    assert_eq!((output.status.code(), stderr(&output).contains("[a")), (Some(2), true));
}
