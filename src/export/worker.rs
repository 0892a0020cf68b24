//! The worker: takes the export that has waited longest, runs it, and takes the next. Beside it, what must be looked at now
//! and then: nights, lost workers, what is to be removed.

use std::{pin::pin, time::Duration};

use chrono::TimeDelta;
use futures_util::future::join_all;
use sea_orm::DbErr;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::{Engine, PAUSE, failure::Failure, file_name, schedule, upload::copies};
use crate::{clock::Clock, database::answered};

/// So often it is looked whether something is to be done. Midnight is waited for by itself.
pub(super) const TICK: Duration = Duration::from_secs(10);

/// So long one look may take at most.
const LOOK: Duration = Duration::from_secs(2 * 60);
/// And so long the removal of what is over, which may wait for a place of archives.
const CLEARING: Duration = Duration::from_secs(30 * 60);

/// How a worker is stopped: first gently, then at once.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// Nothing new is begun.
    pub taking: CancellationToken,
    /// What runs is given back, to be run by another or after the next start.
    pub running: CancellationToken,
}

impl Engine {
    /// Repairs what an earlier process left: a run that was cut off is failed and restarted, and its files go; a copy that was cut
    /// off is made again; a reading that was cut off has ended. Called once at start, by the process that has the database to
    /// itself, so that no running export is alive. Where others may work over the same database, it does nothing: what is lost
    /// there is found by its silence.
    pub async fn repair(&self) -> Result<(), DbErr> {
        if self.is_shared() {
            return Ok(());
        }
        let now = self.parts.clock.now();
        copies::give_all_back(&self.parts.db, now).await?;
        self.queue.end_all_readings(now).await?;
        for (export, worker) in self.queue.running().await? {
            warn!(id = %export.id, "the server stopped while this export ran");
            if let Some(file_name) = &export.file_name {
                // What cannot be removed, or comes after all, is looked for every hour.
                let _ = self.remove_remains(export.id, file_name).await;
            }
            self.end_lost(&export, worker, export.file_name.clone()).await?;
        }
        Ok(())
    }

    /// Ends a run whose worker is gone, and restarts it unless somebody wanted it canceled. False: it was not gone.
    pub(super) async fn end_lost(
        &self,
        export: &entity::data_export::Model,
        worker: uuid::Uuid,
        left: Option<String>,
    ) -> Result<bool, DbErr> {
        let (run, now) = ((export.id, worker), self.parts.clock.now());
        if self.queue.end_canceled(run, now, left.clone()).await? {
            return Ok(true);
        }
        let (failure, restart) = self.after(export, Failure::worker_lost()).await?;
        self.queue.fail(run, now, failure, left, restart).await
    }

    /// Runs exports and does what else is due, until `stop`.
    pub async fn work(&self, stop: &Stop) {
        let workers = (0..self.parts.limits.at_once.max(1)).map(|_| self.take_turns(stop));
        tokio::join!(join_all(workers), self.tend(stop), self.tend_storages(stop));
    }

    async fn take_turns(&self, stop: &Stop) {
        while !stop.taking.is_cancelled() {
            // Interest is registered before the queue is read, so that no wake-up is lost.
            let queued = self.bus.queued.notified();
            match self.drain(stop).await {
                // Now and then without being woken: what another process queued, or one that died, wakes nobody here.
                Ok(()) => tokio::select! {
                    () = queued => {}
                    () = tokio::time::sleep(TICK) => {}
                    () = stop.taking.cancelled() => {}
                },
                Err(cause) => {
                    error!(%cause, "the queue cannot be read");
                    tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = stop.taking.cancelled() => {} }
                }
            }
        }
    }

    /// Runs what waits, one after the other, until nothing does.
    pub async fn drain(&self, stop: &Stop) -> Result<(), DbErr> {
        while !stop.taking.is_cancelled() {
            let now = self.parts.clock.now();
            let claim = self.queue.claim(self.worker, now, |export| file_name(export.id, now));
            // Over a line that was cut without a word it would be waited for without end. What is claimed and not heard of goes
            // back into the queue by the next look.
            let mut claim = pin!(answered(claim));
            let claimed = tokio::select! {
                biased;
                claimed = &mut claim => claimed?,
                () = stop.running.cancelled() => match timeout(PAUSE, claim).await {
                    Ok(claimed) => claimed?,
                    Err(_) => break,
                },
            };
            let Some(export) = claimed else { break };
            if self.parts.limits.at_once > 1 {
                // Of two that were queued while two were looking, one wake-up is kept.
                self.bus.queued.notify_one();
            }
            self.run(&export, stop).await;
        }
        Ok(())
    }

    /// What needs the database alone does not wait for a place of archives that is away.
    async fn tend(&self, stop: &Stop) {
        let look = again_and_again(&self.parts.clock, stop, LOOK, || self.look());
        tokio::join!(look, again_and_again(&self.parts.clock, stop, CLEARING, || self.clear_away()));
    }

    /// Does what is due, once: for those who have no worker, tests among them. What fails is logged, and tried again the next time.
    pub async fn tick(&self) {
        self.look().await;
        self.clear_away().await;
    }

    /// The nightly export, and what is gone with its process.
    async fn look(&self) {
        if let Err(cause) = self.run_nightly().await {
            error!(%cause, "the nightly export could not be queued yet");
        }
        if let Err(cause) = self.end_what_was_lost().await {
            error!(%cause, "what was lost with its process could not be ended yet");
        }
    }

    /// What is to be removed.
    async fn clear_away(&self) {
        if let Err(cause) = self.sweep().await {
            error!(%cause, "what is over could not be put in order yet");
        }
    }
}

/// Does `work` every [`TICK`], and as midnight comes, until `stop`. What takes longer than it may waits for an answer that does
/// not come, and is begun anew.
async fn again_and_again<F: Future<Output = ()>>(clock: &Clock, stop: &Stop, longest: Duration, work: impl Fn() -> F) {
    while !stop.taking.is_cancelled() {
        tokio::select! {
            ended = timeout(longest, work()) => if ended.is_err() {
                error!("what is due was not done within {} minutes, and is begun anew", longest.as_secs() / 60);
            },
            // It is gone on with by whoever looks next.
            () = stop.running.cancelled() => return,
        }
        let now = clock.now();
        let midnight = (schedule::next(now) - now + TimeDelta::milliseconds(1)).to_std().unwrap_or(TICK);
        tokio::select! { () = tokio::time::sleep(midnight.min(TICK)) => {}, () = stop.taking.cancelled() => {} }
    }
}
