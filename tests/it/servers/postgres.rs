//! A private PostgreSQL, with a database of its own for each test.

use std::{
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, postgres::PgConnectOptions, raw_sql};
use uuid::Uuid;

use super::{Process, command, folder, free_port};

/// The role that all belongs to.
const OWNER: &str = "owner";

/// A server.
pub struct Postgres {
    port: u16,
    password: String,
    databases: AtomicU32,
    _process: Process,
}

impl Postgres {
    /// The server that the tests share. It ends with the test process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[]))
    }

    /// A server with these settings, written `name=value`.
    pub fn start(settings: &[&str]) -> Self {
        let (folder, port, password) = (folder(), free_port(), secret());
        let (data, password_file) = (folder.join("data"), folder.join("password"));
        std::fs::write(&password_file, &password).unwrap();
        let mut initdb = command(&binary("initdb"));
        initdb.args(["--username", OWNER, "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-sync"]);
        initdb.arg("--pwfile").arg(&password_file).arg("--pgdata").arg(&data);
        let output = initdb.current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let mut server = command(&binary("postgres"));
        server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        let own = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "autovacuum=off"];
        server.args(own.iter().chain(settings).flat_map(|setting| ["-c", setting]));
        // Its last line says how far the server is.
        let ready = || std::fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|file| file.contains("ready"));
        let process = Process::start(folder, &server, "QUIT", ready);
        Self { port, password, databases: AtomicU32::new(0), _process: process }
    }

    /// A new database, in UTF-8.
    pub async fn database(&self) -> Database<'_> {
        self.database_in("UTF8", "C.UTF-8").await
    }

    /// A new database in this encoding.
    pub async fn database_in(&self, encoding: &str, locale: &str) -> Database<'_> {
        self.database_with(&format!("ENCODING '{encoding}' LOCALE '{locale}'")).await
    }

    /// A new database that puts texts in the order of a language, not of their bytes.
    pub async fn database_in_english(&self) -> Database<'_> {
        self.database_with("ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'en'").await
    }

    async fn database_with(&self, options: &str) -> Database<'_> {
        let name = format!("test_{}", self.databases.fetch_add(1, Relaxed));
        let create = format!("CREATE DATABASE {name} TEMPLATE template0 {options}");
        Database { server: self, name: "postgres".into() }.execute(&create).await;
        Database { server: self, name }
    }
}

/// A database with what `sql` makes, on the server that the tests share.
pub async fn database_of(sql: &str) -> Database<'static> {
    let database = Postgres::shared().database().await;
    database.execute(sql).await;
    database
}

/// A database of one test.
pub struct Database<'a> {
    server: &'a Postgres,
    pub name: String,
}

impl Database<'_> {
    /// Its address, for the role that may do everything.
    pub fn address(&self) -> String {
        self.address_for(OWNER, &self.server.password)
    }

    /// Its address, for somebody else.
    pub fn address_for(&self, role: &str, password: &str) -> String {
        format!("postgres://{role}:{password}@127.0.0.1:{}/{}", self.server.port, self.name)
    }

    /// Creates a role that may log in and has these `options`, and returns its name and its address. Roles are the server's,
    /// so that their names begin with the database's.
    pub async fn role(&self, options: &str) -> (String, String) {
        let (name, password) = (format!("{}_reader", self.name), secret());
        self.execute(&format!("CREATE ROLE {name} LOGIN PASSWORD '{password}' {options}")).await;
        let address = self.address_for(&name, &password);
        (name, address)
    }

    /// A connection.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect_with(&self.address().parse::<PgConnectOptions>().unwrap()).await.unwrap()
    }

    /// Runs statements over a connection of their own.
    pub async fn execute(&self, sql: &str) {
        execute(&mut self.connect().await, sql).await;
    }

    /// The only value of a query, as text.
    pub async fn value(&self, sql: &str) -> String {
        let rows = raw_sql(AssertSqlSafe(sql.to_owned())).fetch_one(&mut self.connect().await).await;
        rows.unwrap().get_unchecked(0)
    }
}

/// Runs statements.
pub async fn execute(connection: &mut PgConnection, sql: &str) {
    let done = raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await;
    done.unwrap_or_else(|cause| panic!("{cause}: {sql}"));
}

fn secret() -> String {
    Uuid::new_v4().simple().to_string()
}

/// A command of the server: one in PATH, or that of the newest version which Debian keeps apart.
fn binary(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().collect();
    versions.sort_by_key(|version| version.file_name().to_string_lossy().parse::<u32>().unwrap_or(0));
    let versions = versions.iter().rev().map(|version| version.path().join("bin"));
    let mut found = std::env::split_paths(&path).chain(versions).map(|folder| folder.join(name));
    found.find(|path| path.exists()).expect("PostgreSQL is needed: `make test` installs it")
}
