//! SQLite: a file, which one server has for itself.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{DatabaseError, Pool, migrations};

/// How long one process waits for another's write (`carryall token create` beside a running server).
const BUSY: Duration = Duration::from_secs(10);

/// The right to be the one server of a database, or to do what none may run beside; held until it is dropped or the process
/// ends, however it ends.
#[derive(Debug)]
pub struct ServerLock {
    _file: File,
}

/// The file of the database at `url`.
pub(super) fn file(url: &str) -> Result<PathBuf, DatabaseError> {
    let options = url.parse::<SqliteConnectOptions>().map_err(|_| DatabaseError::Address)?;
    let file = options.get_filename();
    // sqlx gives a database in memory a name of this form.
    let named = !file.as_os_str().is_empty() && !file.to_string_lossy().starts_with("file:");
    if named { Ok(file.to_owned()) } else { Err(DatabaseError::Address) }
}

/// Makes this process the one server of the database in `file`.
pub(super) fn lock(path: &Path) -> Result<ServerLock, DatabaseError> {
    let (file, lock) = lock_file(path, "server.lock")?;
    match file.try_lock() {
        Ok(()) => Ok(ServerLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(DatabaseError::InUse(path.to_owned())),
        Err(TryLockError::Error(cause)) => Err(DatabaseError::Lock(lock, cause)),
    }
}

/// Opens the database at `url`, in WAL mode and with a full sync at each commit, and runs what migrations it lacks.
pub(super) async fn open(path: &Path, url: &str, pool: Pool) -> Result<DatabaseConnection, DatabaseError> {
    let failed = |cause| DatabaseError::Database(path.display().to_string(), cause);
    let mut options = ConnectOptions::new(url);
    options.max_connections(pool.connections).acquire_timeout(pool.timeout).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // What was deleted, or sealed by a key that is no more, does not lie about in the file.
            .pragma("secure_delete", "ON")
            .foreign_keys(true)
            .busy_timeout(BUSY)
    });
    // Two processes that find the same step missing would both take it. The lock is held for as long as the file is open.
    let (migrating, lock) = lock_file(path, "migration.lock")?;
    let locked = tokio::time::timeout(BUSY, until_locked(&migrating)).await;
    locked.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map_err(|cause| DatabaseError::Lock(lock, cause))?;
    let database = Database::connect(options).await.map_err(failed)?;
    migrations::run(&database, &path.display().to_string()).await?;
    drop(migrating);
    Ok(database)
}

async fn until_locked(file: &File) -> io::Result<()> {
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(TryLockError::Error(cause)) => return Err(cause),
        }
    }
}

/// The database by its real name, so that a link to it is no way round the lock.
fn real(database: &Path) -> PathBuf {
    let folder = || Some(database.parent()?.canonicalize().ok()?.join(database.file_name()?));
    database.canonicalize().ok().or_else(folder).unwrap_or_else(|| database.to_owned())
}

fn lock_file(database: &Path, ending: &str) -> Result<(File, PathBuf), DatabaseError> {
    let mut name = real(database).into_os_string();
    name.push(".");
    name.push(ending);
    let path = PathBuf::from(name);
    match File::create(&path) {
        Ok(file) => Ok((file, path)),
        Err(cause) => Err(DatabaseError::Lock(path, cause)),
    }
}
