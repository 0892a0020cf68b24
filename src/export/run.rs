//! One run: the claimed export is packed, proven, published, and its end stored.

use std::{
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use entity::data_export::Model;
use futures_util::FutureExt;
use tracing::{error, info, warn};

use super::{
    Engine, PAUSE,
    failure::{Failure, PackError},
    format_of,
    pack::{Order, Packed, pack},
    progress::Progress,
    watch::{ALIVE, Interrupt, Watch},
    worker::Stop,
};
use crate::{
    database::{answered, answered_within},
    files::{Draft, FilesError, Unpublished},
    source::Patterns,
};

/// For so long it is tried to publish an archive where that cannot be reached.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How long the first pause between two tries is; each is twice the last, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// So long it may take to store the end of a run, with all its tables.
const LONGEST_END: Duration = Duration::from_secs(10 * 60);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A claimed export.
struct Run<'a> {
    engine: &'a Engine,
    export: &'a Model,
    file_name: &'a str,
    progress: Arc<Progress>,
    stop: &'a Stop,
    /// It was begun to publish the archive.
    publishing: AtomicBool,
}

/// How the making ended.
enum Outcome {
    /// The archive is published.
    Made(Packed),
    Interrupted(Interrupt),
    /// The process stops.
    Stopped,
}

/// What is stored of the end.
enum End<'a> {
    Completed(&'a Packed),
    Failed(Failure),
    Canceled,
    GivenBack,
}

impl Engine {
    /// Runs `export`, which this process has claimed, to its end, or until `stop`.
    pub(super) async fn run(&self, export: &Model, stop: &Stop) {
        let Some(file_name) = export.file_name.as_deref() else { return };
        let Some(_held) = self.running.hold(export.id) else { return };
        info!(id = %export.id, file_name, "export started");
        let (progress, publishing) = (Arc::default(), AtomicBool::new(false));
        Run { engine: self, export, file_name, progress, stop, publishing }.to_end().await;
    }
}

