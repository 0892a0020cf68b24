//! The real binary, of which everything is kept that comes out of it.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
};

use futures_util::{SinkExt, StreamExt};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Child;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::search::{Found, Secrets};
use crate::{
    app::{PATIENCE, client, until},
    process::carryall,
};

/// A server, what it and the commands beside it gave out, and the secrets that must not be there.
pub struct Watched {
    pub folder: TempDir,
    pub secrets: Secrets,
    pub client: reqwest::Client,
    /// Where the server listens now.
    pub url: String,
    /// The token of an admin.
    pub token: String,
    /// What the server is told.
    pub arguments: Vec<String>,
    pub variables: BTreeMap<String, String>,
    /// What came out, by the place where it did.
    came_out: Vec<(String, Vec<u8>)>,
    child: Option<Child>,
}

impl Watched {
    pub fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            secrets: Secrets::default(),
            client: client(),
            url: String::new(),
            token: String::new(),
            arguments: Vec::new(),
            variables: BTreeMap::new(),
            came_out: Vec::new(),
            child: None,
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("server.stderr")
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("server.stdout")
    }

    /// Starts the server, which logs everything that it can, and returns what it printed.
    pub async fn start(&mut self) -> String {
        let mut command = carryall();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(self.data()).args(&self.arguments);
        command.envs(&self.variables).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
        command.stdout(File::create(self.output()).unwrap()).stderr(File::create(self.log()).unwrap());
        let mut child = command.spawn().unwrap();
        let log = self.log();
        let address = || {
            let log = std::fs::read(&log).unwrap();
            let log = String::from_utf8_lossy(&log);
            let (_, rest) = log.split_once("listening at ")?;
            Some(rest.split_once('\n')?.0.trim().to_owned())
        };
        until("the server listens", async || {
            assert!(child.try_wait().unwrap().is_none(), "the server ended");
            address().is_some()
        })
        .await;
        self.url = address().unwrap();
        self.child = Some(child);
        std::fs::read_to_string(self.output()).unwrap()
    }

    /// Stops the server, and keeps what it has logged and printed. What lies in its folder is looked at before and after.
    pub async fn stop(&mut self) {
        self.keep_files();
        let mut child = self.child.take().unwrap();
        let pid = rustix::process::Pid::from_raw(child.id().unwrap().try_into().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        tokio::time::timeout(PATIENCE, child.wait()).await.expect("the server did not stop").unwrap();
        self.keep("log of the server", std::fs::read(self.log()).unwrap());
        self.keep("stdout of the server", std::fs::read(self.output()).unwrap());
        self.keep_files();
    }

    fn keep_files(&mut self) {
        for path in files(&self.data()) {
            let place = format!("file {}", path.strip_prefix(self.data()).unwrap().display());
            // The server may remove one in the meantime.
            if let Ok(bytes) = std::fs::read(&path) {
                self.keep(&place, bytes);
            }
        }
    }

    fn keep(&mut self, place: &str, bytes: Vec<u8>) {
        self.came_out.push((place.to_owned(), bytes));
    }

    /// Runs a command over the same data to its end, and returns what it printed.
    pub async fn run(&mut self, place: &str, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let mut command = carryall();
        command.args(arguments).env("RUST_LOG", "trace").env("CARRYALL_DATA_DIR", self.data());
        command.envs(variables.iter().copied()).current_dir(self.folder.path());
        let output = tokio::time::timeout(PATIENCE, command.output()).await.unwrap().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        self.keep(&format!("stderr of {place}"), output.stderr);
        self.keep(&format!("stdout of {place}"), output.stdout);
        printed
    }

    /// What came out last at a place.
    pub fn last(&self, place: &str) -> String {
        let last = self.came_out.iter().rfind(|(known, _)| known == place);
        last.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
    }

    /// Sends a request, and returns the body of the answer as text.
    pub async fn send(&mut self, place: &str, request: RequestBuilder) -> String {
        let response = request.send().await.unwrap();
        let head = format!("{:?} {:?}", response.status(), response.headers());
        let body = response.bytes().await.unwrap();
        self.keep(&format!("answer to {place}"), [head.as_bytes(), b"\n", &body].concat());
        String::from_utf8_lossy(&body).into_owned()
    }

    pub fn post(&self) -> RequestBuilder {
        self.client.post(format!("{}/graphql", self.url)).bearer_auth(&self.token)
    }

    /// Executes an operation and returns the answer.
    pub async fn ask(&mut self, place: &str, operation: &str, variables: Value) -> Value {
        let request = self.post().json(&json!({"query": operation, "variables": variables}));
        serde_json::from_str(&self.send(place, request).await).unwrap()
    }

    /// Executes a mutation with this input and returns its payload.
    pub async fn mutate(&mut self, name: &str, input: Value, result: &str) -> Value {
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let operation = format!(
            "mutation ($input: {kind}!) {{ {name}(input: $input) {{ {result} userErrors {{ field code message }} }} }}"
        );
        let answer = self.ask(name, &operation, json!({"input": input})).await;
        assert_eq!(answer["errors"], Value::Null, "{name}");
        answer["data"][name].clone()
    }

    /// Sends these messages over a WebSocket, and waits until each of the `operations` is answered or the server hangs up.
    pub async fn over_socket(&mut self, place: &str, token: &str, messages: &[String], mut operations: usize) {
        let mut request = format!("{}/graphql", self.url.replace("http", "ws")).into_client_request().unwrap();
        request.headers_mut().insert("Sec-WebSocket-Protocol", "graphql-transport-ws".parse().unwrap());
        let mut socket = connect_async(request).await.unwrap().0;
        let init = json!({"type": "connection_init", "payload": {"Authorization": format!("Bearer {token}")}});
        for message in [&[init.to_string()], messages].concat() {
            // It may have hung up already.
            let _ = socket.send(Message::text(message)).await;
        }
        while operations > 0 {
            let next = tokio::time::timeout(PATIENCE, socket.next()).await.expect("nothing came");
            let Some(Ok(message)) = next else { break };
            if let Message::Text(text) = &message {
                operations -= usize::from(text.contains("\"complete\"") || text.contains("\"error\""));
            }
            self.keep(&format!("answer to {place}"), message.into_data().to_vec());
        }
    }

    /// Where any of the secrets stand, of all that came out. Fails if one stands where it is not allowed to.
    pub fn search(&self, allowed: &Found) -> Found {
        let (mut found, mut leaks) = (Found::new(), BTreeMap::new());
        for (place, bytes) in &self.came_out {
            for (name, around) in self.secrets.find(bytes) {
                let hit = (place.clone(), name.to_owned());
                if !allowed.contains(&hit) {
                    leaks.insert(hit.clone(), around);
                }
                found.insert(hit);
            }
        }
        let leaks = leaks.iter().map(|((place, name), around)| format!("{name} stands in the {place}: …{around}…\n"));
        let leaks = leaks.collect::<String>();
        assert!(leaks.is_empty(), "{leaks}");
        found
    }
}

/// All files in a folder and the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}
