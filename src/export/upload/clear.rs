//! What happens to a copy that is there: it is removed, or verified again.

use entity::{
    data_export::{Entity as Exports, FileState, Model as Export, State},
    upload::Model,
};
use sea_orm::{DbErr, EntityTrait};
use tracing::{info, warn};

use super::{
    copies::{self, Key},
    failure::Failure,
    retry,
};
use crate::{
    export::Engine,
    storage::{Receipt, StorageError},
};

impl Engine {
    /// Removes a copy that is on its way out.
    pub(super) async fn clear_copy(&self, copy: &Model) -> Result<(), DbErr> {
        let (db, key) = (&self.parts.db, Key::of(copy));
        let export = Exports::find_by_id(key.export).one(db).await?;
        // A run chooses the name once, so that without one nothing was ever put.
        if let Some(name) = export.and_then(|export| export.file_name)
            && let Err(failure) = self.delete_there(key, &name).await?
        {
            let now = self.parts.clock.now();
            let next = retry::next_removal(key, copy.attempts + 1, failure.retry_after, now);
            let Failure { code, message, .. } = &failure;
            warn!(export = %key.export, storage = %key.location, ?code, message, %next, "the copy cannot be removed yet");
            copies::not_removed(db, key, &failure, next).await?;
            self.failed_at(key.location, &failure).await?;
            self.copy_changed(key).await;
            return Ok(());
        }
        info!(export = %key.export, storage = %key.location, "the copy is removed");
        copies::removed(db, key).await?;
        self.worked_at(key.location, None).await?;
        self.copy_changed(key).await;
        self.end_if_last(key.export).await?;
        self.forget_if_empty(key.location).await
    }

    async fn delete_there(&self, key: Key, name: &str) -> Result<Result<(), Failure>, DbErr> {
        let storage = match self.open_storage(key.location).await? {
            Ok(storage) => storage,
            Err(failure) => return Ok(Err(failure)),
        };
        let deleted = storage.delete(name).await;
        self.keep_pin(key.location, &*storage).await?;
        Ok(deleted.map_err(|error| Failure::from(&error)))
    }

    /// An export of which neither the file nor a copy is kept any more leaves the history.
    async fn end_if_last(&self, export: uuid::Uuid) -> Result<(), DbErr> {
        let _retaining = self.retaining.lock().await;
        let db = &self.parts.db;
        let Some(export) = Exports::find_by_id(export).one(db).await? else { return Ok(()) };
        let Export { id, file_state, copies_released, removing, .. } = export;
        if file_state != FileState::Kept && !copies_released && copies::of_export(db, id).await?.is_empty() {
            self.queue.begin_removal(id, self.parts.clock.now(), &[State::Completed]).await?;
        } else if !removing {
            return Ok(());
        }
        self.finish_removals().await
    }

    /// Asks the provider whether an arrived copy is whole.
    pub(super) async fn verify_copy(&self, copy: &Model) -> Result<(), DbErr> {
        let (db, key) = (&self.parts.db, Key::of(copy));
        let failure = self.verify_there(copy, key).await?;
        match &failure {
            None => info!(export = %key.export, storage = %key.location, "the copy was verified again and is whole"),
            Some(failure) => {
                let Failure { code, message, .. } = failure;
                warn!(export = %key.export, storage = %key.location, ?code, message, "the copy could not be verified");
                self.failed_at(key.location, failure).await?;
            }
        }
        copies::verified(db, key, self.parts.clock.now(), failure.as_ref()).await?;
        self.copy_changed(key).await;
        Ok(())
    }

    async fn verify_there(&self, copy: &Model, key: Key) -> Result<Option<Failure>, DbErr> {
        let receipt = copy.receipt.as_deref().and_then(|receipt| serde_json::from_str::<Receipt>(receipt).ok());
        let name = Exports::find_by_id(key.export).one(&self.parts.db).await?.and_then(|export| export.file_name);
        let (Some(receipt), Some(name)) = (receipt, name) else {
            let unknown = StorageError::Damaged("nothing is known to verify the copy by; upload it again".into());
            return Ok(Some(Failure::from(&unknown)));
        };
        let storage = match self.open_storage(key.location).await? {
            Ok(storage) => storage,
            Err(failure) => return Ok(Some(failure)),
        };
        let verified = storage.verify(&name, &receipt).await;
        self.keep_pin(key.location, &*storage).await?;
        Ok(verified.err().map(|error| Failure::from(&error)))
    }
}
