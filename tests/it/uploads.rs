//! Copies of exports at storages, from the API to the file that somebody else's client reads there.

mod broken;
mod configured;
pub mod everywhere;
mod interrupted;
mod kept;
mod kept_secrets;
mod pages;
mod removed;
mod several_workers;
pub mod tested;

use serde_json::{Value, json};

use crate::{
    app::{TestApp, until},
    servers::{
        rclone::Rclone,
        seaweedfs::{KEY, SECRET, Seaweedfs},
    },
};

/// A bucket at the server that listens at `endpoint`, as the API takes it.
pub fn space(endpoint: &str, bucket: &str) -> Value {
    let settings = json!({"key": KEY, "secret": SECRET, "region": "us-east-1", "endpoint": endpoint, "bucket": bucket});
    json!({"digitaloceanSpaces": settings})
}

/// A new bucket of a real server, as the API takes it, and another client that looks into it.
pub fn bucket() -> (Value, Rclone) {
    let (bucket, rclone) = Seaweedfs::shared().bucket();
    (space(&Seaweedfs::shared().address(), &bucket), rclone)
}

/// Configures a storage and returns its id.
pub async fn configure(app: &TestApp, name: &str, config: &Value) -> String {
    let payload = app.mutate("createStorageLocation", json!({"name": name, "config": config})).await;
    assert_eq!(payload["userErrors"], json!([]), "{name}");
    payload["storageLocation"]["id"].as_str().unwrap().to_owned()
}

/// Has every export copied from now on, and `maximum` kept everywhere.
pub async fn copy_all(app: &TestApp, maximum: i32) {
    let settings = json!({"uploadAutomaticExports": true, "maximumExports": maximum});
    assert_eq!(app.mutate("updateDataExportSettings", settings).await["userErrors"], json!([]));
}

/// Runs an export to its end, but copies nothing yet.
pub async fn export(app: &TestApp, name: &str) -> String {
    let id = app.create(name).await;
    app.drain().await;
    app.pass(chrono::TimeDelta::seconds(1));
    id
}

/// Does what is due at the storages now.
pub async fn carry(app: &TestApp) {
    app.engine.serve_storages(&app.stop).await.unwrap();
}

/// The copies of an export, and how they stand together.
pub async fn copies(app: &TestApp, id: &str) -> Value {
    let operation = "query ($id: ID!) { dataExport(id: $id) { fileStatus filePassword uploadStatus uploads { \
        storage { id name } status path bytesDone sizeBytes attempts nextAttemptAt uploadedAt verifiedAt verifying \
        failure { code message retryable } } } }";
    app.graphql(operation, json!({"id": id})).await["dataExport"].clone()
}

/// The status of each copy of an export.
pub async fn statuses(app: &TestApp, id: &str) -> Vec<String> {
    let copies = copies(app, id).await;
    let copies = copies["uploads"].as_array().cloned().unwrap_or_default();
    copies.iter().map(|copy| copy["status"].as_str().unwrap().to_owned()).collect()
}

/// Waits until the only copy of an export has this status.
pub async fn wait_for(app: &TestApp, id: &str, status: &str) {
    until(status, async || statuses(app, id).await == [status]).await;
}

/// The storages, as the API shows them.
pub async fn locations(app: &TestApp) -> Vec<Value> {
    let operation = "{ storageLocations { id name provider enabled deleting lastUploadedAt lastFailure { code message } \
        config { __typename ... on Sftp { host hostKeyFingerprint } } version } }";
    app.graphql(operation, json!({})).await["storageLocations"].as_array().unwrap().clone()
}

/// A database whose archive is so large that it goes in parts.
pub fn large_database() -> (tempfile::TempDir, std::path::PathBuf) {
    crate::app::database_of(
        "CREATE TABLE t (a); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12) \
         INSERT INTO t SELECT randomblob(1000000) FROM n",
    )
}

/// A value as a GraphQL document writes it.
pub fn graphql_literal(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", graphql_literal(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(graphql_literal).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
