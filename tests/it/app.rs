//! A server inside the test: real engine, real database, real sockets, and a clock that is moved by hand.

mod state;
mod time;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use carryall::{
    clock::Clock,
    database,
    export::{Engine, Introduction, Limits, NamedSource, Parts, Stop},
    files::Files,
    graphql,
    http::{self, App, Reach},
    secret::{Keyring, Secret},
    source,
    storage::{Environment, Network},
    token,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::api_token::Role;
use sea_orm::DatabaseConnection;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use self::time::Time;
use crate::servers::postgres::Postgres;

/// Longest wait for something that is meant to happen; hit only by a test that fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A server, and a client that holds its token. It stops when it is dropped.
pub struct TestApp {
    pub url: String,
    pub token: Secret,
    pub engine: Arc<Engine>,
    pub client: reqwest::Client,
    pub stop: Stop,
    /// The state of the server: its own database.
    pub db: DatabaseConnection,
    pub address: database::Address,
    pub database_url: String,
    folder: TempDir,
    time: Time,
    sources: Vec<(String, String)>,
    kept: Kept,
}

/// How a server is set up, beside its sources.
#[derive(Clone, Default)]
pub struct Setup {
    /// When it starts; by default now.
    pub start: Option<DateTime<Utc>>,
    pub limits: Limits,
    /// How much a client may ask for.
    pub api_limits: carryall::limits::Limits,
    /// How the server is reached; always at this machine.
    pub reach: Reach,
    /// Its state lies in PostgreSQL, so that there can be others beside it.
    pub postgres: bool,
    /// How storages are reached; by default also on this machine, where those of the tests listen.
    pub network: Option<Network>,
    /// Where archives are kept; by default in a folder of the server's own.
    pub files: Kept,
}

/// Where archives are kept, and what is needed for that.
#[derive(Clone, Default)]
pub struct Kept {
    pub url: Option<String>,
    pub environment: Environment,
    pub presigned: bool,
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
        Self::start_with(sources, Setup::default()).await
    }

    /// The same, set up as `setup` says.
    pub async fn start_with(sources: &[(&str, String)], setup: Setup) -> Self {
        let folder = TempDir::new().unwrap();
        let time = Time::from(setup.start);
        let sources: Vec<_> = sources.iter().map(|(name, address)| ((*name).to_owned(), address.clone())).collect();
        Keyring::create(&folder.path().join("secret.key")).unwrap();
        let network = setup.network.unwrap_or_else(on_this_machine);
        let database_url = if setup.postgres || on_postgres() {
            Postgres::shared().database().await.address()
        } else {
            format!("sqlite://{}", folder.path().join("carryall.db").display())
        };
        let address = database::Address::parse(&database_url).unwrap();
        let parts =
            Parts { network, ..parts(folder.path(), &address, &sources, &time, setup.limits, &setup.files).await };
        let (db, clock) = (parts.db.clone(), parts.clock.clone());
        let engine = Arc::new(Engine::new(parts));
        let (token, _) = token::create(&db, "tester", Role::Admin, None, clock.now()).await.unwrap();
        let stop = Stop::default();
        let limits = Arc::new(setup.api_limits);
        let schema = graphql::schema(Arc::clone(&engine), db.clone(), &limits);
        let reach = Reach { loopback: true, ..setup.reach };
        let app = App::new(schema, (Arc::clone(&engine), db.clone()), reach, limits, stop.taking.clone());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(http::serve(app, listener, None, stop.running.clone()));
        let client = client();
        take_part(&engine, &stop);
        Self { url, token, engine, client, stop, db, address, database_url, folder, time, sources, kept: setup.files }
    }

    /// Starts the worker.
    pub fn start_worker(&self) {
        let (engine, stop) = (Arc::clone(&self.engine), self.stop.clone());
        tokio::spawn(async move { engine.work(&stop).await });
    }

    /// Another process over the same database and files, with a worker of its own.
    pub async fn another(&self) -> Arc<Engine> {
        self.another_over(&self.address, database::Pool::default()).await
    }

    /// Another process over this database, and the same files.
    pub async fn another_over(&self, address: &database::Address, pool: database::Pool) -> Arc<Engine> {
        let parts = parts(self.folder.path(), address, &self.sources, &self.time, Limits::default(), &self.kept).await;
        let engine = Arc::new(Engine::new(Parts { db: address.open(pool).await.unwrap(), ..parts }));
        take_part(&engine, &self.stop);
        engine
    }

