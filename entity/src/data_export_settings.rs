//! The settings an admin makes in the product: one row, made by the migration.

use sea_orm::entity::prelude::*;

use crate::data_export::TableFormat;

/// The id of the only row.
pub const ID: i32 = 1;

/// The settings of the instance.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_export_settings")]
pub struct Model {
    /// Always [`ID`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// One export each night.
    pub automatic_exports: bool,
    /// Automatic exports also go to the configured storage.
    pub upload_automatic_exports: bool,
    /// Most completed exports kept, 1 to 1000.
    pub maximum_exports: i32,
    /// Longest run in minutes, 60 to 1440.
    pub backup_timeout_minutes: i32,
    /// How exports write their tables, unless one is asked for otherwise.
    pub format: TableFormat,
    /// When the nightly exports were last switched on; a midnight before that is not made up for.
    pub automatic_since: Option<DateTimeUtc>,
    /// Exports may have come to be past the maximum, and were not removed yet: after a success, or a lower maximum.
    pub retention_due: bool,
    /// How often that was noted: what was noted while retention went on is not forgotten when it ends.
    pub retention_asked: i64,
    /// Counts the changes, so that two admins do not overwrite each other unseen.
    pub version: i32,
}

/// None.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
