//! Copies to the storages, and their end: what is due at each storage a process does one after the other, and the storages are
//! independent of each other. Several processes may tend the same storage: each thing is done by the one that has claimed or
//! reserved it.
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

use std::{
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    time::Duration,
};

use entity::upload::{Model, Status};
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use sea_orm::DbErr;
use tracing::error;
use uuid::Uuid;

use super::{
    Engine,
    worker::{Stop, TICK},
};

use crate::{database::answered, storage::StorageError};

pub(super) use content::Bandwidth;
pub use failure::Failure as CopyFailure;
pub use request::{UploadError, VerifyCopyError};

/// How long a storage is left alone at which something went wrong with our own database.
const AGAIN: Duration = Duration::from_secs(1);

impl Engine {
    /// Does what is due at the storages, until `stop`.
    pub(super) async fn tend_storages(&self, stop: &Stop) {
        let mut serving = FuturesUnordered::new();
        while !stop.taking.is_cancelled() {
            // Interest is registered before the rows are read, so that no wake-up is lost.
            let due = self.bus.copies_due.notified();
            let look = pin!(answered(copies::due_at(&self.parts.db, self.parts.clock.now())));
            let (looked, ended) = beside(&mut serving, look).await;
            match looked {
                Ok(due) => {
                    let idle = due.into_iter().filter_map(|location| Some((location, self.serving.hold(location)?)));
                    serving.extend(idle.map(|(location, held)| async move {
                        self.serve(location, stop).await;
                        drop(held);
                    }));
                }
                Err(cause) => error!(%cause, "it cannot be seen what is due at the storages"),
            }
            if ended {
                continue;
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
            let next = answered(copies::next(&self.parts.db, location, self.parts.clock.now())).await;
            let done = match next {
                Ok(None) => return,
                Ok(Some(copy)) => self.attend(&copy, stop).await,
                Err(cause) => Err(cause),
            };
            match done {
                Ok(true) => continue,
                // It has changed since it was read.
                Ok(false) => {}
                Err(cause) => error!(%location, %cause, "what is due at the storage could not be done or noted"),
            }
            // It is still due, and looked at again soon.
            tokio::select! { () = tokio::time::sleep(AGAIN) => {}, () = stop.taking.cancelled() => {} }
            return;
        }
    }

    /// Does what is due for a copy. False: nothing is.
    async fn attend(&self, copy: &Model, stop: &Stop) -> Result<bool, DbErr> {
        if matches!(copy.status, Status::Pending | Status::Uploading) {
            // It gives back what it carries.
            return self.carry(copy, stop).await;
        }
        let reserved = answered(copies::reserve(&self.parts.db, copy, &self.parts.clock)).await?;
        let Some(mut reserved) = reserved else {
            return Ok(false);
        };
        let at_the_storage = async {
            match copy.status {
                Status::Deleting => self.clear_copy(copy, &mut reserved).await,
                _ => self.verify_copy(copy, &mut reserved).await,
            }
        };
        // Those that are cut off are due again after the next start, or when others have waited long enough.
        let done = tokio::select! { done = at_the_storage => done, () = stop.running.cancelled() => Ok(false) };
        if done.is_err() {
            answered(copies::let_go(&self.parts.db, &reserved, copy)).await?;
        }
        done
    }
}

/// Waits for `look` while others go on: they hold the connections that it needs, and what is not polled lets none go. Beside its
/// outcome, whether any of them ended.
async fn beside<T>(
    others: &mut FuturesUnordered<impl Future<Output = ()>>,
    mut look: Pin<&mut impl Future<Output = T>>,
) -> (T, bool) {
    let mut ended = false;
    loop {
        tokio::select! {
            looked = &mut look => return (looked, ended),
            Some(()) = others.next() => ended = true,
        }
    }
}

/// Does something at a storage. A client library that panics takes that down, not the server.
async fn guarded<T>(work: impl Future<Output = Result<T, StorageError>>) -> Result<T, CopyFailure> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(done) => done.map_err(|error| CopyFailure::from(&error)),
        Err(_) => Err(CopyFailure::panicked()),
    }
}
