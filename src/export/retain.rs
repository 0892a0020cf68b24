//! Removes what [`retention`](super::retention) says is past the maximum: on the instance, and on each storage.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use chrono::{DateTime, Utc};
use entity::{
    data_export::{Column, Entity, FileState, Model, State},
    storage_location,
    upload::{self, Status},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
};
use tokio::time::timeout;
use tracing::{error, info, warn};
use uuid::Uuid;

use super::{
    Engine, NEXT_WORK, QUICKLY,
    removal::RemoveError,
    retention::{Candidate, Copy, Reason, awaited, plan, plan_copies},
    settings,
    upload::copies::{self, Key},
};
use crate::files::FilesError;

/// What retention says of a completed export, on the instance or at a storage.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The export.
    pub export: Model,
    /// The storage; None for the instance.
    pub location: Option<storage_location::Model>,
    /// Whether it is kept there, and why.
    pub reason: Reason,
}

/// The archives on the instance: their names and lengths.
type Archives = HashMap<String, u64>;

/// What the decisions rest on.
struct Standing {
    exports: HashMap<Uuid, Model>,
    locations: Vec<storage_location::Model>,
    copies: Vec<upload::Model>,
}

impl Standing {
    fn copies_at(&self, location: Uuid) -> Vec<Copy> {
        let here = self.copies.iter().filter(|copy| copy.storage_location_id == location);
        let copies = here.filter_map(|copy| {
            let export = self.exports.get(&copy.data_export_id)?;
            let waits = matches!(copy.status, Status::Pending | Status::Uploading);
            let (arrived, pinned) = (copy.status == Status::Uploaded, export.pinned);
            Some(Copy { export: export.id, pinned, arrived, waits })
        });
        copies.collect()
    }
}

impl Engine {
    /// What retention would decide now, or if `maximum` exports could be kept: first on the instance, then on each storage,
    /// and there the newest first. Changes nothing.
    pub async fn decisions(&self, maximum: Option<i32>) -> Result<Vec<Decision>, RemoveError> {
        let maximum = match maximum {
            Some(maximum) => maximum,
            None => settings::read(&self.parts.db).await?.maximum_exports,
        };
        let files = self.archives().await?;
        Ok(decisions(&self.parts.db, &files, maximum).await?)
    }

    /// The archives that lie on the instance, with their lengths. An error here ends it all: what cannot be seen is not taken
    /// for gone.
    async fn archives(&self) -> Result<Archives, FilesError> {
        let found = self.parts.files.list().await?.into_iter();
        Ok(found.map(|found| (found.name, found.bytes)).collect())
    }

    /// Removes what is past the maximum, but for the export that has just become `safe`, and returns what went. What fails is
    /// logged, and done at the next look.
    pub(super) async fn retain(&self, safe: Option<Uuid>) -> Vec<Decision> {
        let removed = self.let_go_of_oldest(safe, NEXT_WORK).await;
        self.remove_files().await;
        removed
    }

    /// The same, by somebody who has other work to do: what it does not come to is done at the next look.
    pub(super) async fn retain_in_time(&self, safe: Option<Uuid>) {
        if timeout(NEXT_WORK, self.retain(safe)).await.is_err() {
            warn!("the oldest exports could not be removed in time");
        }
    }

    /// The same, for somebody who waits: a place of archives that is away does not hold him up for long.
    pub(super) async fn retain_quickly(&self) -> Vec<Decision> {
        let removed = self.let_go_of_oldest(None, QUICKLY).await;
        let _ = timeout(QUICKLY, self.remove_files()).await;
        removed
    }

    async fn let_go_of_oldest(&self, safe: Option<Uuid>, patience: Duration) -> Vec<Decision> {
        self.let_all_go(safe, patience).await.unwrap_or_else(|cause| {
            error!(%cause, "the oldest exports could not be removed yet");
            Vec::new()
        })
    }

    async fn remove_files(&self) {
        if let Err(cause) = self.finish_removals().await {
            error!(%cause, "the files of the oldest exports could not be removed yet");
        }
    }

    /// Does what retention was asked for, if it has failed or was cut off.
    pub(super) async fn retain_if_due(&self) -> Result<(), DbErr> {
        if settings::read(&self.parts.db).await?.retention_due {
            self.retain(None).await;
        }
        Ok(())
    }

    /// Decides what goes and marks it, all of it or nothing: what it is decided by stays as it is meanwhile. Files are listed
    /// before, with `patience`: what was completed since is not among them, and so is neither counted nor removed.
    async fn let_all_go(&self, safe: Option<Uuid>, patience: Duration) -> Result<Vec<Decision>, RemoveError> {
        // Before the files are listed: what is asked for later may be of an export that is not among them.
        let asked = settings::read(&self.parts.db).await?.retention_asked;
        let files = timeout(patience, self.archives()).await.map_err(|_| FilesError::silent())??;
        let transaction = self.decide().await?;
        let settings = settings::read(&transaction).await?;
        let decided = decisions(&transaction, &files, settings.maximum_exports).await?.into_iter();
        let mut removed = Vec::new();
        for decision in decided.filter(|one| !one.reason.keeps() && Some(one.export.id) != safe) {
            let went = match &decision.location {
                None => self.let_go(&transaction, &decision.export).await?,
                Some(location) => self.let_copy_go(&transaction, &decision.export, location).await?,
            };
            if went {
                removed.push(decision);
            }
        }
        settings::note_retained(&transaction, asked).await?;
        transaction.commit().await?;
        removed.iter().for_each(|decision| self.queue.tell(decision.export.id));
        if !removed.is_empty() {
            self.bus.copies_going();
        }
        Ok(removed)
    }

