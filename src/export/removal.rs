//! Removing exports: because somebody says so, or because retention does.
//!
//! An export is first marked, which takes it out of the history; then its file goes, and at last its row. Whatever fails or is
//! cut off in between is gone on with at the next look, so that no file is left without a row that knows of it.

use entity::{
    data_export::{Column, Entity, Model, State},
    data_export_settings,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use tokio::task::spawn_blocking;
use tracing::{error, info};
use uuid::Uuid;

use super::{
    Engine,
    retention::{Candidate, Reason, plan},
    settings,
};
use crate::files::FilesError;

/// What retention says of a completed export.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The export.
    pub export: Model,
    /// Whether it is kept, and why.
    pub reason: Reason,
}

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
    pub async fn remove(&self, id: Uuid) -> Result<(), RemoveError> {
        let export = self.in_history(id).await?.ok_or(RemoveError::NotFound)?;
        if export.pinned {
            return Err(RemoveError::Pinned);
        }
        let not_running = [State::Queued, State::Completed, State::Failed, State::Canceled];
        if !self.queue.begin_removal(id, self.parts.clock.now(), &not_running).await? {
            return Err(RemoveError::Running);
        }
        info!(%id, "export removed");
        self.finish_removals().await.map_err(RemoveError::from)
    }

    /// What retention would decide now, or if `maximum` exports could be kept: the newest first. Changes nothing.
    pub async fn decisions(&self, maximum: Option<i32>) -> Result<Vec<Decision>, RemoveError> {
        let maximum = match maximum {
            Some(maximum) => maximum,
            None => settings::read(&self.parts.db).await?.maximum_exports,
        };
        let completed = Entity::find().filter(Column::State.eq(State::Completed)).filter(Column::Removing.eq(false));
        let mut completed = completed.order_by_desc(Column::Id).all(&self.parts.db).await?;
        let mut candidates = Vec::new();
        for export in &completed {
            let whole = export.mismatches == "[]";
            // An error here ends it all: what cannot be seen is not taken for gone.
            let good = whole && self.available_file(export).await?.is_some();
            candidates.push(Candidate { id: export.id, pinned: export.pinned, good });
        }
        let plan = plan(candidates, usize::try_from(maximum).unwrap_or(usize::MAX).max(1));
        let decision = |(export, (_, reason))| Decision { export, reason };
        // Both are sorted by the id, the newest first.
        Ok(completed.drain(..).zip(plan).map(decision).collect())
    }

    /// Removes what is past the maximum of `settings`, and returns it.
    pub(super) async fn retain(&self, settings: &data_export_settings::Model) -> Result<Vec<Decision>, RemoveError> {
        let mut decisions = self.decisions(Some(settings.maximum_exports)).await?;
        decisions.retain(|decision| !decision.reason.keeps());
        for Decision { export, .. } in &decisions {
            if self.queue.begin_removal(export.id, self.parts.clock.now(), &[State::Completed]).await? {
                info!(id = %export.id, file_name = export.file_name, "export is past the maximum and is removed");
            }
        }
        self.finish_removals().await?;
        Ok(decisions)
    }

    /// The same, after a success: what fails is logged, and done after the next.
    pub(super) async fn retain_after_success(&self) {
        let retained = match settings::read(&self.parts.db).await {
            Ok(settings) => self.retain(&settings).await.map(drop),
            Err(cause) => Err(cause.into()),
        };
        if let Err(cause) = retained {
            error!(%cause, "the oldest exports could not be removed yet");
        }
    }

    /// Goes on with the removals that were begun. A file that cannot be removed keeps its row.
    pub(super) async fn finish_removals(&self) -> Result<(), DbErr> {
        for export in self.queue.in_removal().await? {
            if let Some(file_name) = export.file_name.clone() {
                let files = std::sync::Arc::clone(&self.parts.files);
                let removed = spawn_blocking(move || {
                    files.remove_draft(&file_name)?;
                    files.remove(&file_name)
                });
                let removed = removed.await.map_err(std::io::Error::other).and_then(|removed| removed);
                if let Err(cause) = removed {
                    error!(id = %export.id, %cause, "the file of an export cannot be removed yet");
                    continue;
                }
            }
            self.queue.forget(export.id).await?;
        }
        Ok(())
    }

    /// Calls an export off. False if there is none to be called off.
    pub async fn cancel(&self, id: Uuid) -> Result<bool, DbErr> {
        self.queue.cancel(id, self.parts.clock.now()).await
    }

    /// Pins an export or lets it go, and returns it; None if there is none.
    pub async fn pin(&self, id: Uuid, pinned: bool) -> Result<Option<Model>, DbErr> {
        let there = self.queue.pin(id, pinned, self.parts.clock.now()).await?;
        if there { self.in_history(id).await } else { Ok(None) }
    }

    /// The export of this id, unless it is on its way out.
    pub async fn in_history(&self, id: Uuid) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(id).filter(Column::Removing.eq(false)).one(&self.parts.db).await
    }
}
