//! A private Azurite: Microsoft's own emulator of Azure Blob Storage, which checks the shared key.

use std::{
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use super::{Process, folder, free_port, rclone::Rclone, tools::file};

pub const ACCOUNT: &str = "exportacct";
pub const KEY: &str = "YXp1cmUtdGVzdC1rZXktMDEyMzQ1Njc4OWFiY2RlZi0wMTIzNDU2Nzg5YWJjZGVmLTAxMjM0NTY3ODlhYmNkZQ==";

/// A server.
pub struct Azurite {
    pub port: u16,
    containers: AtomicU32,
    _process: Process,
}

impl Azurite {
    /// The server that the tests share. It ends with the test process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Azurite> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    fn start() -> Self {
        let (folder, port) = (folder(), free_port());
        let mut server = Command::new("env");
        server.arg(format!("AZURITE_ACCOUNTS={ACCOUNT}:{KEY}")).arg("node");
        server.arg(file("target/azurite/node_modules/azurite/dist/src/blob/main.js"));
        server
            .args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string(), "--location"])
            .arg(folder.join("data"));
        // The account is named in the path; a client may ask for a newer version of the API than this release knows.
        server.args(["--disableTelemetry", "--disableProductStyleUrl", "--skipApiVersionCheck"]);
        let rclone = rclone(port);
        let listens = move || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        let process = Process::start(folder, &server, "TERM", || listens() && rclone.folder("first").make());
        Self { port, containers: AtomicU32::new(0), _process: process }
    }

    /// Its address, without an account.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A new container, and another client that looks into it.
    pub fn container(&self) -> (String, Rclone) {
        let name = format!("exports-{}", self.containers.fetch_add(1, Relaxed));
        let rclone = rclone(self.port).folder(&name);
        assert!(rclone.make());
        (name, rclone)
    }
}

fn rclone(port: u16) -> Rclone {
    let endpoint = format!("http://127.0.0.1:{port}/{ACCOUNT}");
    Rclone::new(&[("TYPE", "azureblob"), ("ACCOUNT", ACCOUNT), ("KEY", KEY), ("ENDPOINT", &endpoint)], "")
}
