//! How a run ends: completed, failed, canceled, or given back.

use chrono::{DateTime, Utc};
use entity::data_export::{ActiveModel, Column, Entity, Model, Phase, State, Trigger};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set, TransactionTrait, UpdateMany};
use tracing::warn;
use uuid::Uuid;

use super::{Entry, Queue, changed_at, contents, owned, push::insert, run::with_reading, stored, update};
use crate::export::{
    failure::Failure, pace::Told, pack::Packed, progress::Reading, settings::note_retention, upload::copies,
};

impl Queue {
    /// Ends a run whose archive is published. False: it is no longer this worker's. May be tried again after an error.
    pub(in crate::export) async fn complete(
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
            ..with_reading(changed_at(now), reading, DONE)
        };
        let transaction = self.db.begin().await?;
        if wanted(owned(id, worker, done)).exec(&transaction).await?.rows_affected == 0 {
            // An earlier try may have been stored although its answer was lost. No two archives have the same hash.
            let stored = Entity::find_by_id(id).one(&transaction).await?;
            self.changed(id);
            return Ok(stored.is_some_and(|row| row.sha256.as_ref() == Some(&packed.sealed.sha256)));
        }
        contents::insert(&transaction, id, packed).await?;
        let export = Entity::find_by_id(id).one(&transaction).await?;
        if export.is_some_and(|export| export.upload) && copies::want_everywhere(&transaction, id, now).await? == 0 {
            warn!(%id, "the export is to be copied to the storages, but none is enabled");
        }
        note_retention(&transaction).await?;
        transaction.commit().await?;
        self.changed(id);
        Ok(true)
    }

    /// Ends a run that made no archive, and puts its `restart` into the queue in the same step. False: it is no longer this
    /// worker's. `left` is the name under which something of it may still lie there.
    pub(in crate::export) async fn fail(
        &self,
        run: (Uuid, Uuid),
        now: DateTime<Utc>,
        failure: Failure,
        left: Option<String>,
        restart: Option<Entry>,
    ) -> Result<bool, DbErr> {
        let (id, worker) = run;
        let failed = ActiveModel {
            state: Set(State::Failed),
            failure_code: Set(Some(failure.code)),
            failure_message: Set(Some(failure.message)),
            failure_table: Set(failure.table),
            ..ended(now, left)
        };
        let transaction = self.db.begin().await?;
        if wanted(owned(id, worker, failed)).exec(&transaction).await?.rows_affected == 0 {
            // So may an earlier try of this.
            let stored = Entity::find_by_id(id).one(&transaction).await?;
            self.changed(id);
            return Ok(stored.is_some_and(|row| row.state == State::Failed && row.finished_at == Some(now)));
        }
        let restart = match restart {
            Some(entry) => Some(insert(&transaction, entry).await?.id),
            None => None,
        };
        transaction.commit().await?;
        self.changed(id);
        restart.into_iter().for_each(|restart| self.pushed(restart));
        Ok(true)
    }

    /// Ends a run that somebody called off. False: nobody did, or it is no longer this worker's.
    pub(in crate::export) async fn end_canceled(
        &self,
        run: (Uuid, Uuid),
        now: DateTime<Utc>,
        left: Option<String>,
    ) -> Result<bool, DbErr> {
        let (id, worker) = run;
        let canceled = ActiveModel { state: Set(State::Canceled), ..ended(now, left) };
        let called_off = owned(id, worker, canceled).filter(Column::CancelRequested.eq(true));
        let mine = called_off.exec(&self.db).await?.rows_affected == 1;
        if mine {
            self.changed(id);
        }
        Ok(mine)
    }

    /// Puts a run of which nothing is left back into the queue, as a process does that stops. False: it is no longer this
    /// worker's.
    pub(in crate::export) async fn give_back(&self, run: (Uuid, Uuid), now: DateTime<Utc>) -> Result<bool, DbErr> {
        let (id, worker) = run;
        let nothing = Reading::nothing(Phase::Queued);
        let queued = ActiveModel {
            state: Set(State::Queued),
            trigger: Set(Trigger::Restart),
            started_at: Set(None),
            worker: Set(None),
            file_name: Set(None),
            ..with_reading(changed_at(now), nothing, Told::default())
        };
        let mine = wanted(owned(id, worker, queued)).exec(&self.db).await?.rows_affected == 1;
        if mine {
            self.changed(id);
        }
        Ok(mine)
    }

    /// The exports that made no archive, of which something may still lie there.
    pub(in crate::export) async fn with_remains(&self) -> Result<Vec<Model>, DbErr> {
        let ended = Entity::find().filter(Column::State.is_in([State::Failed, State::Canceled]));
        ended.filter(Column::FileName.is_not_null()).all(&self.db).await
    }

    /// Nothing of the export lies there any more.
    pub(in crate::export) async fn without_remains(&self, id: Uuid) -> Result<(), DbErr> {
        let none = ActiveModel { file_name: Set(None), ..Default::default() };
        let ended = update(id, none).filter(Column::State.is_in([State::Failed, State::Canceled]));
        ended.exec(&self.db).await.map(drop)
    }
}

/// Of a run that somebody called off nothing else is stored: [`Queue::end_canceled`] ends it.
fn wanted(change: UpdateMany<Entity>) -> UpdateMany<Entity> {
    change.filter(Column::CancelRequested.eq(false))
}

/// What is told of a completed export.
const DONE: Told = Told { progress: Some(10_000), bytes_per_second: None, eta_seconds: None };

fn ended(now: DateTime<Utc>, left: Option<String>) -> ActiveModel {
    ActiveModel {
        phase: Set(Phase::Done),
        worker: Set(None),
        finished_at: Set(Some(now)),
        file_name: Set(left),
        current_table: Set(None),
        bytes_per_second: Set(None),
        eta_seconds: Set(None),
        ..changed_at(now)
    }
}
