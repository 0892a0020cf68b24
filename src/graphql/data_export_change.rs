//! What can be done to one export: what a client sends for it, and gets back.

use async_graphql::{ID, InputObject, SimpleObject};
use uuid::Uuid;

use super::{data_export::DataExport, failure::Failure, user_error::UserError};

/// Which export is to be called off.
#[derive(Debug, InputObject)]
pub struct CancelDataExportInput {
    /// The export.
    pub(super) id: ID,
}

/// The export, or what keeps it from being called off.
#[derive(SimpleObject)]
pub struct CancelDataExportPayload {
    /// The export: canceled already if it was waiting, else soon; null if there is nothing to call off.
    pub(super) data_export: Option<DataExport>,
    /// What is wrong with the input.
    pub(super) user_errors: Vec<UserError>,
}

/// Which export is to be removed.
#[derive(Debug, InputObject)]
pub struct DeleteDataExportInput {
    /// The export.
    pub(super) id: ID,
}

/// What was removed, or what keeps it from being so.
#[derive(SimpleObject)]
pub struct DeleteDataExportPayload {
    /// The export that is no longer in the history; null if nothing was removed.
    pub(super) deleted_data_export_id: Option<ID>,
    /// What is wrong with the input.
    pub(super) user_errors: Vec<UserError>,
}

/// Which export is to be kept, or let go.
#[derive(Debug, InputObject)]
pub struct PinDataExportInput {
    /// The export.
    pub(super) id: ID,
    /// Whether retention shall never remove it, and not count it.
    pub(super) pinned: bool,
}

/// The export, or what keeps it from being pinned.
#[derive(SimpleObject)]
pub struct PinDataExportPayload {
    /// The export after the change; null if there is none with this id.
    pub(super) data_export: Option<DataExport>,
    /// What is wrong with the input.
    pub(super) user_errors: Vec<UserError>,
}

/// Which export's archive is to be read again.
#[derive(Debug, InputObject)]
pub struct VerifyDataExportInput {
    /// The export.
    pub(super) id: ID,
    /// The storage whose copy is to be verified; without it, the archive on the instance is.
    pub(super) storage_id: Option<ID>,
}

/// The export, or what keeps its archive from being read.
#[derive(SimpleObject)]
pub struct VerifyDataExportPayload {
    /// The export, whose `verification` is RUNNING now; with `storageId`, its copy is `verifying`. Null if nothing is read.
    pub(super) data_export: Option<DataExport>,
    /// What is wrong with the input.
    pub(super) user_errors: Vec<UserError>,
}

/// Which export is to be copied again, and where to.
#[derive(Debug, InputObject)]
pub struct UploadDataExportInput {
    /// The export.
    pub(super) id: ID,
    /// The storage, to which it is copied whatever was there of it; without one, it goes to every enabled storage that has
    /// not got it whole.
    pub(super) storage_id: Option<ID>,
}

/// The export, or what keeps it from being copied.
#[derive(SimpleObject)]
pub struct UploadDataExportPayload {
    /// The export, whose `uploads` say how it goes; null if nothing is copied.
    pub(super) data_export: Option<DataExport>,
    /// What is wrong with the input.
    pub(super) user_errors: Vec<UserError>,
}

/// The id that a client sent; none that we have made is anything else.
pub(super) fn parsed(id: &ID) -> Result<Uuid, UserError> {
    id.parse().map_err(|_| UserError::no_such_export())
}

/// An export, or what a client can correct; the rest is a fault.
pub(super) fn outcome<T>(
    result: Result<T, Result<UserError, Failure>>,
) -> Result<(Option<T>, Vec<UserError>), Failure> {
    match result {
        Ok(done) => Ok((Some(done), Vec::new())),
        Err(wrong) => Ok((None, vec![wrong?])),
    }
}