impl Run<'_> {
    async fn to_end(&self) {
        let id = self.export.id;
        let watch = Watch::over(self.engine, self.export, &self.progress);
        // Dropping the making ends the connections to the sources and to where archives are kept, and removes the draft.
        let outcome = tokio::select! {
            made = self.make() => made.map_or_else(
                |cause| {
                    warn!(%id, %cause, "no archive was made");
                    Outcome::Interrupted(Interrupt::Failed(Failure::from(&cause)))
                },
                Outcome::Made,
            ),
            interrupt = watch.watch() => Outcome::Interrupted(interrupt),
            () = self.stop.running.cancelled() => Outcome::Stopped,
        };
        match outcome {
            Outcome::Made(packed) => self.complete(&packed).await,
            Outcome::Interrupted(Interrupt::Failed(failure)) => self.end(End::Failed(failure)).await,
            // Of a run that is somebody else's nothing will be stored.
            Outcome::Interrupted(Interrupt::Canceled | Interrupt::Lost) => self.end(End::Canceled).await,
            Outcome::Stopped => self.end(End::GivenBack).await,
        }
    }

    async fn make(&self) -> Result<Packed, PackError> {
        let (draft, packed) = self.pack_or_fail().await?;
        self.publish(draft, &packed).await.map_err(PackError::Keep)?;
        Ok(packed)
    }

    /// Packs. A driver that panics over what a server sends takes this run down, not the server.
    async fn pack_or_fail(&self) -> Result<(Draft, Packed), PackError> {
        let packed = AssertUnwindSafe(self.pack()).catch_unwind().await;
        packed.unwrap_or_else(|_| Err(PackError::Died("it panicked")))
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
            room: Some(self.engine.room_for(self.export, &self.progress).await?),
        };
        let draft = parts.files.draft(self.file_name).await?;
        let packed = pack(&order, &draft, &self.progress).await?;
        Ok((draft, packed))
    }

    /// Publishes the archive. Where that cannot be reached for a while, it is tried again.
    async fn publish(&self, mut draft: Draft, packed: &Packed) -> Result<(), FilesError> {
        self.publishing.store(true, Ordering::Relaxed);
        let (files, clock) = (&self.engine.parts.files, &self.engine.parts.clock);
        let (began, mut pause) = (clock.elapsed(), FIRST_PAUSE);
        loop {
            let Unpublished { cause, again } = match files.publish(draft, self.file_name, &packed.sealed).await {
                Ok(()) => return Ok(()),
                Err(unpublished) => unpublished,
            };
            match again {
                Some(again) if clock.elapsed() - began < PATIENCE => draft = again,
                _ => return Err(cause),
            }
            warn!(id = %self.export.id, %cause, ?pause, "the archive could not be published yet");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Completes the export, whose archive is published.
    async fn complete(&self, packed: &Packed) {
        let (id, file_name) = (self.export.id, self.file_name);
        match self.store(&End::Completed(packed), None).await {
            Some(true) => {
                info!(%id, file_name, bytes = packed.sealed.bytes, rows = packed.verified.rows, "export completed");
                self.engine.retain_in_time(Some(id)).await;
                self.engine.bus.copies_due.notify_one();
            }
            Some(false) => self.end(End::Canceled).await,
            // Whether it was stored is not known, so the archive stays: the next start decides by the row.
            None => {}
        }
    }

    /// Goes on telling that the run is alive while `work` is being done.
    async fn alive_during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let Engine { queue, worker, parts, .. } = self.engine;
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(ALIVE) => {
                    let told = answered(queue.still_alive(self.export.id, *worker, parts.clock.now())).await;
                    told.unwrap_or_else(|cause| warn!(id = %self.export.id, %cause, "the run could not say that it is alive"));
                }
            }
        }
    }

    /// Ends a run without an archive.
    async fn end(&self, end: End<'_>) {
        let id = self.export.id;
        let clear = self.clear().await;
        // What is published may come after all, so that the same run is not begun anew: another makes good for it.
        let end = if matches!(end, End::GivenBack) && !clear { End::Failed(Failure::worker_lost()) } else { end };
        match &end {
            End::GivenBack => info!(%id, "the server stops; the export goes back into the queue"),
            End::Failed(Failure { code, message, .. }) => warn!(%id, ?code, message, "export failed"),
            End::Canceled | End::Completed(_) => {}
        }
        let left = || (!clear).then(|| self.file_name.to_owned());
        let mut stored = self.store(&end, left()).await;
        if stored == Some(false) && !matches!(end, End::Canceled) {
            stored = self.store(&End::Canceled, left()).await;
        }
        match stored {
            Some(true) => info!(%id, "export ended without an archive"),
            Some(false) => warn!(%id, "export belongs to another worker by now; this run was thrown away"),
            None => {}
        }
    }

    /// Removes what is left of the run; false if that is not sure. A request that publishes and was broken off may still be done
    /// where archives are kept: then its name stays in the row, to be removed again later.
    async fn clear(&self) -> bool {
        if self.publishing.load(Ordering::Relaxed) {
            // That may take long, and until the end is stored the run is this worker's. A process that stops does not wait.
            let hurried = async {
                self.stop.running.cancelled().await;
                tokio::time::sleep(PAUSE).await;
            };
            let removal = self.alive_during(self.engine.remove_remains(self.export.id, self.file_name));
            tokio::select! { _ = removal => {}, () = hurried => {} }
            return false;
        }
        // The draft is gone with what wrote it.
        true
    }

    /// Tries to store the end until the database takes it, so that no export stays "running" for ever; None if the
    /// server was stopped before that.
    async fn store(&self, end: &End<'_>, left: Option<String>) -> Option<bool> {
        let (engine, export) = (self.engine, self.export);
        let (queue, run, now) = (&engine.queue, (export.id, engine.worker), engine.parts.clock.now());
        loop {
            let left = left.clone();
            let storing = async {
                match end {
                    End::Completed(packed) => queue.complete(run.0, run.1, now, self.progress.read(), packed).await,
                    End::Failed(failure) => {
                        let (failure, restart) = engine.after(export, failure.clone()).await?;
                        queue.fail(run, now, failure, left, restart).await
                    }
                    End::Canceled => queue.end_canceled(run, now, left).await,
                    End::GivenBack => queue.give_back(run, now).await,
                }
            };
            match answered_within(LONGEST_END, storing).await {
                Ok(mine) => return Some(mine),
                Err(cause) => error!(id = %export.id, %cause, "the end of the export could not be stored yet"),
            }
            tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = self.stop.running.cancelled() => return None }
        }
    }
}

/// What the export leaves out. It was checked when the export was asked for.
fn excluded(export: &Model) -> Result<Patterns, PackError> {
    let texts: Vec<String> = serde_json::from_str(&export.exclude_tables).map_err(std::io::Error::from)?;
    Patterns::parse(&texts).map_err(|cause| PackError::Write(std::io::Error::other(cause)))
}
