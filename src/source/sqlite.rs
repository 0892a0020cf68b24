//! SQLite: the database file, read through SQLite itself inside one read transaction.
//!
//! In WAL mode the application goes on writing while the snapshot is read; in the older journal modes
//! its writes wait until the last table is read. rusqlite, not sqlx, because it reads 2 to 4 times as many rows a second; it blocks, so
//! each step runs on a thread of its own.

mod access;
mod contents;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode, InterruptHandle, OpenFlags, Row, ffi, types::ValueRef};
use tokio::{runtime::Handle, task::spawn_blocking};

use access::Access;

use super::{AddressError, Batch, Chunk, Column, Contents, Lane, Part, Reader, Snapshot, Source, SourceError, Table};

/// How long a lock of the application is waited for.
const BUSY: Duration = Duration::from_secs(10);

/// A SQLite database file.
pub(super) struct Sqlite {
    path: PathBuf,
}

impl Sqlite {
    /// The file at what stands behind `sqlite:`; `//` in front of an absolute path is taken off.
    pub(super) fn at(address: &str) -> Result<Self, AddressError> {
        let path = match address.strip_prefix("//") {
            Some(path) if path.starts_with('/') => path,
            Some(_) => return Err(AddressError::Path),
            None => address,
        };
        if path.is_empty() {
            return Err(AddressError::Path);
        }
        Ok(Self { path: path.into() })
    }
}

#[async_trait]
impl Source for Sqlite {
    fn engine(&self) -> &'static str {
        "sqlite"
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, SourceError> {
        let path = self.path.clone();
        let connected = blocking(move || connect(&path)).await?;
        Ok(Box::new(SqliteSnapshot { connected: Some(connected) }))
    }
}

/// A read transaction.
struct SqliteSnapshot {
    /// None only if a step died with it.
    connected: Option<Connected>,
}

/// A connection, and what must outlive it.
struct Connected {
    connection: Connection,
    _access: Access,
}

impl SqliteSnapshot {
    /// Runs `step` with the connection, on a thread that may block.
    async fn with<T: Send + 'static>(
        &mut self,
        step: impl FnOnce(&Connection) -> Result<T, SourceError> + Send + 'static,
    ) -> Result<T, SourceError> {
        let connected = self.connected.take().ok_or(SourceError::Stopped)?;
        // If this future is dropped, the thread goes on: it is told to stop, even in the middle of a statement.
        let _stop = InterruptOnDrop(connected.connection.get_interrupt_handle());
        let (connected, result) = blocking(move || {
            let result = step(&connected.connection);
            Ok((connected, result))
        })
        .await?;
        self.connected = Some(connected);
        result
    }
}

/// Ends the statement that is running, if any.
struct InterruptOnDrop(InterruptHandle);

impl Drop for InterruptOnDrop {
    fn drop(&mut self) {
        self.0.interrupt();
    }
}

#[async_trait]
impl Snapshot for SqliteSnapshot {
    fn server_version(&self) -> &str {
        rusqlite::version()
    }

    async fn contents(&mut self) -> Result<Contents, SourceError> {
        self.with(contents::contents).await
    }

    /// One: another connection would have a snapshot of its own.
    async fn readers(self: Box<Self>, _: &[Table], _: usize) -> Result<Vec<Box<dyn Reader>>, SourceError> {
        Ok(vec![self])
    }
}

#[async_trait]
impl Reader for SqliteSnapshot {
    async fn read(&mut self, table: &Table, _: Option<&Part>, to: &Lane) -> Result<(), SourceError> {
        let (table, to, runtime) = (table.clone(), to.clone(), Handle::current());
        let send = move |batch: Batch| {
            let bytes = batch.bytes();
            runtime.block_on(to.send(Chunk::Rows(Box::new(batch)), bytes))
        };
        self.with(move |connection| read(connection, &table, send)).await
    }

    async fn count(&mut self, table: &Table) -> Result<u64, SourceError> {
        let table = table.clone();
        self.with(move |connection| count(connection, &table)).await
    }
}

async fn blocking<T: Send + 'static>(
    step: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    match spawn_blocking(step).await {
        Ok(result) => result,
        // The log has what is to be told of it.
        Err(_) => Err(SourceError::Unreachable("the reader of the SQLite database died".into())),
    }
}

fn connect(path: &Path) -> Result<Connected, SourceError> {
    let place = |why: String| format!("SQLite database {}: {why}", path.display());
    let access = Access::to(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::PermissionDenied => SourceError::Unauthorized(place(cause.to_string())),
        _ => SourceError::Unreachable(place(cause.to_string())),
    })?;
    let connection = begin(&access).map_err(|cause| SourceError::Unreachable(place(describe(&cause))))?;
    Ok(Connected { connection, _access: access })
}

/// Opens the file and starts the transaction. The first read is what takes the snapshot, and what finds out that the
/// file is no database.
fn begin(access: &Access) -> rusqlite::Result<Connection> {
    let flags = access.flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&access.path, flags)?;
    connection.busy_timeout(BUSY)?;
    // The schema comes from outside: it may not call functions with side effects.
    connection
        .execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; BEGIN")?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// SQLite's message, with what an operator can do where it helps.
