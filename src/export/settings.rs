//! What an admin sets: one row, with its limits.

use std::ops::RangeInclusive;

use entity::{
    data_export::TableFormat,
    data_export_settings::{ActiveModel, Column, Entity, ID, Model},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, Set, UpdateMany,
    sea_query::Expr,
};

use super::{Engine, retain::Decision};
use crate::audit::{self, Action, Actor, Event};

/// How many completed exports may be kept.
pub const MAXIMUM_EXPORTS: RangeInclusive<i32> = 1..=1000;
/// How many minutes an export may run.
pub const BACKUP_TIMEOUT_MINUTES: RangeInclusive<i32> = 60..=1440;

/// A change of the settings. What is None stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The version the change was made for; another one is refused.
    pub expected_version: Option<i32>,
    /// One export each night.
    pub automatic_exports: Option<bool>,
    /// Automatic exports also go to the configured storage.
    pub upload_automatic_exports: Option<bool>,
    /// Most completed exports kept.
    pub maximum_exports: Option<i32>,
    /// Longest run in minutes.
    pub backup_timeout_minutes: Option<i32>,
    /// How exports write their tables.
    pub format: Option<TableFormat>,
}

impl Change {
    /// What it changes, in the words of the API.
    fn told(&self) -> String {
        let shown = |name: &str, value: Option<String>| value.map(|value| format!("{name}: {value}"));
        let all = [
            shown("automaticExports", self.automatic_exports.map(|value| value.to_string())),
            shown("uploadAutomaticExports", self.upload_automatic_exports.map(|value| value.to_string())),
            shown("maximumExports", self.maximum_exports.map(|value| value.to_string())),
            shown("backupTimeoutMinutes", self.backup_timeout_minutes.map(|value| value.to_string())),
            shown("format", self.format.map(|value| format!("{value:?}"))),
        ];
        all.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// The settings after a change, and what was removed for it.
#[derive(Debug)]
pub struct Changed {
    /// The settings.
    pub settings: Model,
    /// The exports that are past the new maximum.
    pub removed: Vec<Decision>,
}

/// Why the settings stayed as they were.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Values out of their range: each with its field's name in the API.
    #[error("some settings are out of range")]
    OutOfRange(Vec<(&'static str, RangeInclusive<i32>)>),
    /// Somebody else changed them in the meantime.
    #[error("The settings were changed by somebody else: they are at version {0} now. Load them again.")]
    Stale(i32),
    /// Carryall's own database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// The settings.
pub async fn read(db: &impl ConnectionTrait) -> Result<Model, DbErr> {
    Entity::find_by_id(ID).one(db).await?.ok_or_else(|| DbErr::RecordNotFound("the settings".into()))
}

/// Notes that there may be exports past the maximum.
pub(super) async fn note_retention(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let row = ActiveModel { retention_due: Set(true), ..Default::default() };
    asked_once_more(Entity::update_many().set(row)).exec(db).await.map(drop)
}

/// Notes that there are none, unless it was asked for once more since there were so many `asked`.
pub(super) async fn note_retained(db: &impl ConnectionTrait, asked: i64) -> Result<(), DbErr> {
    let row = ActiveModel { retention_due: Set(false), ..Default::default() };
    Entity::update_many().set(row).filter(Column::RetentionAsked.eq(asked)).exec(db).await.map(drop)
}

fn asked_once_more(update: UpdateMany<Entity>) -> UpdateMany<Entity> {
    update.col_expr(Column::RetentionAsked, Expr::col(Column::RetentionAsked).add(1))
}

impl Engine {
    /// Changes the settings, all that the change names or nothing. A lower maximum takes effect at once.
    pub async fn update_settings(&self, change: Change, by: Actor<'_>) -> Result<Changed, SettingsError> {
        let ranges = [
            ("maximumExports", change.maximum_exports, MAXIMUM_EXPORTS),
            ("backupTimeoutMinutes", change.backup_timeout_minutes, BACKUP_TIMEOUT_MINUTES),
        ];
        let wrong = ranges.into_iter().filter(|(_, value, range)| value.is_some_and(|value| !range.contains(&value)));
        let wrong = wrong.map(|(field, _, range)| (field, range)).collect::<Vec<_>>();
        if !wrong.is_empty() {
            return Err(SettingsError::OutOfRange(wrong));
        }
        // Retention decides by them.
        let (transaction, now) = (self.decide().await?, self.parts.clock.now());
        let db = &transaction;
        let detail = Some(change.told());
        let mut row: ActiveModel = Default::default();
        if change.automatic_exports == Some(true) && !read(db).await?.automatic_exports {
            row.automatic_since = Set(Some(now));
        }
        row.automatic_exports = change.automatic_exports.map_or(row.automatic_exports, Set);
        row.upload_automatic_exports = change.upload_automatic_exports.map_or(row.upload_automatic_exports, Set);
        if change.maximum_exports.is_some() {
            row.retention_due = Set(true);
        }
        row.maximum_exports = change.maximum_exports.map_or(row.maximum_exports, Set);
        row.backup_timeout_minutes = change.backup_timeout_minutes.map_or(row.backup_timeout_minutes, Set);
        row.format = change.format.map_or(row.format, Set);
        if !row.is_changed() && change.expected_version.is_none() {
            return Ok(Changed { settings: read(db).await?, removed: Vec::new() });
        }
        let mut update = Entity::update_many().set(row).col_expr(Column::Version, Expr::col(Column::Version).add(1));
        update = update.filter(Column::Id.eq(ID));
        if change.maximum_exports.is_some() {
            update = asked_once_more(update);
        }
        if let Some(version) = change.expected_version {
            update = update.filter(Column::Version.eq(version));
        }
        let changed = update.exec(&transaction).await?.rows_affected == 1;
        let settings = read(&transaction).await?;
        if !changed {
            return Err(SettingsError::Stale(settings.version));
        }
        let event = Event { detail, ..by.did(Action::ChangedSettings, "settings") };
        audit::record(&transaction, event, now).await?;
        transaction.commit().await?;
        let lowered = change.maximum_exports.is_some();
        let removed = if lowered { self.retain_quickly().await } else { Vec::new() };
        Ok(Changed { settings, removed })
    }
}
