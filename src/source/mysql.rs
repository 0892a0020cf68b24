//! MySQL 8 and MariaDB 10.6 or later: read over one connection, in one consistent snapshot, by the binary protocol.
//!
//! By the binary protocol, that of prepared statements, since it takes both sides less than to write numbers and times as
//! texts and to read them again; what is sent is taken apart where it is formatted ([`sent`]). Over one connection, since another could share the snapshot only if every writer
//! were stopped for a moment, which no export may ask of an application. Tables of engines without snapshots (MyISAM) are
//! read as they are at that moment, and named in a warning.

mod contents;
mod decode;
mod sent;
mod session;

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, MySqlConnection,
    mysql::{MySqlConnectOptions, MySqlRow},
    raw_sql,
};
use tokio::time::timeout;

use self::{contents::Relation, sent::SentRows, session::MySqlSession};
use super::{AddressError, Chunk, Contents, Lane, Part, Reader, Snapshot, Source, SourceError, Table, session::busy};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(30);

/// What makes every value come as it is, whatever the server says otherwise, and lets the reading pause.
const SESSION: &str = "SET SESSION sql_mode = '', time_zone = '+00:00', net_write_timeout = 86400, \
    net_read_timeout = 86400, wait_timeout = 86400, lock_wait_timeout = 10, max_error_count = 65535, \
    sql_select_limit = 18446744073709551615";
/// What not every server knows: what ends a statement that runs too long, in MariaDB and in MySQL, and from when on MySQL looks
/// anew how large its tables are.
const IF_KNOWN: [&str; 3] = [
    "SET SESSION max_statement_time = 0",
    "SET SESSION max_execution_time = 0",
    "SET SESSION information_schema_stats_expiry = 31536000",
];

/// What to do about a table that may not be read.
const GRANT: &str = "; grant SELECT on it to the user of the source, or exclude it";
/// As many warnings of a statement the server keeps, as [`SESSION`] says.
const MOST_WARNINGS: usize = 65535;
/// The warnings that a text has no UTF-8: not all its bytes are of its character set, or one is of no character.
const LOST: [&str; 3] = ["1300", "1977", "3854"];

/// A MySQL or MariaDB database.
pub(super) struct MySql {
    options: MySqlConnectOptions,
    engine: &'static str,
}

impl MySql {
    /// The database at `mysql://USER:PASSWORD@HOST:PORT/DATABASE` (or `mariadb:`), with the parameters of sqlx, such as
    /// `ssl-mode`. Without a database, all of the server's.
    pub(super) fn at(address: &str) -> Result<Self, AddressError> {
        let options: MySqlConnectOptions = address.parse().map_err(|_| AddressError::MySql)?;
        let engine = if address.starts_with("mariadb:") { "mariadb" } else { "mysql" };
        // What the driver would log are our own statements, at a level that nobody asked for. It keeps one prepared, so that
        // none is closed between its rows and their warnings.
        Ok(Self { options: options.disable_statement_logging().statement_cache_capacity(1), engine })
    }
}

#[async_trait]
impl Source for MySql {
    fn engine(&self) -> &'static str {
        self.engine
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, SourceError> {
        let mut connection = connect(&self.options).await?;
        let started = [
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
            "SAVEPOINT taken",
        ];
        for statement in started {
            query(&mut connection, statement).await.map_err(|cause| unreachable(&cause))?;
        }
        let row =
            query(&mut connection, "SELECT CAST(version() AS CHAR)").await.map_err(|cause| unreachable(&cause))?;
        let version = row.first().map(|row| decode::text(row, 0)).unwrap_or_default();
        let database = self.options.get_database().map(str::to_owned);
        let session = MySqlSession::of(&mut connection, &self.options).await?;
        let relations = Relations::new();
        Ok(Box::new(MySqlSnapshot { connection, session, version, database, relations, last: None }))
    }
}

/// A transaction with a consistent snapshot.
struct MySqlSnapshot {
    connection: MySqlConnection,
    session: Arc<MySqlSession>,
    version: String,
    database: Option<String>,
    relations: Relations,
    /// The table that was read last, and its rows.
    last: Option<(String, u64)>,
}

/// What must be known of each table to read it, by database and name.
type Relations = HashMap<(Option<String>, String), Relation>;

