//! The processes of a cluster, the database and the store that they share, and how each of them dies.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{
    app::{database_of, until},
    process::{Server, carryall, read_on, run, said, stderr, stdout},
    servers::{
        rclone::Rclone,
        seaweedfs::{KEY, SECRET, Seaweedfs},
    },
};

/// What all processes of a cluster have in common.
pub struct Cluster {
    pub apis: Vec<Server>,
    pub workers: Vec<Worker>,
    /// The archives, as somebody else's client sees them.
    pub archives: Rclone,
    settings: Vec<(&'static str, String)>,
    folder: TempDir,
    _source: TempDir,
}

/// A process that makes exports.
pub struct Worker {
    child: Child,
    data: PathBuf,
}

impl Cluster {
    /// So many processes that serve the API, and so many that make exports, over the database at
    /// this address.
    pub async fn start(database: String, apis: usize, workers: usize) -> Self {
        let (bucket, rclone) = Seaweedfs::shared().bucket();
        let (source, path) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (hex(randomblob(1000000)))");
        let settings = vec![
            ("CARRYALL_DATABASE_URL", database),
            ("CARRYALL_FILES_URL", format!("s3://{bucket}/archives")),
            ("CARRYALL_SECRET_KEY", stdout(&run(Path::new("."), &["key", "generate"]).await).trim().to_owned()),
            ("CARRYALL_SOURCE_APP", format!("sqlite:{}", path.display())),
            ("CARRYALL_QUEUED_EXPORTS", "1000".to_owned()),
            ("CARRYALL_SHUTDOWN_GRACE", "0".to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ENDPOINT_URL", Seaweedfs::shared().address()),
        ];
        let folder = tempfile::tempdir().unwrap();
        let archives = rclone.folder("archives");
        let mut cluster = Self { apis: Vec::new(), workers: Vec::new(), archives, settings, folder, _source: source };
        let token = cluster.token().await;
        for number in 0..apis {
            let data = cluster.folder.path().join(format!("api-{number}"));
            let mut command = cluster.command("serve", &data);
            command.args(["--no-worker", "--listen", "127.0.0.1:0"]);
            cluster.apis.push(Server::spawn_for(command, &data, token.clone()).await);
        }
        for number in 0..workers {
            let worker = cluster.worker(number).await;
            cluster.workers.push(worker);
        }
        cluster
    }

    fn command(&self, name: &str, data: &Path) -> Command {
        let mut command = carryall();
        command.arg(name).envs(self.settings.iter().cloned());
        command.env("CARRYALL_DATA_DIR", data).current_dir(self.folder.path());
        command
    }

    async fn token(&self) -> String {
        let mut command = self.command("token", self.folder.path());
        let output = command.args(["create", "--name", "t", "--role", "ADMIN"]).output().await.unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output).trim().to_owned()
    }

    async fn worker(&self, number: usize) -> Worker {
        let data = self.folder.path().join(format!("worker-{number}"));
        let mut command = self.command("worker", &data);
        let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        let (_, log) = said(&mut child, "working as ").await;
        read_on(log);
        Worker { child, data }
    }

    /// Stops a worker while it makes an export, and returns which.
    pub async fn freeze_in_the_middle(&self, number: usize) -> String {
        let mut held = None;
        until("the worker has an export", async || {
            if self.running_at(number).await.is_none() {
                return false;
            }
            self.workers[number].freeze();
            // That one may have come to its end just now, and what it has sent of that is on its way.
            tokio::time::sleep(Duration::from_millis(300)).await;
            held = self.running_at(number).await;
            if held.is_none() {
                self.workers[number].thaw();
            }
            held.is_some()
        })
        .await;
        held.unwrap()
    }

    /// An export that a worker makes.
    async fn running_at(&self, number: usize) -> Option<String> {
        let process = format!(", {}", self.workers[number].child.id()?);
        let data = self.try_graphql(0, "{ workers { host running { id } } }").await?;
        let mut workers = data["workers"].as_array()?.iter();
        let this = workers.find(|worker| worker["host"].as_str().is_some_and(|host| host.ends_with(&process)))?;
        this["running"][0]["id"].as_str().map(str::to_owned)
    }

    /// Kills a worker, as a power cut would, and starts another in its place.
    pub async fn replace(&mut self, number: usize) {
        self.workers[number].child.kill().await.unwrap();
        self.workers[number] = self.worker(number).await;
    }

    /// Executes an operation; None if the server is not able to at the moment.
    pub async fn try_graphql(&self, api: usize, operation: &str) -> Option<Value> {
        let server = &self.apis[api];
        let request = crate::app::client().post(format!("{}/graphql", server.url)).bearer_auth(&server.token);
        let answer = request.json(&serde_json::json!({"query": operation})).send().await.ok()?;
        let answer: Value = answer.json().await.ok()?;
        answer.get("errors").is_none().then(|| answer["data"].clone())
    }

    /// What is left of runs on the disks of the workers.
    pub fn drafts(&self) -> Vec<String> {
        let folders = self.workers.iter().map(|worker| worker.data.join("drafts"));
        let entries = folders.filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".part")).collect()
    }
}

impl Worker {
    /// Stops it, in the middle of whatever it does, until it is thawed.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Has it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }
}
