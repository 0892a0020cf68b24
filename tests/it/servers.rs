//! Servers of the tests' own, of databases and of storages: private, on the loopback, and gone when the tests are.

pub mod azurite;
pub mod dropbox;
pub mod gcs;
pub mod mariadb;
pub mod postgres;
pub mod rclone;
pub mod seaweedfs;
pub mod sftp;
pub mod swift;
pub mod tools;

use std::{
    net::TcpListener,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Instant,
};

use tempfile::TempDir;

use self::tools::python;
use crate::app::PATIENCE;

/// Servers refuse to run as root, so that there they run as nobody.
const NOBODY: u32 = 65_534;

/// What waits beside a server until the test process has closed the pipe, then stops it and removes its folder.
const SUPERVISOR: &str = r#"folder=$1 signal=$2; shift 2
"$@" >"$folder/log" 2>&1 & server=$!
read -r _
kill "-$signal" "$server"; wait "$server"; rm -rf "$folder""#;

/// A server. It ends when this is dropped, and when the test process ends, in whatever way: the pipe is closed then.
pub struct Process {
    folder: PathBuf,
    supervisor: Child,
}

impl Process {
    /// Starts `command`, which works in `folder` and ends by `signal`, and waits until it is `ready`.
    pub fn start(folder: PathBuf, command: &Command, signal: &str, ready: impl Fn() -> bool) -> Self {
        let mut supervisor = Command::new("sh");
        supervisor.args(["-c", SUPERVISOR, "sh"]).arg(&folder).arg(signal);
        supervisor.arg(command.get_program()).args(command.get_args()).current_dir(&folder);
        // In a group of its own: what interrupts the tests would end it before it has cleaned up.
        supervisor.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let process = Self { supervisor: supervisor.spawn().unwrap(), folder };
        let start = Instant::now();
        while !ready() {
            let log = || std::fs::read_to_string(process.folder.join("log")).unwrap_or_default();
            assert!(start.elapsed() < PATIENCE, "{command:?} did not start: {}", log());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        process
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// A folder of the user that servers run as. It is the server's to remove.
pub fn folder() -> PathBuf {
    let folder = TempDir::new().unwrap().keep();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    folder
}

/// Makes a certificate for 127.0.0.1 in a server's folder: `server.pem` and `server.key`, by the CA in `ca.pem`.
pub fn certificate(folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/certificate.py");
    let made = Command::new(python()).arg(script).arg(folder).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let key = folder.join("server.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&key, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

/// The command at `path`, as the user that servers run as.
pub fn command(path: &Path) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"), "--clear-groups".into()]).arg(path);
    command
}

/// A port of the loopback at which nobody listens, each time another. Linux gives ports below 32,768 to nobody who asks for any, nor
/// to a connection that goes out, so that it stays free until a server takes it.
pub fn free_port() -> u16 {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(997);
    let ports = (0..20_000).map(|_| first.wrapping_add(ASKED.fetch_add(1, Relaxed)) % 20_000 + 10_000);
    let mut ports = ports.filter_map(|port| u16::try_from(port).ok());
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("all ports are taken")
}

/// Tells a server of the tests' own something, or asks it; over TLS, if there is a CA.
pub fn control(url: &str, body: Option<&serde_json::Value>, ca: Option<&Path>) -> serde_json::Value {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail", url]);
    if let Some(body) = body {
        curl.arg("--json").arg(body.to_string());
    }
    if let Some(ca) = ca {
        curl.arg("--cacert").arg(ca);
    }
    let output = curl.output().expect("curl is needed: `make test` installs it");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}
