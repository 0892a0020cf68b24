//! What becomes of all copies at a storage when that is changed, switched off or removed.

use chrono::{DateTime, Utc};
use entity::upload::{ActiveModel, Column, Entity, FailureCode, Status};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use super::{WAITING, at_once, failed_by, keep_what_is_there};
use crate::export::upload::failure::Failure;

/// No copy goes to this storage any more.
pub(in crate::export) async fn switch_off(db: &impl ConnectionTrait, location: Uuid) -> Result<(), DbErr> {
    let here = || Condition::all().add(Column::StorageLocationId.eq(location));
    keep_what_is_there(db, here()).await?;
    let off = Failure::switched_off();
    let failed =
        ActiveModel { status: Set(Status::Failed), worker: Set(None), next_try_at: Set(None), ..failed_by(Some(&off)) };
    let waiting = Entity::update_many().set(failed).filter(here()).filter(Column::Status.is_in(WAITING));
    waiting.exec(db).await.map(drop)
}

/// The account may be another one. Of what was copied, the provider is asked whether it is there; what is on its way, or was
/// to be replaced, may be in the former account: the exports of those are returned.
pub(in crate::export) async fn verify_all_again(db: &impl ConnectionTrait, location: Uuid) -> Result<Vec<Uuid>, DbErr> {
    let here = || Column::StorageLocationId.eq(location);
    let due = ActiveModel { verify_due: Set(true), next_try_at: Set(None), ..Default::default() };
    let there = Entity::update_many().set(due).filter(here()).filter(Column::Receipt.is_not_null());
    there.filter(Column::Status.is_in([Status::Uploaded, Status::Failed])).exec(db).await?;
    let elsewhere = Entity::find().select_only().column(Column::DataExportId).filter(here());
    let elsewhere = elsewhere.filter(Column::Status.ne(Status::Uploaded)).filter(Column::MayBeThere.eq(true));
    elsewhere.into_tuple().all(db).await
}

/// The storage has other settings: what is on its way, waits for a pause to end or was given up is tried at once, but for want
/// of a file. Of what is there although it was given up, the provider is asked.
pub(in crate::export) async fn try_all_again(
    db: &impl ConnectionTrait,
    location: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let again = ActiveModel { status: Set(Status::Pending), verify_due: Set(false), ..at_once(now) };
    let carried = ActiveModel { worker: Set(None), ..again.clone() };
    let carried = Entity::update_many().set(carried).filter(Column::StorageLocationId.eq(location));
    carried.filter(Column::Status.eq(Status::Uploading)).exec(db).await?;
    // Whoever clears up what was put of one that was given up, goes on with that first.
    let waiting = Entity::update_many().set(again).filter(Column::StorageLocationId.eq(location));
    let has_file = Column::FailureCode.is_null().or(Column::FailureCode.ne(FailureCode::FileUnavailable));
    let failed = Column::Status.eq(Status::Failed).and(Column::Receipt.is_null()).and(has_file);
    waiting.filter(Column::Status.eq(Status::Pending).or(failed)).exec(db).await?;
    let due = ActiveModel { verify_due: Set(true), next_try_at: Set(None), ..Default::default() };
    let there = Entity::update_many().set(due).filter(Column::StorageLocationId.eq(location));
    let there = there.filter(Column::Status.eq(Status::Failed)).filter(Column::Receipt.is_not_null());
    there.exec(db).await.map(drop)
}

/// The same for removals.
pub(in crate::export) async fn remove_again(
    db: &impl ConnectionTrait,
    location: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let going = Entity::update_many().set(ActiveModel { next_try_at: Set(Some(now)), ..Default::default() });
    let going = going.filter(Column::StorageLocationId.eq(location));
    going.filter(Column::Status.eq(Status::Deleting)).exec(db).await.map(drop)
}

/// What was forgotten of the copies at a storage.
#[derive(Debug, Default)]
pub(in crate::export) struct Released {
    /// The exports of which a copy is there, or may be.
    pub(in crate::export) there: Vec<Uuid>,
    /// The exports that were still to be copied there.
    pub(in crate::export) wanted: Vec<Uuid>,
}

/// Forgets all copies at a storage. The files stay.
pub(in crate::export) async fn release_all_at(db: &impl ConnectionTrait, location: Uuid) -> Result<Released, DbErr> {
    let here = || Column::StorageLocationId.eq(location);
    let mut released = Released::default();
    for copy in Entity::find().filter(here()).all(db).await? {
        if copy.may_be_there {
            released.there.push(copy.data_export_id);
        }
        if matches!(copy.status, Status::Pending | Status::Uploading | Status::Failed) {
            released.wanted.push(copy.data_export_id);
        }
    }
    Entity::delete_many().filter(here()).exec(db).await?;
    Ok(released)
}
