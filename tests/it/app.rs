//! A server inside the test: real engine, real database, real sockets, and a clock that is moved by hand.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use carryall::{
    clock::Clock,
    database,
    export::{Engine, NamedSource, Parts},
    files::Files,
    graphql,
    http::{self, App},
    secret::{Key, Secret},
    source, token,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::api_token::Role;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Longest wait for something that is meant to happen; hit only by a test that fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A server, and a client that holds its token. It stops when it is dropped.
pub struct TestApp {
    pub url: String,
    pub token: Secret,
    pub engine: Arc<Engine>,
    pub client: reqwest::Client,
    folder: TempDir,
    moved: Arc<AtomicI64>,
    stop: CancellationToken,
}

impl TestApp {
    /// A server whose sources are the SQLite databases at `sources`, with a worker.
    pub async fn start(sources: &[(&str, &Path)]) -> Self {
        let app = Self::start_without_worker(sources).await;
        app.start_worker();
        app
    }

    /// The same, but exports stay in the queue until [`start_worker`](Self::start_worker).
    pub async fn start_without_worker(sources: &[(&str, &Path)]) -> Self {
        let addresses: Vec<_> =
            sources.iter().map(|(name, path)| (*name, format!("sqlite:{}", path.display()))).collect();
        Self::start_over(&addresses).await
    }

    /// A server without a worker whose sources are at these addresses.
    pub async fn start_over(sources: &[(&str, String)]) -> Self {
        let folder = TempDir::new().unwrap();
        let moved = Arc::new(AtomicI64::new(0));
        let clock = movable_clock(Arc::clone(&moved));
        let db = database::open(&format!("sqlite://{}", folder.path().join("carryall.db").display())).await.unwrap();
        let files_url = Url::from_directory_path(folder.path().join("files")).unwrap();
        let engine = Arc::new(Engine::new(Parts {
            db: db.clone(),
            key: Arc::new(Key::create(&folder.path().join("secret.key")).unwrap()),
            files: Arc::new(Files::open(&files_url).unwrap()),
            sources: sources.iter().map(|(name, address)| named_source(name, address)).collect(),
            clock: clock.clone(),
        }));
        let token = token::create(&db, "tester", Role::Admin, clock.now()).await.unwrap();
        let stop = CancellationToken::new();
        let app = App {
            schema: graphql::schema(Arc::clone(&engine), db.clone()),
            engine: Arc::clone(&engine),
            db,
            public_url: None,
            stop: stop.clone(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(axum::serve(listener, http::router(app)).with_graceful_shutdown(stopped).into_future());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { url, token, engine, client, folder, moved, stop }
    }

    /// Starts the worker.
    pub fn start_worker(&self) {
        let (engine, stop) = (Arc::clone(&self.engine), self.stop.clone());
        tokio::spawn(async move { engine.work(&stop).await });
    }

    /// The folder of finished archives.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// What lies in the folder of finished archives, hidden files too.
    pub fn file_names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.files()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Moves the server's clock forward.
    pub fn move_clock(&self, by: TimeDelta) {
        self.moved.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    /// Executes an operation and returns its data; errors fail the test.
    pub async fn graphql(&self, operation: &str, variables: Value) -> Value {
        let answer = self.answer(operation, variables).await;
        assert_eq!(answer.get("errors"), None, "{operation}");
        answer["data"].clone()
    }

    /// Executes an operation and returns the whole answer.
    pub async fn answer(&self, operation: &str, variables: Value) -> Value {
        let request = self.client.post(format!("{}/graphql", self.url)).bearer_auth(self.token.expose());
        let body = json!({"query": operation, "variables": variables});
        request.json(&body).send().await.unwrap().json().await.unwrap()
    }

    /// Queues an export and returns its id.
    pub async fn create(&self, name: &str) -> String {
        self.create_of(json!({"name": name})).await
    }

    /// Queues an export with this input and returns its id.
    pub async fn create_of(&self, input: Value) -> String {
        let operation = "mutation ($input: CreateDataExportInput!) { \
            createDataExport(input: $input) { dataExport { id } userErrors { message } } }";
        let data = self.graphql(operation, json!({"input": input})).await;
        let payload = &data["createDataExport"];
        assert_eq!(payload["userErrors"], json!([]));
        payload["dataExport"]["id"].as_str().unwrap().to_owned()
    }

    /// Waits until the export is completed or failed, and returns it.
    pub async fn finished(&self, id: &str) -> Value {
        let mut changes = self.engine.changes();
        tokio::time::timeout(PATIENCE, async {
            loop {
                let export = self.export(id).await;
                if matches!(export["status"].as_str(), Some("COMPLETED" | "FAILED")) {
                    return export;
                }
                let _ = changes.recv().await;
            }
        })
        .await
        .expect("the export did not end")
    }

    /// Queues an export, waits for its end and returns it.
    pub async fn run(&self, name: &str) -> Value {
        let id = self.create(name).await;
        self.finished(&id).await
    }

    /// An export, with all its fields.
    pub async fn export(&self, id: &str) -> Value {
        let operation = "query ($id: ID!) { dataExport(id: $id) { \
            id name status trigger createdAt startedAt finishedAt createdBy format fileName sizeBytes sha256 filePassword \
            downloadUrl progress { phase tablesDone tablesTotal rowsDone bytesRead bytesWritten currentTable sequence updatedAt } \
            tables { nodes { source schema name fileName rowCount bytes sha256 } totalCount } \
            verification { status checkedAt tablesChecked rowsChecked } failure { code message table } \
            snapshots { source engine serverVersion takenAt } } }";
        self.graphql(operation, json!({"id": id})).await["dataExport"].clone()
    }

    /// The path and the password of a completed export's archive.
    pub fn archive(&self, export: &Value) -> (PathBuf, String) {
        assert_eq!(export["status"], "COMPLETED", "{export}");
        let name = export["fileName"].as_str().unwrap();
        (self.files().join(name), export["filePassword"].as_str().unwrap().to_owned())
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A SQLite database made by `sql`, and the folder it lies in.
pub fn database_of(sql: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    (folder, path)
}

fn named_source(name: &str, address: &str) -> NamedSource {
    let source = source::open(address).unwrap();
    NamedSource::whole(name, Arc::from(source))
}

#[expect(clippy::disallowed_methods, reason = "the real time is where the movable clock starts")]
fn movable_clock(moved: Arc<AtomicI64>) -> Clock {
    let start: DateTime<Utc> = Utc::now();
    Clock::new(move || start + TimeDelta::milliseconds(moved.load(Ordering::SeqCst)))
}
