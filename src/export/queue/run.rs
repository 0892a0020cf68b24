//! What a worker stores of a run while it has it.

use chrono::{DateTime, Utc};
use entity::data_export::{ActiveModel, Column, Entity, Model, Phase, State};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    TransactionTrait,
    sea_query::{LockBehavior, LockType},
};
use uuid::Uuid;

use super::{Queue, changed_at, owned, update};
use crate::export::{pace::Told, progress::Reading};

/// What a heartbeat has heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::export) enum Beat {
    /// The run is the worker's; whether somebody wants it canceled.
    Mine { cancel: bool },
    /// The run is somebody else's by now.
    Lost,
}

/// What came of trying to take an export.
enum Taken {
    /// None waits.
    Nothing,
    /// The one that was found.
    BySomebodyElse,
    This(Box<Model>),
}

impl Queue {
    /// Takes the export that has waited longest for `worker`. `file_name` says what its archive will be
    /// called: it is stored before the file exists, so that whatever is left of it can be found.
    ///
    /// Those who ask at once get different ones, and none waits for another: on PostgreSQL each skips what somebody is just
    /// taking (`FOR UPDATE SKIP LOCKED`); on SQLite, which has no such thing, whoever comes second looks again.
    pub(in crate::export) async fn claim(
        &self,
        worker: Uuid,
        now: DateTime<Utc>,
        file_name: impl Fn(&Model) -> String,
    ) -> Result<Option<Model>, DbErr> {
        loop {
            let taken = if self.db.get_database_backend() == DbBackend::Postgres {
                let transaction = self.db.begin().await?;
                let taken = take(&transaction, worker, now, &file_name).await?;
                transaction.commit().await?;
                taken
            } else {
                take(&self.db, worker, now, &file_name).await?
            };
            match taken {
                Taken::Nothing => return Ok(None),
                Taken::BySomebodyElse => {}
                Taken::This(export) => {
                    self.changed(export.id);
                    return Ok(Some(*export));
                }
            }
        }
    }

    /// Stores how far a run is, which says that its worker is alive, and hears whether it is to go on.
    pub(in crate::export) async fn heartbeat(
        &self,
        id: Uuid,
        worker: Uuid,
        now: DateTime<Utc>,
        reading: Reading,
        told: Told,
    ) -> Result<Beat, DbErr> {
        let progress = with_reading(changed_at(now), reading, told);
        if owned(id, worker, progress).exec(&self.db).await?.rows_affected == 0 {
            return Ok(Beat::Lost);
        }
        self.changed(id);
        let row = Entity::find_by_id(id).one(&self.db).await?;
        Ok(row.map_or(Beat::Lost, |row| Beat::Mine { cancel: row.cancel_requested }))
    }

    /// Says that a worker is alive which has nothing else to tell.
    pub(in crate::export) async fn still_alive(&self, id: Uuid, worker: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
        owned(id, worker, changed_at(now)).exec(&self.db).await.map(drop)
    }

    /// The exports that are running, with their workers.
    pub(in crate::export) async fn running(&self) -> Result<Vec<(Model, Uuid)>, DbErr> {
        let running = Entity::find().filter(Column::State.eq(State::Running)).all(&self.db).await?;
        Ok(running.into_iter().filter_map(|row| row.worker.map(|worker| (row, worker))).collect())
    }
}

async fn take(
    db: &impl ConnectionTrait,
    worker: Uuid,
    now: DateTime<Utc>,
    file_name: impl Fn(&Model) -> String,
) -> Result<Taken, DbErr> {
    let waiting = Entity::find().filter(Column::State.eq(State::Queued)).filter(Column::Removing.eq(false));
    // It is not in the SQL for SQLite.
    let waiting = waiting.order_by_asc(Column::Id).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let Some(oldest) = waiting.one(db).await? else { return Ok(Taken::Nothing) };
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
    let queued = update(claimed.id, claim).filter(Column::State.eq(State::Queued)).filter(Column::Removing.eq(false));
    let mine = queued.exec(db).await?.rows_affected == 1;
    Ok(if mine { Taken::This(Box::new(claimed)) } else { Taken::BySomebodyElse })
}

pub(super) fn with_reading(row: ActiveModel, reading: Reading, told: Told) -> ActiveModel {
    ActiveModel {
        phase: Set(reading.phase),
        current_table: Set(reading.current_table),
        tables_done: Set(reading.tables_done),
        tables_total: Set(reading.tables_total),
        rows_done: Set(reading.rows_done),
        rows_estimated: Set(reading.rows_estimated),
        bytes_read: Set(reading.bytes_read),
        bytes_written: Set(reading.bytes_written),
        bytes_verified: Set(reading.bytes_verified),
        progress: Set(told.progress),
        bytes_per_second: Set(told.bytes_per_second),
        eta_seconds: Set(told.eta_seconds),
        ..row
    }
}
