//! Takes the state from SQLite to an empty PostgreSQL, whole or not at all.
//!
//! All is written in one transaction, read back and compared before it is committed. Meanwhile nobody writes on either side: in
//! SQLite this has the server's lock and the only write transaction, in PostgreSQL it has the tables. What was read stays as it
//! is, so that there is a way back.
//!
//! A run that a killed server has left, and a copy that it was carrying, go as they are: over PostgreSQL they are taken for those
//! of a process that has fallen silent, and are made good for in the same way.

mod table;

use std::{marker::PhantomData, path::PathBuf};

use entity::{
    api_token, audit_event, data_export, data_export_settings, exported_table, instance, nightly_run, session,
    source_snapshot, storage_location, upload,
};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait, Statement,
    TransactionTrait,
    sea_query::{Expr, Query},
};

use self::table::{Of, Table};
use super::{Address, DatabaseError, Pool, Right, in_turn, migrations, postgres};

/// What belongs to the database where it is, and is not copied: the processes that are there, and what its shape is.
pub const LEFT: [&str; 2] = ["process", "state_version"];

/// Why the state was not copied. Nothing of it is there then.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// What is to be copied is not in SQLite.
    #[error("{0} is no SQLite file: only what is in one can be copied")]
    NotSqlite(String),
    /// It is not to be copied to PostgreSQL.
    #[error("{0} is a SQLite file: the state is copied to PostgreSQL, as postgres://USER@HOST/DATABASE")]
    NotPostgres(String),
    /// There is nothing to be copied.
    #[error("there is no {0}, and so nothing to copy")]
    Missing(PathBuf),
    /// One of the databases cannot be opened.
    #[error(transparent)]
    Open(#[from] DatabaseError),
    /// The other database is in use already. By its name, and that of a table.
    #[error(
        "{0} holds rows already, in the table {1}: give a database that no Carryall has used. Nothing was changed there"
    )]
    Filled(String, &'static str),
    /// One of the databases, by its name, was changed by a newer version.
    #[error(
        "{0} was changed by a newer version of Carryall, and may hold what this one does not know: copy with that one"
    )]
    Newer(String),
    /// A table cannot be read or written.
    #[error("the table {0} could not be copied: {1}")]
    Table(&'static str, #[source] DbErr),
    /// What was written has not as many rows as what was read: there, and here.
    #[error("the table {0} has {1} rows or more, but its copy {2}: nothing was kept of it")]
    Count(&'static str, u64, u64),
    /// A value is not what it was: in this column of the row with this key.
    #[error("in the table {0}, {1} of the row {2} is not what it was: nothing was kept of the copy")]
    Differs(&'static str, &'static str, String),
    /// A database failed otherwise.
    #[error("{0}: {1}")]
    Failed(String, #[source] DbErr),
}

/// What was copied of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Its name.
    pub table: &'static str,
    /// Its rows, all of them.
    pub rows: u64,
    /// Texts in which something had to be replaced, as PostgreSQL does not keep it.
    pub replaced: u64,
}

/// The tables that are copied; those first that others refer to.
fn tables() -> [Box<dyn Table>; 11] {
    fn of<E>(_: E) -> Box<dyn Table>
    where
        E: EntityTrait,
        Of<E>: Table,
    {
        Box::new(Of::<E>(PhantomData))
    }
    [
        of(data_export_settings::Entity),
        of(instance::Entity),
        of(api_token::Entity),
        of(session::Entity),
        of(storage_location::Entity),
        of(data_export::Entity),
        of(exported_table::Entity),
        of(source_snapshot::Entity),
        of(upload::Entity),
        of(nightly_run::Entity),
        of(audit_event::Entity),
    ]
}

/// The columns that are copied: each with the name of its table.
pub fn copied_columns() -> Vec<(&'static str, &'static str)> {
    let of = |table: &dyn Table| table.columns().into_iter().map(|column| (table.name(), column)).collect::<Vec<_>>();
    tables().iter().flat_map(|table| of(table.as_ref())).collect()
}

/// Copies everything that is kept in the SQLite file `from`, beside which no server may run, to the PostgreSQL `to`, which must
/// be empty.
pub async fn copy(from: &Address, to: &Address, pool: Pool) -> Result<Vec<Copied>, CopyError> {
    let Address::Sqlite(file, _) = from else { return Err(CopyError::NotSqlite(from.name())) };
    let Address::Postgres(options) = to else { return Err(CopyError::NotPostgres(to.name())) };
    if !file.exists() {
        return Err(CopyError::Missing(file.clone()));
    }
    let _lock = from.lock()?;
    ensure_unused(options, pool).await?;
    let (source, target) = (from.open(pool).await?, to.open(pool).await?);
    let copied = copy_between((&source, from), (&target, to)).await;
    // Closing writes SQLite's log back into its file. If that fails it is done by whoever opens the file next.
    let _ = source.close().await;
    copied
}

async fn copy_between(
    (source, from): (&DatabaseConnection, &Address),
    (target, to): (&DatabaseConnection, &Address),
) -> Result<Vec<Copied>, CopyError> {
    let (source_failed, failed) = (in_database(from.name()), in_database(to.name()));
    if migrations::is_ahead(source).await.map_err(&source_failed)? {
        return Err(CopyError::Newer(from.name()));
    }
    if migrations::is_ahead(target).await.map_err(&failed)? {
        return Err(CopyError::Newer(to.name()));
    }
    let out = source.begin().await.map_err(&source_failed)?;
    // The one that writes in SQLite, until it is undone.
    in_turn(&out, Right::Queue).await.map_err(&source_failed)?;
    let into = target.begin().await.map_err(&failed)?;
    have_alone(&into).await.map_err(&failed)?;
    for table in &tables() {
        if made_by_migrations(table.name()) {
            table.clear(&into).await?;
        } else if table.count(&into).await? > 0 {
            return Err(CopyError::Filled(to.name(), table.name()));
        }
    }
    let copied = copy_all(&out, &into).await?;
    into.commit().await.map_err(&failed)?;
    Ok(copied)
}

async fn copy_all(out: &DatabaseTransaction, into: &DatabaseTransaction) -> Result<Vec<Copied>, CopyError> {
    let tables = tables();
    let mut replaced = Vec::new();
    for table in &tables {
        replaced.push(table.copy(out, into).await?);
    }
    let mut copied = Vec::new();
    for (table, replaced) in tables.iter().zip(replaced) {
        let rows = table.compare(out, into).await?;
        let (there, here) = (table.count(out).await?, table.count(into).await?);
        if rows != there || rows != here {
            return Err(CopyError::Count(table.name(), there, here));
        }
        copied.push(Copied { table: table.name(), rows, replaced });
    }
    Ok(copied)
}

/// Whether a table has a row from the beginning, which the copied one replaces.
fn made_by_migrations(table: &str) -> bool {
    table == "data_export_settings"
}

/// Fails if there are rows of ours. Looks before anything is changed, and so where there may be no tables yet.
async fn ensure_unused(options: &postgres::Options, pool: Pool) -> Result<(), CopyError> {
    let db = postgres::connect(options, pool).await?;
    let failed = in_database(postgres::name(options));
    for table in tables().iter().map(|table| table.name()).filter(|table| !made_by_migrations(table)) {
        let sql = "SELECT 1 FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)";
        let there = Statement::from_sql_and_values(DbBackend::Postgres, sql, [table.into()]);
        if db.query_one_raw(there).await.map_err(&failed)?.is_none() {
            continue;
        }
        let row = Query::select().expr(Expr::val(1)).from(table).limit(1).to_owned();
        if db.query_one(&row).await.map_err(&failed)?.is_some() {
            return Err(CopyError::Filled(postgres::name(options), table));
        }
    }
    db.close().await.map_err(failed)
}

/// What is made of an error of the database with this name.
fn in_database(name: String) -> impl Fn(DbErr) -> CopyError {
    move |cause| CopyError::Failed(name.clone(), cause)
}

/// Keeps others from writing until the end of the transaction: a server that starts too early, or another copy.
async fn have_alone(into: &DatabaseTransaction) -> Result<(), DbErr> {
    let names = tables().iter().map(|table| format!("\"{}\"", table.name())).collect::<Vec<_>>().join(", ");
    into.execute_unprepared(&format!("LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")).await.map(drop)
}
