//! The queue: one row is one run. The only file that writes an export's state.
//!
//! Every change of a running export is one conditional UPDATE that names the worker: if no row changed,
//! the run belongs to somebody else by now, and what was done for it is thrown away. After every change
//! the export's id goes to those who listen.

use chrono::{DateTime, Utc};
use entity::{
    data_export::{ActiveModel, Column, Entity, Model, Phase, State, TableFormat, Trigger},
    exported_table, source_snapshot,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, ExprTrait,
    IntoActiveModel, QueryFilter, QueryOrder, Set, TransactionTrait, UpdateMany, sea_query::Expr,
};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use super::{failure::Failure, pack::Packed, progress::Reading};

/// Changes that a listener may be behind before it is told to read anew.
const CHANGES_KEPT: usize = 256;

/// The queue of one instance.
pub(super) struct Queue {
    db: DatabaseConnection,
    changes: broadcast::Sender<Uuid>,
    /// Wakes the worker when an export was queued.
    pub(super) queued: Notify,
}

/// An export to be queued.
pub(super) struct Entry {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) created_by: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) format: TableFormat,
    /// A JSON array.
    pub(super) exclude_tables: String,
    /// Sealed.
    pub(super) file_password: Vec<u8>,
}

impl Queue {
    pub(super) fn new(db: DatabaseConnection) -> Self {
        Self { db, changes: broadcast::Sender::new(CHANGES_KEPT), queued: Notify::new() }
    }

    /// The ids of exports, each time one changes.
    pub(super) fn changes(&self) -> broadcast::Receiver<Uuid> {
        self.changes.subscribe()
    }

    /// Puts an export at the end of the queue.
    pub(super) async fn push(&self, wish: Entry) -> Result<Model, DbErr> {
        let row = Model {
            id: wish.id,
            name: wish.name,
            state: State::Queued,
            trigger: Trigger::Manual,
            format: wish.format,
            exclude_tables: wish.exclude_tables,
            created_by: wish.created_by,
            created_at: wish.created_at,
            started_at: None,
            finished_at: None,
            worker: None,
            file_password: wish.file_password,
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
            updated_at: wish.created_at,
            verified_at: None,
            tables_checked: 0,
            rows_checked: 0,
            failure_code: None,
            failure_message: None,
            failure_table: None,
        };
        // Without RETURNING: with it, SQLite gives the row before it commits, and that a full disk kept it from doing so is
        // never heard of.
        let insert = Entity::insert(row.clone().into_active_model().reset_all());
        insert.exec_without_returning(&self.db).await?;
        self.queued.notify_one();
        self.changed(row.id);
        Ok(row)
    }

    /// Takes the export that has waited longest for `worker`. `file_name` says what its archive will be
    /// called: it is stored before the file exists, so that whatever is left of it can be found.
    pub(super) async fn claim(
        &self,
        worker: Uuid,
        now: DateTime<Utc>,
        file_name: impl Fn(&Model) -> String,
    ) -> Result<Option<Model>, DbErr> {
        loop {
            let oldest =
                Entity::find().filter(Column::State.eq(State::Queued)).order_by_asc(Column::Id).one(&self.db).await?;
            let Some(oldest) = oldest else { return Ok(None) };
            // Made here rather than read back: once the claim is stored, nothing may keep the run from beginning.
            let claimed = Model {
                state: State::Running,
                phase: Phase::Connecting,
                worker: Some(worker),
                started_at: Some(now),
                file_name: Some(file_name(&oldest)),
                updated_at: now,
                ..oldest
            };
            let claim = ActiveModel {
                state: Set(claimed.state),
                phase: Set(claimed.phase),
                worker: Set(claimed.worker),
                started_at: Set(claimed.started_at),
                file_name: Set(claimed.file_name.clone()),
                ..changed_at(now)
            };
            let queued = update(claimed.id, claim).filter(Column::State.eq(State::Queued));
            if queued.exec(&self.db).await?.rows_affected == 1 {
                self.changed(claimed.id);
                return Ok(Some(claimed));
            }
        }
    }

    /// Stores how far a run is. False: it is no longer this worker's.
    pub(super) async fn heartbeat(
        &self,
        id: Uuid,
        worker: Uuid,
        now: DateTime<Utc>,
        reading: Reading,
    ) -> Result<bool, DbErr> {
        let progress = with_reading(changed_at(now), reading);
        let alive = owned(id, worker, progress).exec(&self.db).await?.rows_affected == 1;
        if alive {
            self.changed(id);
        }
        Ok(alive)
    }

