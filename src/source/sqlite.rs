//! SQLite: the database file, read through SQLite itself inside one read transaction.
//!
//! In WAL mode the application goes on writing while the snapshot is read; in the older journal modes
//! it waits. rusqlite, not sqlx, because it reads 2 to 4 times as many rows a second; it blocks, so
//! each step runs on a thread of its own.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row, types::ValueRef};
use tokio::{sync::mpsc, task::spawn_blocking};

use super::{
    AddressError, Batch, Column, Contents, FieldType, ForeignKey, LeftOut, Snapshot, Source, SourceError, Table,
};

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
        let connection = blocking(move || connect(&path)).await?;
        Ok(Box::new(SqliteSnapshot { connection: Some(connection) }))
    }
}

/// A read transaction.
struct SqliteSnapshot {
    /// None only if a step died with it.
    connection: Option<Connection>,
}

impl SqliteSnapshot {
    /// Runs `step` with the connection, on a thread that may block.
    async fn with<T: Send + 'static>(
        &mut self,
        step: impl FnOnce(&Connection) -> Result<T, SourceError> + Send + 'static,
    ) -> Result<T, SourceError> {
        let connection = self.connection.take().ok_or(SourceError::Stopped)?;
        let (connection, result) = blocking(move || {
            let result = step(&connection);
            Ok((connection, result))
        })
        .await?;
        self.connection = Some(connection);
        result
    }
}

#[async_trait]
impl Snapshot for SqliteSnapshot {
    fn server_version(&self) -> &str {
        rusqlite::version()
    }

    async fn contents(&mut self) -> Result<Contents, SourceError> {
        self.with(contents).await
    }

    async fn read(&mut self, table: &Table, rows: mpsc::Sender<Batch>) -> Result<u64, SourceError> {
        let table = table.clone();
        self.with(move |connection| read(connection, &table, &rows)).await
    }
}

async fn blocking<T: Send + 'static>(
    step: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    match spawn_blocking(step).await {
        Ok(result) => result,
        Err(panicked) => Err(SourceError::Unreachable(format!("the reader of the SQLite database died: {panicked}"))),
    }
}

fn connect(path: &Path) -> Result<Connection, SourceError> {
    let unreachable = |why: String| SourceError::Unreachable(format!("SQLite database {}: {why}", path.display()));
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() => return Err(unreachable("it is not a file".into())),
        Ok(_) => {}
        Err(cause) if cause.kind() == std::io::ErrorKind::PermissionDenied => {
            return Err(SourceError::Unauthorized(format!("SQLite database {}: {cause}", path.display())));
        }
        Err(cause) => return Err(unreachable(cause.to_string())),
    }
    begin(path).map_err(|cause| match cause.sqlite_error_code() {
        Some(ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => {
            SourceError::Unauthorized(format!("SQLite database {}: {}", path.display(), describe(&cause)))
        }
        _ => unreachable(describe(&cause)),
    })
}

/// Opens the file for reading and starts the transaction. The first read is what takes the snapshot,
/// and what finds out that the file is no database.
fn begin(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    // The schema comes from outside: it may not call functions with side effects.
    connection
        .execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; BEGIN")?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// SQLite's message, with what an operator can do where it helps.
fn describe(cause: &rusqlite::Error) -> String {
    match cause.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("another program has locked it for more than {} seconds", BUSY.as_secs())
        }
        Some(ErrorCode::NotADatabase) => "the file is not a SQLite database, or is encrypted".into(),
        Some(ErrorCode::DatabaseCorrupt) => format!("the database is damaged ({cause}): see PRAGMA integrity_check"),
        _ => cause.to_string(),
    }
}

fn contents(connection: &Connection) -> Result<Contents, SourceError> {
    let mut contents = Contents::default();
    for (name, kind) in listed(connection).map_err(|cause| SourceError::Unreachable(describe(&cause)))? {
        match kind.as_str() {
            "view" => contents.left_out.push(LeftOut { name, reason: "view" }),
            "shadow" => contents.left_out.push(LeftOut { name, reason: "shadow table of a virtual table" }),
            _ => contents.tables.push(table(connection, &name).map_err(|cause| unreadable(&name, describe(&cause)))?),
        }
    }
    let keys = contents.tables.iter().map(|table| (table.name.clone(), table.primary_key.clone())).collect::<Vec<_>>();
    for table in &mut contents.tables {
        table.foreign_keys =
            foreign_keys(connection, &table.name, &keys).map_err(|cause| unreadable(&table.name, describe(&cause)))?;
    }
    Ok(contents)
}

