//! A private MariaDB, shared or with settings of its own, and a database of its own for each test.

use std::{
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{AssertSqlSafe, Connection, MySqlConnection, Row, mysql::MySqlConnectOptions, raw_sql};

use super::{Process, command, folder, free_port};

/// What every user's password is, and how it is written in an address.
pub const PASSWORD: (&str, &str) = ("s3cret/@:%?", "s3cret%2F%40%3A%25%3F");

static SHARED: LazyLock<Server> = LazyLock::new(|| Server::start(&[]));

/// Of which root nobody can be from elsewhere.
const INIT: &str = "DELETE FROM mysql.global_priv WHERE user = 'root' AND host <> 'localhost'; FLUSH PRIVILEGES";

/// A running server. It is stopped, and its folder removed, when this is dropped or the process ends.
pub struct Server {
    port: u16,
    folder: PathBuf,
    _process: Process,
}

impl Server {
    /// Starts a server with `options`.
    pub fn start(options: &[&str]) -> Self {
        let (folder, port) = (folder(), free_port());
        let at = |option: &str, name: &str| format!("--{option}={}", folder.join(name).display());
        let mut install = command(Path::new("mariadb-install-db"));
        install.args(["--no-defaults", "--skip-test-db", "--auth-root-authentication-method=normal"]);
        let installed = install.arg(at("datadir", "data")).current_dir(&folder).output().unwrap();
        assert!(installed.status.success(), "{installed:?}");
        std::fs::write(folder.join("init.sql"), INIT).unwrap();
        let mut server = command(&binary());
        server.args([
            "--no-defaults".into(),
            at("datadir", "data"),
            at("socket", "socket"),
            at("init-file", "init.sql"),
        ]);
        server.args(["--bind-address=127.0.0.1", "--skip-name-resolve", &format!("--port={port}")]);
        // Nothing here must outlive a power cut.
        server.args(["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-buffer-pool-size=64M"]);
        server.args(["--max-allowed-packet=256M", "--character-set-server=utf8mb4"]).args(options);
        let socket = folder.join("socket");
        let process = Process::start(folder.clone(), &server, "KILL", || UnixStream::connect(&socket).is_ok());
        Self { port, folder, _process: process }
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

/// The server's command, which Debian keeps where not everybody's PATH leads.
fn binary() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]).map(|at| at.join("mariadbd"));
    found.find(|path| path.exists()).expect("MariaDB is needed: `make test` installs it")
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
