//! CSV and JSON Lines: how tables are written, and where that is chosen.

use carryall::format::Jsonl;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, database_of},
    foreign::python,
    packed::{PASSWORD, packed_as},
    process::{run, stderr},
};

/// Values that CSV cannot all tell apart, in columns that say little of them.
const MIXED: &str = r#"CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER, r REAL, s TEXT, b BLOB, any_);
    INSERT INTO t VALUES (1, 9223372036854775807, 0.1, '', x'00ff', 1),
                         (2, -9223372036854775808, 1e300, ' a,"b"' || char(13, 10) || 'c ', x'', '1'),
                         (3, 'not a number', -0.0, 'null', NULL, 1.0),
                         (4, NULL, 9e999, '🎒' || char(0) || 'nul', zeroblob(2000000), x'31'),
                         (5, 1.5, -9e999, '\.', 'AP8=', NULL),
                         (6, x'31', 'INF', x'00ff', 7, '');
    CREATE TABLE one (only TEXT); INSERT INTO one VALUES (''), (NULL), ('x');
    CREATE TABLE "say ""hi"" 🎒" ("a""b" TEXT, "c,d" INTEGER, "line
break"); INSERT INTO "say ""hi"" 🎒" VALUES ('x', 1, NULL);
    CREATE TABLE empty (a)"#;

#[tokio::test]
async fn json_lines_hold_every_value_of_any_kind_without_loss() {
    let (_folder, database) = database_of(MIXED);
    let archive = packed_as(&[("app", &format!("sqlite:{}", database.display()))], &Jsonl).await.unwrap();
    python("compare_jsonl.py", &[archive.path(), PASSWORD, &format!("app={}", database.display())]);
    let resource = archive.descriptor()["resources"][0].clone();
    assert_eq!((&resource["format"], &resource["mediatype"]), (&json!("jsonl"), &json!("application/jsonl")));
}

#[tokio::test]
async fn json_lines_of_mixed_columns_and_of_no_rows_are_a_valid_package() {
    let (_folder, database) = database_of(&MIXED.replace("(''), (NULL), ('x')", "('x')"));
    let archive = packed_as(&[("app", &format!("sqlite:{}", database.display()))], &Jsonl).await.unwrap();
    archive.validate();
}

#[tokio::test]
async fn every_value_of_the_demo_database_is_in_its_json_lines() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("demo.db");
    carryall::demo::create(&database).unwrap();
    let archive = packed_as(&[("demo", &format!("sqlite:{}", database.display()))], &Jsonl).await.unwrap();
    python("compare_jsonl.py", &[archive.path(), PASSWORD, &format!("demo={}", database.display())]);
    archive.validate();
}

async fn create(app: &TestApp, input: Value) -> Value {
    let operation = "mutation ($input: CreateDataExportInput!) { createDataExport(input: $input) { \
        dataExport { id format } userErrors { field message code } } }";
    app.graphql(operation, json!({"input": input})).await["createDataExport"].clone()
}

#[tokio::test]
async fn an_export_is_written_as_the_settings_say_unless_it_says_otherwise() {
    let (_folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    let app = TestApp::start(&[("app", &database)]).await;
    let set =
        "mutation { updateDataExportSettings(input: {format: JSONL}) { settings { format } userErrors { code } } }";
    assert_eq!(create(&app, json!({"name": "x"})).await["dataExport"]["format"], "CSV");
    let settings = app.graphql(set, json!({})).await["updateDataExportSettings"].clone();
    assert_eq!(settings, json!({"settings": {"format": "JSONL"}, "userErrors": []}));
    for (input, format, file) in
        [(json!({"name": "x"}), "JSONL", "app/t.jsonl"), (json!({"name": "x", "format": "CSV"}), "CSV", "app/t.csv")]
    {
        let created = create(&app, input).await["dataExport"].clone();
        assert_eq!(created["format"], format);
        let export = app.finished(created["id"].as_str().unwrap()).await;
        assert_eq!(export["tables"]["nodes"][0]["fileName"], file);
    }
}

#[tokio::test]
async fn the_command_line_takes_a_format() {
    let (folder, _) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    let arguments = ["export", "--source", "app=sqlite:app.db", "--output", "x.zip", "--format"];
    let output = run(folder.path(), &[&arguments[..], &["jsonl"]].concat()).await;
    assert!(output.status.success(), "{}", stderr(&output));
    let output = run(folder.path(), &[&arguments[..], &["xml"]].concat()).await;
    assert_eq!(output.status.code(), Some(2));
}
