//! Why an export failed.

use async_graphql::{Enum, SimpleObject};
use entity::data_export::Model;

/// Why an export failed.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExportFailure {
    /// A stable code for programs.
    code: ExportErrorCode,
    /// What happened, to what, and what to do next.
    message: String,
    /// The table at which it happened; null if it was at none.
    table: Option<String>,
}

impl ExportFailure {
    /// Why this export failed; None unless it did.
    pub(super) fn of(row: &Model) -> Option<Self> {
        Some(Self {
            code: row.failure_code?.into(),
            message: row.failure_message.clone().unwrap_or_default(),
            table: row.failure_table.clone(),
        })
    }
}

/// A stable code for why an export failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::data_export::FailureCode")]
pub enum ExportErrorCode {
    /// It ran longer than the backup timeout.
    TimedOut,
    /// Nothing came from its source for too long.
    Stalled,
    /// The server stopped while the export ran.
    WorkerLost,
    /// A source could not be opened.
    SourceUnreachable,
    /// A source refused access.
    SourceUnauthorized,
    /// A table could not be read whole.
    TableUnreadable,
    /// There was no room for the archive.
    DiskFull,
    /// The archive was made, but the place where archives are kept could not be reached for a quarter of an hour.
    FilesUnreachable,
    /// The archive, read back, was not what had been written.
    VerificationFailed,
    /// A fault of the server; its log says more.
    Internal,
}
