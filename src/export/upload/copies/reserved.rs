//! What is due for a copy that is there, its removal or its verification, is reserved by the process that does it, so that no
//! other does the same. A process may be frozen, or cut off from the database, for longer than others wait for it: what it does
//! at the storage it does only as long as it knows that nobody else does, and what came of it is stored only if nobody did.

use std::{
    future::poll_fn,
    pin::pin,
    sync::atomic::{AtomicU64, Ordering},
    task::Poll,
    time::Duration,
};

use chrono::{DateTime, Utc};
use entity::{
    storage_location,
    upload::{ActiveModel, Column, Entity, FailureCode, Model, Status},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait, Set,
    sea_query::{Expr, SimpleExpr},
};
use tracing::warn;

use super::{Key, LEASE, failed_by};
use crate::{clock::Clock, database::answered, export::upload::failure::Failure};

/// How long before the end of its lease a process lets go: what it has sent by then arrives before another begins.
const MARGIN: Duration = Duration::from_secs(30);
/// How often a process looks at the clock.
const LOOK: Duration = Duration::from_secs(1);
/// How often it says that it is alive, and learns whether what is due is still its own.
const RENEW: Duration = Duration::from_secs(10);

/// What is due for a copy, reserved by this process.
#[derive(Debug)]
pub(in crate::export::upload) struct Reserved {
    key: Key,
    status: Status,
    /// Until when, as the row says: one of these, if it was not heard what became of the last renewal.
    until: Vec<DateTime<Utc>>,
    /// When it was renewed, by the clock that cannot be set.
    renewed: Duration,
}

impl Reserved {
    pub(in crate::export::upload) fn key(&self) -> Key {
        self.key
    }

    /// Nobody else has reserved the copy or changed what is due for it.
    fn is_mine(&self) -> Condition {
        let same = self.key.matches().add(Column::Status.eq(self.status));
        same.add(Column::NextTryAt.is_in(self.until.iter().copied()))
    }

    /// Asks whether it is still this process's, and makes it so for another while.
    async fn renew(&mut self, db: &impl ConnectionTrait, clock: &Clock) -> Result<bool, DbErr> {
        // In this order: it ends here before it ends for the others.
        let (elapsed, until) = (clock.elapsed(), clock.now() + LEASE);
        let longer = ActiveModel { next_try_at: Set(Some(until)), ..Default::default() };
        let longer = Entity::update_many().set(longer).filter(self.is_mine());
        if !self.until.contains(&until) {
            self.until.push(until);
        }
        if answered(longer.exec(db)).await?.rows_affected == 0 {
            return Ok(false);
        }
        (self.until, self.renewed) = (vec![until], elapsed);
        Ok(true)
    }