#[async_trait]
impl Snapshot for MySqlSnapshot {
    fn server_version(&self) -> &str {
        &self.version
    }

    async fn contents(&mut self) -> Result<Contents, SourceError> {
        let listed = contents::contents(&mut self.connection, self.database.as_deref());
        let (contents, relations) = busy(&self.session, listed).await?;
        self.relations = relations;
        Ok(contents)
    }

    /// One: see the head of this file.
    async fn readers(self: Box<Self>, _: &[Table], _: usize) -> Result<Vec<Box<dyn Reader>>, SourceError> {
        Ok(vec![self])
    }
}

#[async_trait]
impl Reader for MySqlSnapshot {
    async fn read(&mut self, table: &Table, _: Option<&Part>, to: &Lane) -> Result<(), SourceError> {
        busy(&Arc::clone(&self.session), self.rows(table, to)).await
    }

    /// It was counted when it was read, before it was let go.
    async fn count(&mut self, table: &Table) -> Result<u64, SourceError> {
        let counted = self.last.take().filter(|(name, _)| *name == table.full_name());
        counted.map(|(_, rows)| rows).ok_or_else(|| broken(table, "it was not the last to be read"))
    }
}

impl MySqlSnapshot {
    async fn rows(&mut self, table: &Table, to: &Lane) -> Result<(), SourceError> {
        let failed = |cause: sqlx::Error| unreadable(table, &cause);
        if let Some(check) = self.relation(table)?.check.clone() {
            query(&mut self.connection, &check).await.map_err(failed)?;
        }
        if table.columns.is_empty() {
            return Err(broken(table, &format!("the user of the source may not see its columns{GRANT}")));
        }
        let relation = self.relation(table)?;
        let (select, columns) = (relation.select.clone(), Arc::clone(&relation.columns));
        let mut number: u64 = 0;
        {
            let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(&mut self.connection);
            let mut sent = SentRows::new(columns);
            while let Some(row) = rows.try_next().await.map_err(failed)? {
                number += 1;
                sent.add(&row).map_err(failed)?;
                if sent.is_full() {
                    send(sent.take(), to).await?;
                }
            }
            send(sent, to).await?;
        }
        self.warned(table).await?;
        self.last = Some((table.full_name(), self.counted(table, number).await?));
        self.is_same(table).await?;
        // Else the table could not be altered until the export has ended, and whoever uses it would wait behind that.
        query(&mut self.connection, "ROLLBACK TO SAVEPOINT taken").await.map_err(failed)?;
        Ok(())
    }

    /// Asks what the server has to say of the rows that it has just sent: whether it had to change a text.
    async fn warned(&mut self, table: &Table) -> Result<(), SourceError> {
        let warnings = query(&mut self.connection, "SHOW WARNINGS").await;
        let warnings = warnings.map_err(|cause| unreadable(table, &cause))?;
        if let Some(lost) = warnings.iter().find(|row| LOST.contains(&&*decode::text(row, 1))) {
            return Err(broken(table, &decode::text(lost, 2)));
        }
        // What computes a generated column may have warnings of its own, and they may crowd out the others.
        if warnings.len() < MOST_WARNINGS {
            Ok(())
        } else {
            Err(broken(table, "the server has too many warnings of it"))
        }
    }

    /// The rows that the server counts in the snapshot. Without one there is nothing to count again: it is what it sent.
    async fn counted(&mut self, table: &Table, sent: u64) -> Result<u64, SourceError> {
        let relation = self.relation(table)?;
        if !relation.in_snapshot {
            return Ok(sent);
        }
        let count = format!("SELECT CAST(count(*) AS CHAR) FROM {}", relation.from);
        let row = query(&mut self.connection, &count).await.map_err(|cause| unreadable(table, &cause))?;
        let number = row.first().and_then(|row| decode::text(row, 0).parse().ok());
        number.ok_or_else(|| broken(table, "the server does not say how many rows it has"))
    }

    /// Fails if another table has the name by now: a snapshot keeps rows, but not names.
    async fn is_same(&mut self, table: &Table) -> Result<(), SourceError> {
        let (ask, before) = self.relation(table)?.made.clone();
        let row = query(&mut self.connection, &ask).await.map_err(|cause| unreadable(table, &cause))?;
        if row.first().map(|row| decode::text(row, 0)) == Some(before) {
            return Ok(());
        }
        let why = "it was altered, renamed or dropped after the snapshot was taken, which no snapshot protects from; create \
                   the export again";
        Err(broken(table, why))
    }

