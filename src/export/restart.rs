//! Another try for an export that was cut off through no fault of the data: a new row, so that the old one stays in the
//! history with its reason.

use entity::data_export::{Model, Trigger};
use tracing::error;

use super::{Engine, failure::Failure, queue::Entry};
use crate::clock::new_id;

/// Most restarts in a row.
pub(super) const MOST: i32 = 3;

impl Engine {
    /// What is stored of a run that failed: why, in words that say whether it is restarted, and its restart.
    pub(super) fn after(&self, export: &Model, failure: Failure) -> (Failure, Option<Entry>) {
        if !failure.is_restarted() {
            return (failure, None);
        }
        let entry = (export.restarts < MOST).then(|| self.restart_of(export)).flatten();
        let number = entry.as_ref().and_then(|entry| entry.restart).map(|(_, number)| number);
        (failure.followed_by(number, MOST), entry)
    }

    fn restart_of(&self, export: &Model) -> Option<Entry> {
        let id = new_id(self.parts.clock.now());
        let entry =
            self.entry(id).inspect_err(|cause| error!(id = %export.id, %cause, "the export cannot be restarted"));
        Some(Entry {
            name: export.name.clone(),
            trigger: Trigger::Restart,
            created_by: export.created_by.clone(),
            format: export.format,
            exclude_tables: export.exclude_tables.clone(),
            pinned: export.pinned,
            upload: export.upload,
            restart: Some((export.id, export.restarts + 1)),
            ..entry.ok()?
        })
    }
}
