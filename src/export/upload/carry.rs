//! One copy: put at its storage, verified there, and what becomes of that.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use entity::{
    data_export::{Entity as Exports, Model as Export},
    upload::{FailureCode, Model, Status},
};
use sea_orm::{DbErr, EntityTrait, TransactionTrait};
use tokio::{task::spawn_blocking, time::timeout};
use tracing::{error, info, warn};

use super::{
    content::Archive,
    copies::{self, Key, Left},
    failure::Failure,
    guarded, retry,
};
use crate::{
    archive::{FileAt, Sealed, VerifyError, hexadecimal, sha256_of, verify_file},
    database::{answered, answered_within},
    export::{Engine, NEXT_WORK, PAUSE, location::Opened, settings::note_retention, worker::Stop},
    files::FilesError,
    storage::{Receipt, Storage},
};

/// How often it is stored how far a copy is.
const BEAT: Duration = Duration::from_secs(1);
/// So often a copy that does not move says that it is alive: well within a lease.
const ALIVE: u32 = 30;
/// How long the removal of what an unwanted copy has left may take.
const CLEARING: Duration = Duration::from_secs(30);

/// How the carrying ended.
enum Outcome {
    Arrived(Receipt),
    Failed(Failure, Left),
    /// It is not wanted any more, or is somebody else's.
    Lost,
    /// The process stops.
    Stopped,
}

impl Outcome {
    fn failed(failure: Failure) -> Self {
        Self::Failed(failure, Left::AsBefore)
    }
}

impl Engine {
    /// Carries a copy that is due. False: it is no longer.
    pub(super) async fn carry(&self, copy: &Model, stop: &Stop) -> Result<bool, DbErr> {
        let key = Key::of(copy);
        if !answered(copies::claim(&self.parts.db, copy, self.worker, self.parts.clock.now())).await? {
            return Ok(false);
        }
        self.copy_changed(key).await;
        let opened = self.open_storage(key.location).await?;
        let export = answered(Exports::find_by_id(key.export).one(&self.parts.db)).await?;
        let archive = self.archive(export.as_ref()).await;
        let outcome = match (&opened.storage, &archive) {
            (Ok(storage), Ok(archive)) => {
                let outcome = self.put(key, &**storage, archive, stop).await;
                self.keep_pin(&opened).await;
                self.with_own_file(outcome, archive).await
            }
            (Err(failure), _) | (_, Err(failure)) => Outcome::failed(failure.clone()),
        };
        let mine = self.store(copy, &outcome, stop).await;
        match outcome {
            Outcome::Arrived(receipt) if mine => {
                info!(export = %key.export, storage = %key.location, bytes = receipt.bytes, "the copy arrived");
                self.worked_at(&opened, true).await;
                self.retain_in_time(None).await;
            }
            Outcome::Failed(failure, _) if mine && failure.code != FailureCode::FileUnavailable => {
                self.failed_at(&opened, &failure).await;
            }
            Outcome::Failed(..) if mine => {}
            Outcome::Arrived(_) | Outcome::Failed(..) | Outcome::Lost => {
                info!(export = %key.export, storage = %key.location, "the copy is no longer wanted");
                if let (Ok(storage), Ok(archive)) = (&opened.storage, &archive) {
                    let clear_up = self.clear_up(copy, &opened, &**storage, &archive.name);
                    answered_within(NEXT_WORK, clear_up).await?;
                }
            }
            Outcome::Stopped => {}
        }
        self.copy_changed(key).await;
        Ok(true)
    }

    /// The archive of an export, if it is on the instance.
    async fn archive(&self, export: Option<&Export>) -> Result<Archive, Failure> {
        let export = export.ok_or_else(Failure::file_unavailable)?;
        let found = self.available_file(export).await.map_err(|cause: FilesError| {
            error!(export = %export.id, %cause, "the file of the export cannot be looked for");
            Failure::file_unreadable()
        })?;
        let name = found.ok_or_else(Failure::file_unavailable)?.to_owned();
        let bytes = export.size_bytes.and_then(|bytes| bytes.try_into().ok());
        let sha256 = export.sha256.as_deref().and_then(sha256_of);
        let (Some(bytes), Some(sha256)) = (bytes, sha256) else { return Err(Failure::file_unavailable()) };
        let (files, bandwidth) = (Arc::clone(&self.parts.files), Arc::clone(&self.bandwidth));
        Ok(Archive { files, name, bytes, sha256, bandwidth })
    }

    async fn put(&self, key: Key, storage: &dyn Storage, archive: &Archive, stop: &Stop) -> Outcome {
        let sent = Arc::new(AtomicU64::new(0));
        let put = async {
            let receipt = guarded(storage.put(&archive.name, archive, &sent)).await.map_err(|failure| {
                let left = match failure.code {
                    FailureCode::Damaged => Left::Nothing,
                    // Of a host that was never reached nothing is left.
                    FailureCode::Unreachable if sent.load(Ordering::Relaxed) > 0 => Left::Unknown,
                    _ => Left::AsBefore,
                };
                Outcome::Failed(failure, left)
            })?;
            match guarded(storage.verify(&archive.name, &receipt)).await {
                Ok(()) => Ok(receipt),
                Err(failure) if failure.code == FailureCode::Damaged => {
                    // What is not whole does not stay there under its name, unless it is what another worker puts there now.
                    let began = self.parts.clock.elapsed();
                    let bytes = sent.load(Ordering::Relaxed);
                    let beat = copies::beat(&self.parts.db, key, self.worker, self.parts.clock.now(), bytes);
                    if matches!(answered(beat).await, Ok(true)) {
                        self.delete_soon(began, storage, &archive.name).await;
                    }
                    Err(Outcome::Failed(failure, Left::Nothing))
                }
                Err(failure) => Err(Outcome::Failed(failure, Left::Unknown)),
            }
        };
        info!(export = %key.export, storage = %key.location, file_name = archive.name, "copying");
        tokio::select! {
            put = put => put.map_or_else(|failed| failed, Outcome::Arrived),
            () = self.until_lost(key, &sent) => Outcome::Lost,
            () = stop.running.cancelled() => Outcome::Stopped,
        }
    }

