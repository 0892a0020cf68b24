//! How long nothing has moved on a connection.
//!
//! reqwest's own `read_timeout` runs from the start of a request to the first byte of the answer, so that no large body
//! could ever be sent; this one begins anew with every piece that is taken.

use std::{
    future::Future,
    pin::pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use crate::storage::StorageError;

#[derive(Debug)]
pub(super) struct Activity {
    last: Mutex<Instant>,
    silence: Duration,
}

impl Activity {
    pub(super) fn new(silence: Duration) -> Self {
        Self { last: Mutex::new(Instant::now()), silence }
    }

    /// Something moved.
    pub(super) fn note(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Waits for `future` as long as something moves.
    pub(super) async fn watch<T>(&self, future: impl Future<Output = T>) -> Result<T, StorageError> {
        let mut future = pin!(future);
        loop {
            let end = *self.last.lock().unwrap_or_else(PoisonError::into_inner) + self.silence;
            tokio::select! {
                done = &mut future => return Ok(done),
                () = sleep_until(end) => {}
            }
            if *self.last.lock().unwrap_or_else(PoisonError::into_inner) + self.silence <= Instant::now() {
                let seconds = self.silence.as_secs();
                return Err(StorageError::unreachable(format!("nothing was taken or answered for {seconds} s")));
            }
        }
    }
}
