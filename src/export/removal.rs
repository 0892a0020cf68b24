//! Removing exports: because somebody says so, or because retention does.
//!
//! An export is first marked, which takes it out of the history; then its file goes and what was copied of it, and at last its
//! row. Whatever fails or is cut off in between is gone on with at the next look, so that no file is left without a row that knows
//! of it.

use entity::{
    data_export::{Column, Entity, Model, State},
    upload,
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use tokio::time::timeout;
use tracing::{error, info};
use uuid::Uuid;

use super::{Engine, QUICKLY, upload::copies};
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

/// What became of the file of an export that is being removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileRemoval {
    /// It is gone.
    Done,
    /// It cannot be removed.
    Failed,
    /// Where archives are kept cannot be reached, for this one or any other.
    Unreachable,
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
        if let Some(export) = Entity::find_by_id(id).one(&self.parts.db).await? {
            // A place of archives that is away keeps nobody waiting: the rest is done at the next look.
            if let Ok(Err(cause)) = timeout(QUICKLY, self.finish_removal(&export)).await {
                error!(%id, %cause, "the removal of the export could not be ended yet");
            }
        }
        Ok(())
    }

    /// Goes on with the removals that were begun. A file that cannot be removed keeps its row, and so does an export that has
    /// a copy at a storage, until that is removed there.
    pub(super) async fn finish_removals(&self) -> Result<(), DbErr> {
        let now = self.parts.clock.now();
        for export in self.queue.in_file_removal().await? {
            match self.remove_file(&export).await {
                FileRemoval::Done => self.queue.file_removed(export.id, now).await?,
                FileRemoval::Failed => {}
                FileRemoval::Unreachable => return Ok(()),
            }
        }
        for export in self.queue.in_removal().await? {
            if self.finish_removal(&export).await? == FileRemoval::Unreachable {
                break;
            }
        }
        Ok(())
    }

    /// Goes on with the removal of an export, and says what became of its file.
    async fn finish_removal(&self, export: &Model) -> Result<FileRemoval, DbErr> {
        let removed = self.remove_file(export).await;
        if removed != FileRemoval::Done {
            return Ok(removed);
        }
        let of_export = Condition::all().add(upload::Column::DataExportId.eq(export.id));
        copies::remove(&self.parts.db, of_export, self.parts.clock.now()).await?;
        if copies::of_export(&self.parts.db, export.id).await?.is_empty() {
            self.queue.forget(export.id).await?;
        } else {
            self.bus.copies_going();
        }
        Ok(removed)
    }

    /// Removes the file of an export from the instance.
    async fn remove_file(&self, export: &Model) -> FileRemoval {
        let Some(file_name) = &export.file_name else { return FileRemoval::Done };
        match self.remove_remains(export.id, file_name).await {
            Ok(()) => FileRemoval::Done,
            Err(FilesError::Store(cause)) if cause.is_retryable() => FileRemoval::Unreachable,
            Err(_) => FileRemoval::Failed,
        }
    }

    /// Removes what is left of an export on the instance: its draft, and its file.
    pub(super) async fn remove_remains(&self, id: Uuid, file_name: &str) -> Result<(), FilesError> {
        let removed = self.parts.files.remove_remains(file_name).await;
        removed.inspect_err(|cause| error!(%id, file_name, %cause, "the file of the export could not be removed yet"))
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
