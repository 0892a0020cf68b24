//! What sees to it that a run goes on: tells the database that it is alive and how far it is, and ends it when somebody wants
//! it canceled, when its time is over, or when nothing comes from its source any more.
//!
//! Times are counted by the clock that cannot be set: a clock that jumps ends no run.

use std::{pin::pin, time::Duration};

use entity::data_export::{Model, Phase};
use tokio::select;
use tracing::warn;
use uuid::Uuid;

use super::{
    Engine,
    failure::Failure,
    pace::Pace,
    progress::{Progress, Reading},
    queue::Beat,
    settings,
};
use crate::database::answered;

/// How often a run looks about. So a listener hears of a run twice a second at most.
const BEAT: Duration = Duration::from_millis(500);
/// So often a run says that it is alive, when there is nothing else to say.
pub(super) const ALIVE: Duration = Duration::from_secs(1);

/// Why a run does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Interrupt {
    /// It is somebody else's by now: nothing may be stored.
    Lost,
    /// Somebody called it off.
    Canceled,
    /// It took too long, or nothing moved.
    Failed(Failure),
}

/// The watch over one run.
pub(super) struct Watch<'a> {
    engine: &'a Engine,
    id: Uuid,
    progress: &'a Progress,
    began: Duration,
    /// When something moved last, and what there was then.
    moved: (Duration, Reading),
    pace: Pace,
    /// When it was stored last, and what.
    stored: Option<(Duration, Reading)>,
}

impl<'a> Watch<'a> {
    pub(super) fn over(engine: &'a Engine, export: &Model, progress: &'a Progress) -> Self {
        let began = engine.parts.clock.elapsed();
        let moved = (began, progress.read());
        Self { engine, id: export.id, progress, began, moved, pace: Pace::default(), stored: None }
    }

    /// Watches until the run may not go on.
    pub(super) async fn watch(mut self) -> Interrupt {
        let engine = self.engine;
        let mut cancels = pin!(engine.bus.cancels.notified());
        loop {
            // Interest is registered before the row is read, so that no wake-up is lost.
            cancels.as_mut().enable();
            // What somebody wants goes before what a clock says.
            if let Some(interrupt) = self.beat().await {
                return interrupt;
            }
            if let Some(failure) = self.over_time().await {
                return Interrupt::Failed(failure);
            }
            select! {
                () = tokio::time::sleep(BEAT) => {}
                () = cancels.as_mut() => {
                    self.stored = None;
                    cancels.set(engine.bus.cancels.notified());
                }
            }
        }
    }

    async fn over_time(&mut self) -> Option<Failure> {
        let now = self.engine.parts.clock.elapsed();
        let reading = self.progress.read();
        if reading != self.moved.1 {
            self.moved = (now, reading);
        }
        // An admin may raise the timeout while an export runs. If it cannot be read, the run is not ended for that.
        let settings = answered(settings::read(&self.engine.parts.db)).await;
        let minutes = settings.map(|settings| settings.backup_timeout_minutes).ok();
        if let Some(minutes) = minutes.filter(|minutes| now - self.began > of_minutes(*minutes)) {
            return Some(Failure::timed_out(minutes));
        }
        // Nothing comes from a source while the archive is read back.
        let reads = matches!(self.moved.1.phase, Phase::Connecting | Phase::Exporting);
        let stall = self.engine.parts.limits.stall;
        (reads && now - self.moved.0 > stall).then(|| Failure::stalled(stall))
    }

    /// Stores how far the run is, if that is due.
    async fn beat(&mut self) -> Option<Interrupt> {
        let now = self.engine.parts.clock.elapsed();
        let reading = self.progress.read();
        if self.stored.as_ref().is_some_and(|(at, stored)| *stored == reading && now - *at < ALIVE) {
            return None;
        }
        let told = self.pace.take(&reading, now - self.began);
        let clock = self.engine.parts.clock.now();
        let Engine { queue, worker, .. } = self.engine;
        match answered(queue.heartbeat(self.id, *worker, clock, reading.clone(), told)).await {
            Ok(Beat::Mine { cancel: true }) => Some(Interrupt::Canceled),
            Ok(Beat::Mine { cancel: false }) => {
                self.stored = Some((now, reading));
                None
            }
            Ok(Beat::Lost) => Some(Interrupt::Lost),
            Err(cause) => {
                warn!(id = %self.id, %cause, "the progress of the export could not be stored");
                None
            }
        }
    }
}

fn of_minutes(minutes: i32) -> Duration {
    Duration::from_secs(u64::try_from(minutes).unwrap_or(0) * 60)
}
