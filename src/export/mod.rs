//! Exports: from the wish to the archive that is offered, and to its end.
//!
//! [`Engine`] is the only way to change anything; the API reads the tables itself.
//!
//! - `bus` tells what changes, in this process and in others; `process` says which there are.
//! - `create` takes wishes, `nightly` makes those of the nights, when `schedule` says so. `queue` writes an export's state.
//! - `worker` takes the next one, `run` makes it, if there is `room`, `watch` sees to it that it goes on, `pack` is the part of a
//!   run that needs no history. `progress` counts, `pace` works out how long it will take.
//! - `worker` at its start and `silence` find what was lost with its process, `restart` gives it another try; `sweep` puts in
//!   order what is over.
//! - `removal` removes; `retain` removes what `retention` decides. `verify` reads archives again.
//! - `location` keeps the storages that admins configure, `upload` copies exports there.
//! - `sealed` lists what is sealed, and seals it anew.
//! - `settings` keeps what admins set, `limits` what the operator of the process sets.

mod bus;
mod create;
mod download;
mod failure;
mod limits;
mod location;
mod nightly;
mod pace;
mod pack;
mod process;
mod progress;
mod queue;
mod removal;
mod restart;
mod retain;
mod retention;
mod room;
mod run;
mod schedule;
mod sealed;
pub mod settings;
mod silence;
mod sweep;
mod upload;
mod verify;
mod watch;
mod worker;

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use entity::data_export::{FileState, Model, State, TableFormat};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, TransactionTrait};
use tokio::{
    sync::{Semaphore, broadcast},
    time::timeout,
};
use tokio_util::task::TaskTracker;
use tracing::debug;
use uuid::Uuid;

use crate::{
    clock::{Clock, new_id},
    database::{Right, in_turn},
    files::{Files, FilesError, PREFIX, SUFFIX},
    format::{Csv, Format, Jsonl},
    secret::{KeyError, Keyring, Secret},
    storage::Network,
};

pub use bus::Change;
pub use create::{CreateError, NAME_MAXIMUM, NameError, PATTERNS_MAXIMUM, PatternsError, Wish, checked_name};
pub use download::{Download, DownloadError};
pub use failure::{Failure, PackError};
pub use limits::Limits;
pub use location::{Check, Checked, Location, LocationChange, LocationError, Step};
pub use pack::{NamedSource, Order, Packed, Room, pack};
pub use process::{Introduction, Retired, perhaps_there};
pub use progress::Progress;
pub use removal::RemoveError;
pub use retain::Decision;
pub use retention::Reason;
pub use sealed::{ResealError, SealedColumn, any_sealed, ensure_opens, reseal};
pub use settings::Changed;
pub use upload::{CopyFailure, UploadError, VerifyCopyError};
pub use verify::VerifyAgainError;
pub use worker::Stop;

