//! A MariaDB of our own: one for all tests, or one with settings of its own. It ends with the process of the tests, however
//! that ends, since `serve.sh` waits at the other end of a pipe.

use std::{
    net::TcpListener,
    os::unix::{net::UnixStream, process::CommandExt},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection, MySqlConnection, Row, mysql::MySqlConnectOptions, raw_sql};

use crate::app::PATIENCE;

/// What every user's password is, and how it is written in an address.
pub const PASSWORD: (&str, &str) = ("s3cret/@:%?", "s3cret%2F%40%3A%25%3F");

static SHARED: LazyLock<Server> = LazyLock::new(|| Server::start(&[]));

/// A running server. It is stopped, and its folder removed, when this is dropped or the process ends.
pub struct Server {
    port: u16,
    folder: PathBuf,
    _supervisor: Child,
}

impl Server {
    /// Starts a server with `options`.
    pub fn start(options: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("carryall-").tempdir().unwrap().keep();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("sh");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/mariadb/serve.sh"));
        command.arg(&folder).arg(port.to_string()).args(options);
        // In a group of its own, so that Ctrl-C ends the tests and the end of the tests ends it.
        let mut supervisor = command.stdin(Stdio::piped()).process_group(0).spawn().unwrap();
        let started = Instant::now();
        while UnixStream::connect(folder.join("socket")).is_err() {
            let running = supervisor.try_wait().unwrap().is_none() && started.elapsed() < PATIENCE;
            assert!(running, "mariadbd is needed: `make test` installs it. {}", log(&folder));
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { port, folder, _supervisor: supervisor }
    }

    /// The file of a table of `database` that ends so.
    pub fn file(&self, database: &str, name: &str) -> PathBuf {
        self.folder.join("data").join(database).join(name)
    }

    /// The address of `database` for `user`; with an empty name, of the whole server.
    pub fn address(&self, user: &str, database: &str) -> String {
        format!("mysql://{user}:{}@127.0.0.1:{}/{database}", PASSWORD.1, self.port)
    }

    /// A connection that may do everything, over the socket in the private folder.
    pub async fn root(&self, database: &str) -> MySqlConnection {
        let options = MySqlConnectOptions::new().socket(self.folder.join("socket")).username("root");
        let options = if database.is_empty() { options } else { options.database(database) };
        let options = options.pipes_as_concat(false).no_engine_substitution(false);
        MySqlConnection::connect_with(&options).await.unwrap()
    }
}

fn log(folder: &std::path::Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap_or_default()
}

/// A database of the shared server, for one test alone.
pub struct Database {
    pub server: &'static Server,
    pub name: String,
    /// A user who may read it, and no more.
    pub reader: String,
    /// A user who may do everything with it.
    pub owner: String,
}

impl Database {
    /// A new database, made by `sql`.
    pub async fn of(sql: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let (name, reader, owner) = (format!("app{number}"), format!("reader{number}"), format!("owner{number}"));
        let database = Self { server: &SHARED, name, reader, owner };
        let Self { name, reader, owner, .. } = &database;
        let mut root = SHARED.root("").await;
        execute(&mut root, &format!("CREATE DATABASE {name}")).await;
        for (user, privileges) in [(reader, "SELECT"), (owner, "ALL")] {
            create_user(&mut root, user).await;
            execute(&mut root, &format!("GRANT {privileges} ON {name}.* TO {user}@'127.0.0.1'")).await;
        }
        database.execute(sql).await;
        database
    }

    /// Its address for the user who may read it.
    pub fn address(&self) -> String {
        self.server.address(&self.reader, &self.name)
    }

    /// Its address for the user who may do everything with it.
    pub fn owners_address(&self) -> String {
        self.server.address(&self.owner, &self.name)
    }

    /// A connection that may do everything.
    pub async fn root(&self) -> MySqlConnection {
        self.server.root(&self.name).await
    }

    /// Runs statements that may do everything.
    pub async fn execute(&self, sql: &str) {
        execute(&mut self.root().await, sql).await;
    }

    /// How many connections the user who may read it has.
    pub async fn connections(&self) -> usize {
        connections(&mut self.root().await, &self.reader).await.len()
    }
}

/// Creates a user with [`PASSWORD`] who may do nothing.
pub async fn create_user(root: &mut MySqlConnection, user: &str) {
    execute(root, &format!("CREATE USER {user}@'127.0.0.1' IDENTIFIED BY '{}'", PASSWORD.0)).await;
}

/// Runs statements, of which each must succeed.
pub async fn execute(connection: &mut MySqlConnection, sql: &str) {
    raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
}

/// The connections of `user`.
pub async fn connections(root: &mut MySqlConnection, user: &str) -> Vec<u64> {
    let sql = format!("SELECT id FROM information_schema.processlist WHERE user = '{user}'");
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(root).await.unwrap();
    rows.iter().map(|row| row.get_unchecked::<u64, _>(0)).collect()
}
