//! The copies of an export at the storages.

use std::sync::Arc;

use async_graphql::{Description, Enum, Object};
use chrono::{DateTime, Utc};
use entity::{
    data_export::{Model as Export, State},
    upload::{Model, Status},
};
use sea_orm::DatabaseConnection;

use super::{
    copies::Copies,
    failure::Failure,
    guard,
    storage_location::{StorageFailure, StorageLocation},
};
use crate::{
    export::{Engine, Location},
    scalar::BigInt,
};

/// The copy of an export at a storage.
#[derive(Description)]
pub struct Upload {
    row: Model,
    location: Location,
    file_name: String,
    size_bytes: Option<i64>,
}

#[Object(use_type_description)]
impl Upload {
    /// Where it goes.
    async fn storage(&self) -> StorageLocation {
        StorageLocation(self.location.clone())
    }

    /// Where it stands.
    async fn status(&self) -> CopyStatus {
        self.row.status.into()
    }

    /// The path of its file there.
    #[graphql(guard = "guard::operator")]
    async fn path(&self) -> String {
        self.location.config.path(&self.file_name)
    }

    /// Bytes that the storage has taken so far. They begin anew with each attempt.
    async fn bytes_done(&self) -> BigInt {
        BigInt(self.row.bytes_done)
    }

    /// The file's length in bytes; null until the export is completed.
    async fn size_bytes(&self) -> Option<BigInt> {
        self.size_bytes.map(BigInt)
    }

    /// How often it was tried, or its removal since that began.
    async fn attempts(&self) -> i32 {
        self.row.attempts
    }

    /// When it is tried next; null unless it waits.
    async fn next_attempt_at(&self) -> Option<DateTime<Utc>> {
        self.row.next_try_at.filter(|_| matches!(self.row.status, Status::Pending | Status::Deleting))
    }

    /// When it last arrived; null if it never did.
    async fn uploaded_at(&self) -> Option<DateTime<Utc>> {
        self.row.uploaded_at
    }

    /// When the storage last said that it is whole, by a checksum of its own or by handing it back; null if
    /// it never did.
    async fn verified_at(&self) -> Option<DateTime<Utc>> {
        self.row.verified_at
    }

    /// Whether it is being verified again.
    async fn verifying(&self) -> bool {
        self.row.verify_due
    }

    /// Why the last attempt failed; null if it did not.
    async fn failure(&self) -> Option<StorageFailure> {
        StorageFailure::stored(self.row.failure_code, self.row.failure_message.as_deref(), None)
    }
}

/// Where a copy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::upload::Status")]
pub enum CopyStatus {
    /// It waits for its next attempt.
    Pending,
    /// It is on its way.
    Uploading,
    /// It is there, and the storage has said that it is whole.
    Uploaded,
    /// It is given up: `uploadDataExport` tries again.
    Failed,
    /// It is being removed there, and tried until that is done.
    Deleting,
}

/// The copies of one export together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum UploadStatus {
    /// Nothing is to be copied: it was not asked for, no storage was enabled, or there will be no file. Or its copies were
    /// removed, or left to others.
    NotRequested,
    /// Copies are on their way, or will be when the export is completed.
    Pending,
    /// All have arrived whole.
    Uploaded,
    /// Some were given up: `uploads` says why.
    Incomplete,
}

/// The copies of an export, in the order in which their storages were configured.
pub(super) async fn uploads(
    engine: &Arc<Engine>,
    db: &DatabaseConnection,
    export: &Export,
    copies: &Copies,
) -> Result<Vec<Upload>, Failure> {
    let rows = copies.rows(db, export.id).await?;
    let Some(file_name) = export.file_name.clone().filter(|_| !rows.is_empty()) else { return Ok(Vec::new()) };
    let locations = copies.locations(engine).await?;
    let upload = |row: &Model| {
        let location = locations.get(&row.storage_location_id)?.clone();
        Some(Upload { row: row.clone(), location, file_name: file_name.clone(), size_bytes: export.size_bytes })
    };
    Ok(rows.iter().filter_map(upload).collect())
}

/// How the copies of an export stand together.
pub(super) async fn status(db: &DatabaseConnection, export: &Export, copies: &Copies) -> Result<UploadStatus, Failure> {
    match export.state {
        State::Queued | State::Running if export.upload => return Ok(UploadStatus::Pending),
        State::Completed => {}
        _ => return Ok(UploadStatus::NotRequested),
    }
    let rows = copies.rows(db, export.id).await?;
    let any = |wanted: &[Status]| rows.iter().any(|row| wanted.contains(&row.status));
    Ok(if any(&[Status::Pending, Status::Uploading]) {
        UploadStatus::Pending
    } else if any(&[Status::Failed]) {
        UploadStatus::Incomplete
    } else if any(&[Status::Uploaded]) {
        UploadStatus::Uploaded
    } else {
        UploadStatus::NotRequested
    })
}
