//! Copies to the storages, and their end: what is due at each storage is done one after the other, and the storages are
//! independent of each other.
//!
//! `copies` keeps a row for each, `carry` puts one there and verifies it, `clear` removes and verifies again; `retry` says when
//! something is tried again, `request` is what people ask for, `content` reads the archive.

mod carry;
mod clear;
mod content;
pub(super) mod copies;
mod failure;
mod request;
mod retry;

use std::time::Duration;

use entity::upload::{Model, Status};
use futures_util::{StreamExt, stream::FuturesUnordered};
use sea_orm::DbErr;
use tracing::error;
use uuid::Uuid;

use super::{
    Engine,
    worker::{Stop, TICK},
};

pub(super) use content::Bandwidth;
pub use failure::Failure as CopyFailure;
pub use request::{UploadError, VerifyCopyError};

impl Engine {
    /// Does what is due at the storages, until `stop`.
    pub(super) async fn tend_storages(&self, stop: &Stop) {
        let mut serving = FuturesUnordered::new();
        while !stop.taking.is_cancelled() {
            // Interest is registered before the rows are read, so that no wake-up is lost.
            let due = self.copies_due.notified();
            match copies::due_at(&self.parts.db, self.parts.clock.now()).await {
                Ok(due) => {
                    let idle = due.into_iter().filter_map(|location| Some((location, self.serving.hold(location)?)));
                    serving.extend(idle.map(|(location, held)| async move {
                        self.serve(location, stop).await;
                        drop(held);
                    }));
                }
                Err(cause) => error!(%cause, "it cannot be seen what is due at the storages"),
            }
            tokio::select! {
                () = due => {}
                () = tokio::time::sleep(TICK) => {}
                // A look at once: what came to be due at this storage meanwhile woke nobody.
                Some(()) = serving.next() => {}
                () = stop.taking.cancelled() => {}
            }
        }
        // What is under way ends, or is given back.
        while serving.next().await.is_some() {}
    }

    /// Does what is due at the storages now, each thing once.
    pub async fn serve_storages(&self, stop: &Stop) -> Result<(), DbErr> {
        let due = copies::due_at(&self.parts.db, self.parts.clock.now()).await?;
        futures_util::future::join_all(due.into_iter().map(|location| self.serve(location, stop))).await;
        Ok(())
    }

    /// Does what is due at a storage, until nothing is.
    async fn serve(&self, location: Uuid, stop: &Stop) {
        while !stop.taking.is_cancelled() {
            let next = copies::next(&self.parts.db, location, self.parts.clock.now()).await;
            let done = match next {
                Ok(None) => return,
                Ok(Some(copy)) => self.attend(&copy, stop).await,
                Err(cause) => Err(cause),
            };
            if let Err(cause) = done {
                // It is still due, and looked at again soon.
                error!(%location, %cause, "what is due at the storage could not be done or noted");
                tokio::select! { () = tokio::time::sleep(Duration::from_secs(1)) => {}, () = stop.taking.cancelled() => {} }
                return;
            }
        }
    }

    async fn attend(&self, copy: &Model, stop: &Stop) -> Result<(), DbErr> {
        match copy.status {
            Status::Deleting => self.clear_copy(copy).await,
            Status::Uploaded => self.verify_copy(copy).await,
            Status::Pending | Status::Uploading | Status::Failed => self.carry(copy, stop).await,
        }
    }
}
