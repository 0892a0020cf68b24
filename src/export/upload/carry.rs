//! One copy: put at its storage, verified there, and what becomes of that.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use entity::{
    data_export::{Entity as Exports, Model as Export},
    upload::{Model, Status},
};
use futures_util::FutureExt;
use sea_orm::{DbErr, EntityTrait, TransactionTrait};
use tracing::{info, warn};

use super::{
    content::Archive,
    copies::{self, Key},
    failure::Failure,
    retry,
};
use crate::{
    archive::sha256_of,
    export::{Engine, settings::note_retention, worker::Stop},
    storage::{Receipt, Storage, StorageError},
};

/// How often it is stored how far a copy is.
const BEAT: Duration = Duration::from_secs(1);
/// So often a copy that does not move says that it is alive: well within a lease.
const ALIVE: u32 = 30;

/// How the carrying ended.
enum Outcome {
    Arrived(Receipt),
    Failed(Failure),
    /// It is not wanted any more, or is somebody else's.
    Lost,
    /// The process stops.
    Stopped,
}

impl Engine {
    /// Carries a copy that is due.
    pub(super) async fn carry(&self, copy: &Model, stop: &Stop) -> Result<(), DbErr> {
        let (key, worker) = (Key::of(copy), self.worker);
        if !copies::claim(&self.parts.db, copy, worker, self.parts.clock.now()).await? {
            return Ok(());
        }
        self.copy_changed(key).await;
        let export = Exports::find_by_id(key.export).one(&self.parts.db).await?;
        let archive = match &export {
            Some(export) => self.archive(export).await,
            None => None,
        };
        let Some(archive) = archive else {
            return self.settle(copy, None, Outcome::Failed(Failure::file_unavailable())).await;
        };
        let storage = match self.open_storage(key.location).await? {
            Ok(storage) => storage,
            Err(failure) => return self.settle(copy, None, Outcome::Failed(failure)).await,
        };
        let outcome = self.put(key, &*storage, &archive, stop).await;
        self.keep_pin(key.location, &*storage).await?;
        if let Outcome::Lost = outcome {
            self.clear_up(key, &*storage, &archive.name).await?;
        }
        self.settle(copy, Some(&archive), outcome).await
    }

    /// The archive of an export, if it is on the instance as it was made.
    async fn archive(&self, export: &Export) -> Option<Archive> {
        let name = self.available_file(export).await.ok().flatten()?.to_owned();
        let bytes = u64::try_from(export.size_bytes?).ok()?;
        let sha256 = sha256_of(export.sha256.as_deref()?)?;
        let (files, bandwidth) = (Arc::clone(&self.parts.files), Arc::clone(&self.bandwidth));
        Some(Archive { files, name, bytes, sha256, bandwidth })
    }

    async fn put(&self, key: Key, storage: &dyn Storage, archive: &Archive, stop: &Stop) -> Outcome {
        let sent = Arc::new(AtomicU64::new(0));
        let put = async {
            let receipt = storage.put(&archive.name, archive, &sent).await?;
            storage.verify(&archive.name, &receipt).await?;
            Ok::<_, StorageError>(receipt)
        };
        info!(export = %key.export, storage = %key.location, file_name = archive.name, "copying");
        tokio::select! {
            // A client library that panics takes this copy down, not the server.
            put = AssertUnwindSafe(put).catch_unwind() => match put {
                Ok(Ok(receipt)) => Outcome::Arrived(receipt),
                Ok(Err(error)) => Outcome::Failed(Failure::from(&error)),
                Err(_) => Outcome::Failed(Failure::panicked()),
            },
            () = self.until_lost(key, &sent) => Outcome::Lost,
            () = stop.running.cancelled() => Outcome::Stopped,
        }
    }

    /// Stores how far a copy is, until it is no longer wanted.
    async fn until_lost(&self, key: Key, sent: &AtomicU64) {
        let mut told = None;
        for beat in 0_u32.. {
            let unwanted = self.copies_unwanted.notified();
            let now = sent.load(Ordering::Relaxed);
            if told != Some(now) || beat % ALIVE == 0 {
                match copies::beat(&self.parts.db, key, self.worker, self.parts.clock.now(), now).await {
                    Ok(true) => self.queue.tell(key.export),
                    Ok(false) => return,
                    Err(cause) => warn!(export = %key.export, %cause, "the progress of the copy could not be stored"),
                }
                told = Some(now);
            }
            tokio::select! {
                () = tokio::time::sleep(BEAT) => {}
                () = unwanted => told = None,
            }
        }
    }

    /// Stores what became of a copy.
    async fn settle(&self, copy: &Model, archive: Option<&Archive>, outcome: Outcome) -> Result<(), DbErr> {
        let (db, key, worker, now) = (&self.parts.db, Key::of(copy), self.worker, self.parts.clock.now());
        match outcome {
            Outcome::Arrived(receipt) => {
                let bytes = receipt.bytes;
                let receipt = serde_json::to_string(&receipt).map_err(|cause| DbErr::Custom(cause.to_string()))?;
                let transaction = db.begin().await?;
                let mine = copies::arrived(&transaction, key, worker, now, bytes, receipt).await?;
                if mine {
                    note_retention(&transaction, true).await?;
                }
                transaction.commit().await?;
                if mine {
                    let file_name = archive.map(|archive| &archive.name);
                    info!(export = %key.export, storage = %key.location, file_name, bytes, "the copy arrived");
                    self.worked_at(key.location, Some(now)).await?;
                    self.copy_changed(key).await;
                    self.retain(None).await;
                }
            }
            Outcome::Failed(failure) => {
                let tried = copy.attempts + 1;
                let next = || retry::next(key, tried, failure.retry_after, copy.requested_at, now);
                let next = if failure.retryable { next() } else { None };
                let Failure { code, message, .. } = &failure;
                warn!(export = %key.export, storage = %key.location, ?code, message, ?next, "the copy did not arrive");
                copies::not_arrived(db, key, worker, &failure, next).await?;
                self.failed_at(key.location, &failure).await?;
            }
            Outcome::Lost => info!(export = %key.export, storage = %key.location, "the copy is no longer wanted"),
            Outcome::Stopped => copies::give_back(db, key, worker, now).await?,
        }
        self.copy_changed(key).await;
        Ok(())
    }

    /// Removes what a copy that nobody wants any more has left, unless its row still knows of it.
    async fn clear_up(&self, key: Key, storage: &dyn Storage, name: &str) -> Result<(), DbErr> {
        let known = copies::find(&self.parts.db, key).await?;
        let left = known.is_none_or(|copy| copy.status == Status::Failed && copy.uploaded_at.is_none());
        if left && let Err(cause) = storage.delete(name).await {
            warn!(storage = %key.location, file_name = name, %cause, "what is left of a copy could not be removed");
        }
        Ok(())
    }
}
