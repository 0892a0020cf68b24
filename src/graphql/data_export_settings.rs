//! The settings an admin makes.

use async_graphql::{InputObject, SimpleObject};
use entity::data_export_settings::Model;

use super::{data_export::TableFormat, user_error::UserError};
use crate::export::settings::Change;

/// The settings of the instance.
#[derive(Clone, Debug, SimpleObject)]
pub struct DataExportSettings {
    /// One export each night at midnight UTC.
    automatic_exports: bool,
    /// Automatic exports also go to every configured storage.
    upload_automatic_exports: bool,
    /// Most completed exports kept, on the instance and on each storage. 1 to 1000.
    maximum_exports: i32,
    /// Longest run in minutes. 60 to 1440.
    backup_timeout_minutes: i32,
    /// How exports write their tables, unless one is asked for otherwise.
    format: TableFormat,
    /// Counts the changes. Give it back as `expectedVersion`, and nobody's change is overwritten unseen.
    version: i32,
}

impl From<Model> for DataExportSettings {
    fn from(row: Model) -> Self {
        Self {
            automatic_exports: row.automatic_exports,
            upload_automatic_exports: row.upload_automatic_exports,
            maximum_exports: row.maximum_exports,
            backup_timeout_minutes: row.backup_timeout_minutes,
            format: row.format.into(),
            version: row.version,
        }
    }
}

/// A change of the settings. What is left out keeps its value.
#[derive(Clone, Debug, InputObject)]
pub struct UpdateDataExportSettingsInput {
    /// The version the change was made for; if the settings are at another, nothing is changed.
    expected_version: Option<i32>,
    /// One export each night at midnight UTC.
    automatic_exports: Option<bool>,
    /// Automatic exports also go to every configured storage.
    upload_automatic_exports: Option<bool>,
    /// Most completed exports kept. 1 to 1000.
    maximum_exports: Option<i32>,
    /// Longest run in minutes. 60 to 1440.
    backup_timeout_minutes: Option<i32>,
    /// How exports write their tables, unless one is asked for otherwise.
    format: Option<TableFormat>,
}

impl From<UpdateDataExportSettingsInput> for Change {
    fn from(input: UpdateDataExportSettingsInput) -> Self {
        Self {
            expected_version: input.expected_version,
            automatic_exports: input.automatic_exports,
            upload_automatic_exports: input.upload_automatic_exports,
            maximum_exports: input.maximum_exports,
            backup_timeout_minutes: input.backup_timeout_minutes,
            format: input.format.map(Into::into),
        }
    }
}

/// The settings as they are now, or what keeps them from being so.
#[derive(Debug, SimpleObject)]
pub struct UpdateDataExportSettingsPayload {
    /// The settings after the change; null if nothing was changed.
    pub settings: Option<DataExportSettings>,
    /// What is wrong with the input.
    pub user_errors: Vec<UserError>,
}