    /// Stores how far a copy is, until it is no longer wanted.
    async fn until_lost(&self, key: Key, sent: &AtomicU64) {
        let mut told = None;
        for beat in 0_u32.. {
            let unwanted = self.bus.copies_unwanted.notified();
            let now = sent.load(Ordering::Relaxed);
            if told != Some(now) || beat % ALIVE == 0 {
                let beat = copies::beat(&self.parts.db, key, self.worker, self.parts.clock.now(), now);
                match answered(beat).await {
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

    /// Where what arrived is not what was made, or could not be read, looks whether the fault is with our own file: then no
    /// other try helps.
    async fn with_own_file(&self, outcome: Outcome, archive: &Archive) -> Outcome {
        let Outcome::Failed(failure, left) = outcome else { return outcome };
        if !matches!(failure.code, FailureCode::Damaged | FailureCode::FileUnavailable) {
            return Outcome::Failed(failure, left);
        }
        let sealed = Sealed { bytes: archive.bytes, sha256: hexadecimal(&archive.sha256) };
        let read = match archive.files.open_file(&archive.name).await {
            Ok(file) => spawn_blocking(move || verify_file(FileAt::start(file), &sealed)).await,
            Err(cause) => Ok(Err(VerifyError::Io(cause))),
        };
        let failure = match read {
            Ok(Err(VerifyError::Mismatch(_))) => Failure::file_changed(),
            Ok(Err(VerifyError::Io(cause))) if cause.kind() == std::io::ErrorKind::NotFound => {
                Failure::file_unavailable()
            }
            _ if failure.code == FailureCode::FileUnavailable => Failure::file_unreadable(),
            _ => failure,
        };
        Outcome::Failed(failure, left)
    }

    /// Stores what became of a copy, however often it takes: hours may have gone into it. False: it is no longer this
    /// process's, or the process stops.
    async fn store(&self, copy: &Model, outcome: &Outcome, stop: &Stop) -> bool {
        loop {
            match answered_within(NEXT_WORK, self.store_once(copy, outcome)).await {
                Ok(mine) => return mine,
                Err(cause) => {
                    error!(export = %copy.data_export_id, %cause, "what became of the copy could not be stored yet");
                }
            }
            tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = stop.running.cancelled() => return false }
        }
    }

    async fn store_once(&self, copy: &Model, outcome: &Outcome) -> Result<bool, DbErr> {
        let (key, worker, now) = (Key::of(copy), self.worker, self.parts.clock.now());
        let db = self.parts.db.begin().await?;
        let mine = match outcome {
            Outcome::Arrived(receipt) => {
                let json = serde_json::to_string(receipt).map_err(|cause| DbErr::Custom(cause.to_string()))?;
                let stored = copies::arrived(&db, key, worker, now, receipt.bytes, json.clone()).await?;
                // An earlier try may have been stored although its answer was lost.
                let is_it = |row: &Model| row.status == Status::Uploaded && row.receipt.as_ref() == Some(&json);
                stored || copies::find(&db, key).await?.is_some_and(|row| is_it(&row))
            }
            Outcome::Failed(failure, left) => {
                let next = || retry::next(key, copy.attempts + 1, failure.retry_after, copy.requested_at, now);
                let next = if failure.retryable { next() } else { None };
                let Failure { code, message, .. } = failure;
                warn!(export = %key.export, storage = %key.location, ?code, message, ?next, "the copy did not arrive");
                copies::not_arrived(&db, copy, worker, (failure, *left), next).await?
            }
            Outcome::Lost => false,
            Outcome::Stopped => copies::give_back(&db, key, worker, now).await?,
        };
        if mine {
            // One that arrived makes older ones go; one that is given up keeps no file any longer.
            note_retention(&db).await?;
        }
        db.commit().await?;
        Ok(mine)
    }

    /// Removes what a copy that nobody wants any more has left. What was there before stays: it was released, or its row
    /// knows of it. So does what another worker puts there.
    async fn clear_up(&self, copy: &Model, opened: &Opened, storage: &dyn Storage, name: &str) -> Result<(), DbErr> {
        let (db, key, began) = (&self.parts.db, Key::of(copy), self.parts.clock.elapsed());
        if copy.receipt.is_some() {
            return Ok(());
        }
        if copies::find(db, key).await?.is_none() {
            if copies::let_put_go(db, key, opened.version, self.parts.clock.now()).await? {
                self.bus.copies_due.notify_one();
            } else {
                self.delete_soon(began, storage, name).await;
            }
        } else if copies::begin_clearing(db, key, self.worker).await? {
            self.delete_soon(began, storage, name).await;
            copies::end_clearing(db, key, self.worker).await?;
            self.bus.copies_due.notify_one();
        }
        Ok(())
    }

    /// Removes what this worker has put under a name, if that goes quickly. That it may was found out after `began`.
    async fn delete_soon(&self, began: Duration, storage: &dyn Storage, name: &str) {
        let clock = &self.parts.clock;
        let delete = copies::only_while(|| clock.elapsed() < began + CLEARING, guarded(storage.delete(name)));
        if !matches!(timeout(CLEARING, delete).await, Ok(Some(Ok(())))) {
            warn!(file_name = name, "what is left of a copy could not be removed at the storage");
        }
    }
}
