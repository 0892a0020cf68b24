//! Reading a finished archive again: who does it says so in the export's row, so that every process shows it and no other reads the
//! archive meanwhile. Each reading has an id, which is the fence: what it has shown is stored only while none was begun after it.

use chrono::{DateTime, TimeDelta, Utc};
use entity::data_export::{ActiveModel, Column, Entity, FileState, Model, State};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set, sea_query::SimpleExpr,
};
use uuid::Uuid;

use super::{Queue, changed_at, list, update};
use crate::audit::Event;

/// A reading that does not say for so long that it goes on is lost with its process.
const LEASE: TimeDelta = TimeDelta::seconds(60);

impl Queue {
    /// Begins a reading of a finished archive, as somebody asks for it. False: one goes on already, or the export is gone.
    pub(in crate::export) async fn begin_reading(
        &self,
        (id, reading): (Uuid, Uuid),
        now: DateTime<Utc>,
        event: Event<'_>,
    ) -> Result<bool, DbErr> {
        let begun =
            ActiveModel { reading: Set(Some(reading)), reading_until: Set(Some(now + LEASE)), ..changed_at(now) };
        let finished = update(id, begun).filter(Column::State.eq(State::Completed)).filter(Column::Removing.eq(false));
        let kept = finished.filter(Column::FileState.eq(FileState::Kept));
        let free = kept.filter(Column::ReadingUntil.is_null().or(lapsed(now)));
        self.change(id, now, free, event).await
    }

    /// Says that a reading goes on. False: it is of no use any more.
    pub(in crate::export) async fn still_reading(
        &self,
        (id, reading): (Uuid, Uuid),
        now: DateTime<Utc>,
    ) -> Result<bool, DbErr> {
        let longer = ActiveModel { reading_until: Set(Some(now + LEASE)), ..Default::default() };
        let longer = Entity::update_many().set(longer).filter(Column::Id.eq(id)).filter(Column::Reading.eq(reading));
        Ok(longer.exec(&self.db).await?.rows_affected == 1)
    }

    /// Ends a reading, with what it found wrong; None: it could not be told, and what was known before stays. False: it is of no
    /// use any more.
    pub(in crate::export) async fn end_reading(
        &self,
        db: &impl ConnectionTrait,
        (id, reading): (Uuid, Uuid),
        now: DateTime<Utc>,
        mismatches: Option<&[String]>,
    ) -> Result<bool, DbErr> {
        // What it has said of itself and is late is not taken either.
        let ended = ActiveModel { reading: Set(None), ..ended(now) };
        let ended = match mismatches {
            Some(found) => ActiveModel { verified_at: Set(Some(now)), mismatches: Set(list(found)), ..ended },
            None => ended,
        };
        if update(id, ended).filter(Column::Reading.eq(reading)).exec(db).await?.rows_affected == 1 {
            return Ok(true);
        }
        // An earlier try may have been stored although its answer was lost.
        let row = Entity::find_by_id(id).one(db).await?;
        Ok(mismatches.is_some() && row.is_some_and(|row| row.verified_at == Some(now)))
    }

    /// Ends these readings, of whose archives nothing is known.
    pub(in crate::export) async fn give_up_readings(&self, these: Vec<Uuid>, now: DateTime<Utc>) -> Result<(), DbErr> {
        self.end_readings(now, Column::Reading.is_in(these)).await
    }

    /// The readings whose processes were lost no longer go on. They are not forgotten: one that was only frozen still tells what it
    /// has found, if nobody has begun another.
    pub(in crate::export) async fn end_lost_readings(&self, now: DateTime<Utc>) -> Result<(), DbErr> {
        self.end_readings(now, lapsed(now)).await
    }

    /// No reading goes on: whoever began one is gone.
    pub(in crate::export) async fn end_all_readings(&self, now: DateTime<Utc>) -> Result<(), DbErr> {
        self.end_readings(now, Column::ReadingUntil.is_not_null()).await
    }

    async fn end_readings(&self, now: DateTime<Utc>, these: SimpleExpr) -> Result<(), DbErr> {
        let lost = Entity::find().select_only().column(Column::Id).filter(these.clone());
        let lost: Vec<Uuid> = lost.into_tuple().all(&self.db).await?;
        for id in lost {
            let end = update(id, ended(now)).filter(these.clone());
            if end.exec(&self.db).await?.rows_affected == 1 {
                self.changed(id);
            }
        }
        Ok(())
    }
}

/// Whether the archive of an export is being read again. That a lost reading has ended the next look tells those who watch.
pub(in crate::export) fn is_reading(export: &Model, now: DateTime<Utc>) -> bool {
    export.reading_until.is_some_and(|until| until > now)
}

fn lapsed(now: DateTime<Utc>) -> SimpleExpr {
    Column::ReadingUntil.lte(now)
}

fn ended(now: DateTime<Utc>) -> ActiveModel {
    ActiveModel { reading_until: Set(None), ..changed_at(now) }
}
