//! Brings the database to the present shape. Whoever calls this sees to it that nobody else does at the same time.
//!
//! While one version replaces another, both run for a while over the same database. So a migration only adds: what a version
//! no longer uses is taken away by the one after it. A database that was brought further than this version knows is used as
//! it is, unless it says that versions as old as this one cannot.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, EntityTrait};
use tracing::warn;

use super::DatabaseError;

/// Runs every migration that the database, which is called `name`, lacks.
pub(super) async fn run(db: &DatabaseConnection, name: &str) -> Result<(), DatabaseError> {
    let failed = |cause| DatabaseError::Database(name.to_owned(), cause);
    if !is_ahead(db).await.map_err(failed)? {
        return Migrator::up(db, None).await.map_err(failed);
    }
    let (needed, known) =
        (entity::state_version::Entity::find().one(db).await.map_err(failed)?, Migrator::migrations());
    if needed.is_none_or(|version| usize::try_from(version.oldest).is_ok_and(|oldest| oldest <= known.len())) {
        warn!(
            "{name} was brought forward by a newer version of Carryall; this one works beside it until it is replaced"
        );
        return Ok(());
    }
    Err(DatabaseError::Newer(name.to_owned()))
}

/// Whether there were migrations that this version does not know.
pub(super) async fn is_ahead(db: &DatabaseConnection) -> Result<bool, DbErr> {
    let known = Migrator::migrations();
    Migrator::install(db).await?;
    let mut all = sea_orm::sea_query::Query::select();
    all.column("version").from("seaql_migrations");
    let ran = db.query_all(&all).await?;
    let names = ran.iter().map(|row| row.try_get::<String>("", "version")).collect::<Result<Vec<_>, _>>()?;
    Ok(names.iter().any(|name| known.iter().all(|step| step.name() != name)))
}