    fn relation(&self, table: &Table) -> Result<&Relation, SourceError> {
        let found = self.relations.get(&(table.schema.clone(), table.name.clone()));
        found.ok_or_else(|| broken(table, "it was not listed"))
    }
}

async fn send(rows: SentRows, to: &Lane) -> Result<(), SourceError> {
    let bytes = rows.bytes();
    to.send(Chunk::Rows(Box::new(rows)), bytes).await
}

/// A connection with our settings.
async fn connect(options: &MySqlConnectOptions) -> Result<MySqlConnection, SourceError> {
    let place = format!("MySQL at {}:{}", options.get_host(), options.get_port());
    let mut connection = match timeout(CONNECT, MySqlConnection::connect_with(options)).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(cause)) => return Err(refused(&place, &cause)),
        Err(_) => {
            let why = format!("{place} has not answered for {} seconds", CONNECT.as_secs());
            return Err(SourceError::Unreachable(why));
        }
    };
    query(&mut connection, SESSION).await.map_err(|cause| refused(&place, &cause))?;
    for statement in IF_KNOWN {
        // Unknown to one of the two kinds of server.
        match query(&mut connection, statement).await {
            Err(cause) if cause.as_database_error().is_none() => return Err(refused(&place, &cause)),
            _ => {}
        }
    }
    Ok(connection)
}

async fn query(connection: &mut MySqlConnection, statement: &str) -> sqlx::Result<Vec<MySqlRow>> {
    raw_sql(AssertSqlSafe(statement.to_owned())).fetch_all(connection).await
}

/// The number of a server's error (<https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html>).
fn number(cause: &sqlx::Error) -> Option<u16> {
    let error = cause.as_database_error()?;
    error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>().map(sqlx::mysql::MySqlDatabaseError::number)
}

/// Why there is no connection.
fn refused(place: &str, cause: &sqlx::Error) -> SourceError {
    match (cause.as_database_error(), number(cause)) {
        // Access denied: to a database, with this password, without a password, with this plugin.
        (Some(error), Some(1044 | 1045 | 1698 | 1251)) => {
            SourceError::Unauthorized(format!("{place} refuses the access: {}", error.message()))
        }
        (Some(error), _) => SourceError::Unreachable(format!("{place}: {}", error.message())),
        (None, _) => SourceError::Unreachable(format!("{place} cannot be reached: {cause}")),
    }
}

/// Why a connection that was there is of no use.
fn unreachable(cause: &sqlx::Error) -> SourceError {
    match cause.as_database_error() {
        Some(error) => SourceError::Unreachable(format!("MySQL: {}", error.message())),
        None => SourceError::Unreachable(format!("the connection to MySQL was lost: {cause}")),
    }
}

/// Why a table cannot be read: because of itself, or because the server is gone.
fn unreadable(table: &Table, cause: &sqlx::Error) -> SourceError {
    let name = table.full_name();
    let Some(error) = cause.as_database_error() else {
        return SourceError::Unreachable(format!("the connection to MySQL was lost while {name} was read: {cause}"));
    };
    let hint = match number(cause) {
        // Shutdown in progress, connection killed, aborted, or killed by an administrator.
        Some(1053 | 1152 | 1184 | 1927 | 3169 | 4031) => {
            let why = format!("MySQL ended the connection while {name} was read: {}", error.message());
            return SourceError::Unreachable(why);
        }
        Some(1142 | 1143) => GRANT,
        Some(1461) => "; the server has no room for one more prepared statement (max_prepared_stmt_count)",
        // The definition has changed: a consistent snapshot cannot be had of it any more.
        Some(1412) => " (it was altered or emptied after the snapshot was taken); create the export again",
        Some(1205) => "; another session holds a lock on it",
        _ => "",
    };
    SourceError::Unreadable { table: name, why: format!("{}{hint}", error.message()) }
}

fn broken(table: &Table, why: &str) -> SourceError {
    SourceError::Unreadable { table: table.full_name(), why: why.to_owned() }
}

/// A name as an SQL identifier.
fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
