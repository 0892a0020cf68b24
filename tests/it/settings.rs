//! dataExportSettings: the defaults the product promises, and its limits.

use serde_json::{Value, json};

use crate::app::{TestApp, database_of};

const READ: &str =
    "{ dataExportSettings { automaticExports uploadAutomaticExports maximumExports backupTimeoutMinutes version } }";
const UPDATE: &str = "mutation ($input: UpdateDataExportSettingsInput!) { updateDataExportSettings(input: $input) { \
    settings { automaticExports uploadAutomaticExports maximumExports backupTimeoutMinutes version } \
    userErrors { field code message } } }";

async fn update(app: &TestApp, input: Value) -> Value {
    app.graphql(UPDATE, json!({"input": input})).await["updateDataExportSettings"].clone()
}

async fn app() -> (TestApp, tempfile::TempDir) {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    (TestApp::start_without_worker(&[("app", &database)]).await, folder)
}

#[tokio::test]
async fn the_timeout_is_an_hour_until_somebody_sets_it() {
    let (app, _folder) = app().await;
    let settings = app.graphql(READ, json!({})).await["dataExportSettings"].clone();
    let expected = json!({"automaticExports": false, "uploadAutomaticExports": false, "maximumExports": 7,
        "backupTimeoutMinutes": 60, "version": 1});
    assert_eq!(settings, expected);
}

#[tokio::test]
async fn what_a_change_leaves_out_keeps_its_value_and_the_rest_is_stored() {
    let (app, _folder) = app().await;
    let payload = update(&app, json!({"automaticExports": true, "maximumExports": 1000})).await;
    assert_eq!(payload["userErrors"], json!([]));
    let payload = update(&app, json!({"backupTimeoutMinutes": 1440})).await;
    let expected = json!({"automaticExports": true, "uploadAutomaticExports": false, "maximumExports": 1000,
        "backupTimeoutMinutes": 1440, "version": 3});
    assert_eq!(payload["settings"], expected);
    assert_eq!(app.graphql(READ, json!({})).await["dataExportSettings"], expected);
}

#[tokio::test]
async fn a_change_of_nothing_changes_nothing() {
    let (app, _folder) = app().await;
    for input in [json!({}), json!({"maximumExports": null})] {
        let payload = update(&app, input).await;
        assert_eq!((&payload["userErrors"], &payload["settings"]["version"]), (&json!([]), &json!(1)));
    }
}

#[tokio::test]
async fn a_value_out_of_range_is_refused_and_nothing_of_the_change_is_stored() {
    let (app, _folder) = app().await;
    for (field, value) in [
        ("backupTimeoutMinutes", 59),
        ("backupTimeoutMinutes", 1441),
        ("maximumExports", 0),
        ("maximumExports", 1001),
        ("maximumExports", -1),
    ] {
        let payload = update(&app, json!({"automaticExports": true, field: value})).await;
        assert_eq!(payload["settings"], Value::Null, "{field}: {value}");
        assert_eq!(payload["userErrors"][0]["code"], "OUT_OF_RANGE");
        assert_eq!(payload["userErrors"][0]["field"], json!([field]));
    }
    let settings = app.graphql(READ, json!({})).await;
    assert_eq!(settings["dataExportSettings"]["automaticExports"], false);
    assert_eq!(settings["dataExportSettings"]["version"], 1);
}

#[tokio::test]
async fn of_two_admins_the_slower_is_told_that_the_settings_have_changed() {
    let (app, _folder) = app().await;
    let faster = update(&app, json!({"expectedVersion": 1, "maximumExports": 3})).await;
    assert_eq!(faster["settings"]["version"], 2);
    let slower = update(&app, json!({"expectedVersion": 1, "maximumExports": 30})).await;
    assert_eq!(slower["userErrors"][0]["code"], "STALE");
    assert_eq!(app.graphql(READ, json!({})).await["dataExportSettings"]["maximumExports"], 3);
}
