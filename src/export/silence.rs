//! Finds what was lost with its process: runs and readings.
//!
//! A worker is known to be gone by its silence: each heartbeat counts up its run's `sequence`, and a run whose number has not
//! moved for [`SILENCE`] as this process has watched it is lost. So no two clocks are compared, and none that jumps does
//! harm.

use std::{
    collections::HashMap,
    mem::take,
    sync::{Mutex as Brief, PoisonError},
    time::Duration,
};

use entity::data_export::Model;
use sea_orm::DbErr;
use tokio::sync::Mutex;
use tracing::{error, warn};
use uuid::Uuid;

use super::{Engine, worker::TICK};

/// A worker that is not heard of for so long is gone. With a look every ten seconds that is within a minute.
const SILENCE: Duration = Duration::from_secs(40);

/// What was seen at the last look.
#[derive(Debug, Default)]
pub(super) struct Silence {
    seen: Mutex<Seen>,
    /// Runs that were found lost, and the names under which something of them may lie.
    lost: Brief<Vec<(Uuid, String)>>,
}

#[derive(Debug, Default)]
struct Seen {
    at: Option<Duration>,
    /// Of each run that is somebody else's, its sequence and for how long it has been that.
    runs: HashMap<Uuid, (i64, Duration)>,
}

impl Silence {
    /// The runs that were found lost since the last time.
    pub(super) fn take_lost(&self) -> Vec<(Uuid, String)> {
        take(&mut self.lost.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note_lost(&self, id: Uuid, file_name: String) {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).push((id, file_name));
    }
}

impl Engine {
    /// Ends the runs whose workers are silent, and the readings that nobody goes on with.
    pub(super) async fn end_what_was_lost(&self) -> Result<(), DbErr> {
        let mut seen = self.silence.seen.lock().await;
        let running = self.queue.running().await?;
        let elapsed = self.parts.clock.elapsed();
        // While this process was frozen or without its database, the others may have been too: that time does not count.
        let since = seen.at.map_or(Duration::ZERO, |last| elapsed.saturating_sub(last).min(TICK * 2));
        seen.at = Some(elapsed);
        let mut before = take(&mut seen.runs);
        let mut silent = Vec::new();
        for (export, worker) in running.into_iter().filter(|(export, _)| !self.running.has(export.id)) {
            let silence = match before.remove(&export.id) {
                Some((sequence, silence)) if sequence == export.sequence => silence + since,
                _ => Duration::ZERO,
            };
            seen.runs.insert(export.id, (export.sequence, silence));
            if silence >= if worker == self.worker { TICK } else { SILENCE } {
                silent.push((export, worker));
            }
        }
        drop(seen);
        for (export, worker) in silent {
            // One that cannot be ended keeps no other from it.
            if let Err(cause) = self.end_silent(&export, worker).await {
                error!(id = %export.id, %cause, "an export that was lost with its worker could not be ended yet");
            }
        }
        self.queue.end_lost_readings(self.parts.clock.now()).await
    }

    async fn end_silent(&self, export: &Model, worker: Uuid) -> Result<(), DbErr> {
        if worker == self.worker {
            warn!(id = %export.id, "this process had claimed the export without hearing of it");
            if self.queue.give_back((export.id, worker), self.parts.clock.now()).await? {
                return Ok(());
            }
        } else {
            warn!(id = %export.id, %worker, "the worker of this export is gone");
        }
        let ended = self.end_lost(export, worker, export.file_name.clone()).await?;
        if let Some(file_name) = export.file_name.as_ref().filter(|_| ended) {
            self.silence.note_lost(export.id, file_name.clone());
        }
        Ok(())
    }
}
