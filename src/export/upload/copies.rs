//! The rows of copies. This file and its folder are the only ones that write them; like an export's state, in conditional UPDATEs,
//! so that what a worker does for a copy that is no longer its own is thrown away.

mod carried;
mod changed_storage;
mod clearing;
mod reserved;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    storage_location,
    upload::{ActiveModel, Column, Entity, Model, Status},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::failure::Failure;

pub(super) use carried::{Left, arrived, beat, claim, give_back, not_arrived};
pub(in crate::export) use changed_storage::{
    Released, release_all_at, remove_again, switch_off, try_all_again, verify_all_again,
};
pub(super) use clearing::{begin_clearing, end_clearing, let_put_go};
pub(super) use reserved::{Reserved, let_go, not_removed, only_while, removed, reserve, verified, while_reserved};

/// A process that carries a copy says so often enough that after so long without a word another may take it up.
pub(super) const LEASE: TimeDelta = TimeDelta::minutes(2);

/// Which copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::export) struct Key {
    pub(in crate::export) export: Uuid,
    pub(in crate::export) location: Uuid,
}

impl Key {
    pub(in crate::export) fn of(copy: &Model) -> Self {
        Self { export: copy.data_export_id, location: copy.storage_location_id }
    }

    fn matches(self) -> Condition {
        Condition::all().add(Column::DataExportId.eq(self.export)).add(Column::StorageLocationId.eq(self.location))
    }
}

/// The copies that are wanted and not there yet.
const WAITING: [Status; 2] = [Status::Pending, Status::Uploading];

/// Nothing waits for longer than that. What seems to was put off by a clock that ran ahead.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(25);

/// What is due: what waits for its try, what nobody has said a word of for too long, what is to go, what is to be verified.
fn is_due(now: DateTime<Utc>) -> Condition {
    let in_time = || Column::NextTryAt.lte(now).or(Column::NextTryAt.gt(now + LONGEST_WAIT));
    let tried = Column::Status.is_in([Status::Pending, Status::Uploading, Status::Deleting]).and(in_time());
    let tried = tried.and(clearing::is_over(now));
    let verified = Column::VerifyDue.eq(true).and(Column::NextTryAt.is_null().or(in_time()));
    Condition::any().add(tried).add(verified.and(Column::Status.is_in([Status::Uploaded, Status::Failed])))
}

/// The storages at which something is due.
pub(super) async fn due_at(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Uuid>, DbErr> {
    let due = Entity::find().select_only().column(Column::StorageLocationId).distinct().filter(is_due(now));
    due.into_tuple().all(db).await
}

/// What is to be done next at a storage: removals first, since they make room; then the newest export, as it is the one that
/// is worth most.
pub(super) async fn next(
    db: &impl ConnectionTrait,
    location: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let due = || Entity::find().filter(Column::StorageLocationId.eq(location)).filter(is_due(now));
    let going = due().filter(Column::Status.eq(Status::Deleting)).order_by_asc(Column::DataExportId);
    match going.one(db).await? {
        Some(going) => Ok(Some(going)),
        None => due().order_by_desc(Column::DataExportId).one(db).await,
    }
}

/// Whether there is any row of a copy at a storage.
pub(in crate::export) async fn any_at(db: &impl ConnectionTrait, location: Uuid) -> Result<bool, DbErr> {
    Ok(Entity::find().filter(Column::StorageLocationId.eq(location)).one(db).await?.is_some())
}

/// All copies of an export, in the order in which their storages were configured.
pub(in crate::export) async fn of_export(db: &impl ConnectionTrait, export: Uuid) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::DataExportId.eq(export)).order_by_asc(Column::StorageLocationId).all(db).await
}

/// The copy of an export at a storage.
pub(super) async fn find(db: &impl ConnectionTrait, key: Key) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(key.matches()).one(db).await
}

/// Wants a copy of a new export at every storage that is switched on; returns at how many.
pub(in crate::export) async fn want_everywhere(
    db: &impl ConnectionTrait,
    export: Uuid,
    now: DateTime<Utc>,
) -> Result<usize, DbErr> {
    let on = storage_location::Entity::find().filter(storage_location::Column::Enabled.eq(true));
    // None of them is removed until the copies are stored. (SQLite has one writer at a time.)
    let on = on.filter(storage_location::Column::Removing.eq(false)).lock_shared().all(db).await?;
    for location in &on {
        want(db, Key { export, location: location.id }, now).await?;
    }
    Ok(on.len())
}

