//! Removing exports: because somebody says so, or because retention does.
//!
//! An export is first marked, which takes it out of the history; then its file goes and what was
//! copied of it, and at last its row. Whatever fails or is
//! cut off in between is gone on with at the next look, so that no file is left without a row that knows of it.

use entity::{
    data_export::{Column, Entity, Model, State},
    upload,
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use tracing::{error, info};
use uuid::Uuid;

use super::{Engine, upload::copies};
use crate::{
    audit::{Action, Actor, Event},
    files::FilesError,
};

/// Why an export was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// There is none with this id.
    #[error("There is no export with this id.")]
    NotFound,
    /// It is being made.
    #[error("The export is running. Cancel it first.")]
    Running,
    /// Somebody wants it kept.
    #[error("The export is pinned. Unpin it first.")]
    Pinned,
    /// It cannot be seen which files there are.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// Carryall's own database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Engine {
    /// Removes an export from the history, and its file.
    pub async fn remove(&self, id: Uuid, by: Actor<'_>) -> Result<(), RemoveError> {
        // Nobody wants a copy of it meanwhile.
        let (transaction, now) = (self.decide().await?, self.parts.clock.now());
        let export = in_history(&transaction, id).await?.ok_or(RemoveError::NotFound)?;
        if export.pinned {
            return Err(RemoveError::Pinned);
        }
        let not_running = [State::Queued, State::Completed, State::Failed, State::Canceled];
        let event = Event { detail: Some(export.name), ..by.did(Action::DeletedExport, id) };
        if !self.queue.begin_removal(&transaction, id, now, &not_running, Some(event)).await? {
            return Err(RemoveError::Running);
        }
        transaction.commit().await?;
        self.queue.tell(id);
        info!(%id, "export removed");
        self.finish_removals().await.map_err(RemoveError::from)
    }

    /// Goes on with the removals that were begun. A file that cannot be removed keeps its row, and so does an export that has
    /// a copy at a storage, until that is removed there.
    pub(super) async fn finish_removals(&self) -> Result<(), DbErr> {
        let now = self.parts.clock.now();
        for export in self.queue.in_file_removal().await? {
            if self.remove_file(&export).await {
                self.queue.file_removed(export.id, now).await?;
            }
        }
        for export in self.queue.in_removal().await? {
            if !self.remove_file(&export).await {
                continue;
            }
            let of_export = Condition::all().add(upload::Column::DataExportId.eq(export.id));
            copies::remove(&self.parts.db, of_export, now).await?;
            if copies::of_export(&self.parts.db, export.id).await?.is_empty() {
                self.queue.forget(export.id).await?;
            } else {
                self.bus.copies_going();
            }
        }
        Ok(())
    }

    /// Removes the file of an export from the instance; false if it cannot be.
    async fn remove_file(&self, export: &Model) -> bool {
        let Some(file_name) = &export.file_name else { return true };
        let removed = self.parts.files.remove_remains(file_name).await;
        let failed =
            |cause: &FilesError| error!(id = %export.id, %cause, "the file of an export cannot be removed yet");
        removed.inspect_err(failed).is_ok()
    }

    /// Calls an export off. False if there is none to be called off.
    pub async fn cancel(&self, id: Uuid, by: Actor<'_>) -> Result<bool, DbErr> {
        let Some(export) = self.in_history(id).await? else { return Ok(false) };
        let event = Event { detail: Some(export.name), ..by.did(Action::CanceledExport, id) };
        self.queue.cancel(id, self.parts.clock.now(), event).await
    }

    /// Pins an export or lets it go, and returns it; None if there is none.
    pub async fn pin(&self, id: Uuid, pinned: bool, by: Actor<'_>) -> Result<Option<Model>, DbErr> {
        let transaction = self.decide().await?;
        let event = Event { detail: Some(format!("pinned: {pinned}")), ..by.did(Action::PinnedExport, id) };
        let there = self.queue.pin(&transaction, id, pinned, self.parts.clock.now(), event).await?;
        transaction.commit().await?;
        self.queue.tell(id);
        if there { self.in_history(id).await } else { Ok(None) }
    }

    /// The export of this id, unless it is on its way out.
    pub async fn in_history(&self, id: Uuid) -> Result<Option<Model>, DbErr> {
        in_history(&self.parts.db, id).await
    }
}

/// The same, as somebody sees it.
pub(super) async fn in_history(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::Removing.eq(false)).one(db).await
}
