//! The settings an admin makes.

use std::sync::Arc;

use async_graphql::{Context, Description, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::data_export_settings::Model;

use super::{data_export::TableFormat, failure::Failure, retention_decision::RetentionDecision, user_error::UserError};
use crate::export::{Changed, Engine, settings::Change};

/// The settings of the instance.
#[derive(Clone, Debug, Description)]
pub struct DataExportSettings(pub Model);

#[Object(use_type_description)]
impl DataExportSettings {
    /// One export each night at midnight UTC.
    async fn automatic_exports(&self) -> bool {
        self.0.automatic_exports
    }

    /// Exports, made by hand or by night, also go to every enabled storage, unless their own `upload` says otherwise.
    async fn upload_automatic_exports(&self) -> bool {
        self.0.upload_automatic_exports
    }

    /// Most completed exports kept, on the instance and on each storage. 1 to 1000.
    async fn maximum_exports(&self) -> i32 {
        self.0.maximum_exports
    }

    /// Longest run in minutes. 60 to 1440.
    async fn backup_timeout_minutes(&self) -> i32 {
        self.0.backup_timeout_minutes
    }

    /// How exports write their tables, unless one is asked for otherwise.
    async fn format(&self) -> TableFormat {
        self.0.format.into()
    }

    /// When the next automatic export will be made; null while they are off.
    async fn next_run_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>, Failure> {
        Ok(ctx.data::<Arc<Engine>>()?.next_run(&self.0))
    }

    /// Counts the changes. Give it back as `expectedVersion`, and nobody's change is overwritten unseen.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A change of the settings. What is left out keeps its value.
#[derive(Clone, Debug, InputObject)]
pub struct UpdateDataExportSettingsInput {
    /// The version the change was made for; if the settings are at another, nothing is changed. Without it, that is not
    /// asked.
    expected_version: Option<i32>,
    /// One export each night at midnight UTC.
    automatic_exports: Option<bool>,
    /// Exports, made by hand or by night, also go to every enabled storage, unless their own `upload` says otherwise.
    upload_automatic_exports: Option<bool>,
    /// Most completed exports kept. 1 to 1000. A lower one takes effect at once: `retentionPreview` says what will be removed.
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
#[derive(SimpleObject)]
pub struct UpdateDataExportSettingsPayload {
    /// The settings after the change; null if nothing was changed.
    settings: Option<DataExportSettings>,
    /// The exports that were removed, since the maximum was lowered.
    removed: Vec<RetentionDecision>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

impl UpdateDataExportSettingsPayload {
    /// Nothing was changed.
    pub(super) fn refused(user_errors: Vec<UserError>) -> Self {
        Self { settings: None, removed: Vec::new(), user_errors }
    }
}

impl From<Changed> for UpdateDataExportSettingsPayload {
    fn from(changed: Changed) -> Self {
        let removed = changed.removed.into_iter().map(RetentionDecision).collect();
        Self { settings: Some(DataExportSettings(changed.settings)), removed, user_errors: Vec::new() }
    }
}
