//! The time as an argument: `main` hands in the real clock, tests one that they move by hand.

use std::sync::Arc;

use chrono::{DateTime, Utc};

/// Tells the present time, in UTC.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that asks `now`.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The present time.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

/// A new id: UUID version 7, so that ids made later sort later.
pub fn new_id(now: DateTime<Utc>) -> uuid::Uuid {
    // A shared context counts up within a millisecond and does not go back when the clock does.
    static CONTEXT: std::sync::Mutex<uuid::ContextV7> = std::sync::Mutex::new(uuid::ContextV7::new());
    let seconds = now.timestamp().try_into().unwrap_or(0);
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(&CONTEXT, seconds, now.timestamp_subsec_nanos()))
}
