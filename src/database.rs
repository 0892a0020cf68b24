//! Carryall's own database: opened, brought to the present shape, and asked for what many processes must agree on.
//!
//! It is SQLite, for one process, or PostgreSQL, for as many as there are: the scheme of its address says which. `sqlite` and
//! `postgres` open it; `migrations` runs what it lacks. What one process alone needs no database for, several have from
//! PostgreSQL: one time (`time`), rights that one of them has at a time (`right`), and a way to tell the others
//! (`channel`); `alone` is for what is refused to a second one. [`copy()`] takes the state from SQLite to PostgreSQL.

mod alone;
mod channel;
mod copy;
mod migrations;
mod parameters;
mod postgres;
mod right;
mod sqlite;
mod time;

use std::{io, path::PathBuf, time::Duration};

use sea_orm::{DatabaseConnection, DbErr, RuntimeErr};

pub use alone::Alone;
pub use channel::{Channel, Heard};
pub use copy::{Copied, CopyError, LEFT, copied_columns, copy};
pub use parameters::{UnknownParameter, ensure_known};
pub use right::{Right, in_turn};
pub use sqlite::ServerLock;
pub use time::clock;

/// Why Carryall's own database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The address is neither one of a SQLite file nor one of a PostgreSQL database.
    #[error(
        "it is neither the address of a SQLite file, like sqlite:///srv/carryall/carryall.db, nor that of a PostgreSQL database, \
         like postgres://carryall@db.example.com/carryall"
    )]
    Address,
    /// It begins like one of a PostgreSQL database.
    #[error(
        "it begins like the address of a PostgreSQL database, but cannot be read: in the name and the password, `/` is written %2F, \
         `?` %3F, `#` %23, `@` %40 and `%` %25"
    )]
    Unreadable,
    /// It is one of a PostgreSQL database, with a parameter that would be passed over.
    #[error(transparent)]
    Parameter(#[from] UnknownParameter),
    /// A lock file beside the database cannot be made, or is held for too long.
    #[error("{0}: {1}")]
    Lock(PathBuf, #[source] io::Error),
    /// Another process has it.
    #[error(
        "{0} is in use by another `carryall serve`, `carryall key rotate` or `carryall migrate-state`; several processes need \
         PostgreSQL as their database"
    )]
    InUse(PathBuf),
    /// Another process replaces the key.
    #[error("another `carryall key rotate` is at work over {0}: wait until it is done")]
    Rotating(String),
    /// The database itself. By its name, which has no password in it.
    #[error("{0}: {1}")]
    Database(String, #[source] DbErr),
    /// A server that cannot be reached, or refuses us: its name, why, and what to do.
    #[error("{0}: {1}. {2}")]
    Refused(String, String, &'static str),
    /// A version that is newer by more than one has changed it.
    #[error("{0} was changed by a newer version of Carryall, which this one cannot work beside: run that one")]
    Newer(String),
}

/// How long those wait for an answer who say again and again that they are alive.
const ANSWER: Duration = Duration::from_secs(10);

/// What the database answers to something that is asked again soon. Over a line that is cut no answer comes for many minutes,
/// not even an error: after some seconds it is one.
pub async fn answered<T>(asked: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    answered_within(ANSWER, asked).await
}

/// The same, of something that may take longer.
pub async fn answered_within<T>(longest: Duration, asked: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    let silent = |_| Err(DbErr::Conn(RuntimeErr::Internal("the database does not answer".into())));
    tokio::time::timeout(longest, asked).await.unwrap_or_else(silent)
}

/// How the database is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Most connections at the same time.
    pub connections: u32,
    /// How long it may take to get one, or one statement there.
    pub timeout: Duration,
}

impl Default for Pool {
    fn default() -> Self {
        Self { connections: 10, timeout: Duration::from_secs(30) }
    }
}

/// Where a database is.
#[derive(Clone, Debug)]
pub enum Address {
    /// In this file, at this address.
    Sqlite(PathBuf, String),
    /// At a server.
    Postgres(Box<postgres::Options>),
}

impl Address {
    /// The address that `url` is.
    pub fn parse(url: &str) -> Result<Self, DatabaseError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite(sqlite::file(url)?, url.to_owned())),
            Some("postgres" | "postgresql") => postgres::options(url).map(Box::new).map(Self::Postgres),
            _ => Err(DatabaseError::Address),
        }
    }

    /// Whether several processes may use it at the same time.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// The database's name, which has no password in it.
    pub fn name(&self) -> String {
        match self {
            Self::Sqlite(file, _) => file.display().to_string(),
            Self::Postgres(options) => postgres::name(options),
        }
    }

    /// Makes this process the one server of a database that is not shared. Another would take its running exports for lost.
    pub fn lock(&self) -> Result<Option<ServerLock>, DatabaseError> {
        match self {
            Self::Sqlite(file, _) => sqlite::lock(file).map(Some),
            Self::Postgres(_) => Ok(None),
        }
    }

    /// Makes this process the only one that replaces the key, where [`lock`](Self::lock) does not.
    pub async fn rotate_alone(&self, pool: Pool) -> Result<Option<Alone>, DatabaseError> {
        match self {
            Self::Sqlite(..) => Ok(None),
            Self::Postgres(options) => Alone::rotating(options, pool).await.map(Some),
        }
    }

    /// Opens the database, and runs what migrations it lacks.
    pub async fn open(&self, pool: Pool) -> Result<DatabaseConnection, DatabaseError> {
        match self {
            Self::Sqlite(file, url) => sqlite::open(file, url, pool).await,
            Self::Postgres(options) => postgres::open(options, pool).await,
        }
    }
}
