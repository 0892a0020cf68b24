//! What retention decides over the history.

use std::sync::Arc;

use async_graphql::{Context, Description, Enum, Object};

use super::{data_export::DataExport, failure::Failure, storage_location::StorageLocation};
use crate::export::{Decision, Engine};

/// What retention decides over one completed export, on the instance or at a storage.
#[derive(Description)]
pub struct RetentionDecision(pub Decision);

#[Object(use_type_description)]
impl RetentionDecision {
    /// The export that it is decided over.
    async fn data_export(&self) -> DataExport {
        DataExport::alone(self.0.export.clone())
    }

    /// The storage that it is decided for; null for the instance.
    async fn storage(&self, ctx: &Context<'_>) -> Result<Option<StorageLocation>, Failure> {
        let Some(location) = &self.0.location else { return Ok(None) };
        Ok(Some(StorageLocation(ctx.data::<Arc<Engine>>()?.unsealed(location.clone())?)))
    }

    /// Whether it is kept.
    async fn keep(&self) -> bool {
        self.0.reason.keeps()
    }

    /// Why it is kept, or is not.
    async fn reason(&self) -> RetentionReason {
        self.0.reason.into()
    }
}

/// Why an export is kept, or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::export::Reason")]
pub enum RetentionReason {
    /// It is pinned: kept, and not counted.
    Pinned,
    /// It is among the newest that may be kept.
    WithinMaximum,
    /// There are enough newer ones, but it is still to be copied to a storage: it is kept until that is done or given up.
    AwaitsUpload,
    /// There are enough newer ones.
    PastMaximum,
    /// Its file is gone or damaged: it is not counted, so that no good one goes for it, and stays until somebody deletes it.
    NoGoodFile,
}
