//! Google Cloud Storage's XML API: a front that checks the service account's token, before a SeaweedFS that stores.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use super::{
    Process, folder, free_port,
    seaweedfs::{KEY, SECRET, Seaweedfs},
    tools::{file, python},
};

/// A front.
pub struct Gcs {
    pub port: u16,
    /// The service account's key file.
    pub key_file: String,
    _process: Process,
}

impl Gcs {
    /// The front that the tests share. It ends with the test process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Gcs> = OnceLock::new();
        SHARED.get_or_init(|| Self::before(&Seaweedfs::shared().address()))
    }

    /// A front before this S3 server.
    pub fn before(s3: &str) -> Self {
        Self::before_as(s3, [KEY, SECRET])
    }

    /// The same, of an account that may do what this access key of the S3 server may.
    pub fn before_as(s3: &str, [access_key, secret_key]: [&str; 2]) -> Self {
        let (folder, port): (PathBuf, u16) = (folder(), free_port());
        let (file_name, key_file) = (folder.join("key.json"), key_file(&folder));
        std::fs::write(&file_name, &key_file).unwrap();
        let mut server = Command::new(python());
        server.arg(file("tests/servers/gcs_front.py")).args(["--port", &port.to_string(), "--key-file"]).arg(file_name);
        server.args(["--s3", s3, "--access-key", access_key, "--secret-key", secret_key]);
        let ready = move || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        let process = Process::start(folder, &server, "TERM", ready);
        Self { port, key_file, _process: process }
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// A key file as Google makes them, with a new key. `folder` holds the key on the way.
pub fn key_file(folder: &Path) -> String {
    let path = folder.join("key.pem");
    let made = Command::new("openssl").args(["genrsa", "-out"]).arg(&path).arg("2048").output().unwrap();
    assert!(made.status.success(), "{made:?}");
    serde_json::json!({
        "type": "service_account",
        "project_id": "test-project",
        "private_key_id": "testkey1",
        "private_key": std::fs::read_to_string(path).unwrap(),
        "client_email": "exporter@test-project.iam.gserviceaccount.com",
        "client_id": "100000000000000000000",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
    })
    .to_string()
}
