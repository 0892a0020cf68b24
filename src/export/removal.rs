//! Removing exports: because somebody says so, or because retention does.
//!
//! An export is first marked, which takes it out of the history; then its file goes, and at last its row. Whatever fails or is
//! cut off in between is gone on with at the next look, so that no file is left without a row that knows of it.

use std::{collections::HashMap, sync::Arc};

use entity::data_export::{Column, Entity, Model, State};
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
            // It was pinned or removed since, or it is running.
            let export = self.in_history(id).await?.ok_or(RemoveError::NotFound)?;
            return Err(if export.pinned { RemoveError::Pinned } else { RemoveError::Running });
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
        let completed = completed.order_by_desc(Column::Id).all(&self.parts.db).await?;
        // An error here ends it all: what cannot be seen is not taken for gone.
        let files = self.parts.files.list().await?.into_iter().filter(|found| !found.draft);
        let files: HashMap<_, _> = files.map(|found| (found.name, found.bytes)).collect();
        let candidate = |export: &Model| {
            let bytes = export.file_name.as_ref().and_then(|name| files.get(name));
            let there = bytes.is_some_and(|bytes| i64::try_from(*bytes).ok() == export.size_bytes);
            Candidate { id: export.id, pinned: export.pinned, good: there && export.mismatches == "[]" }
        };
        let candidates = completed.iter().map(candidate).collect();
        let reasons = plan(candidates, usize::try_from(maximum).unwrap_or(usize::MAX).max(1));
        let decided = completed.into_iter().filter_map(|export| {
            let reason = *reasons.get(&export.id)?;
            Some(Decision { export, reason })
        });
        Ok(decided.collect())
    }

    /// Removes what is past the maximum, but for the export that has just become `safe`, and returns what went. What fails is
    /// logged, and done at the next look.
    pub(super) async fn retain(&self, safe: Option<Uuid>) -> Vec<Decision> {
        let _retaining = self.retaining.lock().await;
        let mut removed = Vec::new();
        if let Err(cause) = self.retain_but(safe, &mut removed).await {
            error!(%cause, "the oldest exports could not be removed yet");
        }
        removed
    }

    /// The same, if it has failed or was cut off.
    pub(super) async fn retain_if_due(&self) -> Result<(), DbErr> {
        if settings::read(&self.parts.db).await?.retention_due {
            self.retain(None).await;
        }
        Ok(())
    }

    async fn retain_but(&self, safe: Option<Uuid>, removed: &mut Vec<Decision>) -> Result<(), RemoveError> {
        let past = self.decisions(None).await?.into_iter().filter(|decision| !decision.reason.keeps());
        for decision in past.filter(|decision| Some(decision.export.id) != safe) {
            let Model { id, file_name, .. } = &decision.export;
            if self.queue.begin_removal(*id, self.parts.clock.now(), &[State::Completed]).await? {
                info!(%id, file_name, "export is past the maximum and is removed");
                removed.push(decision);
            }
        }
        self.finish_removals().await?;
        Ok(settings::note_retention(&self.parts.db, false).await?)
    }

    /// Goes on with the removals that were begun. A file that cannot be removed keeps its row.
    pub(super) async fn finish_removals(&self) -> Result<(), DbErr> {
        for export in self.queue.in_removal().await? {
            if let Some(file_name) = export.file_name.clone() {
                let files = Arc::clone(&self.parts.files);
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
        let _retaining = self.retaining.lock().await;
        let there = self.queue.pin(id, pinned, self.parts.clock.now()).await?;
        if there { self.in_history(id).await } else { Ok(None) }
    }

    /// The export of this id, unless it is on its way out.
    pub async fn in_history(&self, id: Uuid) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(id).filter(Column::Removing.eq(false)).one(&self.parts.db).await
    }
}