    /// Until when something may be done at the storage.
    fn ends(&self) -> u64 {
        millis(self.renewed + LEASE.to_std().unwrap_or_default() - MARGIN)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Keeps the other processes from doing what is due for a copy. None: one of them does it, or it has changed since it was read.
pub(in crate::export::upload) async fn reserve(
    db: &impl ConnectionTrait,
    copy: &Model,
    clock: &Clock,
) -> Result<Option<Reserved>, DbErr> {
    let (key, status, renewed, until) = (Key::of(copy), copy.status, clock.elapsed(), clock.now() + LEASE);
    let reserved = ActiveModel { next_try_at: Set(Some(until)), ..Default::default() };
    let same = match copy.next_try_at {
        Some(next) => Column::NextTryAt.eq(next),
        None => Column::NextTryAt.is_null(),
    };
    let reserve = Entity::update_many().set(reserved).filter(key.matches()).filter(same);
    let reserve = reserve.filter(Column::Status.eq(status)).exec(db).await?;
    Ok((reserve.rows_affected == 1).then(|| Reserved { key, status, until: vec![until], renewed }))
}

/// It could not be done for want of our own database: it is due again as it was.
pub(in crate::export::upload) async fn let_go(
    db: &impl ConnectionTrait,
    reserved: &Reserved,
    copy: &Model,
) -> Result<(), DbErr> {
    let due = ActiveModel { next_try_at: Set(copy.next_try_at), ..Default::default() };
    Entity::update_many().set(due).filter(reserved.is_mine()).exec(db).await.map(drop)
}

/// Does `work` at the storage for as long as it is this process's to do: asked before it begins, and again and again while it goes
/// on. None: it is not any more, or that cannot be known; whatever was still to be done was not.
pub(in crate::export::upload) async fn while_reserved<T>(
    db: &impl ConnectionTrait,
    clock: &Clock,
    reserved: &mut Reserved,
    work: impl Future<Output = T>,
) -> Result<Option<T>, DbErr> {
    if !reserved.renew(db, clock).await? {
        return Ok(None);
    }
    let ends = AtomicU64::new(reserved.ends());
    let mut work = pin!(only_while(|| millis(clock.elapsed()) < ends.load(Ordering::Relaxed), work));
    loop {
        tokio::select! {
            biased;
            done = &mut work => return Ok(done),
            () = tokio::time::sleep(LOOK) => {}
        }
        if clock.elapsed() < reserved.renewed + RENEW {
            continue;
        }
        let mut done = None;
        let renewed = {
            let mut renewal = pin!(reserved.renew(db, clock));
            // It is not cut off in the middle: what came of the work could not be stored then.
            loop {
                tokio::select! {
                    renewed = &mut renewal => break renewed,
                    ended = &mut work, if done.is_none() => done = Some(ended),
                }
            }
        };
        match renewed {
            Ok(true) => ends.store(reserved.ends(), Ordering::Relaxed),
            Ok(false) => return Ok(None),
            Err(cause) => warn!(export = %reserved.key.export, %cause, "what is done for the copy could not be noted"),
        }
        if let Some(done) = done {
            return Ok(done);
        }
    }
}

/// Does `work` for as long as it `may` go on, which is asked before each of its steps: in a process that was frozen, none is
/// taken before it has looked at the clock. None: it may not.
pub(in crate::export::upload) async fn only_while<T>(
    may: impl Fn() -> bool,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| if may() { work.as_mut().poll(context).map(Some) } else { Poll::Ready(None) }).await
}

/// What the provider said of a copy that is there. False: the copy, or the storage, is another by now.
pub(in crate::export::upload) async fn verified(
    db: &impl ConnectionTrait,
    reserved: &Reserved,
    version: i32,
    now: DateTime<Utc>,
    failure: Option<&Failure>,
    next: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let said = failed_by(failure);
    let said = match failure.map(|failure| failure.code) {
        None => ActiveModel {
            status: Set(Status::Uploaded),
            verify_due: Set(false),
            next_try_at: Set(None),
            verified_at: Set(Some(now)),
            ..said
        },
        // Nothing that is good is there any more.
        Some(FailureCode::Damaged) => ActiveModel { receipt: Set(None), may_be_there: Set(false), ..not_whole(said) },
        Some(FailureCode::NotFound) => not_whole(said),
        Some(_) if failure.is_some_and(|failure| failure.retryable) => {
            ActiveModel { next_try_at: Set(Some(next)), ..said }
        }
        Some(_) => ActiveModel { verify_due: Set(false), next_try_at: Set(None), ..said },
    };
    let asked = Entity::update_many().set(said).filter(reserved.is_mine()).filter(Column::VerifyDue.eq(true));
    let asked = asked.filter(at_version(reserved.key, version));
    Ok(asked.exec(db).await?.rows_affected == 1)
}

fn not_whole(said: ActiveModel) -> ActiveModel {
    ActiveModel {
        status: Set(Status::Failed),
        verify_due: Set(false),
        next_try_at: Set(None),
        verified_at: Set(None),
        ..said
    }
}

/// The removal of a copy failed, and is tried again at `next`.
pub(in crate::export::upload) async fn not_removed(
    db: &impl ConnectionTrait,
    reserved: &Reserved,
    version: i32,
    failure: &Failure,
    next: DateTime<Utc>,
) -> Result<(), DbErr> {
    let put_off = ActiveModel { next_try_at: Set(Some(next)), ..failed_by(Some(failure)) };
    let put_off = Entity::update_many().set(put_off).col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1));
    let put_off = put_off.filter(reserved.is_mine()).filter(at_version(reserved.key, version));
    put_off.exec(db).await.map(drop)
}

/// Nothing of a copy is there any more. False: the row is not what it was when it was removed there.
pub(in crate::export::upload) async fn removed(db: &impl ConnectionTrait, reserved: &Reserved) -> Result<bool, DbErr> {
    let gone = Entity::delete_many().filter(reserved.is_mine()).filter(Column::Status.eq(Status::Deleting));
    Ok(gone.exec(db).await?.rows_affected == 1)
}

/// The storage is still set up as it was when it was asked.
fn at_version(key: Key, version: i32) -> SimpleExpr {
    let location = storage_location::Entity::find().select_only().column(storage_location::Column::Id);
    let location = location.filter(storage_location::Column::Id.eq(key.location));
    let location = location.filter(storage_location::Column::Version.eq(version));
    Column::StorageLocationId.in_subquery(location.into_query())
}