    /// Ends a run whose archive is published. False: it is no longer this worker's. May be tried again after an error.
    pub(super) async fn complete(
        &self,
        id: Uuid,
        worker: Uuid,
        now: DateTime<Utc>,
        reading: Reading,
        packed: &Packed,
    ) -> Result<bool, DbErr> {
        let done = ActiveModel {
            state: Set(State::Completed),
            phase: Set(Phase::Done),
            current_table: Set(None),
            worker: Set(None),
            finished_at: Set(Some(now)),
            size_bytes: Set(Some(stored(packed.sealed.bytes))),
            sha256: Set(Some(packed.sealed.sha256.clone())),
            verified_at: Set(Some(now)),
            tables_checked: Set(packed.verified.tables.try_into().unwrap_or(i32::MAX)),
            rows_checked: Set(stored(packed.verified.rows)),
            ..with_reading(changed_at(now), reading)
        };
        let transaction = self.db.begin().await?;
        if owned(id, worker, done).exec(&transaction).await?.rows_affected == 0 {
            // An earlier try may have been stored although its answer was lost. No two archives have the same hash.
            let stored = Entity::find_by_id(id).one(&transaction).await?;
            return Ok(stored.is_some_and(|row| row.sha256.as_ref() == Some(&packed.sealed.sha256)));
        }
        insert_contents(&transaction, id, packed).await?;
        transaction.commit().await?;
        self.changed(id);
        Ok(true)
    }

    /// Ends a run that made no archive. False: it is no longer this worker's.
    pub(super) async fn fail(
        &self,
        id: Uuid,
        worker: Uuid,
        now: DateTime<Utc>,
        failure: Failure,
    ) -> Result<bool, DbErr> {
        let failed = ActiveModel {
            state: Set(State::Failed),
            phase: Set(Phase::Done),
            worker: Set(None),
            finished_at: Set(Some(now)),
            file_name: Set(None),
            failure_code: Set(Some(failure.code)),
            failure_message: Set(Some(failure.message)),
            failure_table: Set(failure.table),
            ..changed_at(now)
        };
        let mine = owned(id, worker, failed).exec(&self.db).await?.rows_affected == 1;
        if mine {
            self.changed(id);
        }
        Ok(mine)
    }

    /// The exports that are running, with their workers.
    pub(super) async fn running(&self) -> Result<Vec<(Model, Uuid)>, DbErr> {
        let running = Entity::find().filter(Column::State.eq(State::Running)).all(&self.db).await?;
        Ok(running.into_iter().filter_map(|row| row.worker.map(|worker| (row, worker))).collect())
    }

    fn changed(&self, id: Uuid) {
        // An error only says that nobody listens.
        let _ = self.changes.send(id);
    }
}

fn changed_at(now: DateTime<Utc>) -> ActiveModel {
    ActiveModel { updated_at: Set(now), ..Default::default() }
}

fn with_reading(row: ActiveModel, reading: Reading) -> ActiveModel {
    ActiveModel {
        phase: Set(reading.phase),
        current_table: Set(reading.current_table),
        tables_done: Set(reading.tables_done),
        tables_total: Set(reading.tables_total),
        rows_done: Set(reading.rows_done),
        bytes_read: Set(reading.bytes_read),
        bytes_written: Set(reading.bytes_written),
        ..row
    }
}

fn update(id: Uuid, change: ActiveModel) -> UpdateMany<Entity> {
    let next = Expr::col(Column::Sequence).add(1);
    Entity::update_many().set(change).col_expr(Column::Sequence, next).filter(Column::Id.eq(id))
}

/// A change that takes place only while the run is `worker`'s.
fn owned(id: Uuid, worker: Uuid, change: ActiveModel) -> UpdateMany<Entity> {
    update(id, change).filter(Column::State.eq(State::Running)).filter(Column::Worker.eq(worker))
}

/// The tables of an archive and the snapshots they were read from.
async fn insert_contents(transaction: &DatabaseTransaction, id: Uuid, packed: &Packed) -> Result<(), DbErr> {
    let tables = packed.tables.iter().enumerate().map(|(position, written)| exported_table::ActiveModel {
        data_export_id: Set(id),
        position: Set(position.try_into().unwrap_or(i32::MAX)),
        source: Set(written.source.to_string()),
        schema: Set(written.table.schema.clone()),
        name: Set(written.table.name.clone()),
        file_name: Set(written.entry.path.clone()),
        row_count: Set(stored(written.rows)),
        bytes: Set(stored(written.entry.bytes)),
        sha256: Set(written.entry.sha256.clone()),
    });
    let tables = tables.collect::<Vec<_>>();
    // SQLite takes 32,766 values in one statement, PostgreSQL 65,535.
    for some in tables.chunks(1000) {
        exported_table::Entity::insert_many(some.to_vec()).exec_without_returning(transaction).await?;
    }
    for read in &packed.sources {
        let row = source_snapshot::ActiveModel {
            data_export_id: Set(id),
            source: Set(read.name.clone()),
            engine: Set(read.engine.to_owned()),
            server_version: Set(read.server_version.clone()),
            taken_at: Set(read.taken_at),
            warnings: Set(list(&read.warnings)),
            left_out: Set(read.left_out.len().try_into().unwrap_or(i32::MAX)),
        };
        source_snapshot::Entity::insert(row).exec_without_returning(transaction).await?;
    }
    Ok(())
}

/// A list of texts as it is stored.
pub(super) fn list(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

/// SQL has no unsigned 64-bit number; no file or table comes near the signed one's end.
fn stored(number: u64) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}
