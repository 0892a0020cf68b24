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

use sea_orm::DbErr;
use tokio::sync::Mutex;
use tracing::warn;
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
        let elapsed = self.parts.clock.elapsed();
        // While this process was frozen or without its database, the others may have been too: that time does not count.
        let since = seen.at.map_or(Duration::ZERO, |last| elapsed.saturating_sub(last).min(TICK * 2));
        seen.at = Some(elapsed);
        let mut before = take(&mut seen.runs);
        for (export, worker) in self.queue.running().await? {
            if self.running.has(export.id) {
                continue;
            }
            let silent = match before.remove(&export.id) {
                Some((sequence, silent)) if sequence == export.sequence => silent + since,
                _ => Duration::ZERO,
            };
            if silent < if worker == self.worker { TICK } else { SILENCE } {
                seen.runs.insert(export.id, (export.sequence, silent));
                continue;
            }
            let now = self.parts.clock.now();
            if worker == self.worker && self.queue.give_back((export.id, worker), now).await? {
                warn!(id = %export.id, "this process had claimed the export without hearing of it; it is in the queue again");
                continue;
            }
            warn!(id = %export.id, %worker, "the worker of this export is gone; what can be restarted is");
            let ended = self.end_lost(&export, worker, export.file_name.clone()).await?;
            if let Some(file_name) = export.file_name.filter(|_| ended) {
                self.silence.note_lost(export.id, file_name);
            }
        }
        drop(seen);
        self.queue.end_lost_readings(self.parts.clock.now()).await
    }
}
