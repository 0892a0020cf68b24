//! Why something did not work at a storage, as far as somebody can do something about it.

use std::time::Duration;

/// Why an operation failed. The messages go to the person who set the storage up: what happened, to what, and what to do.
/// None holds a secret, nor what a provider sent back beyond its own code and words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// What was configured cannot work: a malformed address, a folder that is no folder.
    #[error("{0}")]
    InvalidSettings(String),
    /// One setting cannot be what it is meant to be.
    #[error("{field}: {message}")]
    Setting {
        /// The setting's name in the API.
        field: &'static str,
        /// What would be right.
        message: String,
    },
    /// The credentials are refused, or allow too little.
    #[error("{0}")]
    Unauthorized(String),
    /// The bucket, container or share is not there, or the file that was asked for.
    #[error("{0}")]
    NotFound(String),
    /// There is no room left, or too much is asked of the account.
    #[error("{0}")]
    QuotaExceeded(String),
    /// The host has another key than the one that was pinned. Nothing was sent to it.
    #[error("{0}")]
    HostKeyChanged(String),
    /// It cannot be reached, broke off, answered with a fault of its own, or asks to be left alone for a while.
    #[error("{message}")]
    Unreachable {
        /// What happened.
        message: String,
        /// How long it asks not to be tried again.
        retry_after: Option<Duration>,
    },
    /// What is there is not what was put.
    #[error("{0}")]
    Damaged(String),
    /// The provider refuses it for a reason of its own.
    #[error("{0}")]
    Rejected(String),
    /// The content itself could not be read.
    #[error("the archive cannot be read: {0}")]
    Content(String),
}

impl StorageError {
    /// It cannot be reached, or has a fault of its own, for now.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self::Unreachable { message: message.into(), retry_after: None }
    }

    /// A setting cannot be what it is meant to be.
    pub fn setting(field: &'static str, message: impl Into<String>) -> Self {
        Self::Setting { field, message: message.into() }
    }

    /// Whether the same again can succeed without anybody changing anything.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Damaged(_))
    }
}
