//! The real binary, as a user runs it.

use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::app::{PATIENCE, client};

/// The command, without the settings that the environment of the test may hold.
pub fn carryall() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carryall"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARRYALL_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Runs the command with `arguments` in `folder` to its end.
pub async fn run(folder: &Path, arguments: &[&str]) -> Output {
    tokio::time::timeout(PATIENCE, carryall().args(arguments).current_dir(folder).output()).await.unwrap().unwrap()
}

/// What a command wrote to stderr.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What a command wrote to stdout.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A running `carryall serve`, killed when it is dropped.
pub struct Server {
    pub url: String,
    pub token: String,
    pub child: Child,
    data: PathBuf,
    client: reqwest::Client,
    /// What it has logged since it listens.
    log: Arc<Mutex<String>>,
}

impl Server {
    /// Starts a server on a free port over the data folder `data`.
    pub async fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut command = carryall();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data).args(arguments);
        Self::spawn(command, data).await
    }

    /// Starts `command`, which must end in a server over `data`.
    pub async fn spawn(command: Command, data: &Path) -> Self {
        let server = Self::spawn_for(String::new(), command, data).await;
        Self { token: token(data).await, ..server }
    }

    /// The same, for a client that has its token already.
    pub async fn spawn_for(token: String, mut command: Command, data: &Path) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut seen = String::new();
        let url = tokio::time::timeout(PATIENCE, async {
            while let Some(line) = log.next_line().await.unwrap() {
                if let Some((_, url)) = line.split_once("listening at ") {
                    return url.trim().to_owned();
                }
                seen += &line;
            }
            panic!("the server ended: {seen}")
        })
        .await
        .expect("the server did not start");
        // Read on, or a full pipe would stop the server.
        let logged = Arc::new(Mutex::new(String::new()));
        let keep = Arc::clone(&logged);
        tokio::spawn(async move {
            while let Ok(Some(line)) = log.next_line().await {
                keep.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Self { url, token, child, data: data.to_owned(), client: client(), log: logged }
    }

    /// What it has logged since it listens.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Executes an operation and returns its data.
    pub async fn graphql(&self, operation: &str) -> serde_json::Value {
        let request = self.client.post(format!("{}/graphql", self.url)).bearer_auth(&self.token);
        let request = request.json(&serde_json::json!({"query": operation}));
        let answer: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{operation}");
        answer["data"].clone()
    }

    /// Queues an export.
    pub async fn create(&self) {
        self.graphql("mutation { createDataExport(input: {name: \"x\"}) { dataExport { id } } }").await;
    }

    /// The history, oldest first.
    pub async fn history(&self) -> Vec<serde_json::Value> {
        let fields =
            "id status trigger fileName sizeBytes filePassword downloadUrl restartedAs { id } failure { code message }";
        let (mut history, mut after) = (Vec::new(), String::new());
        loop {
            let page = format!(
                "{{ dataExports(first: 100{after}) {{ nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
            );
            let page = self.graphql(&page).await["dataExports"].clone();
            history.extend(page["nodes"].as_array().unwrap().iter().cloned());
            if page["pageInfo"]["hasNextPage"] == false {
                history.reverse();
                return history;
            }
            after = format!(", after: {}", page["pageInfo"]["endCursor"]);
        }
    }

    /// Waits until no export is queued or running, and returns the history.
    pub async fn settled(&self) -> Vec<serde_json::Value> {
        tokio::time::timeout(PATIENCE, async {
            loop {
                let history = self.history().await;
                if history.iter().all(|export| export["status"] != "QUEUED" && export["status"] != "RUNNING") {
                    return history;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        })
        .await
        .expect("the exports did not end")
    }

    /// What lies in the folder of finished archives, hidden files too.
    pub fn file_names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.data.join("files")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// The same, in the server's own mount namespace.
    pub fn files_seen_by_server(&self) -> Vec<String> {
        let folder = format!("/proc/{}/root{}", self.child.id().unwrap(), self.data.join("files").display());
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Asks the server to stop, as systemd does.
    pub fn terminate(&self) {
        let pid = rustix::process::Pid::from_raw(self.child.id().unwrap().try_into().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }

    /// Asks the server to stop, and waits for its end.
    pub async fn stop(self) -> std::process::ExitStatus {
        self.terminate();
        self.ended().await
    }

    /// Waits for the end of the server.
    pub async fn ended(mut self) -> std::process::ExitStatus {
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("the server did not stop").unwrap()
    }

    /// Ends the server as a power cut would.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// A token for the server over `data`, made beside it.
async fn token(data: &Path) -> String {
    let data = data.to_str().unwrap();
    let output = run(Path::new("."), &["token", "create", "--name", "t", "--role", "ADMIN", "--data-dir", data]).await;
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output).trim().to_owned()
}
