//! Who did what: kept for a year, for those who have to answer for it. No event holds a secret.
//!
//! An event is stored in the transaction of the change that it tells of, or before what it tells of is given or begun: what
//! cannot be noted is not done.

use chrono::{DateTime, TimeDelta, Utc};
use entity::audit_event::{ActiveModel, Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, EnumIter, QueryFilter, Set};

use uuid::Uuid;

use crate::clock::new_id;

/// Within so long the same is kept once, where it comes in pieces.
const ONCE: TimeDelta = TimeDelta::hours(1);
/// So long events are kept.
const KEPT: TimeDelta = TimeDelta::days(365);

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter)]
pub enum Action {
    /// Read the password of an archive.
    ReadPassword,
    /// Got a link to an archive, which is good for whoever has it.
    MadeDownloadLink,
    /// Began to download an archive by such a link.
    Downloaded,
    /// Asked for an export.
    CreatedExport,
    /// Called an export off.
    CanceledExport,
    /// Deleted an export.
    DeletedExport,
    /// Pinned an export, or let it go.
    PinnedExport,
    /// Had an archive, or its copy at a storage, verified again.
    VerifiedExport,
    /// Had an export copied to storages again.
    UploadedExport,
    /// Changed the settings.
    ChangedSettings,
    /// Configured a storage.
    CreatedStorage,
    /// Changed a storage.
    ChangedStorage,
    /// Deleted a storage.
    DeletedStorage,
    /// Tried a storage out, or settings of one.
    TestedStorage,
    /// Made a token.
    CreatedToken,
    /// Revoked a token.
    RevokedToken,
}

impl Action {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadPassword => "READ_PASSWORD",
            Self::MadeDownloadLink => "MADE_DOWNLOAD_LINK",
            Self::Downloaded => "DOWNLOADED",
            Self::CreatedExport => "CREATED_EXPORT",
            Self::CanceledExport => "CANCELED_EXPORT",
            Self::DeletedExport => "DELETED_EXPORT",
            Self::PinnedExport => "PINNED_EXPORT",
            Self::VerifiedExport => "VERIFIED_EXPORT",
            Self::UploadedExport => "UPLOADED_EXPORT",
            Self::ChangedSettings => "CHANGED_SETTINGS",
            Self::CreatedStorage => "CREATED_STORAGE",
            Self::ChangedStorage => "CHANGED_STORAGE",
            Self::DeletedStorage => "DELETED_STORAGE",
            Self::TestedStorage => "TESTED_STORAGE",
            Self::CreatedToken => "CREATED_TOKEN",
            Self::RevokedToken => "REVOKED_TOKEN",
        }
    }
}

/// Who does something.
#[derive(Clone, Copy, Debug)]
pub struct Actor<'a> {
    /// The name of the token that allows it.
    pub name: &'a str,
    /// The id of that token; None where none is needed.
    pub token: Option<Uuid>,
}

impl<'a> Actor<'a> {
    /// That it does something, with nothing more to tell of it.
    pub fn did(self, action: Action, subject: impl ToString) -> Event<'a> {
        Event { actor: self.name, actor_id: self.token, action, subject: Some(subject.to_string()), detail: None }
    }
}

/// Something that somebody did.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// The name of the token whose holder did it.
    pub actor: &'a str,
    /// The id of that token.
    pub actor_id: Option<Uuid>,
    /// What was done.
    pub action: Action,
    /// What it was done to: an id, or `settings`.
    pub subject: Option<String>,
    /// What is worth knowing of it.
    pub detail: Option<String>,
}

/// Keeps an event.
pub async fn record(db: &impl ConnectionTrait, event: Event<'_>, now: DateTime<Utc>) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(new_id(now)),
        at: Set(now),
        actor: Set(event.actor.to_owned()),
        actor_id: Set(event.actor_id),
        action: Set(event.action.name().to_owned()),
        subject: Set(event.subject),
        detail: Set(event.detail),
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// What is kept of a link, so that what is downloaded by it can be told from whom it came: when it ends, in Unix time.
pub fn link_detail(expires: i64) -> String {
    format!("by the link that ends at {expires}")
}

/// Keeps an event, unless the same was kept within the last hour.
pub async fn record_once(db: &impl ConnectionTrait, event: Event<'_>, now: DateTime<Utc>) -> Result<(), DbErr> {
    let same = Entity::find().filter(Column::At.gt(now - ONCE)).filter(Column::Action.eq(event.action.name()));
    let same = same.filter(Column::Subject.eq(event.subject.clone())).filter(Column::Detail.eq(event.detail.clone()));
    if same.one(db).await?.is_some() { Ok(()) } else { record(db, event, now).await }
}

/// Forgets what is over a year old.
pub async fn forget_old(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::At.lt(now - KEPT)).exec(db).await.map(drop)
}
