//! What the worker that carries a copy stores of it.

use chrono::{DateTime, Utc};
use entity::upload::{ActiveModel, Column, Entity, Model, Status};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, Set, UpdateMany, sea_query::Expr,
};
use uuid::Uuid;

use super::{Key, LEASE, WAITING, failed_by};
use crate::export::{queue::stored, upload::failure::Failure};

/// Takes a copy that is due. False: somebody else has, or it is no longer wanted.
pub(in crate::export::upload) async fn claim(
    db: &impl ConnectionTrait,
    copy: &Model,
    worker: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let claimed = ActiveModel {
        status: Set(Status::Uploading),
        worker: Set(Some(worker)),
        begun: Set(true),
        // Until it is known what becomes of this try.
        may_be_there: Set(true),
        bytes_done: Set(0),
        next_try_at: Set(Some(now + LEASE)),
        ..Default::default()
    };
    let claim = Entity::update_many().set(claimed).col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1));
    let claim = claim.filter(Key::of(copy).matches()).filter(Column::Status.is_in(WAITING));
    // What changed since it was read is looked at anew.
    let claim = claim.filter(Column::NextTryAt.eq(copy.next_try_at));
    Ok(claim.exec(db).await?.rows_affected == 1)
}

/// A change that takes place only while the copy is `worker`'s to carry.
fn owned(key: Key, worker: Uuid, change: ActiveModel) -> UpdateMany<Entity> {
    let mine = Entity::update_many().set(change).filter(key.matches());
    mine.filter(Column::Status.eq(Status::Uploading)).filter(Column::Worker.eq(worker))
}

/// Stores how far it is, which says that its worker is alive. False: it is no longer the worker's.
pub(in crate::export::upload) async fn beat(
    db: &impl ConnectionTrait,
    key: Key,
    worker: Uuid,
    now: DateTime<Utc>,
    bytes: u64,
) -> Result<bool, DbErr> {
    let alive =
        ActiveModel { bytes_done: Set(stored(bytes)), next_try_at: Set(Some(now + LEASE)), ..Default::default() };
    Ok(owned(key, worker, alive).exec(db).await?.rows_affected == 1)
}

/// It is there, and whole. False: it is no longer the worker's.
pub(in crate::export::upload) async fn arrived(
    db: &impl ConnectionTrait,
    key: Key,
    worker: Uuid,
    now: DateTime<Utc>,
    bytes: u64,
    receipt: String,
) -> Result<bool, DbErr> {
    let there = ActiveModel {
        status: Set(Status::Uploaded),
        worker: Set(None),
        receipt: Set(Some(receipt)),
        bytes_done: Set(stored(bytes)),
        next_try_at: Set(None),
        uploaded_at: Set(Some(now)),
        verified_at: Set(Some(now)),
        ..failed_by(None)
    };
    Ok(owned(key, worker, there).exec(db).await?.rows_affected == 1)
}

/// What a try that failed has left of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::export::upload) enum Left {
    /// What was there before, if anything was.
    AsBefore,
    /// Perhaps a whole file: it was put and could not be verified, or the provider fell silent.
    Unknown,
    /// Nothing that is whole: what was there before is gone too.
    Nothing,
}

/// It did not arrive: it is tried again at `next`, or given up if there is none. `before` is the copy as it was claimed. False:
/// it is no longer the worker's.
pub(in crate::export::upload) async fn not_arrived(
    db: &impl ConnectionTrait,
    before: &Model,
    worker: Uuid,
    (failure, left): (&Failure, Left),
    next: Option<DateTime<Utc>>,
) -> Result<bool, DbErr> {
    let status = if next.is_some() { Status::Pending } else { Status::Failed };
    let failed =
        ActiveModel { status: Set(status), worker: Set(None), next_try_at: Set(next), ..failed_by(Some(failure)) };
    let failed = match left {
        Left::AsBefore => ActiveModel { may_be_there: Set(before.may_be_there), ..failed },
        Left::Unknown => failed,
        Left::Nothing => ActiveModel { receipt: Set(None), may_be_there: Set(false), ..failed },
    };
    Ok(owned(Key::of(before), worker, failed).exec(db).await?.rows_affected == 1)
}

/// A process that stops lets go of what it carries.
pub(in crate::export::upload) async fn give_back(
    db: &impl ConnectionTrait,
    key: Key,
    worker: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let free = ActiveModel {
        status: Set(Status::Pending),
        worker: Set(None),
        next_try_at: Set(Some(now)),
        ..Default::default()
    };
    Ok(owned(key, worker, free).exec(db).await?.rows_affected == 1)
}
