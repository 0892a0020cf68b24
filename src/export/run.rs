//! One run: the claimed export is packed, proven, published, and its end stored.

use std::{sync::Arc, time::Duration};

use entity::data_export::Model;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use uuid::Uuid;

use super::{
    Engine,
    failure::{Failure, PackError},
    pack::{Order, Packed, pack},
    progress::Progress,
};
use crate::{files::Draft, format::Csv};

/// How often a run stores how far it is.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// How a run ended.
enum Outcome {
    Packed(Draft, Packed),
    Failed(Failure),
    /// The row is somebody else's by now: nothing may be stored.
    Lost,
}

impl Engine {
    /// Runs `export`, which `worker` has claimed, to its end, or until `stop`.
    pub(super) async fn run(&self, worker: Uuid, export: &Model, stop: &CancellationToken) {
        let id = export.id;
        let Some(file_name) = export.file_name.as_deref() else { return };
        info!(%id, file_name, "export started");
        let progress = Arc::new(Progress::default());
        // Dropping the packing ends the connections to the sources and removes the draft.
        let outcome = tokio::select! {
            packed = self.pack(export, file_name, &progress) => match packed {
                Ok((draft, packed)) => Outcome::Packed(draft, packed),
                Err(cause) => {
                    warn!(%id, cause = %cause, "export failed");
                    Outcome::Failed(Failure::from(&cause))
                }
            },
            () = self.heartbeat(worker, id, &progress) => Outcome::Lost,
            () = stop.cancelled() => Outcome::Failed(Failure::worker_lost()),
        };
        let ended = match outcome {
            Outcome::Packed(draft, packed) => self.offer(worker, id, file_name, draft, &packed, &progress).await,
            Outcome::Failed(failure) => self.queue.fail(id, worker, self.parts.clock.now(), failure).await.map(|_| ()),
            Outcome::Lost => {
                warn!(%id, "export belongs to another worker by now; this run is thrown away");
                Ok(())
            }
        };
        if let Err(cause) = ended {
            error!(%id, %cause, "the end of the export could not be stored; the next start will");
        }
    }

    async fn pack(
        &self,
        export: &Model,
        file_name: &str,
        progress: &Arc<Progress>,
    ) -> Result<(Draft, Packed), PackError> {
        let password = self.file_password(export).map_err(std::io::Error::other)?;
        let order = Order {
            title: export.name.clone(),
            sources: Arc::clone(&self.parts.sources),
            format: Arc::new(Csv),
            password,
            clock: self.parts.clock.clone(),
        };
        let draft = self.parts.files.draft(file_name)?;
        let packed = pack(&order, &draft, progress).await?;
        Ok((draft, packed))
    }

    /// Returns only when the run is no longer this worker's.
    async fn heartbeat(&self, worker: Uuid, id: Uuid, progress: &Progress) {
        let mut stored = progress.read();
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let reading = progress.read();
            if reading == stored {
                continue;
            }
            match self.queue.heartbeat(id, worker, self.parts.clock.now(), reading.clone()).await {
                Ok(true) => stored = reading,
                Ok(false) => return,
                Err(cause) => warn!(%id, %cause, "the progress of the export could not be stored"),
            }
        }
    }

    /// Publishes the archive and completes the export; takes the archive back if that cannot be stored.
    async fn offer(
        &self,
        worker: Uuid,
        id: Uuid,
        file_name: &str,
        draft: Draft,
        packed: &Packed,
        progress: &Progress,
    ) -> Result<(), sea_orm::DbErr> {
        let now = self.parts.clock.now();
        if let Err(cause) = self.parts.files.publish(draft, file_name) {
            warn!(%id, %cause, "the archive could not be published");
            let failure = Failure::from(&PackError::Write(cause));
            return self.queue.fail(id, worker, now, failure).await.map(|_| ());
        }
        let completed = self.queue.complete(id, worker, now, progress.read(), packed).await;
        match &completed {
            Ok(true) => {
                info!(%id, file_name, bytes = packed.sealed.bytes, rows = packed.verified.rows, "export completed")
            }
            Ok(false) => {
                warn!(%id, "export belongs to another worker by now; its archive is removed");
                self.remove_remains(id, file_name);
            }
            // Whether it was stored is not known, so the archive stays: the next start decides by the row.
            Err(_) => {}
        }
        completed.map(|_| ())
    }

    /// Removes what is left of a run that will not be offered.
    pub(super) fn remove_remains(&self, id: Uuid, file_name: &str) {
        if let Err(cause) = self.parts.files.remove_remains(file_name) {
            error!(%id, file_name, %cause, "what is left of the export could not be removed");
        }
    }
}
