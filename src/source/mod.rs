//! Where the data comes from: an application's database or its files, read whole, in one snapshot, and only read.
//!
//! A source yields a [`Snapshot`]: all that follows (its tables, their rows, their count) is as the
//! database was at that moment. Sources know nothing of exports, formats or archives. Another kind of
//! database is one more file here and one more line in [`open`].

mod batch;
mod directory;
mod moment;
mod mysql;
mod patterns;
mod postgres;
mod rows;
mod session;
mod sqlite;
mod table;

use async_trait::async_trait;
use url::Url;

use crate::database::UnknownParameter;

pub use batch::Batch;
pub use patterns::{PatternError, Patterns};
pub use rows::{Chunk, Held, Lane, Plain, RowError, Rows, Value, Visitor};
pub use session::sessions_ended;
pub use table::{Column, Contents, FieldType, File, ForeignKey, LeftOut, Part, Size, Table};

/// An application's data. Object-safe; opening it costs nothing until a snapshot is taken.
#[async_trait]
pub trait Source: Send + Sync {
    /// The kind of database, in lower case, as in `sqlite`.
    fn engine(&self) -> &'static str;

    /// Connects, for reading only, and takes a snapshot.
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, SourceError>;
}

/// A source as it was at one moment. Dropping it ends the connection.
#[async_trait]
pub trait Snapshot: Send {
    /// What the database says its version is.
    fn server_version(&self) -> &str;

    /// What there is: the tables in a stable order, and what is left out.
    async fn contents(&mut self) -> Result<Contents, SourceError>;

    /// Readers of this snapshot, for these tables of it: one at least, and at most `wanted`, where the database can be read
    /// over several connections at the same time.
    async fn readers(self: Box<Self>, tables: &[Table], wanted: usize) -> Result<Vec<Box<dyn Reader>>, SourceError>;
}

/// Reads a snapshot. Dropping it ends its connection.
#[async_trait]
pub trait Reader: Send {
    /// Sends the rows of `table`, or those of one of its parts. [`SourceError::Stopped`] when nobody takes them any more.
    async fn read(&mut self, table: &Table, part: Option<&Part>, to: &Lane) -> Result<(), SourceError>;

    /// How many rows `table` has **by the database's own count**, so that the count proves what was sent. Asked after the
    /// rows were read.
    async fn count(&mut self, table: &Table) -> Result<u64, SourceError>;

    /// Sends the bytes of `file`, as at least one chunk if it is there at all; returns what is to be said of it.
    async fn read_file(&mut self, file: &File, to: &Lane) -> Result<Option<String>, SourceError> {
        let _ = to;
        Err(SourceError::Unreadable { table: file.path.clone(), why: "this source has no files".into() })
    }
}

/// Why a source could not be read. The messages go to the person who asked for the export.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It cannot be opened, or is no longer there.
    #[error("{0}")]
    Unreachable(String),
    /// It refuses access.
    #[error("{0}")]
    Unauthorized(String),
    /// One table cannot be read whole.
    #[error("table {table}: {why}")]
    Unreadable {
        /// The table's name.
        table: String,
        /// What went wrong.
        why: String,
    },
    /// Nobody takes the rows any more: the run was stopped, or its writer failed and says why.
    #[error("the reading was stopped")]
    Stopped,
}

/// Why an address is not one of a source. Holds no part of the address that could be a password.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AddressError {
    /// Not a URL at all.
    #[error("it is not the address of a source ({0}): a SQLite file is written sqlite:PATH")]
    Url(#[from] url::ParseError),
    /// A kind of source that this build does not read.
    #[error("no source is read by the scheme `{0}:`, only by `postgres:`, `mysql:`, `mariadb:`, `sqlite:` and `file:`")]
    Scheme(String),
    /// A PostgreSQL address that its driver does not take.
    #[error(
        "a PostgreSQL source is written postgres://USER:PASSWORD@HOST:PORT/DATABASE, special characters percent-encoded"
    )]
    Postgres,
    /// A PostgreSQL address with a parameter that its driver would pass over.
    #[error(transparent)]
    Parameter(#[from] UnknownParameter),
    /// A MySQL address that its driver does not take.
    #[error("a MySQL source is written mysql://USER:PASSWORD@HOST:PORT/DATABASE, special characters percent-encoded")]
    MySql,
    /// An address of files that is not one of a directory here.
    #[error("a directory is written file:///PATH, special characters percent-encoded")]
    Directory,
    /// A SQLite address without a path, or with parts it does not have.
    #[error("a SQLite source is written sqlite:PATH, for instance sqlite:///srv/app/data.db")]
    Path,
}

/// The source at `address`. Does not connect.
pub fn open(address: &str) -> Result<Box<dyn Source>, AddressError> {
    // `sqlite:data.db`, a relative path, is no URL with a base, so the scheme is looked at first.
    match address.split_once(':') {
        Some(("sqlite", path)) => Ok(Box::new(sqlite::Sqlite::at(path)?)),
        Some(("postgres" | "postgresql", _)) => Ok(Box::new(postgres::Postgres::at(address)?)),
        Some(("mysql" | "mariadb", _)) => Ok(Box::new(mysql::MySql::at(address)?)),
        Some(("file", _)) => Ok(Box::new(directory::Directory::at(address)?)),
        _ => Err(AddressError::Scheme(Url::parse(address)?.scheme().to_owned())),
    }
}

/// Whether `address` carries a password, which does not belong into an argument list that others can read.
pub fn holds_password(address: &str) -> bool {
    let in_query = |url: &Url| url.query_pairs().any(|(key, _)| key.eq_ignore_ascii_case("password"));
    Url::parse(address).is_ok_and(|url| url.password().is_some() || in_query(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_a_source_is_refused_with_the_reason() {
        assert_eq!(open("oracle://host/db").err(), Some(AddressError::Scheme("oracle".into())));
        assert_eq!(open("sqlite:").err(), Some(AddressError::Path));
        assert_eq!(open("sqlite://host").err(), Some(AddressError::Path));
        assert!(matches!(open("data.db").err(), Some(AddressError::Url(_))));
        assert!(open("sqlite:data.db").is_ok());
        assert!(open("sqlite:///srv/data.db").is_ok());
    }

    #[test]
    fn a_password_in_an_address_is_seen() {
        assert!(holds_password("postgres://me:secret@host/db"));
        assert!(holds_password("postgres://me@host/db?sslmode=require&password=secret"));
        assert!(!holds_password("postgres://me@host/db"));
        assert!(!holds_password("sqlite:data.db"));
    }
}
