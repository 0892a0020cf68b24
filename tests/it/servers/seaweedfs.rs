//! A private SeaweedFS: a real store that speaks S3, and checks who asks.

use std::{
    path::PathBuf,
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use super::{
    Process, folder, free_port,
    rclone::Rclone,
    tools::{beside_python, file},
};

/// Who may read and write in all buckets.
pub const KEY: &str = "AKWRITER";
pub const SECRET: &str = "writer+secret/0123456789";
/// Who may do everything. A bucket that is not there is made when such a one writes into it.
const OWNER_KEY: &str = "AKOWNER";
const OWNER_SECRET: &str = "owner+secret/0123456789";
/// Who may only read and list.
pub const READER_KEY: &str = "AKREADER";
pub const READER_SECRET: &str = "reader+secret/0123456789";

/// A server.
pub struct Seaweedfs {
    pub port: u16,
    buckets: AtomicU32,
    _process: Process,
}

impl Seaweedfs {
    /// The server that the tests share. It ends with the test process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Seaweedfs> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    fn start() -> Self {
        let (folder, port): (PathBuf, u16) = (folder(), free_port());
        let identity = |name: &str, key: &str, secret: &str, actions: &[&str]| {
            let credentials = serde_json::json!([{"accessKey": key, "secretKey": secret}]);
            serde_json::json!({"name": name, "credentials": credentials, "actions": actions})
        };
        let owner = identity("owner", OWNER_KEY, OWNER_SECRET, &["Admin", "Read", "Write", "List", "Tagging"]);
        let writer = identity("writer", KEY, SECRET, &["Read", "Write", "List", "Tagging"]);
        let reader = identity("reader", READER_KEY, READER_SECRET, &["Read", "List"]);
        let settings = serde_json::json!({"identities": [owner, writer, reader]});
        std::fs::write(folder.join("s3.json"), settings.to_string()).unwrap();
        let mut server = Command::new(file("tests/servers/seaweedfs.sh"));
        server.arg(beside_python("weed")).arg(&folder).arg(port.to_string());
        server.args((0..7).map(|_| free_port().to_string()));
        let rclone = rclone(port);
        let listens = move || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        let process = Process::start(folder, &server, "TERM", || listens() && rclone.folder("first").make());
        Self { port, buckets: AtomicU32::new(0), _process: process }
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A new bucket, and another client that looks into it.
    pub fn bucket(&self) -> (String, Rclone) {
        let name = format!("exports-{}", self.buckets.fetch_add(1, Relaxed));
        let rclone = rclone(self.port).folder(&name);
        assert!(rclone.make());
        (name, rclone)
    }
}

fn rclone(port: u16) -> Rclone {
    let endpoint = format!("http://127.0.0.1:{port}");
    let settings = [
        ("TYPE", "s3"),
        ("PROVIDER", "Other"),
        ("ENDPOINT", &endpoint),
        ("ACCESS_KEY_ID", OWNER_KEY),
        ("SECRET_ACCESS_KEY", OWNER_SECRET),
    ];
    Rclone::new(&settings, "")
}