/// How long is waited after Carryall's own database has failed, before it is asked again.
const PAUSE: Duration = Duration::from_secs(5);
/// So many storages are tried out at the same time.
const CHECKS: usize = 4;
/// How long somebody who looks at the history waits for the place where archives are kept.
const QUICKLY: Duration = Duration::from_secs(5);
/// How long something may take for which other work waits.
const NEXT_WORK: Duration = Duration::from_secs(2 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What the engine is made of.
pub struct Parts {
    /// Carryall's own database.
    pub db: DatabaseConnection,
    /// Seal the archives' passwords and the settings of storages.
    pub keys: Arc<Keyring>,
    /// Where finished archives lie.
    pub files: Arc<Files>,
    /// What is exported.
    pub sources: Arc<[NamedSource]>,
    /// The time.
    pub clock: Clock,
    /// How long things may take.
    pub limits: Limits,
    /// How storages may be reached.
    pub network: Network,
}

/// Makes exports.
pub struct Engine {
    parts: Parts,
    bus: Arc<bus::Bus>,
    queue: queue::Queue,
    /// The fence: what this process runs bears this name.
    worker: Uuid,
    /// The exports that this process runs now.
    running: Ids,
    /// The readings of archives that this process has begun.
    readings: Ids,
    /// Held while an archive is read again: one at a time, as it takes the disk from those that are being made.
    reader: Arc<Semaphore>,
    nights: nightly::Nights,
    silence: silence::Silence,
    sweep: sweep::Sweep,
    /// The storages at which this process does what is due.
    serving: Ids,
    bandwidth: Arc<upload::Bandwidth>,
    /// Held while a storage is tried out: a few at a time.
    checks: Semaphore,
    /// The storages that are being tried out, whether or not somebody waits for it.
    checking: TaskTracker,
}

impl Engine {
    /// An engine over `parts`. Nothing runs until [`work`](Self::work) is called.
    pub fn new(parts: Parts) -> Self {
        let bus = Arc::new(bus::Bus::new());
        Self {
            queue: queue::Queue::new(parts.db.clone(), Arc::clone(&bus)),
            bus,
            worker: new_id(parts.clock.now()),
            running: Ids::default(),
            readings: Ids::default(),
            reader: Arc::new(Semaphore::new(1)),
            nights: nightly::Nights::default(),
            silence: silence::Silence::default(),
            sweep: sweep::Sweep::default(),
            serving: Ids::default(),
            bandwidth: Arc::new(upload::Bandwidth::new(parts.limits.upload_bytes_per_second)),
            checks: Semaphore::new(CHECKS),
            checking: TaskTracker::new(),
            parts,
        }
    }

    /// Begins what decides what goes, or changes what that is decided by: nobody else does until its end. What it reads and
    /// writes goes through this transaction, and it waits for nothing but the database.
    async fn decide(&self) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.parts.db.begin().await?;
        in_turn(&transaction, Right::Retention).await?;
        Ok(transaction)
    }

    /// Whether other processes may work over the same database.
    fn is_shared(&self) -> bool {
        self.parts.db.get_database_backend() == DbBackend::Postgres
    }

    /// The present time.
    pub fn now(&self) -> DateTime<Utc> {
        self.parts.clock.now()
    }

    /// What changes, in whatever process. Subscribe before you read, and no change is missed.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.bus.changes()
    }

    /// The archive's password.
    pub fn file_password(&self, export: &Model) -> Result<Secret, KeyError> {
        SealedColumn::FilePassword.open(&self.parts.keys, export.id, &export.file_password)
    }

    /// Whether the keys are those that sealed what is stored. Those of the first process become the instance's.
    pub async fn has_right_keys(&self) -> Result<bool, ResealError> {
        if any_sealed(&self.parts.db).await? && !sealed::opens(&self.parts.db, &self.parts.keys).await? {
            return Ok(false);
        }
        sealed::found(&self.parts.db, &self.parts.keys).await?;
        Ok(sealed::opens(&self.parts.db, &self.parts.keys).await?)
    }

    /// The name of the archive, if it is complete and there is a file of its length.
    pub async fn available_file<'a>(&self, export: &'a Model) -> Result<Option<&'a str>, FilesError> {
        let Some((name, size)) = kept_file(export) else { return Ok(None) };
        let length = self.parts.files.length(name).await?;
        Ok(length.filter(|length| i64::try_from(*length) == Ok(size)).map(|_| name))
    }

    /// The same, for somebody who waits for it.
    async fn available_file_quickly<'a>(&self, export: &'a Model) -> Result<Option<&'a str>, FilesError> {
        timeout(QUICKLY, self.available_file(export)).await.map_err(|_| FilesError::silent())?
    }

    /// The same, as it is shown to people: where the object store cannot say it now, as the row has it. The history is there
    /// although the store is not.
    pub async fn shown_file<'a>(&self, export: &'a Model) -> Result<Option<&'a str>, FilesError> {
        // A page of the history would have a line of each in the log; whoever wants a file is told why there is none.
        match self.available_file_quickly(export).await {
            Err(FilesError::Store(cause)) => debug!(id = %export.id, %cause, "the file cannot be looked for"),
            seen => return seen,
        }
        Ok(kept_file(export).map(|(name, _)| name))
    }
}

/// The name and the length of an export's archive, if its row says that it is kept.
fn kept_file(export: &Model) -> Option<(&str, i64)> {
    let kept = export.state == State::Completed && export.file_state == FileState::Kept;
    export.file_name.as_deref().zip(export.size_bytes).filter(|_| kept)
}

/// What something is being done with.
#[derive(Clone, Debug, Default)]
struct Ids(Arc<std::sync::Mutex<HashSet<Uuid>>>);

/// One of them, until it is dropped.
#[derive(Debug)]
struct Held(Ids, Uuid);

impl Ids {
    fn has(&self, id: Uuid) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    fn all(&self) -> Vec<Uuid> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    /// Adds one; None if it is there already.
    fn hold(&self, id: Uuid) -> Option<Held> {
        let added = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        added.then(|| Held(self.clone(), id))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

/// The format that an export's row names.
fn format_of(format: TableFormat) -> &'static dyn Format {
    match format {
        TableFormat::Csv => &Csv,
        TableFormat::Jsonl => &Jsonl,
    }
}

/// What the archive of an export is called. Nothing of the export's name is in it, so that no name can
/// make a path of it.
fn file_name(id: Uuid, started_at: DateTime<Utc>) -> String {
    let tail = &id.simple().to_string()[20..];
    format!("{PREFIX}{}-{tail}{SUFFIX}", started_at.format("%Y%m%dT%H%M%SZ"))
}
