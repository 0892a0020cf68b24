//! A worker that has lost its copy clears up what it has put. Meanwhile the same copy may be wanted again, and another worker may
//! put it: what that one has put stays.

use chrono::{DateTime, Utc};
use entity::{
    storage_location,
    upload::{ActiveModel, Column, Entity, Model, Status},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, Set, SqlErr, sea_query::SimpleExpr,
};
use uuid::Uuid;

use super::{Key, LEASE, insert, new};

/// Nobody clears up what was put of a copy before; not for longer than a process may be silent.
pub(super) fn is_over(now: DateTime<Utc>) -> SimpleExpr {
    let silent = Column::RequestedAt.lte(now - LEASE);
    Column::Status.ne(Status::Pending).or(Column::Worker.is_null()).or(silent)
}

/// Keeps a copy that was given up, of which nothing is there, from being made again until what was put of it is cleared up. False: it
/// is not such a one, or somebody clears up already.
pub(in crate::export::upload) async fn begin_clearing(
    db: &impl ConnectionTrait,
    key: Key,
    worker: Uuid,
) -> Result<bool, DbErr> {
    let clearing = ActiveModel { worker: Set(Some(worker)), ..Default::default() };
    let clearing = Entity::update_many().set(clearing).filter(key.matches()).filter(Column::Status.eq(Status::Failed));
    let clearing = clearing.filter(Column::Receipt.is_null()).filter(Column::Worker.is_null());
    Ok(clearing.exec(db).await?.rows_affected == 1)
}

/// It is cleared up.
pub(in crate::export::upload) async fn end_clearing(
    db: &impl ConnectionTrait,
    key: Key,
    worker: Uuid,
) -> Result<(), DbErr> {
    let clear = ActiveModel { worker: Set(None), ..Default::default() };
    let clear = Entity::update_many().set(clear).filter(key.matches()).filter(Column::Worker.eq(worker));
    clear.filter(Column::Status.is_in([Status::Failed, Status::Pending])).exec(db).await.map(drop)
}

/// Has what was put of a copy that has no row any more removed like any other copy, at the storage as it is set up in `version`.
/// False: there is no such storage or no such export, and so nobody who would put the same again.
pub(in crate::export::upload) async fn let_put_go(
    db: &impl ConnectionTrait,
    key: Key,
    version: i32,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let location = storage_location::Entity::find_by_id(key.location).one(db).await?;
    if location.is_none_or(|location| location.version != version) {
        return Ok(false);
    }
    let going = Model { status: Status::Deleting, begun: true, may_be_there: true, ..new(key, now) };
    match insert(db, going).await {
        Err(cause) => match cause.sql_err() {
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Ok(false),
            // It is wanted again just now.
            Some(SqlErr::UniqueConstraintViolation(_)) => Ok(true),
            _ => Err(cause),
        },
        Ok(()) => Ok(true),
    }
}