    /// Runs what waits, to its end.
    pub async fn drain(&self) {
        self.engine.drain(&self.stop).await.unwrap();
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

    /// The drafts of archives that are kept in an object store.
    pub fn drafts(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path().join("drafts")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Leaves a draft there, as a process does that is killed.
    pub fn write_draft(&self, name: &str) {
        std::fs::write(self.folder.path().join("drafts").join(name), b"half").unwrap();
    }

    /// Lets time go by.
    pub fn pass(&self, by: TimeDelta) {
        self.time.pass(by);
    }

    /// Sets the clock on the wall forward or back, while no time goes by.
    pub fn set_clock(&self, by: TimeDelta) {
        self.time.set(by);
    }

    /// What the clock on the wall says.
    pub fn now(&self) -> DateTime<Utc> {
        self.time.now()
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
                if matches!(export["status"].as_str(), Some("COMPLETED" | "FAILED" | "CANCELED")) {
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

    /// The history, newest first.
    pub async fn history(&self) -> Vec<Value> {
        let fields = "id name status trigger pinned failure { code message } restartOf { id } restartedAs { id }";
        let data = self.graphql(&format!("{{ dataExports(first: 100) {{ nodes {{ {fields} }} }} }}"), json!({})).await;
        data["dataExports"]["nodes"].as_array().unwrap().clone()
    }

    /// Waits until the export is running.
    pub async fn running(&self, id: &str) {
        until("the run begins", async || self.export(id).await["status"] == "RUNNING").await;
    }

    /// Executes a mutation of this name with this input, and returns its payload.
    pub async fn mutate(&self, name: &str, input: Value) -> Value {
        self.graphql(&mutation(name), json!({"input": input})).await[name].clone()
    }

    /// An export, with all its fields.
    pub async fn export(&self, id: &str) -> Value {
        let operation = "query ($id: ID!) { dataExport(id: $id) { \
            id name status trigger createdAt startedAt finishedAt createdBy format fileName sizeBytes sha256 filePassword \
            downloadUrl progress { phase tablesDone tablesTotal rowsDone bytesRead bytesWritten currentTable sequence updatedAt } \
            tables { nodes { source schema name fileName rowCount bytes sha256 } totalCount } \
            verification { status checkedAt tablesChecked rowsChecked mismatches } fileStatus pinned cancelRequested \
            restartOf { id } restartedAs { id } failure { code message table } \
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
        self.stop.taking.cancel();
        self.stop.running.cancel();
    }
}

/// What is asked of a storage that is tried out.
pub const TESTED: &str = "ok finished trying steps { name ok message failure { code } durationMs } hostKeyFingerprint";

/// The document of a mutation of this name, which takes its `$input`.
pub fn mutation(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    let kind = format!("{}{rest}Input", first.to_uppercase());
    let result = match name {
        "updateDataExportSettings" => "settings { version nextRunAt } removed { keep reason dataExport { name } }",
        "deleteDataExport" => "deletedDataExportId",
        "createStorageLocation" => "storageLocation { id version }",
        "updateStorageLocation" => "storageLocation { id version enabled name } releasedFiles",
        "deleteStorageLocation" => "deletedStorageLocationId releasedFiles",
        "testStorageLocation" => TESTED,
        "createApiToken" => "apiToken { id } secret",
        "revokeApiToken" => "revokedApiTokenId",
        _ => "dataExport { id status pinned cancelRequested verification { status } }",
    };
    format!("mutation ($input: {kind}!) {{ {name}(input: $input) {{ {result} userErrors {{ field code message }} }} }}")
}

/// A client of our own servers.
pub fn client() -> reqwest::Client {
    // An error says only that it was there before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Waits until something has happened.
pub async fn until(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    tokio::time::timeout(PATIENCE, async {
        while !happened().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap_or_else(|_| panic!("{what}: did not happen"));
}

/// A database with one table and one row that another program has locked, so that an export of it runs for as long as the lock
/// is held.
pub fn locked_database() -> (TempDir, PathBuf, rusqlite::Connection) {
    let (folder, path) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    let application = rusqlite::Connection::open(&path).unwrap();
    application.execute_batch("BEGIN EXCLUSIVE").unwrap();
    (folder, path, application)
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

/// Whether the test that runs is one of those of the module `on_postgres`, by its name.
fn on_postgres() -> bool {
    std::thread::current().name().is_some_and(|name| name.starts_with("on_postgres::"))
}

/// Hears what others do, and is heard, until `stop`.
fn take_part(engine: &Arc<Engine>, stop: &Stop) {
    let (engine, stop) = (Arc::clone(engine), stop.clone());
    let introduction = Introduction { host: "a test".into(), worker: true };
    tokio::spawn(async move {
        tokio::select! { _ = engine.take_part(&introduction) => {}, () = stop.running.cancelled() => {} }
    });
}

async fn parts(
    folder: &Path,
    database: &database::Address,
    sources: &[(String, String)],
    time: &Time,
    limits: Limits,
    kept: &Kept,
) -> Parts {
    let time = (time.clone(), time.clone());
    Parts {
        db: database.open(database::Pool::default()).await.unwrap(),
        keys: Arc::new(Keyring::load(&folder.join("secret.key")).unwrap()),
        files: Arc::new(files(folder, kept)),
        sources: sources.iter().map(|(name, address)| named_source(name, address)).collect(),
        clock: Clock::new(move || time.0.now(), move || time.1.elapsed()),
        limits,
        network: on_this_machine(),
    }
}

fn files(folder: &Path, kept: &Kept) -> Files {
    let url = match &kept.url {
        Some(url) => url.parse().unwrap(),
        None => Url::from_directory_path(folder.join("files")).unwrap(),
    };
    let files = Files::open(&url, &folder.join("drafts"), &kept.environment, &Network::default()).unwrap();
    if kept.presigned { files.with_presigned_downloads() } else { files }
}

fn on_this_machine() -> Network {
    Network { allow_loopback: true, ..Network::default() }
}
