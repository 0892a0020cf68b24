//! PostgreSQL 12 and later: read by COPY in its binary form, over several connections that share one exported snapshot.
//!
//! Binary, since it takes the server a third less than text; what it sends is taken apart where it is formatted
//! ([`copy`]). A large table is read in ranges of pages, so that one table keeps all connections busy. The session sees
//! every row or none: row-level security that would hide some is an error (`row_security = off`). Tables are locked against
//! what a snapshot does not protect from: TRUNCATE, and rewriting by ALTER TABLE, after which old snapshots see nothing.

mod contents;
mod copy;
mod decode;
mod lock;
mod reader;
mod session;

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row, postgres::PgConnectOptions, postgres::PgRow, raw_sql,
};
use tokio::time::timeout;

use self::{contents::Relation, reader::PgReader, session::PgSession};
use super::{AddressError, Contents, Reader, Snapshot, Source, SourceError, Table, session::busy};
use crate::database::ensure_known;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(30);
/// From so many tables on, locks are given back at once: a server has room for some thousands.
const MANY: usize = 1000;

/// What makes every value come as it is, whatever the role and the database say otherwise: for the transaction, so that a
/// pooler that gives each transaction another session neither loses it nor passes it on. The last is for what not every
/// server has: a timeout since version 17, and texts in SQL_ASCII, which are taken as they are, so that one which is no UTF-8
/// is found where its row and its column are known. Rows are read from the table itself: an index may be damaged.
const SETTINGS: &str = "SET LOCAL statement_timeout = 0; SET LOCAL client_encoding = 'UTF8'; \
    SET LOCAL standard_conforming_strings = on; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601'; \
    SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'; \
    SET LOCAL search_path = ''; SET LOCAL row_security = off; SET LOCAL idle_in_transaction_session_timeout = 0; \
    SET LOCAL lock_timeout = '10s'; SET LOCAL synchronize_seqscans = off; \
    SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off; SET LOCAL enable_seqscan = off; \
    SET LOCAL enable_indexonlyscan = off; \
    SELECT pg_catalog.set_config(name, CASE name WHEN 'client_encoding' THEN 'SQL_ASCII' ELSE '0' END, true) \
    FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout' \
        OR name = 'client_encoding' AND pg_catalog.current_setting('server_encoding') = 'SQL_ASCII'";
/// What a standby ends statements and connections with that hinder its replay ("conflict with recovery"). Of a transaction that
/// only reads, at its isolation level, nothing else has this code.
const CONFLICT: &str = "40001";
/// What to do about that.
const ON_CONFLICT: &str = "; this is a standby, and its primary has meanwhile removed or locked what this export still needed: \
    let max_standby_streaming_delay be longer there than an export takes, or set hot_standby_feedback = on, which helps \
    against what VACUUM removes, but not against ALTER TABLE, TRUNCATE and DROP; or export from the primary";
/// What begins every transaction.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A PostgreSQL database.
pub(super) struct Postgres {
    options: PgConnectOptions,
}

impl Postgres {
    /// The database at `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with the parameters of sqlx, such as `sslmode`.
    pub(super) fn at(address: &str) -> Result<Self, AddressError> {
        ensure_known(address)?;
        let options: PgConnectOptions = address.parse().map_err(|_| AddressError::Postgres)?;
        // What the driver would log are our own statements, at a level that nobody asked for.
        let options = options.application_name("carryall").disable_statement_logging();
        Ok(Self { options })
    }
}

#[async_trait]
impl Source for Postgres {
    fn engine(&self) -> &'static str {
        "postgresql"
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, SourceError> {
        let mut connection = connect(&self.options).await?;
        // The first query, which is the last of the settings, takes the snapshot.
        let started = query(&mut connection, &format!("{BEGIN}; {SETTINGS}")).await;
        started.map_err(|cause| unreachable(&cause))?;
        let row = query(&mut connection, "SELECT current_setting('server_version'), pg_export_snapshot()").await;
        let row = row.map_err(|cause| unreachable(&cause))?;
        let [version, id] = texts(&row, "snapshot")?;
        let session = PgSession::of(&mut connection, &self.options).await?;
        let options = self.options.clone();
        Ok(Box::new(PgSnapshot { options, connection, session, version, id, relations: HashMap::new() }))
    }
}

/// A transaction whose snapshot others can share.
struct PgSnapshot {
    options: PgConnectOptions,
    connection: PgConnection,
    session: Arc<PgSession>,
    version: String,
    id: String,
    relations: Relations,
}

/// What must be known of each table to read it, by schema and name.
type Relations = HashMap<(Option<String>, String), Relation>;

#[async_trait]
impl Snapshot for PgSnapshot {
    fn server_version(&self) -> &str {
        &self.version
    }

    async fn contents(&mut self) -> Result<Contents, SourceError> {
        let listed = busy(&self.session, contents::contents(&mut self.connection)).await;
        let (contents, relations) = listed?;
        self.relations = relations;
        Ok(contents)
    }

