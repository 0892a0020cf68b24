//! The worker: takes the export that has waited longest, runs it, and takes the next.

use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};
use uuid::Uuid;

use super::{Engine, PAUSE, failure::Failure, file_name};
use crate::clock::new_id;

/// Why what an earlier process left could not be repaired.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// What is left of an archive cannot be removed.
    #[error("what an earlier run left of {0} cannot be removed: {1}")]
    Remains(String, #[source] std::io::Error),
    /// Carryall's own database failed.
    #[error("Carryall's own database cannot be used: {0}")]
    Database(#[from] DbErr),
}

impl Engine {
    /// Repairs what an earlier process left: a run that was cut off is failed, and its files go. Called
    /// once at start, by the process that has the database to itself, so that no running export is alive.
    ///
    /// # Errors
    ///
    /// If a file cannot be removed, its export stays as it is, so that the next start knows of it.
    pub async fn repair(&self) -> Result<(), RepairError> {
        for (export, worker) in self.queue.running().await? {
            warn!(id = %export.id, "the server stopped while this export ran");
            if let Some(file_name) = &export.file_name {
                let removed = self.parts.files.remove_remains(file_name);
                removed.map_err(|cause| RepairError::Remains(file_name.clone(), cause))?;
            }
            self.queue.fail(export.id, worker, self.parts.clock.now(), Failure::worker_lost()).await?;
        }
        Ok(())
    }

    /// Runs exports one after the other until `stop`.
    pub async fn work(&self, stop: &CancellationToken) {
        let worker = new_id(self.parts.clock.now());
        while !stop.is_cancelled() {
            // Interest is registered before the queue is read, so that no wake-up is lost.
            let queued = self.queue.queued.notified();
            match self.run_next(worker, stop).await {
                Ok(true) => {}
                Ok(false) => tokio::select! { () = queued => {}, () = stop.cancelled() => {} },
                Err(cause) => {
                    error!(%cause, "the queue cannot be read");
                    tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = stop.cancelled() => {} }
                }
            }
        }
    }

    /// Runs the next export, if one waits.
    async fn run_next(&self, worker: Uuid, stop: &CancellationToken) -> Result<bool, DbErr> {
        let now = self.parts.clock.now();
        let Some(export) = self.queue.claim(worker, now, |export| file_name(export.id, now)).await? else {
            return Ok(false);
        };
        self.run(worker, &export, stop).await;
        Ok(true)
    }
}
