//! What retention decides over the history.

use async_graphql::{Enum, Object};

use super::data_export::DataExport;
use crate::export::Decision;

/// What retention decides over one completed export.
pub struct RetentionDecision(pub Decision);

#[Object]
impl RetentionDecision {
    async fn data_export(&self) -> DataExport {
        DataExport(self.0.export.clone())
    }

    /// Whether it is kept.
    async fn keep(&self) -> bool {
        self.0.reason.keeps()
    }

    /// Why.
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
    /// There are enough newer ones.
    PastMaximum,
    /// Its file is gone or damaged: it is not counted, so that no good one goes for it, and stays until somebody deletes it.
    NoGoodFile,
}
