//! Another try for an export that was cut off through no fault of the data: a new row, so that the old one stays in the
//! history with its reason.

use entity::data_export::{Model, Trigger};
use sea_orm::DbErr;
use tracing::error;

use super::{CreateError, Engine, failure::Failure, queue::Entry};

/// Most restarts in a row.
pub(super) const MOST: i32 = 3;

impl Engine {
    /// What is stored of a run that failed: why, in words that say whether it is restarted, and its restart.
    pub(super) async fn after(&self, export: &Model, failure: Failure) -> Result<(Failure, Option<Entry>), DbErr> {
        if !failure.is_restarted() {
            return Ok((failure, None));
        }
        if export.restarts >= MOST {
            return Ok((failure.given_up(MOST), None));
        }
        match self.restart_of(export).await {
            Ok(entry) => Ok((failure.restarted(export.restarts + 1, MOST), Some(entry))),
            // To be tried again.
            Err(CreateError::Database(cause)) => Err(cause),
            Err(cause) => {
                error!(id = %export.id, %cause, "the export cannot be restarted");
                Ok((failure, None))
            }
        }
    }

    async fn restart_of(&self, export: &Model) -> Result<Entry, CreateError> {
        Ok(Entry {
            name: export.name.clone(),
            trigger: Trigger::Restart,
            created_by: export.created_by.clone(),
            format: export.format,
            exclude_tables: export.exclude_tables.clone(),
            pinned: export.pinned,
            upload: export.upload,
            restart: Some((export.id, export.restarts + 1)),
            ..self.entry().await?
        })
    }
}
