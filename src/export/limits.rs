//! What the operator of a process sets about its exports. What admins set is in [`settings`](super::settings).

use std::time::Duration;

/// How long things may take, and how much at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// After so long without anything from its source, a run counts as stalled.
    pub stall: Duration,
    /// So long failed and canceled exports stay in the history.
    pub history: Duration,
    /// So many exports run at the same time in this process; one at least.
    pub at_once: usize,
    /// Most exports that wait. Nights and restarts are not kept out by it.
    pub queued: u64,
    /// Most bytes a second that uploads send together; None: as fast as it goes.
    pub upload_bytes_per_second: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            stall: Duration::from_secs(10 * 60),
            history: Duration::from_secs(30 * 24 * 60 * 60),
            at_once: 1,
            queued: 20,
            upload_bytes_per_second: None,
        }
    }
}
