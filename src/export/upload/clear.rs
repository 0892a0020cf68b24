//! What happens to a copy that is there: it is removed, or verified again.

use entity::{
    data_export::{Column, Entity as Exports, FileState, State},
    upload::{FailureCode, Model},
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use tokio::time::timeout;
use tracing::{info, warn};
use uuid::Uuid;

use super::{
    copies::{self, Key, Reserved},
    failure::Failure,
    guarded, retry,
};
use crate::{
    database::{answered, answered_within},
    export::{Engine, NEXT_WORK, settings::note_retention},
    storage::{Receipt, StorageError},
};

impl Engine {
    /// Removes a copy that is on its way out. False: it is somebody else's to remove by now.
    pub(super) async fn clear_copy(&self, copy: &Model, reserved: &mut Reserved) -> Result<bool, DbErr> {
        let (db, key) = (&self.parts.db, Key::of(copy));
        let opened = self.open_storage(key.location).await?;
        let export = answered(Exports::find_by_id(key.export).one(db)).await?;
        let cleared = match (&opened.storage, export.and_then(|export| export.file_name)) {
            (Ok(storage), Some(name)) => {
                let delete = guarded(storage.delete(&name));
                match copies::while_reserved(db, &self.parts.clock, reserved, delete).await? {
                    Some(cleared) => cleared,
                    None => return Ok(false),
                }
            }
            (Err(failure), Some(_)) => Err(failure.clone()),
            // A run chooses the name once, so that without one nothing was ever put.
            (_, None) => Ok(()),
        };
        self.keep_pin(&opened).await;
        match cleared {
            Ok(()) => {
                if !answered(copies::removed(db, reserved)).await? {
                    return Ok(false);
                }
                info!(export = %key.export, storage = %key.location, "the copy is removed");
                self.worked_at(&opened, false).await;
                // What it does not come to is done at the next look.
                timeout(NEXT_WORK, self.end_what_is_over()).await.unwrap_or(Ok(()))?;
            }
            Err(failure) => {
                let next = retry::next_removal(key, copy.attempts + 1, failure.retry_after, self.parts.clock.now());
                let Failure { code, message, .. } = &failure;
                warn!(export = %key.export, storage = %key.location, ?code, message, %next, "the copy cannot be removed yet");
                answered(copies::not_removed(db, reserved, opened.version, &failure, next)).await?;
                self.failed_at(&opened, &failure).await;
            }
        }
        self.copy_changed(key).await;
        Ok(true)
    }

    /// Ends what only waited for its last copy to be removed: exports whose file has gone from the instance too, those that
    /// are on their way out, and storages.
    pub(in crate::export) async fn end_what_is_over(&self) -> Result<(), DbErr> {
        // Mostly there is none, and then nobody's turn is waited for.
        if !nowhere(&self.parts.db).await?.is_empty() {
            let (transaction, now) = (self.decide().await?, self.parts.clock.now());
            let mut gone = Vec::new();
            for id in nowhere(&transaction).await? {
                if self.queue.begin_removal(&transaction, id, now, &[State::Completed], None).await? {
                    gone.push(id);
                }
            }
            transaction.commit().await?;
            gone.into_iter().for_each(|id| self.queue.tell(id));
        }
        self.finish_removals().await?;
        self.forget_empty_locations().await
    }

    /// Asks the provider whether a copy that is there is whole. False: it is somebody else's to verify by now.
    pub(super) async fn verify_copy(&self, copy: &Model, reserved: &mut Reserved) -> Result<bool, DbErr> {
        let key = Key::of(copy);
        let opened = self.open_storage(key.location).await?;
        let export = answered(Exports::find_by_id(key.export).one(&self.parts.db)).await?;
        let name = export.and_then(|export| export.file_name);
        let receipt = copy.receipt.as_deref().and_then(|receipt| serde_json::from_str::<Receipt>(receipt).ok());
        let verified = match (&opened.storage, name.zip(receipt)) {
            (Ok(storage), Some((name, receipt))) => {
                let verify = guarded(storage.verify(&name, &receipt));
                match copies::while_reserved(&self.parts.db, &self.parts.clock, reserved, verify).await? {
                    Some(verified) => verified.map_err(Failure::with_remedy),
                    None => return Ok(false),
                }
            }
            (Err(failure), _) => Err(failure.clone()),
            (_, None) => {
                let unknown = StorageError::Damaged("nothing is known to verify the copy by; upload it again".into());
                Err(Failure::from(&unknown))
            }
        };
        self.keep_pin(&opened).await;
        match &verified {
            Ok(()) => {
                info!(export = %key.export, storage = %key.location, "the copy was verified again and is whole");
                self.worked_at(&opened, false).await;
            }
            Err(failure) => {
                let Failure { code, message, .. } = failure;
                warn!(export = %key.export, storage = %key.location, ?code, message, "the copy could not be verified");
                self.failed_at(&opened, failure).await;
            }
        }
        answered_within(NEXT_WORK, self.keep_verdict(reserved, opened.version, verified.err().as_ref())).await?;
        self.copy_changed(key).await;
        Ok(true)
    }

    async fn keep_verdict(&self, reserved: &Reserved, version: i32, failure: Option<&Failure>) -> Result<(), DbErr> {
        let key = reserved.key();
        let now = self.parts.clock.now();
        let next = retry::next_verification(key, now);
        // In the order in which retention locks rows.
        let db = self.decide().await?;
        // With other settings it is asked anew.
        let told = copies::verified(&db, reserved, version, now, failure, next).await?;
        match failure.filter(|_| told).map(|failure| failure.code) {
            // Somebody may have moved it, or the account is another one: whoever finds it needs its password.
            Some(FailureCode::NotFound) => self.queue.keep_for_copies(&db, &[key.export]).await?,
            Some(_) => note_retention(&db).await?,
            None => {}
        }
        db.commit().await
    }
}

/// The completed exports of which neither the instance nor any storage has a file.
async fn nowhere(db: &impl ConnectionTrait) -> Result<Vec<Uuid>, DbErr> {
    let without_file = Exports::find().filter(Column::State.eq(State::Completed)).filter(Column::Removing.eq(false));
    let without_file = without_file.filter(Column::FileState.ne(FileState::Kept));
    let unneeded = without_file.filter(Column::CopiesReleased.eq(false)).filter(Column::Pinned.eq(false));
    let mut nowhere = Vec::new();
    for export in unneeded.all(db).await? {
        if copies::of_export(db, export.id).await?.is_empty() {
            nowhere.push(export.id);
        }
    }
    Ok(nowhere)
}
