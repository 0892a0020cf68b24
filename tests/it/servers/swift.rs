//! A private OpenStack Swift with Rackspace's Identity before it, and rclone to look into it.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

use serde_json::{Value, json};

use super::{
    Process, control, folder, free_port,
    tools::{beside_python, python},
};

/// What it takes as one object.
pub const LARGEST_OBJECT: u64 = 4 << 20;

/// A server.
pub struct Swift {
    identity: u16,
    proxy: u16,
    _process: Process,
}

impl Swift {
    /// The server that the tests share, each in containers of its own. It ends with the test process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Swift> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    fn start() -> Self {
        let (folder, ports) = (folder(), [(); 5].map(|()| free_port()));
        let mut server = Command::new(python());
        server.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/swift_server.py"));
        server.arg(&folder).arg(LARGEST_OBJECT.to_string()).args(ports.map(|port| port.to_string()));
        let ready = folder.join("ready");
        let process = Process::start(folder, &server, "TERM", || ready.exists());
        Self { identity: ports[0], proxy: ports[1], _process: process }
    }

    /// Where one signs in.
    pub fn identity(&self) -> String {
        format!("http://127.0.0.1:{}", self.identity)
    }

    /// Has the next requests of a kind fail; see `tests/servers/swift_filters.py`.
    pub fn fault(&self, fault: Value) {
        control(&self.test_url("fault"), Some(&fault), None);
    }

    /// How many requests of a method it has had whose path holds `part`.
    pub fn requests(&self, method: &str, part: &str) -> usize {
        let log = control(&self.test_url("log"), None, None);
        let of = |entry: &&Value| entry[0] == method && entry[1].as_str().unwrap().contains(part);
        log.as_array().unwrap().iter().filter(of).count()
    }

    fn test_url(&self, what: &str) -> String {
        format!("http://127.0.0.1:{}/_test/{what}", self.proxy)
    }

    /// What lies there, read by rclone; None if nothing does.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        let output = self.rclone("cat", &[], path, &[]);
        // What is not there is an empty folder to it.
        let there = output.status.success() && (!output.stdout.is_empty() || !self.list(path).is_empty());
        there.then_some(output.stdout)
    }

    /// Puts something there by rclone.
    pub fn write(&self, path: &str, content: &[u8]) {
        let output = self.rclone("rcat", &[], path, content);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Everything in a container or a folder, by rclone.
    pub fn list(&self, path: &str) -> Vec<String> {
        let output = self.rclone("lsf", &["--recursive", "--files-only"], path, &[]);
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    fn rclone(&self, what: &str, options: &[&str], path: &str, input: &[u8]) -> Output {
        let mut rclone = Command::new(beside_python("rclone"));
        rclone.arg(what).args(options).arg(format!("swift:{path}"));
        let endpoint = format!("{}/v2.0", self.identity());
        let settings = [("TYPE", "swift"), ("AUTH", &endpoint), ("AUTH_VERSION", "2"), ("REGION", "DFW")];
        let settings = settings.into_iter().chain([("USER", "exporter"), ("KEY", "swift-password")]);
        rclone.envs(settings.map(|(name, value)| (format!("RCLONE_CONFIG_SWIFT_{name}"), value)));
        rclone.envs([("RCLONE_CONFIG", "/dev/null"), ("RCLONE_RETRIES", "1")]);
        rclone.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = rclone.spawn().expect("rclone is needed: `make test` installs it");
        std::io::Write::write_all(&mut running.stdin.take().unwrap(), input).unwrap();
        running.wait_with_output().unwrap()
    }
}

/// A fault that answers by this status.
pub fn status(method: &str, path: &str, status: u16, count: u32) -> Value {
    json!({"method": method, "path": path, "kind": "status", "status": status, "count": count})
}