fn describe(cause: &rusqlite::Error) -> String {
    let extended = cause.sqlite_error().map(|error| error.extended_code);
    match (cause.sqlite_error_code(), extended) {
        (Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked), _) => {
            format!("another program has locked it for more than {} seconds", BUSY.as_secs())
        }
        (Some(ErrorCode::NotADatabase), _) => "the file is not a SQLite database, or is encrypted".into(),
        (Some(ErrorCode::DatabaseCorrupt), _) => {
            format!("the database is damaged ({cause}): see PRAGMA integrity_check")
        }
        (_, Some(ffi::SQLITE_READONLY_ROLLBACK | ffi::SQLITE_READONLY_RECOVERY)) => {
            "its last writer crashed, and what it left half-done must be undone by its owner: run Carryall as the owner \
             of the database, or open it once with the application"
                .into()
        }
        (Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly), _) => {
            format!("{cause}: this user must be able to read the file, and to write the -wal and -shm files beside it")
        }
        _ => cause.to_string(),
    }
}

fn unreadable(table: &str, why: String) -> SourceError {
    SourceError::Unreadable { table: table.to_owned(), why }
}

fn read(
    connection: &Connection,
    table: &Table,
    mut send: impl FnMut(Batch) -> Result<(), SourceError>,
) -> Result<(), SourceError> {
    let failed = |cause: rusqlite::Error| unreadable(&table.name, describe(&cause));
    let encoding = Encoding::of(connection).map_err(failed)?;
    let mut statement = connection.prepare(&select(table, encoding)).map_err(failed)?;
    let mut found = statement.query([]).map_err(failed)?;
    let mut batch = Batch::new(table.columns.len());
    let mut number: u64 = 0;
    while let Some(row) = found.next().map_err(failed)? {
        number += 1;
        for (index, column) in table.columns.iter().enumerate() {
            push(&mut batch, row, index, encoding)
                .map_err(|why| unreadable(&table.name, format!("row {number}, column {}: {why}", column.name)))?;
        }
        batch.end_row();
        if batch.is_full() {
            send(batch.take())?;
        }
    }
    send(batch)
}

fn count(connection: &Connection, table: &Table) -> Result<u64, SourceError> {
    let counted = format!("SELECT count(*) FROM main.{} NOT INDEXED", quoted(&table.name));
    let counted: rusqlite::Result<i64> = connection.query_row(&counted, [], |row| row.get(0));
    let counted = counted.map_err(|cause| unreadable(&table.name, describe(&cause)))?;
    u64::try_from(counted).map_err(|_| unreadable(&table.name, format!("the database counts {counted} rows")))
}

/// The statement that gives the table's columns. In a UTF-16 database each is followed by the bytes of its text: SQLite
/// would turn broken UTF-16 into other characters without a word.
fn select(table: &Table, encoding: Encoding) -> String {
    let column = |column: &Column| match (quoted(&column.name), encoding) {
        (name, Encoding::Utf8) => name,
        (name, _) => format!("{name}, CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) END"),
    };
    let columns = table.columns.iter().map(column).collect::<Vec<_>>();
    let columns = if columns.is_empty() { "NULL".to_owned() } else { columns.join(", ") };
    // An index would give the rows in another order, and may need a collation that only the application has.
    format!("SELECT {columns} FROM main.{} NOT INDEXED", quoted(&table.name))
}

fn push(batch: &mut Batch, row: &Row<'_>, column: usize, encoding: Encoding) -> Result<(), String> {
    let place = if encoding == Encoding::Utf8 { column } else { column * 2 };
    match row.get_ref(place).map_err(|cause| cause.to_string())? {
        ValueRef::Null => batch.push_null(),
        ValueRef::Integer(value) => batch.push_integer(value),
        ValueRef::Real(value) => batch.push_real(value),
        ValueRef::Blob(value) => batch.push_binary(value),
        ValueRef::Text(value) if encoding == Encoding::Utf8 => {
            batch.push_text(
                str::from_utf8(value).map_err(|_| "the text is not valid UTF-8; convert it, or store it as a BLOB")?,
            );
        }
        ValueRef::Text(_) => {
            let bytes =
                row.get_ref(place + 1).and_then(|value| Ok(value.as_blob()?)).map_err(|cause| cause.to_string())?;
            batch.push_text(&encoding.decode(bytes).ok_or("the text is not valid UTF-16")?);
        }
    }
    Ok(())
}

/// How a database stores its texts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let name: String = connection.query_row("PRAGMA encoding", [], |row| row.get(0))?;
        Ok(match name.as_str() {
            "UTF-16le" => Self::Utf16Le,
            "UTF-16be" => Self::Utf16Be,
            _ => Self::Utf8,
        })
    }

    /// The text in UTF-16 `bytes`; None where they are none.
    fn decode(self, bytes: &[u8]) -> Option<String> {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let unit = |pair: &[u8; 2]| match self {
            Self::Utf16Be => u16::from_be_bytes(*pair),
            _ => u16::from_le_bytes(*pair),
        };
        let units = pairs.iter().map(unit);
        rest.is_empty().then(|| char::decode_utf16(units).collect::<Result<_, _>>().ok()).flatten()
    }
}

/// A name as an SQL identifier.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