    async fn readers(
        mut self: Box<Self>,
        tables: &[Table],
        wanted: usize,
    ) -> Result<Vec<Box<dyn Reader>>, SourceError> {
        let connection = &mut self.connection;
        let locked = busy(&self.session, async {
            let locked = lock::lock(connection, tables).await?;
            lock::unchanged(connection, tables).await.map(|()| locked)
        });
        let locked = locked.await?;
        let brief = !locked || tables.len() > MANY;
        let lasting = if brief { &[] } else { tables };
        let mut connections = vec![(self.connection, self.session)];
        let parts: usize = tables.iter().map(|table| table.parts.len().max(1)).sum();
        while connections.len() < wanted.min(parts) {
            match share(&self.options, &self.id, lasting).await {
                Ok(shared) => connections.push(shared),
                // A server without room for another connection is read over fewer.
                Err(cause) => {
                    tracing::info!(%cause, connections = connections.len(), "PostgreSQL gives no more connections");
                    break;
                }
            }
        }
        let relations = Arc::new(self.relations);
        let reader = |(connection, session)| PgReader { connection, session, relations: Arc::clone(&relations), brief };
        Ok(connections.into_iter().map(|shared| Box::new(reader(shared)) as Box<dyn Reader>).collect())
    }
}

/// A connection over which nothing has been asked.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, SourceError> {
    let connected = timeout(CONNECT, PgConnection::connect_with(options)).await;
    let place = || format!("PostgreSQL at {}:{}", options.get_host(), options.get_port());
    match connected {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(cause)) => Err(refused(&place(), &cause)),
        Err(_) => {
            let why = format!("{} has not answered for {} seconds", place(), CONNECT.as_secs());
            Err(SourceError::Unreachable(why))
        }
    }
}

/// Another connection in the snapshot `id`. It locks the `tables` too, and at once: later, somebody who wants to alter one may
/// stand in line for it, and it would have to wait behind.
async fn share(
    options: &PgConnectOptions,
    id: &str,
    tables: &[Table],
) -> Result<(PgConnection, Arc<PgSession>), SourceError> {
    let mut connection = connect(options).await?;
    // The name of a snapshot is made by the server, of digits, letters and dashes.
    let begin = format!("{BEGIN}; SET TRANSACTION SNAPSHOT '{id}'; {SETTINGS}");
    query(&mut connection, &begin).await.map_err(|cause| unreachable(&cause))?;
    if lock::lock(&mut connection, tables).await? {
        let session = PgSession::of(&mut connection, options).await?;
        Ok((connection, session))
    } else {
        Err(SourceError::Unreachable("the server has no room for more locks".into()))
    }
}

/// Runs statements by the simple protocol, which poolers take too, and returns the rows.
async fn query(connection: &mut PgConnection, statement: &str) -> sqlx::Result<Vec<PgRow>> {
    raw_sql(AssertSqlSafe(statement.to_owned())).fetch_all(connection).await
}

/// The columns of the only row.
fn texts<const N: usize>(rows: &[PgRow], what: &str) -> Result<[String; N], SourceError> {
    let column = |index| rows.first().and_then(|row| row.try_get::<String, _>(index).ok());
    let found: Option<Vec<_>> = (0..N).map(column).collect();
    let found = found.and_then(|found| <[String; N]>::try_from(found).ok());
    found.ok_or_else(|| SourceError::Unreachable(format!("PostgreSQL gives no answer about the {what}")))
}

/// Why there is no connection.
fn refused(place: &str, cause: &sqlx::Error) -> SourceError {
    let code = cause.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
    match cause.as_database_error() {
        // invalid_authorization_specification, and no right to connect.
        Some(error) if code.starts_with("28") || code == "42501" => {
            SourceError::Unauthorized(format!("{place} refuses the access: {}", error.message()))
        }
        Some(error) => SourceError::Unreachable(format!("{place}: {}", error.message())),
        None => SourceError::Unreachable(format!("{place} cannot be reached: {cause}")),
    }
}

/// Why a connection that was there is of no use.
fn unreachable(cause: &sqlx::Error) -> SourceError {
    match cause.as_database_error() {
        Some(error) => {
            let hint = if error.code().is_some_and(|code| code == CONFLICT) { ON_CONFLICT } else { "" };
            SourceError::Unreachable(format!("PostgreSQL: {}{hint}", error.message()))
        }
        None => SourceError::Unreachable(format!("the connection to PostgreSQL was lost: {cause}")),
    }
}

/// Why a table cannot be read: because of itself, or because the server is gone.
fn unreadable(table: &str, cause: &sqlx::Error) -> SourceError {
    let Some(error) = cause.as_database_error() else {
        return SourceError::Unreachable(format!(
            "the connection to PostgreSQL was lost while {table} was read: {cause}"
        ));
    };
    let code = error.code().unwrap_or_default();
    // Operator intervention but for a canceled query, and connection exceptions.
    if code.starts_with("57P") || code.starts_with("08") {
        return SourceError::Unreachable(format!(
            "PostgreSQL ended the connection while {table} was read: {}",
            error.message()
        ));
    }
    let hint = match &*code {
        "42501" if error.message().contains("row-level security") => {
            "; export as its owner, or as a role with BYPASSRLS, so that no row is left out unseen"
        }
        "42501" => "; grant SELECT on it to the role of the source, or exclude it",
        "55P03" => "; another session holds a lock on it",
        // The server says itself that it is in recovery.
        "0A000" => "; if it is an unlogged table of a standby, exclude it or export from the primary",
        CONFLICT => ON_CONFLICT,
        _ => "",
    };
    SourceError::Unreadable { table: table.to_owned(), why: format!("{}{hint}", error.message()) }
}

fn broken(table: &Table, why: String) -> SourceError {
    SourceError::Unreadable { table: table.full_name(), why }
}

/// A name as an SQL identifier.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
