//! Where the data comes from: an application's database, read whole, in one snapshot, and only read.
//!
//! A source yields a [`Snapshot`]: all that follows (its tables, their rows, their count) is as the
//! database was at that moment. Sources know nothing of exports, formats or archives. Another kind of
//! database is one more file here and one more line in [`open`].

mod batch;
mod sqlite;
mod table;

use async_trait::async_trait;
use tokio::sync::mpsc;
use url::Url;

pub use batch::{Batch, Cells, Value};
pub use table::{Column, Contents, FieldType, ForeignKey, LeftOut, Table};

/// An application's data. Object-safe; opening it costs nothing until a snapshot is taken.
#[async_trait]
pub trait Source: Send + Sync {
    /// The kind of database, in lower case: `sqlite`.
    fn engine(&self) -> &'static str;

    /// Connects, for reading only, and takes a snapshot.
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, SourceError>;
}

/// A source as it was at one moment. Dropping it ends the connection.
#[async_trait]
pub trait Snapshot: Send {
    /// What the database says its version is.
    fn server_version(&self) -> &str;

    /// The tables there are, in a stable order, and what is left out.
    async fn contents(&mut self) -> Result<Contents, SourceError>;

    /// Sends every row of `table` in batches and returns how many there are **as the database counts
    /// them**, so that the count proves what was sent. The channel's bound is the back-pressure.
    /// [`SourceError::Stopped`] when nobody takes the rows any more.
    async fn read(&mut self, table: &Table, rows: mpsc::Sender<Batch>) -> Result<u64, SourceError>;
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
    #[error("no source is read by the scheme `{0}:`, only by `sqlite:`")]
    Scheme(String),
    /// A SQLite address without a path, or with parts it does not have.
    #[error("a SQLite source is written sqlite:PATH, for instance sqlite:///srv/app/data.db")]
    Path,
}

/// The source at `address`. Does not connect.
pub fn open(address: &str) -> Result<Box<dyn Source>, AddressError> {
    // `sqlite:data.db`, a relative path, is no URL with a base, so the scheme is looked at first.
    match address.split_once(':') {
        Some(("sqlite", path)) => Ok(Box::new(sqlite::Sqlite::at(path)?)),
        _ => Err(AddressError::Scheme(Url::parse(address)?.scheme().to_owned())),
    }
}

/// Whether `address` carries a password, which does not belong into an argument list that others can read.
pub fn holds_password(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| url.password().is_some())
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
        assert!(!holds_password("postgres://me@host/db"));
        assert!(!holds_password("sqlite:data.db"));
    }
}
