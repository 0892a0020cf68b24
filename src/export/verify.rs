//! Reading a finished archive again, as it is kept, and comparing it with what was exported.

use std::sync::Arc;

use entity::data_export::Model;
use sea_orm::DbErr;
use tokio::task::spawn_blocking;
use tracing::{error, info, warn};
use uuid::Uuid;

use super::{Engine, PAUSE};
use crate::{
    archive::{FileAt, Sealed, VerifyError, verify_alone, verify_file},
    audit::{Action, Actor},
    files::FilesError,
    secret::{KeyError, Secret},
};

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
        let file_name = self.available_file(&export).await?.ok_or(VerifyAgainError::FileUnavailable)?.to_owned();
        let password = self.file_password(&export)?;
        if let Some(held) = self.reading.hold(id) {
            let event = by.did(Action::VerifiedExport, id);
            if !self.queue.touch_for(id, self.parts.clock.now(), event).await? {
                return Err(VerifyAgainError::NotFound);
            }
            let (engine, export) = (Arc::clone(self), export.clone());
            tokio::spawn(async move {
                let turn = engine.reader.acquire().await;
                let read = engine.read_again(&export, file_name, password).await;
                drop(turn);
                engine.keep(&export, read).await;
                // Only now, so that nobody sees the verdict from before for the new one.
                drop(held);
                engine.queue.tell(export.id);
            });
        }
        self.in_history(id).await?.ok_or(VerifyAgainError::NotFound)
    }

    /// Whether the archive of this export is being read again.
    pub fn is_reading(&self, id: Uuid) -> bool {
        self.reading.has(id)
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
        let file = self.parts.files.open_file(&file_name).await?;
        let read = spawn_blocking(move || {
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
    async fn keep(&self, export: &Model, read: Result<Vec<String>, VerifyError>) {
        let id = export.id;
        match &read {
            Ok(mismatches) => match mismatches.first() {
                None => info!(%id, "the archive was read again and is whole"),
                Some(first) => warn!(%id, mismatch = first, "the archive is damaged"),
            },
            Err(cause) => error!(%id, %cause, "the archive could not be read again"),
        }
        while let Err(cause) = self.try_to_keep(id, &read).await {
            error!(%id, %cause, "what reading the archive again has shown could not be stored yet");
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn try_to_keep(&self, id: Uuid, read: &Result<Vec<String>, VerifyError>) -> Result<(), DbErr> {
        let now = self.parts.clock.now();
        // If nothing is known of it, what was known before stays.
        let Ok(mismatches) = read else { return self.queue.touch(id, now).await };
        let transaction = self.decide().await?;
        self.queue.read_again(&transaction, id, now, mismatches).await?;
        transaction.commit().await
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
