//! Why something failed at a storage, as it is stored and told.

use std::time::Duration;

use entity::upload::FailureCode;

use crate::storage::StorageError;

/// A failure at a storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The stable code.
    pub code: FailureCode,
    /// What happened, to what, and what to do.
    pub message: String,
    /// Whether the same again may help.
    pub retryable: bool,
    /// How long the provider asks to be left alone.
    pub(in crate::export) retry_after: Option<Duration>,
}

impl Failure {
    fn of(code: FailureCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retryable: false, retry_after: None }
    }

    /// Says what to do about a copy that is not whole any more.
    pub(super) fn with_remedy(mut self) -> Self {
        if matches!(self.code, FailureCode::Damaged | FailureCode::NotFound) {
            self.message += "; uploadDataExport copies it again, as long as its file is on the instance";
        }
        self
    }

    pub(super) fn switched_off() -> Self {
        Self::of(FailureCode::SwitchedOff, "The storage was switched off before the copy had arrived.")
    }

    pub(super) fn file_unavailable() -> Self {
        Self::of(FailureCode::FileUnavailable, "The file of the export is no longer on the instance.")
    }

    pub(super) fn file_changed() -> Self {
        Self::of(
            FailureCode::FileUnavailable,
            "The file of the export on the instance is not what it was when it was made.",
        )
    }

    /// What cannot be seen now may be there the next time.
    pub(super) fn file_unreadable() -> Self {
        let message = "The file of the export on the instance cannot be read; the server's log says why.";
        Self { retryable: true, ..Self::of(FailureCode::FileUnavailable, message) }
    }

    pub(in crate::export) fn sealed() -> Self {
        Self::of(
            FailureCode::InvalidSettings,
            "The settings of this storage cannot be opened with the instance's key. Delete it, and configure it anew.",
        )
    }

    /// A bug of a client library, which shall not take the others down.
    pub(in crate::export) fn panicked() -> Self {
        let message = "It broke off by a fault of Carryall; the log says more.";
        Self { retryable: true, ..Self::of(FailureCode::Unreachable, message) }
    }
}

impl From<&StorageError> for Failure {
    fn from(error: &StorageError) -> Self {
        let code = match error {
            StorageError::InvalidSettings(_) | StorageError::Setting { .. } => FailureCode::InvalidSettings,
            StorageError::Unauthorized(_) => FailureCode::Unauthorized,
            StorageError::NotFound(_) => FailureCode::NotFound,
            StorageError::QuotaExceeded(_) => FailureCode::QuotaExceeded,
            StorageError::HostKeyChanged(_) => FailureCode::HostKeyChanged,
            StorageError::Unreachable { .. } => FailureCode::Unreachable,
            StorageError::Damaged(_) => FailureCode::Damaged,
            StorageError::Rejected(_) => FailureCode::Rejected,
            StorageError::Content(_) => FailureCode::FileUnavailable,
        };
        let retry_after = match error {
            StorageError::Unreachable { retry_after, .. } => *retry_after,
            _ => None,
        };
        Self { code, message: error.to_string(), retryable: error.is_retryable(), retry_after }
    }
}
