//! A private PostgreSQL, with a database of its own for each test.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, postgres::PgConnectOptions, raw_sql};
use uuid::Uuid;

use super::{Process, certificate, command, folder, free_port};
use crate::app::PATIENCE;

/// The role that all belongs to.
const OWNER: &str = "owner";

/// A server.
pub struct Postgres {
    port: u16,
    password: String,
    databases: AtomicU32,
    folder: PathBuf,
    server: Command,
    /// The one that runs, and those before it, which clean up after it.
    processes: VecDeque<Process>,
}

impl Postgres {
    /// The server that the tests share. It ends with the test process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&["max_connections=500"]))
    }

    /// A server with these settings, written `name=value`.
    pub fn start(settings: &[&str]) -> Self {
        Self::start_by(&[], settings)
    }

    /// A server whose clock says this when it starts.
    pub fn start_at(time: &str, settings: &[&str]) -> Self {
        let folders = std::fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path());
        let mut libraries = folders.map(|folder| folder.join("faketime").join("libfaketime.so.1"));
        let library = libraries.find(|path| path.exists()).expect("libfaketime is needed: `make test` installs it");
        let (preload, time) = (format!("LD_PRELOAD={}", library.display()), format!("FAKETIME=@{time}"));
        // How long something takes it is to know as everybody does.
        Self::start_by(&["/usr/bin/env", &preload, &time, "FAKETIME_DONT_FAKE_MONOTONIC=1", "TZ=UTC"], settings)
    }

    /// A server with these settings, which another command starts.
    fn start_by(starter: &[&str], settings: &[&str]) -> Self {
        let (folder, password) = Self::initialized();
        Self::serve(folder, password, starter, settings)
    }

    /// A server that is reached over TLS alone, and shows a certificate of [`ca`](Self::ca).
    pub fn start_with_tls() -> Self {
        let (folder, password) = Self::initialized();
        certificate(&folder);
        std::fs::write(folder.join("hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n").unwrap();
        let files = [("hba_file", "hba.conf"), ("ssl_cert_file", "server.pem"), ("ssl_key_file", "server.key")];
        let files = files.map(|(setting, name)| format!("{setting}={}", folder.join(name).display()));
        Self::serve(folder, password, &[], &["ssl=on", &files[0], &files[1], &files[2]])
    }

    /// The certificate of the CA that a server with TLS has its own from.
    pub fn ca(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// The folder of a new server, and the password of its owner.
    fn initialized() -> (PathBuf, String) {
        let (folder, password) = (folder(), secret());
        let (data, password_file) = (folder.join("data"), folder.join("password"));
        std::fs::write(&password_file, &password).unwrap();
        let mut initdb = command(&binary("initdb"));
        initdb.args(["--username", OWNER, "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-sync"]);
        initdb.arg("--pwfile").arg(&password_file).arg("--pgdata").arg(&data);
        let output = initdb.current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        (folder, password)
    }

    /// A hot standby of this server, with these settings of its own.
    pub fn standby(&self, settings: &[&str]) -> Self {
        let folder = folder();
        let mut backup = command(&binary("pg_basebackup"));
        backup.args(["--host=127.0.0.1", "--port", &self.port.to_string(), "--username", OWNER]);
        backup.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--pgdata"]).arg(folder.join("data"));
        let output = backup.env("PGPASSWORD", &self.password).current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        Self::serve(folder, self.password.clone(), &[], settings)
    }

    /// The server whose data lie in `folder`.
    fn serve(folder: PathBuf, password: String, starter: &[&str], settings: &[&str]) -> Self {
        let (data, port) = (folder.join("data"), free_port());
        let mut server = match starter {
            [] => command(&binary("postgres")),
            [first, others @ ..] => {
                let mut server = command(Path::new(first));
                server.args(others).arg(binary("postgres"));
                server
            }
        };
        server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        let own = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "autovacuum=off"];
        server.args(own.iter().chain(settings).flat_map(|setting| ["-c", setting]));
        let mut postgres =
            Self { port, password, databases: AtomicU32::new(0), folder, server, processes: VecDeque::new() };
        postgres.run();
        postgres
    }

    fn run(&mut self) {
        // Its last line says how far the server is.
        let ready = || std::fs::read_to_string(self.pid_file()).is_ok_and(|file| file.contains("ready"));
        let process = Process::start(self.folder.clone(), &self.server, "QUIT", ready);
        self.processes.push_front(process);
    }

    fn pid_file(&self) -> PathBuf {
        self.folder.join("data").join("postmaster.pid")
    }

    /// Ends the server in the middle of whatever it does, as a power cut would, and starts it again.
    pub fn restart(&mut self) {
        let pid = std::fs::read_to_string(self.pid_file()).unwrap();
        let pid = pid.lines().next().unwrap().to_owned();
        assert!(Command::new("kill").args(["-QUIT", &pid]).status().unwrap().success());
        // It stays there as a zombie, since nobody waits for it.
        let stat = Path::new("/proc").join(&pid).join("stat");
        let begun = Instant::now();
        while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
            assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        // What it leaves when it is cut off keeps the next from starting only as long as that process is there.
        let _ = std::fs::remove_file(self.pid_file());
        self.run();
    }

    /// A new database, in UTF-8.
    pub async fn database(&self) -> Database<'_> {
        self.database_in("UTF8", "C.UTF-8").await
    }

    /// The database of this name, which is there.
    pub fn named(&self, name: &str) -> Database<'_> {
        Database { server: self, name: name.to_owned() }
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
