//! Trying again at once, before the caller hears of it: what breaks off and comes back in seconds.

use std::time::Duration;

use crate::storage::{StorageError, network};

/// How patient a storage is within one operation.
#[derive(Clone, Debug)]
pub struct Pace {
    /// How often something is tried in all.
    pub attempts: u32,
    /// The first pause between two of them; each is twice the last.
    pub pause: Duration,
    /// The longest wait that a provider may ask for; if it asks for more, the caller is told.
    pub longest_wait: Duration,
    /// How long nothing may move on a connection.
    pub silence: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            attempts: 5,
            pause: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
            silence: network::SILENCE,
        }
    }
}

impl Pace {
    pub(in crate::storage) fn tries(&self) -> Tries {
        Tries { left: self.attempts, pause: self.pause, longest_wait: self.longest_wait }
    }
}

/// The attempts at one request.
#[derive(Debug)]
pub(in crate::storage) struct Tries {
    left: u32,
    pause: Duration,
    longest_wait: Duration,
}

impl Tries {
    /// Waits after an attempt that failed; gives the error back when there is to be no other.
    pub(in crate::storage) async fn after(&mut self, error: StorageError) -> Result<(), StorageError> {
        self.left = self.left.saturating_sub(1);
        let asked = match &error {
            StorageError::Unreachable { retry_after, .. } => *retry_after,
            _ => None,
        };
        let wait = asked.unwrap_or(self.pause);
        if self.left == 0 || !error.is_retryable() || wait > self.longest_wait {
            return Err(error);
        }
        tracing::debug!(%error, ?wait, "trying it again");
        tokio::time::sleep(wait).await;
        self.pause *= 2;
        Ok(())
    }
}
