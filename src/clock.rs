//! The time as an argument: `main` hands in the real clocks, tests some that they move by hand.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

/// Tells the present time, in UTC, and how much time has gone by. The first can be set and so jump, in either direction; the
/// second only ever goes on. What must happen at a time asks the first, what may take so long the second.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    elapsed: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Clock {
    /// A clock that asks `now` for the time, and `elapsed` for the time since any one moment.
    pub fn new(
        now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
        elapsed: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        Self { now: Arc::new(now), elapsed: Arc::new(elapsed) }
    }

    /// The present time.
    pub fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// The time since a moment that stays the same while the process runs.
    pub fn elapsed(&self) -> Duration {
        (self.elapsed)()
    }
}

/// A new id: UUID version 7, so that ids made later sort later.
pub fn new_id(now: DateTime<Utc>) -> uuid::Uuid {
    // A shared context counts up within a millisecond and does not go back when the clock does.
    static CONTEXT: std::sync::Mutex<uuid::ContextV7> = std::sync::Mutex::new(uuid::ContextV7::new());
    let seconds = now.timestamp().try_into().unwrap_or(0);
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(&CONTEXT, seconds, now.timestamp_subsec_nanos()))
}
