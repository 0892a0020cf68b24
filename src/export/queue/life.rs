//! What people and retention do to exports: call them off, pin them, remove them.

use chrono::{DateTime, Utc};
use entity::data_export::{ActiveModel, Column, Entity, FileState, Model, Phase, State};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set,
    TransactionTrait, UpdateMany,
};
use uuid::Uuid;

use super::{Queue, changed_at, update};
use crate::audit::{self, Event};

impl Queue {
    /// Makes a change of an export together with the event of who makes it: both or neither. False: nothing was to be changed,
    /// and nothing is noted.
    pub(super) async fn change(
        &self,
        id: Uuid,
        now: DateTime<Utc>,
        change: UpdateMany<Entity>,
        event: Event<'_>,
    ) -> Result<bool, DbErr> {
        let transaction = self.db.begin().await?;
        let changed = change_with(&transaction, now, change, Some(event)).await?;
        transaction.commit().await?;
        if changed {
            self.changed(id);
        }
        Ok(changed)
    }

    /// Calls an export off: one that waits at once, one that runs as soon as its worker hears of it. False if it has ended.
    pub(in crate::export) async fn cancel(
        &self,
        id: Uuid,
        now: DateTime<Utc>,
        event: Event<'_>,
    ) -> Result<bool, DbErr> {
        let transaction = self.db.begin().await?;
        // First what holds of both, so that it cannot go from waiting to running, or back, before the second change.
        let wanted = ActiveModel { cancel_requested: Set(true), ..changed_at(now) };
        let alive = update(id, wanted).filter(Column::State.is_in([State::Queued, State::Running]));
        if !change_with(&transaction, now, alive.filter(Column::Removing.eq(false)), Some(event)).await? {
            return Ok(false);
        }
        let canceled = ActiveModel {
            state: Set(State::Canceled),
            phase: Set(Phase::Done),
            finished_at: Set(Some(now)),
            cancel_requested: Set(false),
            ..changed_at(now)
        };
        update(id, canceled).filter(Column::State.eq(State::Queued)).exec(&transaction).await?;
        transaction.commit().await?;
        self.changed(id);
        self.bus.cancels.notify_waiters();
        Ok(true)
    }

    /// Pins an export, or lets it go. False if there is none.
    pub(in crate::export) async fn pin(
        &self,
        db: &DatabaseTransaction,
        id: Uuid,
        pinned: bool,
        now: DateTime<Utc>,
        event: Event<'_>,
    ) -> Result<bool, DbErr> {
        let change = ActiveModel { pinned: Set(pinned), ..changed_at(now) };
        change_with(db, now, update(id, change).filter(Column::Removing.eq(false)), Some(event)).await
    }

    /// Tells those who watch an export to look at it.
    pub(in crate::export) fn tell(&self, id: Uuid) {
        self.changed(id);
    }

    /// Counts up an export, so that those who watch it see what is not in its row.
    pub(in crate::export) async fn touch(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
        update(id, changed_at(now)).exec(&self.db).await?;
        self.changed(id);
        Ok(())
    }

    /// Takes an export that is not running out of the history; what it has left goes later. False: it is running, pinned, gone,
    /// or no longer in a state that `expected` names. There is an event if somebody wants it gone.
    pub(in crate::export) async fn begin_removal(
        &self,
        db: &impl ConnectionTrait,
        id: Uuid,
        now: DateTime<Utc>,
        expected: &[State],
        event: Option<Event<'_>>,
    ) -> Result<bool, DbErr> {
        // The key may be used again: what it stands for is no longer there.
        let going = ActiveModel { removing: Set(true), idempotency_key: Set(None), ..changed_at(now) };
        let going = update(id, going).filter(Column::State.is_in(expected.iter().copied()));
        let going = going.filter(Column::Pinned.eq(false)).filter(Column::Removing.eq(false));
        change_with(db, now, going, event).await
    }

    /// Begins to remove the file of a completed export on the instance, which stays in the history for its copies. False: it
    /// is pinned, gone, or has begun already.
    pub(in crate::export) async fn begin_file_removal(
        &self,
        db: &impl ConnectionTrait,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<bool, DbErr> {
        let going = ActiveModel { file_state: Set(FileState::Removing), ..changed_at(now) };
        let kept = update(id, going).filter(Column::State.eq(State::Completed)).filter(Column::Removing.eq(false));
        let kept = kept.filter(Column::Pinned.eq(false)).filter(Column::FileState.eq(FileState::Kept));
        Ok(kept.exec(db).await?.rows_affected == 1)
    }

    /// The completed exports whose files on the instance are on their way out.
    pub(in crate::export) async fn in_file_removal(&self) -> Result<Vec<Model>, DbErr> {
        Entity::find().filter(Column::FileState.eq(FileState::Removing)).all(&self.db).await
    }

    /// The file of an export is gone from the instance.
    pub(in crate::export) async fn file_removed(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
        let gone = ActiveModel { file_state: Set(FileState::Removed), ..changed_at(now) };
        update(id, gone).filter(Column::FileState.eq(FileState::Removing)).exec(&self.db).await?;
        self.changed(id);
        Ok(())
    }

    /// Those of these exports whose files are kept on the instance.
    pub(in crate::export) async fn with_file(
        &self,
        db: &impl ConnectionTrait,
        ids: &[Uuid],
    ) -> Result<Vec<Uuid>, DbErr> {
        let kept = Entity::find().filter(Column::State.eq(State::Completed)).filter(Column::Removing.eq(false));
        let kept = kept.filter(Column::FileState.eq(FileState::Kept)).select_only().column(Column::Id);
        let kept: Vec<Uuid> = kept.into_tuple().all(db).await?;
        Ok(kept.into_iter().filter(|id| ids.contains(id)).collect())
    }

    /// Copies of these exports are left where Carryall no longer knows them: their passwords stay in the history.
    pub(in crate::export) async fn keep_for_copies(
        &self,
        db: &impl ConnectionTrait,
        ids: &[Uuid],
    ) -> Result<(), DbErr> {
        let released = ActiveModel { copies_released: Set(true), ..Default::default() };
        // SQLite takes 32,766 values in one statement.
        for some in ids.chunks(1000) {
            let these = Entity::update_many().set(released.clone()).filter(Column::Id.is_in(some.iter().copied()));
            these.exec(db).await?;
        }
        Ok(())
    }

    /// The exports on their way out.
    pub(in crate::export) async fn in_removal(&self) -> Result<Vec<Model>, DbErr> {
        Entity::find().filter(Column::Removing.eq(true)).all(&self.db).await
    }

    /// Forgets an export of which nothing is left.
    pub(in crate::export) async fn forget(&self, id: Uuid) -> Result<(), DbErr> {
        Entity::delete_by_id(id).filter(Column::Removing.eq(true)).exec(&self.db).await?;
        Ok(())
    }
}

/// Makes a change of an export, and notes the event of who makes it, if somebody does. False: nothing was to be changed, and
/// nothing is noted.
async fn change_with(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    change: UpdateMany<Entity>,
    event: Option<Event<'_>>,
) -> Result<bool, DbErr> {
    let changed = change.exec(db).await?.rows_affected == 1;
    if let Some(event) = event.filter(|_| changed) {
        audit::record(db, event, now).await?;
    }
    Ok(changed)
}
