//! A private Dropbox that speaks TLS, and Dropbox's own client to look into it.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use carryall::storage::Network;
use serde_json::{Value, json};

use super::{Process, certificate, control, folder, free_port, tools::python};

/// A server, and a client.
pub struct DropboxServer {
    api: String,
    content: String,
    folder: PathBuf,
    client: Mutex<Client>,
    passed: AtomicU32,
    _process: Process,
}

struct Client {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl DropboxServer {
    /// The server that the conformance tests share, each in a folder of its own. It ends with the test process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<DropboxServer> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    pub fn start() -> Self {
        let (folder, ports) = (folder(), [free_port(), free_port()]);
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        certificate(&folder);
        let mut server = Command::new(python());
        server.arg(scripts.join("servers/dropbox_server.py")).arg(&folder).args(ports.map(|port| port.to_string()));
        server.args(["server.pem", "server.key"].map(|name| folder.join(name)));
        let ready = || ports.iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok());
        let process = Process::start(folder.clone(), &server, "TERM", ready);
        let [api, content] = ports.map(|port| format!("127.0.0.1:{port}"));
        let mut client = Command::new(python());
        client.arg(scripts.join("foreign/dropbox_client.py")).env("REQUESTS_CA_BUNDLE", folder.join("ca.pem"));
        client.env("DROPBOX_API_HOST", &api).env("DROPBOX_API_CONTENT_HOST", &content);
        let mut client = client.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (client.stdin.take().unwrap(), BufReader::new(client.stdout.take().unwrap()));
        let client = Mutex::new(Client { process: client, input, output });
        let [api, content] = [api, content].map(|host| format!("https://{host}"));
        Self { api, content, folder, client, passed: AtomicU32::new(0), _process: process }
    }

    /// What an operator sets so that storages come here.
    pub fn network(&self) -> Network {
        let endpoints = [("dropbox-api", &self.api), ("dropbox-content", &self.content)];
        Network {
            allow_loopback: true,
            extra_ca_file: Some(self.folder.join("ca.pem")),
            endpoints: endpoints.map(|(name, address)| (name.to_owned(), address.clone())).into(),
        }
    }

    /// Has the next `count` calls of a route fail; see `tests/servers/dropbox_server.py`.
    pub fn fault(&self, route: &str, kind: &str, count: u32, retry_after: u32) {
        let fault = json!({"route": route, "kind": kind, "count": count, "retry_after": retry_after});
        self.control("fault", Some(&fault));
    }

    /// Revokes the refresh token.
    pub fn revoke(&self) {
        self.control("revoke", Some(&Value::Null));
    }

    /// How many calls a route has had.
    pub fn calls(&self, route: &str) -> usize {
        self.control("log", None).as_array().unwrap().iter().filter(|entry| entry[0] == route).count()
    }

    fn control(&self, what: &str, body: Option<&Value>) -> Value {
        control(&format!("{}/_test/{what}", self.api), body, Some(&self.folder.join("ca.pem")))
    }

    /// What lies there; None if nothing does.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        let file = self.file();
        (self.client("read", path, &file) == true).then(|| std::fs::read(file).unwrap())
    }

    /// Puts something there.
    pub fn write(&self, path: &str, content: &[u8]) {
        let file = self.file();
        std::fs::write(&file, content).unwrap();
        assert_eq!(self.client("write", path, &file), true);
    }

    /// All files.
    pub fn list(&self) -> Value {
        self.client("list", "", &self.folder)
    }

    /// What passes to or from the client: tests do not wait for each other.
    fn file(&self) -> PathBuf {
        self.folder.join(format!("passed-{}", self.passed.fetch_add(1, Relaxed)))
    }

    fn client(&self, what: &str, path: &str, file: &Path) -> Value {
        let mut client = self.client.lock().unwrap();
        let request = json!([what, path, file]);
        writeln!(client.input, "{request}").unwrap();
        let mut answer = String::new();
        client.output.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {request} was answered {answer}"))
    }
}

impl Drop for DropboxServer {
    fn drop(&mut self) {
        let client = self.client.get_mut().unwrap();
        let _ = client.process.kill();
        let _ = client.process.wait();
    }
}
