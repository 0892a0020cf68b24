//! The storages that exports are copied to, as clients see them: without their secrets.

use async_graphql::{Description, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::upload::FailureCode;

use super::guard;
use crate::{
    export::{CopyFailure, Location},
    storage::{Config, Provider},
};

/// A folder at a provider, where copies of exports go.
#[derive(Clone, Description)]
pub struct StorageLocation(pub Location);

#[Object(use_type_description)]
impl StorageLocation {
    /// Its id, by which mutations take it.
    async fn id(&self) -> ID {
        self.0.row.id.into()
    }

    /// What the admin who configured it calls it.
    async fn name(&self) -> &str {
        &self.0.row.name
    }

    /// Who provides it.
    async fn provider(&self) -> Provider {
        self.0.config.provider()
    }

    /// Whether exports are copied there.
    async fn enabled(&self) -> bool {
        self.0.row.enabled
    }

    /// How it is set up, without the secrets.
    #[graphql(guard = "guard::admin")]
    async fn config(&self) -> Config {
        self.0.config.clone()
    }

    /// When it was configured.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.row.created_at
    }

    /// When a copy last arrived there whole; null if none ever did.
    async fn last_uploaded_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.last_uploaded_at
    }

    /// Why the last thing that was tried there failed; null if it worked, or if nothing was tried with these settings.
    async fn last_failure(&self) -> Option<StorageFailure> {
        let row = &self.0.row;
        StorageFailure::stored(row.failure_code, row.failure_message.as_deref(), row.failed_at)
    }

    /// Whether it was deleted together with its files, and goes when the last of them is gone. `lastFailure` says what keeps
    /// them; deleted again without its files, it goes at once.
    async fn deleting(&self) -> bool {
        self.0.row.removing
    }

    /// Counts the changes. Give it back as `expectedVersion`, and nobody's change is overwritten unseen.
    async fn version(&self) -> i32 {
        self.0.row.version
    }
}

/// Why something failed at a storage.
#[derive(Clone, Debug, SimpleObject)]
pub struct StorageFailure {
    /// A stable code for programs.
    code: StorageErrorCode,
    /// What happened, to what, and what to do next.
    #[graphql(guard = "guard::operator")]
    message: String,
    /// Whether the same again may help, without anybody changing anything.
    retryable: bool,
    /// When it happened; null where that is not known.
    occurred_at: Option<DateTime<Utc>>,
}

impl StorageFailure {
    /// What is stored of a failure.
    pub(super) fn stored(
        code: Option<FailureCode>,
        message: Option<&str>,
        occurred_at: Option<DateTime<Utc>>,
    ) -> Option<Self> {
        let retryable = matches!(code?, FailureCode::Unreachable | FailureCode::Damaged);
        Some(Self { code: code?.into(), message: message.unwrap_or_default().to_owned(), retryable, occurred_at })
    }
}

impl From<CopyFailure> for StorageFailure {
    fn from(failure: CopyFailure) -> Self {
        let CopyFailure { code, message, retryable, .. } = failure;
        Self { code: code.into(), message, retryable, occurred_at: None }
    }
}

/// A stable code for why something failed at a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::upload::FailureCode")]
pub enum StorageErrorCode {
    /// What was configured cannot work.
    InvalidSettings,
    /// The credentials are refused, or allow too little.
    Unauthorized,
    /// The bucket or container is not there, or the file.
    NotFound,
    /// There is no room left.
    QuotaExceeded,
    /// It cannot be reached, or has a fault of its own.
    Unreachable,
    /// The host has another key than the one that was pinned. Nothing was sent to it.
    HostKeyChanged,
    /// The provider refuses it for a reason of its own.
    Rejected,
    /// What is there is not what was put.
    Damaged,
    /// There is no file of the export on the instance, or it is not what it was.
    FileUnavailable,
    /// The storage was switched off before the copy had arrived.
    SwitchedOff,
}
