//! One run: the claimed export is packed, proven, published, and its end stored.

use std::{sync::Arc, time::Duration};

use entity::data_export::Model;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use uuid::Uuid;

use super::{
    Engine, PAUSE,
    failure::{Failure, PackError},
    format_of,
    pack::{Order, Packed, pack},
    progress::Progress,
};
use crate::{files::Draft, source::Patterns};

/// How often a run stores how far it is.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// A claimed export and who runs it.
struct Run<'a> {
    engine: &'a Engine,
    worker: Uuid,
    export: &'a Model,
    file_name: &'a str,
    progress: Arc<Progress>,
    stop: &'a CancellationToken,
}

/// How the packing ended.
enum Outcome {
    Packed(Draft, Packed),
    Failed(Failure),
    /// The row is somebody else's by now: nothing may be stored.
    Lost,
}

/// What is stored of the end.
enum End<'a> {
    Completed(&'a Packed),
    Failed(Failure),
}

impl Engine {
    /// Runs `export`, which `worker` has claimed, to its end, or until `stop`.
    pub(super) async fn run(&self, worker: Uuid, export: &Model, stop: &CancellationToken) {
        let Some(file_name) = export.file_name.as_deref() else { return };
        info!(id = %export.id, file_name, "export started");
        let progress = Arc::new(Progress::default());
        Run { engine: self, worker, export, file_name, progress, stop }.to_end().await;
    }

    /// Removes what is left of a run that will not be offered.
    pub(super) fn remove_remains(&self, id: Uuid, file_name: &str) {
        if let Err(cause) = self.parts.files.remove_remains(file_name) {
            error!(%id, file_name, %cause, "what is left of the export could not be removed");
        }
    }
}

impl Run<'_> {
    async fn to_end(&self) {
        let id = self.export.id;
        // Dropping the packing ends the connections to the sources and removes the draft.
        let outcome = tokio::select! {
            packed = self.pack() => packed.map_or_else(
                |cause| {
                    warn!(%id, %cause, "export failed");
                    Outcome::Failed(Failure::from(&cause))
                },
                |(draft, packed)| Outcome::Packed(draft, packed),
            ),
            () = self.heartbeat() => Outcome::Lost,
            () = self.stop.cancelled() => Outcome::Failed(Failure::worker_lost()),
        };
        match outcome {
            Outcome::Packed(draft, packed) => self.offer(draft, &packed).await,
            Outcome::Failed(failure) => self.give_up(failure).await,
            Outcome::Lost => warn!(%id, "export belongs to another worker by now; this run is thrown away"),
        }
    }

    async fn pack(&self) -> Result<(Draft, Packed), PackError> {
        let parts = &self.engine.parts;
        let order = Order {
            title: self.export.name.clone(),
            sources: Arc::clone(&parts.sources),
            exclude: excluded(self.export)?,
            format: format_of(self.export.format),
            password: self.engine.file_password(self.export)?,
            clock: parts.clock.clone(),
        };
        let draft = parts.files.draft(self.file_name)?;
        let packed = pack(&order, &draft, &self.progress).await?;
        Ok((draft, packed))
    }

    /// Returns only when the run is no longer this worker's.
    async fn heartbeat(&self) {
        let (queue, id) = (&self.engine.queue, self.export.id);
        let mut stored = self.progress.read();
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let reading = self.progress.read();
            if reading == stored {
                continue;
            }
            match queue.heartbeat(id, self.worker, self.engine.parts.clock.now(), reading.clone()).await {
                Ok(true) => stored = reading,
                Ok(false) => return,
                Err(cause) => warn!(%id, %cause, "the progress of the export could not be stored"),
            }
        }
    }

    /// Publishes the archive and completes the export.
    async fn offer(&self, draft: Draft, packed: &Packed) {
        let (id, file_name) = (self.export.id, self.file_name);
        if let Err(cause) = self.engine.parts.files.publish(draft, file_name).await {
            warn!(%id, %cause, "the archive could not be published");
            return self.give_up(Failure::from(&PackError::Write(cause))).await;
        }
        match self.store(End::Completed(packed)).await {
            Some(true) => {
                info!(%id, file_name, bytes = packed.sealed.bytes, rows = packed.verified.rows, "export completed");
            }
            Some(false) => {
                warn!(%id, "export belongs to another worker by now; its archive is removed");
                self.engine.remove_remains(id, file_name);
            }
            // Whether it was stored is not known, so the archive stays: the next start decides by the row.
            None => {}
        }
    }

    async fn give_up(&self, failure: Failure) {
        self.store(End::Failed(failure)).await;
    }

    /// Tries to store the end until the database takes it, so that no export stays "running" for ever; None if the
    /// server was stopped before that.
    async fn store(&self, end: End<'_>) -> Option<bool> {
        let (queue, id, now) = (&self.engine.queue, self.export.id, self.engine.parts.clock.now());
        loop {
            let stored = match &end {
                End::Completed(packed) => queue.complete(id, self.worker, now, self.progress.read(), packed).await,
                End::Failed(failure) => queue.fail(id, self.worker, now, failure.clone()).await,
            };
            match stored {
                Ok(mine) => return Some(mine),
                Err(cause) => error!(%id, %cause, "the end of the export could not be stored yet"),
            }
            tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = self.stop.cancelled() => return None }
        }
    }
}

/// What the export leaves out. It was checked when the export was asked for.
fn excluded(export: &Model) -> Result<Patterns, PackError> {
    let texts: Vec<String> = serde_json::from_str(&export.exclude_tables).map_err(std::io::Error::from)?;
    Patterns::parse(&texts).map_err(|cause| PackError::Write(std::io::Error::other(cause)))
}
