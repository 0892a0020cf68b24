//! Into the queue: what was asked for, what a night asks for, and what makes good for a run that was cut off.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    data_export::{Column, Entity as Exports, FileState, Model, Phase, State, TableFormat, Trigger},
    nightly_run,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    Set, SqlErr, TransactionTrait,
};
use uuid::Uuid;

use super::Queue;
use crate::{
    audit::{self, Event},
    database::{Right, in_turn},
};

/// An export to be queued.
#[derive(Clone, Debug)]
pub(in crate::export) struct Entry {
    pub(in crate::export) id: Uuid,
    pub(in crate::export) name: String,
    pub(in crate::export) trigger: Trigger,
    pub(in crate::export) created_by: Option<String>,
    pub(in crate::export) created_at: DateTime<Utc>,
    pub(in crate::export) format: TableFormat,
    /// A JSON array.
    pub(in crate::export) exclude_tables: String,
    /// Sealed.
    pub(in crate::export) file_password: Vec<u8>,
    pub(in crate::export) pinned: bool,
    pub(in crate::export) upload: bool,
    /// The export that it makes good for, and the how-manieth in a row it is.
    pub(in crate::export) restart: Option<(Uuid, i32)>,
    /// A client's key, and what was wished for under it.
    pub(in crate::export) idempotency: Option<(String, Vec<u8>)>,
}

/// Why an export was not queued.
#[derive(Debug)]
pub(in crate::export) enum PushError {
    /// So many wait already.
    Full,
    /// There is one of this idempotency key, or of this night.
    There,
    Database(DbErr),
}

impl From<DbErr> for PushError {
    fn from(cause: DbErr) -> Self {
        match cause.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::There,
            _ => Self::Database(cause),
        }
    }
}

impl Queue {
    /// Puts an export at the end of the queue together with its `event`, unless `most` wait already.
    pub(in crate::export) async fn push(&self, entry: Entry, most: u64, event: Event<'_>) -> Result<Model, PushError> {
        let transaction = self.db.begin().await?;
        // From counting those that wait to adding one more, nobody else adds one.
        in_turn(&transaction, Right::Queue).await?;
        let waiting = Exports::find().filter(Column::State.eq(State::Queued)).filter(Column::Removing.eq(false));
        if waiting.count(&transaction).await? >= most {
            return Err(PushError::Full);
        }
        let row = insert(&transaction, entry).await?;
        audit::record(&transaction, event, row.created_at).await?;
        transaction.commit().await?;
        self.pushed(row.id);
        Ok(row)
    }

    /// Puts the export of `night` at the end of the queue, however many wait.
    pub(in crate::export) async fn push_night(&self, night: NaiveDate, entry: Entry) -> Result<Model, PushError> {
        let transaction = self.db.begin().await?;
        let claim = nightly_run::ActiveModel { night: Set(night), data_export_id: Set(entry.id) };
        nightly_run::Entity::insert(claim).exec_without_returning(&transaction).await?;
        let row = insert(&transaction, entry).await?;
        transaction.commit().await?;
        self.pushed(row.id);
        Ok(row)
    }

    pub(super) fn pushed(&self, id: Uuid) {
        self.bus.queued.notify_one();
        self.changed(id);
    }
}

/// Adds the row.
pub(super) async fn insert(db: &impl ConnectionTrait, entry: Entry) -> Result<Model, DbErr> {
    let row = row(entry);
    // Without RETURNING: with it, SQLite gives the row before it commits, and that a full disk kept it from doing so is
    // never heard of.
    Exports::insert(row.clone().into_active_model().reset_all()).exec_without_returning(db).await?;
    Ok(row)
}

fn row(entry: Entry) -> Model {
    let (restart_of, restarts) = entry.restart.unzip();
    let (idempotency_key, idempotency_digest) = entry.idempotency.unzip();
    Model {
        id: entry.id,
        name: entry.name,
        state: State::Queued,
        trigger: entry.trigger,
        format: entry.format,
        exclude_tables: entry.exclude_tables,
        created_by: entry.created_by,
        created_at: entry.created_at,
        started_at: None,
        finished_at: None,
        worker: None,
        file_password: entry.file_password,
        file_name: None,
        size_bytes: None,
        sha256: None,
        phase: Phase::Queued,
        tables_done: 0,
        tables_total: 0,
        rows_done: 0,
        bytes_read: 0,
        bytes_written: 0,
        current_table: None,
        sequence: 0,
        updated_at: entry.created_at,
        verified_at: None,
        tables_checked: 0,
        rows_checked: 0,
        failure_code: None,
        failure_message: None,
        failure_table: None,
        cancel_requested: false,
        pinned: entry.pinned,
        upload: entry.upload,
        restart_of,
        restarts: restarts.unwrap_or(0),
        idempotency_key,
        idempotency_digest,
        removing: false,
        progress: None,
        rows_estimated: None,
        bytes_per_second: None,
        eta_seconds: None,
        bytes_verified: 0,
        mismatches: "[]".into(),
        file_state: FileState::Kept,
        copies_released: false,
        reading: None,
        reading_until: None,
    }
}
