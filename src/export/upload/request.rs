//! What people ask of copies: to be made again, to be verified.

use entity::{
    data_export::{FileState, Model as Export, State},
    storage_location::{self, Model as Location},
    upload::Status,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, TransactionTrait};
use uuid::Uuid;

use super::copies::{self, Key};
use crate::{
    audit::{self, Action, Actor, Event},
    database::answered,
    export::{Engine, removal::in_history, retain::newer_copies_at, settings},
    files::FilesError,
};

/// Why nothing is copied.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// There is no export with this id.
    #[error("There is no export with this id.")]
    NotFound,
    /// The export has no archive on the instance.
    #[error("There is no file of this export on the instance.")]
    FileUnavailable,
    /// There is no storage with this id.
    #[error("There is no storage with this id.")]
    NoSuchStorage,
    /// The storage is switched off, or is being removed.
    #[error("This storage is switched off. Enable it first.")]
    SwitchedOff,
    /// No storage is switched on.
    #[error("No storage is enabled. Configure or enable one first.")]
    NoStorage,
    /// What is there of the export is being removed.
    #[error("The copy at this storage is being removed. Wait until it is gone.")]
    Deleting,
    /// Newer exports fill the storage up.
    #[error(
        "{0} newer exports are at the storage already, and no more are kept there. Pin this one, or raise the maximum."
    )]
    PastMaximum(i32),
    /// The files cannot be reached.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// Carryall's own database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Why a copy is not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyCopyError {
    /// There is no export with this id.
    #[error("There is no export with this id.")]
    NotFound,
    /// There is no copy.
    #[error("There is no copy of this export at this storage.")]
    NoCopy,
    /// Carryall's own database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Engine {
    /// Copies an export to a storage, whatever was there of it; or to every storage that is switched on and has not got it
    /// whole. What waits for its next try is tried now.
    pub async fn upload(&self, export: Uuid, location: Option<Uuid>, by: Actor<'_>) -> Result<Export, UploadError> {
        let row = self.in_history(export).await?.ok_or(UploadError::NotFound)?;
        if self.available_file_quickly(&row).await?.is_none() {
            return Err(UploadError::FileUnavailable);
        }
        // Neither retention nor an admin decides over the same export and its copies meanwhile.
        let (transaction, now) = (self.decide().await?, self.parts.clock.now());
        let row = in_history(&transaction, export).await?.ok_or(UploadError::NotFound)?;
        if row.state != State::Completed || row.file_state != FileState::Kept {
            return Err(UploadError::FileUnavailable);
        }
        let mut wanted = Vec::new();
        let mut refused = None;
        for Location { id, .. } in locations_for(&transaction, location).await? {
            let key = Key { export, location: id };
            match self.may_copy(&transaction, &row, key, location.is_some()).await {
                Ok(true) => wanted.push(key),
                Ok(false) => {}
                Err(why) => refused = Some(why),
            }
        }
        match refused {
            Some(why @ (UploadError::Files(_) | UploadError::Database(_))) => return Err(why),
            Some(why) if wanted.is_empty() => return Err(why),
            _ => {}
        }
        // Where every storage has it whole, nothing is done and nothing noted.
        if !wanted.is_empty() {
            let to: Vec<_> = wanted.iter().map(|key| key.location.to_string()).collect();
            let event =
                Event { detail: Some(format!("to {}", to.join(", "))), ..by.did(Action::UploadedExport, export) };
            for key in wanted {
                copies::want(&transaction, key, now).await?;
            }
            audit::record(&transaction, event, now).await?;
        }
        transaction.commit().await?;
        self.queue.touch(export, self.parts.clock.now()).await?;
        self.bus.copies_due.notify_one();
        self.in_history(export).await?.ok_or(UploadError::NotFound)
    }

    /// Whether a copy is to be made: not of what is there already, unless it is asked for `by_name`; nor of what retention
    /// would remove there at once.
    async fn may_copy(
        &self,
        db: &DatabaseTransaction,
        export: &Export,
        key: Key,
        by_name: bool,
    ) -> Result<bool, UploadError> {
        match copies::find(db, key).await?.map(|copy| copy.status) {
            Some(Status::Uploaded) if !by_name => return Ok(false),
            Some(Status::Deleting) => return Err(UploadError::Deleting),
            _ => {}
        }
        let maximum = settings::read(db).await?.maximum_exports;
        let full = newer_copies_at(db, key).await? >= usize::try_from(maximum).unwrap_or(usize::MAX);
        if full && !export.pinned { Err(UploadError::PastMaximum(maximum)) } else { Ok(true) }
    }

    /// Wants the copy of an export at a storage to be verified there again.
    pub async fn verify_at(&self, export: Uuid, location: Uuid, by: Actor<'_>) -> Result<Export, VerifyCopyError> {
        let row = self.in_history(export).await?.ok_or(VerifyCopyError::NotFound)?;
        let (transaction, now) = (self.parts.db.begin().await?, self.parts.clock.now());
        if !copies::want_verified(&transaction, Key { export, location }).await? {
            return Err(VerifyCopyError::NoCopy);
        }
        let event = Event { detail: Some(format!("at {location}")), ..by.did(Action::VerifiedExport, export) };
        audit::record(&transaction, event, now).await?;
        transaction.commit().await?;
        self.queue.touch(export, now).await?;
        self.bus.copies_due.notify_one();
        Ok(row)
    }

    /// Tells those who watch an export that a copy of it has changed.
    pub(super) async fn copy_changed(&self, key: Key) {
        if let Err(cause) = answered(self.queue.touch(key.export, self.parts.clock.now())).await {
            tracing::warn!(export = %key.export, %cause, "the change of a copy could not be told");
        }
    }
}

/// The storage that is named, or all that are switched on.
async fn locations_for(db: &DatabaseTransaction, location: Option<Uuid>) -> Result<Vec<Location>, UploadError> {
    match location {
        Some(id) => {
            let found = storage_location::Entity::find_by_id(id).one(db).await?;
            let found = found.ok_or(UploadError::NoSuchStorage)?;
            if found.enabled && !found.removing { Ok(vec![found]) } else { Err(UploadError::SwitchedOff) }
        }
        None => {
            let on = storage_location::Entity::find().filter(storage_location::Column::Enabled.eq(true));
            let on = on.filter(storage_location::Column::Removing.eq(false)).all(db).await?;
            if on.is_empty() { Err(UploadError::NoStorage) } else { Ok(on) }
        }
    }
}