/// Wants a copy, now, whatever became of it before; one that is on its way out or that is being carried is left alone.
pub(in crate::export) async fn want(db: &impl ConnectionTrait, key: Key, now: DateTime<Utc>) -> Result<(), DbErr> {
    let wanted = ActiveModel { status: Set(Status::Pending), verify_due: Set(false), ..at_once(now) };
    let again = Entity::update_many().set(wanted).filter(key.matches());
    let again = again.filter(Column::Status.is_not_in([Status::Uploading, Status::Deleting]));
    if again.exec(db).await?.rows_affected == 1 || find(db, key).await?.is_some() {
        return Ok(());
    }
    insert(db, new(key, now)).await
}

fn new(key: Key, now: DateTime<Utc>) -> Model {
    Model {
        data_export_id: key.export,
        storage_location_id: key.location,
        status: Status::Pending,
        worker: None,
        receipt: None,
        bytes_done: 0,
        attempts: 0,
        begun: false,
        may_be_there: false,
        requested_at: now,
        next_try_at: Some(now),
        uploaded_at: None,
        verified_at: None,
        verify_due: false,
        failure_code: None,
        failure_message: None,
    }
}

async fn insert(db: &impl ConnectionTrait, new: Model) -> Result<(), DbErr> {
    Entity::insert(new.into_active_model().reset_all()).exec_without_returning(db).await.map(drop)
}

/// What was asked for just now.
fn at_once(now: DateTime<Utc>) -> ActiveModel {
    ActiveModel { attempts: Set(0), requested_at: Set(now), next_try_at: Set(Some(now)), ..Default::default() }
}

/// At the start of the process that has the database to itself nothing is being carried, and nothing is reserved.
pub(in crate::export) async fn give_all_back(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    let free = ActiveModel {
        status: Set(Status::Pending),
        worker: Set(None),
        next_try_at: Set(Some(now)),
        ..Default::default()
    };
    let carried = Entity::update_many().set(free).filter(Column::Status.eq(Status::Uploading));
    carried.exec(db).await?;
    let going = ActiveModel { next_try_at: Set(Some(now)), ..Default::default() };
    Entity::update_many().set(going).filter(Column::Status.eq(Status::Deleting)).exec(db).await?;
    let asked = ActiveModel { next_try_at: Set(None), ..Default::default() };
    let asked = Entity::update_many().set(asked).filter(Column::VerifyDue.eq(true));
    asked.filter(Column::Status.is_in([Status::Uploaded, Status::Failed])).exec(db).await?;
    let cleared = ActiveModel { worker: Set(None), ..Default::default() };
    Entity::update_many().set(cleared).filter(Column::Worker.is_not_null()).exec(db).await.map(drop)
}

/// Wants a copy that is there to be verified again. False: there is none, as far as is known.
pub(super) async fn want_verified(db: &impl ConnectionTrait, key: Key) -> Result<bool, DbErr> {
    let due = ActiveModel { verify_due: Set(true), next_try_at: Set(None), ..Default::default() };
    let there = Entity::update_many().set(due).filter(key.matches()).filter(Column::Receipt.is_not_null());
    let there = there.filter(Column::Status.is_in([Status::Uploaded, Status::Failed]));
    Ok(there.exec(db).await?.rows_affected == 1)
}

/// Lets the copies that `which` says go: those of which something may be there are deleted there, the rest is forgotten. Returns
/// how many they are.
pub(in crate::export) async fn remove(
    db: &impl ConnectionTrait,
    which: impl Into<Condition>,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let which = Condition::all().add(which.into()).add(Column::Status.ne(Status::Deleting));
    let forgotten = Entity::delete_many().filter(which.clone()).filter(Column::Begun.eq(false)).exec(db).await?;
    let going = ActiveModel {
        status: Set(Status::Deleting),
        worker: Set(None),
        attempts: Set(0),
        next_try_at: Set(Some(now)),
        ..failed_by(None)
    };
    let going = Entity::update_many().set(going).filter(which).exec(db).await?;
    Ok(forgotten.rows_affected + going.rows_affected)
}

/// Copies that were to replace whole ones are no longer wanted: what is there stays, if the provider says that it is whole.
pub(in crate::export) async fn keep_what_is_there(
    db: &impl ConnectionTrait,
    which: impl Into<Condition>,
) -> Result<(), DbErr> {
    let there =
        ActiveModel { status: Set(Status::Uploaded), worker: Set(None), next_try_at: Set(None), ..failed_by(None) };
    let replacing = Entity::update_many().set(there).filter(which.into()).filter(Column::Status.is_in(WAITING));
    let replacing = replacing.filter(Column::Receipt.is_not_null()).filter(Column::VerifiedAt.is_not_null());
    replacing.exec(db).await.map(drop)
}

fn failed_by(failure: Option<&Failure>) -> ActiveModel {
    ActiveModel {
        failure_code: Set(failure.map(|failure| failure.code)),
        failure_message: Set(failure.map(|failure| failure.message.clone())),
        ..Default::default()
    }
}
