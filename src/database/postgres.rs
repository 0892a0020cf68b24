//! PostgreSQL, which many processes use at the same time.

use std::{io::ErrorKind, time::Duration};

use sea_orm::{
    DatabaseConnection, DbErr, RuntimeErr, SqlxPostgresConnector,
    sqlx::{
        self, AssertSqlSafe, ConnectOptions, Connection, Executor,
        pool::PoolOptions,
        postgres::{PgConnectOptions, PgPoolOptions},
        query_scalar,
    },
};
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::{ANSWER, DatabaseError, Pool, Right, migrations, parameters::ensure_known};

/// How it is reached.
pub type Options = PgConnectOptions;

/// A session that is in a transaction and says nothing for so long is ended by the server, so that what it has locked is free
/// again: its process is frozen, or cut off.
const SILENCE: Duration = Duration::from_secs(15);

/// So often a migration waits for a table that somebody has, and so long is paused in between.
const TRIES: u32 = 100;
const AGAIN: Duration = Duration::from_secs(1);
/// SQLSTATE `lock_not_available`.
const LOCK_NOT_AVAILABLE: &str = "55P03";
/// SQLSTATE `cannot_connect_now`.
const CANNOT_CONNECT_NOW: &str = "57P03";
/// What passes when a server comes up.
const NOT_THERE: [ErrorKind; 7] = [
    ErrorKind::ConnectionRefused,
    ErrorKind::ConnectionReset,
    ErrorKind::ConnectionAborted,
    ErrorKind::UnexpectedEof,
    ErrorKind::TimedOut,
    ErrorKind::HostUnreachable,
    ErrorKind::NetworkUnreachable,
];
/// What stands for a file that is not there or holds something else.
const FILES: [ErrorKind; 3] = [ErrorKind::NotFound, ErrorKind::PermissionDenied, ErrorKind::InvalidData];
const CERTIFICATES: &str = "See `sslmode` and `sslrootcert` in the address";
const UNREACHABLE: &str = "See whether PostgreSQL runs there, and whether this machine may reach it";

/// What is set in every session: the server looks whether we are still there, so that what a machine without power has locked
/// does not stay locked for hours.
pub(super) const WATCHED: &str =
    "SET tcp_user_timeout = 30000; SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5";

/// The database at `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with the parameters of sqlx, such as `sslmode`. What is not
/// in it is taken from the variables that PostgreSQL's own clients know, such as `PGPASSWORD`, and from `~/.pgpass`.
pub(super) fn options(url: &str) -> Result<Options, DatabaseError> {
    ensure_known(url)?;
    let options: PgConnectOptions = url.parse().map_err(|_| DatabaseError::Unreadable)?;
    Ok(options.application_name("carryall").disable_statement_logging())
}

/// What it is called in messages.
pub(super) fn name(options: &Options) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    match options.get_socket() {
        Some(folder) => format!("the database {database} at {}", folder.display()),
        None => format!("the database {database} at {}:{}", options.get_host(), options.get_port()),
    }
}

/// Opens it, and runs what migrations it lacks.
pub(super) async fn open(options: &Options, pool: Pool) -> Result<DatabaseConnection, DatabaseError> {
    reach(options, pool).await?;
    migrate(options, pool).await?;
    pooled(options, pool).await
}

/// Opens it as it is.
pub(super) async fn connect(options: &Options, pool: Pool) -> Result<DatabaseConnection, DatabaseError> {
    reach(options, pool).await?;
    pooled(options, pool).await
}

async fn pooled(options: &Options, pool: Pool) -> Result<DatabaseConnection, DatabaseError> {
    let pool = connections(pool).connect_with(options.clone()).await;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool.map_err(|cause| failed(options, cause))?))
}

/// Waits until it can be reached, for as long as a connection may take: what was started at the same time may be there a little later.
async fn reach(options: &Options, pool: Pool) -> Result<(), DatabaseError> {
    let mut last = None;
    let reached = timeout(pool.timeout, async {
        loop {
            let cause = match options.connect().await {
                Ok(connection) => {
                    // That it ends badly says nothing of the next.
                    let _ = connection.close().await;
                    return Ok(());
                }
                Err(cause) => cause,
            };
            if !is_not_there_yet(&cause) {
                return Err(cause);
            }
            if last.is_none() {
                warn!(%cause, "{} cannot be reached yet; trying again", name(options));
            }
            last = Some(cause);
            sleep(AGAIN).await;
        }
    });
    let reached = reached.await;
    reached.unwrap_or_else(|_| Err(last.unwrap_or(sqlx::Error::PoolTimedOut))).map_err(|cause| failed(options, cause))
}

/// Nobody listens, or the server says that it is just starting.
fn is_not_there_yet(cause: &sqlx::Error) -> bool {
    match cause {
        // Not one that stands for a certificate.
        sqlx::Error::Io(cause) => NOT_THERE.contains(&cause.kind()),
        sqlx::Error::Database(cause) => cause.code().is_some_and(|code| code == CANNOT_CONNECT_NOW),
        _ => false,
    }
}

