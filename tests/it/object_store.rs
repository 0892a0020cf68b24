//! Archives kept in an object store: S3, Azure and Google Cloud Storage, each on a real server that checks who asks, and read
//! there by somebody else's client.

mod broken;
mod leftovers;
mod life;
mod presigned;
mod start;

use carryall::storage::Environment;
use serde_json::{Value, json};

use crate::{
    app::{Kept, Setup, TestApp},
    servers::{
        azurite::{self, Azurite},
        gcs::Gcs,
        rclone::Rclone,
        seaweedfs::{KEY, SECRET, Seaweedfs},
    },
};

/// A folder in a bucket of its own.
pub struct There {
    name: &'static str,
    url: String,
    variables: Vec<(&'static str, String)>,
    /// Another client that looks into the folder.
    rclone: Rclone,
}

impl There {
    fn s3() -> Self {
        Self::s3_at(&Seaweedfs::shared().address())
    }

    /// A bucket of the S3 server that is reached at `address`.
    pub fn s3_at(address: &str) -> Self {
        let (bucket, rclone) = Seaweedfs::shared().bucket();
        let variables = vec![
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("AWS_ENDPOINT_URL", address.to_owned()),
        ];
        Self::new("S3", format!("s3://{bucket}"), variables, &rclone)
    }

    fn azure() -> Self {
        Self::azure_at(&Azurite::shared().address())
    }

    fn azure_at(address: &str) -> Self {
        let (container, rclone) = Azurite::shared().container();
        let variables = vec![
            ("AZURE_STORAGE_ACCOUNT_NAME", azurite::ACCOUNT.to_owned()),
            ("AZURE_STORAGE_ACCOUNT_KEY", azurite::KEY.to_owned()),
            ("AZURE_STORAGE_ENDPOINT", format!("{address}/{}", azurite::ACCOUNT)),
        ];
        Self::new("Azure", format!("az://{container}"), variables, &rclone)
    }

    fn google() -> Self {
        Self::google_at(&Gcs::shared().address())
    }

    fn google_at(address: &str) -> Self {
        let (bucket, rclone) = Seaweedfs::shared().bucket();
        let variables = vec![
            ("GOOGLE_SERVICE_ACCOUNT_KEY", Gcs::shared().key_file.clone()),
            ("GOOGLE_BASE_URL", address.to_owned()),
        ];
        Self::new("Google", format!("gs://{bucket}"), variables, &rclone)
    }

    fn new(name: &'static str, bucket: String, variables: Vec<(&'static str, String)>, rclone: &Rclone) -> Self {
        Self { name, url: format!("{bucket}/kept/archives"), variables, rclone: rclone.folder("kept/archives") }
    }

    pub fn setup(&self) -> Setup {
        let environment = Environment::of(self.variables.iter().map(|(name, value)| (name.into(), value.into())));
        Setup { files: Kept { url: Some(self.url.clone()), environment, presigned: false }, ..Setup::default() }
    }

    /// A server without a worker that keeps its archives there.
    async fn app(&self, database: &std::path::Path) -> TestApp {
        self.app_with(database, self.setup()).await
    }

    pub async fn app_with(&self, database: &std::path::Path, setup: Setup) -> TestApp {
        TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await
    }
}

/// At each of them, while the others take pauses.
async fn each(test: impl AsyncFn(There)) {
    tokio::join!(test(There::s3()), test(There::azure()), test(There::google()));
}

/// Runs an export to its end and returns it.
async fn made(app: &TestApp, name: &str) -> Value {
    let id = app.create(name).await;
    app.drain().await;
    app.export(&id).await
}

/// The name of a completed export's archive.
fn file_name(export: &Value) -> &str {
    assert_eq!(export["status"], "COMPLETED", "{export}");
    export["fileName"].as_str().unwrap()
}

/// Has the archive of an export read again, and returns what that has shown.
async fn verified(app: &TestApp, export: &Value) -> Value {
    let id = export["id"].as_str().unwrap();
    let payload = app.mutate("verifyDataExport", json!({"id": id})).await;
    assert_eq!(payload["userErrors"], json!([]));
    let running = async || app.export(id).await["verification"]["status"] == "RUNNING";
    crate::app::until("it is read", async || !running().await).await;
    app.export(id).await["verification"].clone()
}