/// Name and kind of everything that has rows. Names that begin with sqlite_ are the engine's own
/// (sequences, statistics).
fn listed(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    connection
        .prepare("SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn unreadable(table: &str, why: String) -> SourceError {
    SourceError::Unreadable { table: table.to_owned(), why }
}

fn table(connection: &Connection, name: &str) -> rusqlite::Result<Table> {
    let mut columns = Vec::new();
    let mut primary_key = Vec::new();
    // hidden: 1 is a virtual table's argument, 2 and 3 are generated columns.
    let mut info = connection.prepare_cached(
        "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?, 'main') WHERE hidden <> 1 ORDER BY cid",
    )?;
    let mut rows = info.query([name])?;
    while let Some(row) = rows.next()? {
        let (column, key) = column(row)?;
        if key > 0 {
            primary_key.push((key, column.name.clone()));
        }
        columns.push(column);
    }
    primary_key.sort();
    let primary_key = primary_key.into_iter().map(|(_, name)| name).collect();
    Ok(Table { name: name.to_owned(), columns, primary_key, ..Table::default() })
}

/// A column, and its place in the primary key (0: not in it).
fn column(row: &Row<'_>) -> rusqlite::Result<(Column, i64)> {
    let native_type: String = row.get(1)?;
    let column = Column {
        name: row.get(0)?,
        field_type: field_type(&native_type),
        native_type,
        not_null: row.get(2)?,
        generated: row.get::<_, i64>(4)? > 1,
    };
    Ok((column, row.get(3)?))
}

/// By the rules of <https://www.sqlite.org/datatype3.html>, section 3.1. A NUMERIC column may hold both
/// kinds of numbers, and any column any value: what was really there, the descriptor says.
fn field_type(native_type: &str) -> FieldType {
    let native_type = native_type.to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|part| native_type.contains(part));
    if has(&["INT"]) {
        FieldType::Integer
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        FieldType::String
    } else if has(&["BLOB"]) {
        FieldType::Binary
    } else if has(&["REAL", "FLOA", "DOUB", "NUMERIC", "DECIMAL"]) {
        FieldType::Number
    } else {
        FieldType::Any
    }
}

/// The references of one table. SQLite compares names without case and lets the referenced columns be
/// left out; here they are spelt as the tables spell them. One to a table that is not there is dropped.
fn foreign_keys(
    connection: &Connection,
    table: &str,
    keys: &[(String, Vec<String>)],
) -> rusqlite::Result<Vec<ForeignKey>> {
    let mut listed = connection.prepare_cached(
        "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?, 'main') ORDER BY id, seq",
    )?;
    let mut rows = listed.query([table])?;
    let mut found: Vec<(i64, ForeignKey)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, parent, from, to): (i64, String, String, Option<String>) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let Some((parent, parent_key)) = keys.iter().find(|(name, _)| name.eq_ignore_ascii_case(&parent)) else {
            continue;
        };
        if found.last().is_none_or(|(last, _)| *last != id) {
            let key = ForeignKey { columns: Vec::new(), schema: None, table: parent.clone(), referenced: Vec::new() };
            found.push((id, key));
        }
        if let Some((_, key)) = found.last_mut() {
            key.referenced.extend(to.or_else(|| parent_key.get(key.columns.len()).cloned()));
            key.columns.push(from);
        }
    }
    Ok(found.into_iter().map(|(_, key)| key).filter(|key| key.columns.len() == key.referenced.len()).collect())
}

fn read(connection: &Connection, table: &Table, rows: &mpsc::Sender<Batch>) -> Result<u64, SourceError> {
    let failed = |cause: rusqlite::Error| unreadable(&table.name, describe(&cause));
    let name = quoted(&table.name);
    let mut columns = table.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ");
    if columns.is_empty() {
        columns.push_str("NULL");
    }
    let mut statement = connection.prepare(&format!("SELECT {columns} FROM main.{name}")).map_err(failed)?;
    let mut found = statement.query([]).map_err(failed)?;
    let mut batch = Batch::new(table.columns.len());
    let mut number: u64 = 0;
    while let Some(row) = found.next().map_err(failed)? {
        number += 1;
        for (index, column) in table.columns.iter().enumerate() {
            push(&mut batch, row.get_ref(index).map_err(failed)?)
                .map_err(|why| unreadable(&table.name, format!("row {number}, column {}: {why}", column.name)))?;
        }
        batch.end_row();
        if batch.is_full() {
            let full = std::mem::replace(&mut batch, Batch::new(table.columns.len()));
            rows.blocking_send(full).map_err(|_| SourceError::Stopped)?;
        }
    }
    rows.blocking_send(batch).map_err(|_| SourceError::Stopped)?;
    let counted = format!("SELECT count(*) FROM main.{name}");
    let counted: i64 = connection.query_row(&counted, [], |row| row.get(0)).map_err(failed)?;
    u64::try_from(counted).map_err(|_| unreadable(&table.name, format!("the database counts {counted} rows")))
}

fn push(batch: &mut Batch, value: ValueRef<'_>) -> Result<(), &'static str> {
    match value {
        ValueRef::Null => batch.push_null(),
        ValueRef::Integer(value) => batch.push_integer(value),
        ValueRef::Real(value) => batch.push_real(value),
        ValueRef::Blob(value) => batch.push_binary(value),
        ValueRef::Text(value) => batch.push_text(str::from_utf8(value).map_err(|_| "the text is not valid UTF-8")?),
    }
    Ok(())
}

/// A name as an SQL identifier.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