/// Many processes may start at once: one runs the migrations while the others wait, for as long as it takes.
async fn migrate(options: &Options, pool: Pool) -> Result<(), DatabaseError> {
    let failed = |cause| failed(options, cause);
    let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(pool.timeout);
    let pool = pool.after_connect(|connection, _| {
        Box::pin(async {
            let silence = SILENCE.as_millis();
            let brief =
                format!("SET lock_timeout = 5000; SET idle_in_transaction_session_timeout = {silence}; {WATCHED}");
            connection.execute(AssertSqlSafe(brief)).await.map(drop)
        })
    });
    let pool = pool.connect_with(options.clone()).await.map_err(failed)?;
    let mut holder = pool.acquire().await.map_err(failed)?;
    let key = Right::Migration.key();
    let try_first = AssertSqlSafe(format!("SELECT pg_try_advisory_lock({key})"));
    let free: bool = query_scalar(try_first).fetch_one(&mut *holder).await.map_err(failed)?;
    if !free {
        info!("another process brings {} to its shape; waiting for it", name(options));
        let wait = format!("SET lock_timeout = 0; SELECT pg_advisory_lock({key})");
        holder.execute(AssertSqlSafe(wait)).await.map_err(failed)?;
    }
    let migrated =
        run_between_others(&SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone()), &name(options)).await;
    drop(holder);
    // The session ends, and with it what it holds.
    pool.close().await;
    migrated
}

/// Runs the migrations while others work. Who waits for a table keeps all from it who come later, so that a wait for whoever
/// has it, a `pg_dump` say, is short, and is begun again.
async fn run_between_others(db: &DatabaseConnection, name: &str) -> Result<(), DatabaseError> {
    for _ in 1..TRIES {
        match migrations::run(db, name).await {
            Err(DatabaseError::Database(_, cause)) if is_locked(&cause) => {
                info!("somebody has a table of {name} that is to be changed; trying again");
                sleep(AGAIN).await;
            }
            Err(DatabaseError::Database(name, cause)) => return Err(refused(name, cause)),
            ended => return ended,
        }
    }
    migrations::run(db, name).await
}

fn refused(name: String, cause: DbErr) -> DatabaseError {
    let said = refusal(&cause).and_then(|refused| Some((refused.message().to_owned(), to_do_about(refused)?)));
    match said {
        Some((said, to_do)) => DatabaseError::Refused(name, said, to_do),
        None => DatabaseError::Database(name, cause),
    }
}

fn is_locked(cause: &DbErr) -> bool {
    refusal(cause).is_some_and(|refused| refused.code().as_deref() == Some(LOCK_NOT_AVAILABLE))
}

/// What the server says that has refused something.
fn refusal(cause: &DbErr) -> Option<&dyn sqlx::error::DatabaseError> {
    let (DbErr::Exec(cause) | DbErr::Query(cause) | DbErr::Conn(cause)) = cause else { return None };
    let RuntimeErr::SqlxError(cause) = cause else { return None };
    cause.as_database_error()
}

/// The sessions that work: none waits for long.
fn connections(pool: Pool) -> PoolOptions<sqlx::Postgres> {
    let (statement, silence) = (pool.timeout.as_millis(), SILENCE.as_millis());
    let settings = format!(
        "SET statement_timeout = {statement}; SET lock_timeout = {statement}; SET idle_in_transaction_session_timeout = {silence}; \
         {WATCHED}"
    );
    let options = PgPoolOptions::new().max_connections(pool.connections).acquire_timeout(pool.timeout);
    // The driver asks one that is given back whether it is alive, and waits for the answer without end: over a line that was cut
    // without a word it would keep its place in the pool for as long as the kernel tries.
    let options = options.after_release(|connection, _| {
        Box::pin(async move {
            let alive = timeout(ANSWER, connection.ping()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
            alive.map(|()| true)
        })
    });
    options.after_connect(move |connection, _| {
        let settings = settings.clone();
        Box::pin(async move { connection.execute(AssertSqlSafe(settings)).await.map(drop) })
    })
}

pub(super) fn failed(options: &Options, cause: sqlx::Error) -> DatabaseError {
    let to_do = match &cause {
        // The certificate of a server, or the file of a CA. That a socket is not there is another matter.
        sqlx::Error::Io(cause) if FILES.contains(&cause.kind()) && options.get_socket().is_none() => CERTIFICATES,
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => UNREACHABLE,
        sqlx::Error::Tls(_) => CERTIFICATES,
        sqlx::Error::Database(refused) => match to_do_about(&**refused) {
            Some(to_do) => to_do,
            None => return other(options, cause),
        },
        _ => return other(options, cause),
    };
    let said = match &cause {
        // What the server says, without the place in its source that the driver adds.
        sqlx::Error::Database(refused) => refused.message().to_owned(),
        other => other.to_string(),
    };
    DatabaseError::Refused(name(options), said, to_do)
}

fn other(options: &Options, cause: sqlx::Error) -> DatabaseError {
    DatabaseError::Database(name(options), DbErr::Conn(RuntimeErr::SqlxError(cause.into())))
}

/// What to do about what a server says, where that is known.
fn to_do_about(refused: &dyn sqlx::error::DatabaseError) -> Option<&'static str> {
    Some(match refused.code().as_deref() {
        Some("28P01" | "28000") => {
            "See the role and its password, in the address, PGPASSWORD or ~/.pgpass, and pg_hba.conf of the server"
        }
        Some("3D000") => "Create it, by `createdb` say",
        Some("42501") => "Carryall's role may not do that: it is to be the owner of its database",
        Some("53300") => "See `max_connections` of the server and --database-connections",
        _ => return None,
    })
}
