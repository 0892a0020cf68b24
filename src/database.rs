//! Opens Carryall's own database and brings it to the present shape.

use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

/// How long one process waits for another's write (`carryall token create` beside a running server).
const BUSY: Duration = Duration::from_secs(10);

/// Opens the database at `url`, in WAL mode and with a full sync at each commit, and runs what migrations it lacks.
pub async fn open(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(8).acquire_timeout(BUSY).sqlx_logging(false).map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .journal_mode(sea_orm::sqlx::sqlite::SqliteJournalMode::Wal)
            .synchronous(sea_orm::sqlx::sqlite::SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
    });
    let database = Database::connect(options).await?;
    Migrator::up(&database, None).await?;
    Ok(database)
}
