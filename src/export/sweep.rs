//! Puts in order what is over: exports that are to be removed, old failures, files that nobody needs.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use entity::data_export::{Column, Entity, State};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use tokio::sync::Mutex;
use tracing::{error, info, warn};

use super::{Engine, HOUR};
use crate::{
    audit,
    files::{FilesError, Found},
};

/// A clock that was set by so much has jumped.
const JUMP: TimeDelta = TimeDelta::hours(1);
/// A draft that no run knows is left alone for so long after it was written to last: it may be another instance's.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// What was seen at the last look.
#[derive(Debug, Default)]
pub(super) struct Sweep(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    files: Option<Duration>,
    /// What both clocks said the last time, and since when they agree.
    clocks: Option<(Duration, DateTime<Utc>, Duration)>,
}

impl Seen {
    /// Whether the clock on the wall has not jumped for an hour: what is old by a clock that has may be new.
    fn is_steady(&mut self, elapsed: Duration, now: DateTime<Utc>) -> bool {
        // At the start nothing is known of it: a machine may well boot with a wrong one.
        let Some((before, then, since)) = self.clocks else {
            self.clocks = Some((elapsed, now, elapsed + HOUR));
            return false;
        };
        let jumped = (now - then - TimeDelta::from_std(elapsed - before).unwrap_or_default()).abs() > JUMP;
        let since = if jumped { elapsed + HOUR } else { since };
        self.clocks = Some((elapsed, now, since));
        elapsed >= since
    }
}

/// Why the sweeping ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum SweepError {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Files(#[from] FilesError),
}

impl Engine {
    pub(super) async fn sweep(&self) -> Result<(), SweepError> {
        let mut seen = self.sweep.0.lock().await;
        let (elapsed, now) = (self.parts.clock.elapsed(), self.parts.clock.now());
        self.remove_drafts_of_ended().await;
        self.remove_remains_of_lost().await;
        self.retain_if_due().await?;
        self.end_what_is_over().await?;
        let steady = seen.is_steady(elapsed, now);
        if steady {
            self.forget_old_failures().await?;
            audit::forget_old(&self.parts.db, now).await?;
        }
        if seen.files.is_none_or(|last| elapsed.saturating_sub(last) >= HOUR) {
            self.remove_remains_of_ended().await?;
            self.look_over_files(steady).await?;
            seen.files = Some(elapsed);
        }
        Ok(())
    }

    async fn forget_old_failures(&self) -> Result<(), SweepError> {
        let now = self.parts.clock.now();
        let history = chrono::TimeDelta::from_std(self.parts.limits.history).unwrap_or(chrono::TimeDelta::MAX);
        let Some(limit) = now.checked_sub_signed(history) else { return Ok(()) };
        let ended = [State::Failed, State::Canceled];
        let old = Entity::find()
            .filter(Column::State.is_in(ended))
            .filter(Column::FinishedAt.lte(limit))
            .filter(Column::CreatedAt.lte(limit))
            .filter(Column::Removing.eq(false))
            .filter(Column::Pinned.eq(false));
        for export in old.limit(1000).all(&self.parts.db).await? {
            if self.queue.begin_removal(&self.parts.db, export.id, now, &ended, None).await? {
                self.queue.tell(export.id);
            }
        }
        Ok(self.finish_removals().await?)
    }

    /// Removes what runs have left that were just found lost.
    async fn remove_remains_of_lost(&self) {
        for (id, file_name) in self.silence.take_lost() {
            // What cannot be removed, or comes after all, is looked for every hour.
            let _ = self.remove_remains(id, &file_name).await;
        }
    }

    /// Removes what is left of runs that have ended without an archive. A worker that was taken for dead may still wake up and
    /// publish: what a run has left is looked for until an hour after its end.
    async fn remove_remains_of_ended(&self) -> Result<(), SweepError> {
        let an_hour_ago = self.parts.clock.now() - TimeDelta::hours(1);
        for export in self.queue.with_remains().await? {
            let Some(file_name) = export.file_name.as_deref() else { continue };
            let clear = self.remove_remains(export.id, file_name).await.is_ok();
            if clear && export.finished_at.is_none_or(|ended| ended <= an_hour_ago) {
                self.queue.without_remains(export.id).await?;
            }
        }
        Ok(())
    }

    /// Removes drafts that nobody writes any more, and tells of archives that no row knows: those are left for people.
    async fn look_over_files(&self, steady: bool) -> Result<(), SweepError> {
        let files = &self.parts.files;
        // The files first: what is made in between then has a row.
        let (found, drafts) = (files.list().await?, files.drafts().await?);
        let known = Entity::find().select_only().column(Column::FileName).filter(Column::FileName.is_not_null());
        let known: std::collections::HashSet<String> =
            known.into_tuple::<Option<String>>().all(&self.parts.db).await?.into_iter().flatten().collect();
        for Found { name, .. } in found.into_iter().filter(|found| !known.contains(&found.name)) {
            warn!(file_name = name, "there is an archive that no export in the history has; it is left where it is");
        }
        for Found { name, modified, .. } in drafts.into_iter().filter(|found| !known.contains(&found.name)) {
            if steady && is_abandoned(modified, self.parts.clock.now().into()) {
                match files.remove_draft(&name).await {
                    Ok(()) => info!(file_name = name, "an abandoned draft was removed"),
                    Err(cause) => error!(file_name = name, %cause, "an abandoned draft cannot be removed"),
                }
            }
        }
        Ok(())
    }
}

fn is_abandoned(modified: SystemTime, now: SystemTime) -> bool {
    now.duration_since(modified).is_ok_and(|age| age > ABANDONED)
}
