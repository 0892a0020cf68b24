//! Reading a finished archive again, as it is kept, and comparing it with what was exported.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use entity::data_export::Model;
use sea_orm::DbErr;
use tokio::task::spawn_blocking;
use tracing::{error, info, warn};
use uuid::Uuid;

use super::{Engine, NEXT_WORK, PAUSE, new_id, queue};
use crate::{
    archive::{FileAt, Sealed, VerifyError, verify_alone, verify_file},
    audit::{Action, Actor},
    database::{answered, answered_within},
    files::FilesError,
    secret::{KeyError, Secret},
};

/// How often it is said that a reading goes on: well within its lease.
const RENEW: Duration = Duration::from_secs(10);

/// Why an archive is not read again.
#[derive(Debug, thiserror::Error)]
pub enum VerifyAgainError {
    /// There is no export with this id.
    #[error("There is no export with this id.")]
    NotFound,
    /// The export has no archive on the instance.
    #[error("There is no file of this export on the instance.")]
    FileUnavailable,
    /// The files cannot be reached.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// Its password cannot be opened.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Carryall's own database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Engine {
    /// Begins to read the archive of an export again, unless that is being done already; [`changes`](Self::changes) tells when
    /// the result is there.
    pub async fn verify(self: &Arc<Self>, id: Uuid, by: Actor<'_>) -> Result<Model, VerifyAgainError> {
        let export = self.in_history(id).await?.ok_or(VerifyAgainError::NotFound)?;
        let file_name = self.available_file_quickly(&export).await?;
        let file_name = file_name.ok_or(VerifyAgainError::FileUnavailable)?.to_owned();
        let password = self.file_password(&export)?;
        let now = self.parts.clock.now();
        let reading = (id, new_id(now));
        if self.queue.begin_reading(reading, now, by.did(Action::VerifiedExport, id)).await? {
            let (engine, held) = (Arc::clone(self), self.readings.hold(reading.1));
            tokio::spawn(async move {
                let _held = held;
                let read = async {
                    let read = engine.read_again(&export, file_name, password).await;
                    engine.keep(reading, read).await;
                };
                tokio::select! {
                    biased;
                    () = read => {}
                    () = engine.until_useless(reading) => {
                        warn!(%id, "another reading of the archive was begun, or the export is gone: this one is given up");
                    }
                }
            });
        }
        self.in_history(id).await?.ok_or(VerifyAgainError::NotFound)
    }

    /// Whether the archive of this export is being read again, by whatever process.
    pub fn is_reading(&self, export: &Model) -> bool {
        queue::is_reading(export, self.parts.clock.now())
    }

    /// Gives up what this process reads, as it ends.
    pub(super) async fn give_up_readings(&self) -> Result<(), DbErr> {
        self.queue.give_up_readings(self.readings.all(), self.parts.clock.now()).await
    }

    /// Says again and again that a reading goes on, until that is of no use any more.
    async fn until_useless(&self, reading: (Uuid, Uuid)) {
        loop {
            tokio::time::sleep(RENEW).await;
            match answered(self.queue.still_reading(reading, self.parts.clock.now())).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(cause) => warn!(id = %reading.0, %cause, "that the archive is being read again could not be noted"),
            }
        }
    }

    /// What is wrong with the archive.
    async fn read_again(
        &self,
        export: &Model,
        file_name: String,
        password: Secret,
    ) -> Result<Vec<String>, VerifyError> {
        let sealed = Sealed {
            bytes: export.size_bytes.and_then(|size| size.try_into().ok()).unwrap_or(0),
            sha256: export.sha256.clone().unwrap_or_default(),
        };
        let turn = Arc::clone(&self.reader).acquire_owned().await;
        let file = self.parts.files.open_file(&file_name).await?;
        let read = spawn_blocking(move || {
            // It goes on to the end of the archive, whether or not somebody waits for it.
            let _turn = turn;
            let same = verify_file(FileAt::start(file.try_clone()?), &sealed);
            let whole = verify_alone(FileAt::start(file), &password);
            let (mut mismatches, _) = found(same)?;
            let (others, verified) = found(whole)?;
            mismatches.extend(others);
            Ok::<_, VerifyError>((mismatches, verified))
        });
        let (mut mismatches, verified) = read.await.map_err(crate::secret::died)??;
        if let Some(verified) = verified {
            let counted = (i64::try_from(verified.tables), i64::try_from(verified.rows));
            if counted != (Ok(export.tables_checked.into()), Ok(export.rows_checked)) {
                mismatches.push(format!("there are {} tables with {} rows in it", verified.tables, verified.rows));
            }
        }
        Ok(mismatches)
    }

    /// Keeps what was shown, however often it takes: hours may have gone into it.
    async fn keep(&self, reading: (Uuid, Uuid), read: Result<Vec<String>, VerifyError>) {
        let id = reading.0;
        match &read {
            Ok(mismatches) => match mismatches.first() {
                None => info!(%id, "the archive was read again and is whole"),
                Some(first) => warn!(%id, mismatch = first, "the archive is damaged"),
            },
            Err(cause) => error!(%id, %cause, "the archive could not be read again"),
        }
        // If nothing is known of it, what was known before stays.
        let (mismatches, now) = (read.ok(), self.parts.clock.now());
        loop {
            match answered_within(NEXT_WORK, self.try_to_keep(reading, now, mismatches.as_deref())).await {
                Ok(true) => break,
                Ok(false) => {
                    warn!(%id, "another reading was begun, or the export is gone: what was found is not kept");
                    break;
                }
                Err(cause) => {
                    error!(%id, %cause, "what reading the archive again has shown could not be stored yet");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        self.queue.tell(id);
    }

    async fn try_to_keep(
        &self,
        reading: (Uuid, Uuid),
        now: DateTime<Utc>,
        mismatches: Option<&[String]>,
    ) -> Result<bool, DbErr> {
        let transaction = self.decide().await?;
        let kept = self.queue.end_reading(&transaction, reading, now, mismatches).await?;
        transaction.commit().await?;
        Ok(kept)
    }
}

/// What a check has found wrong; an error if it could not check.
fn found<T>(checked: Result<T, VerifyError>) -> Result<(Vec<String>, Option<T>), VerifyError> {
    match checked {
        Ok(checked) => Ok((Vec::new(), Some(checked))),
        Err(VerifyError::Io(cause)) if cause.kind() == std::io::ErrorKind::NotFound => Err(cause.into()),
        Err(VerifyError::Mismatch(mismatches)) => Ok((mismatches, None)),
        Err(other) => Ok((vec![other.to_string()], None)),
    }
}