    /// Lets an export go from the instance: its file alone, if there are copies of it for which the history has the password.
    async fn let_go(&self, db: &DatabaseTransaction, export: &Model) -> Result<bool, DbErr> {
        let (id, now) = (export.id, self.parts.clock.now());
        let copies = copies::of_export(db, id).await?;
        let there = |copy: &upload::Model| copy.receipt.is_some() && copy.status != Status::Deleting;
        let copied = export.copies_released || copies.iter().any(there);
        let went = if copied {
            self.let_file_go(db, id, now).await?
        } else {
            self.queue.begin_removal(db, id, now, &[State::Completed], None).await?
        };
        if went {
            info!(%id, file_name = export.file_name, copied, "export is past the maximum and is removed");
        }
        Ok(went)
    }

    /// What was still to be copied of it is no longer wanted.
    async fn let_file_go(&self, db: &DatabaseTransaction, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbErr> {
        let went = self.queue.begin_file_removal(db, id, now).await?;
        if went {
            let of_export = || Condition::all().add(upload::Column::DataExportId.eq(id));
            copies::keep_what_is_there(db, of_export()).await?;
            copies::remove(db, of_export().add(upload::Column::Receipt.is_null()), now).await?;
        }
        Ok(went)
    }

    /// Lets the copy of an export at a storage go.
    async fn let_copy_go(
        &self,
        db: &DatabaseTransaction,
        export: &Model,
        location: &storage_location::Model,
    ) -> Result<bool, DbErr> {
        let at = upload::Column::StorageLocationId.eq(location.id);
        let this = Condition::all().add(upload::Column::DataExportId.eq(export.id)).add(at);
        let went = copies::remove(db, this, self.parts.clock.now()).await? > 0;
        if went {
            info!(id = %export.id, storage = location.name, "the copy is past the maximum and is removed");
        }
        Ok(went)
    }
}

/// What is decided over all exports and copies, by what is stored of them and the archives that lie on the instance.
async fn decisions(db: &impl ConnectionTrait, files: &Archives, maximum: i32) -> Result<Vec<Decision>, DbErr> {
    let maximum = usize::try_from(maximum).unwrap_or(usize::MAX).max(1);
    let standing = standing(db).await?;
    let mut decisions = on_instance(&standing, files, maximum);
    for location in &standing.locations {
        let reasons = plan_copies(standing.copies_at(location.id), maximum);
        decisions.extend(decided(&standing, &reasons, Some(location)));
    }
    Ok(decisions)
}

async fn standing(db: &impl ConnectionTrait) -> Result<Standing, DbErr> {
    let completed = Entity::find().filter(Column::State.eq(State::Completed)).filter(Column::Removing.eq(false));
    let locations = storage_location::Entity::find().filter(storage_location::Column::Removing.eq(false));
    let locations = locations.order_by_asc(storage_location::Column::Id).all(db).await?;
    let exports = completed.all(db).await?.into_iter().map(|export| (export.id, export)).collect();
    // After the exports: what is completed in between is not looked at without its copies.
    let copies = upload::Entity::find().filter(upload::Column::Status.ne(Status::Deleting)).all(db).await?;
    Ok(Standing { exports, locations, copies })
}

fn on_instance(standing: &Standing, files: &Archives, maximum: usize) -> Vec<Decision> {
    let awaited: HashSet<_> =
        standing.locations.iter().flat_map(|at| awaited(standing.copies_at(at.id), maximum)).collect();
    let candidate = |export: &Model| {
        let bytes = export.file_name.as_ref().and_then(|name| files.get(name));
        let there = bytes.is_some_and(|bytes| i64::try_from(*bytes).ok() == export.size_bytes);
        let good = there && export.mismatches == "[]";
        Candidate { id: export.id, pinned: export.pinned, good, awaited: awaited.contains(&export.id) }
    };
    let kept = standing.exports.values().filter(|export| export.file_state == FileState::Kept);
    decided(standing, &plan(kept.map(candidate).collect(), maximum), None)
}

/// How many copies of newer exports are at a storage that retention counts there.
pub(super) async fn newer_copies_at(db: &impl ConnectionTrait, key: Key) -> Result<usize, DbErr> {
    let copies = standing(db).await?.copies_at(key.location);
    Ok(copies.into_iter().filter(|copy| copy.arrived && !copy.pinned && copy.export > key.export).count())
}

/// The decisions over those that there is a reason for, the newest first.
fn decided(
    standing: &Standing,
    reasons: &HashMap<Uuid, Reason>,
    location: Option<&storage_location::Model>,
) -> Vec<Decision> {
    let decision = |(id, reason): (&Uuid, &Reason)| {
        let export = standing.exports.get(id)?.clone();
        Some(Decision { export, location: location.cloned(), reason: *reason })
    };
    let mut decisions: Vec<_> = reasons.iter().filter_map(decision).collect();
    decisions.sort_unstable_by_key(|decision| std::cmp::Reverse(decision.export.id));
    decisions
}
