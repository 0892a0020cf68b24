//! A time that is moved by hand.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// The time of a server, which goes on only when the test says so.
#[derive(Clone)]
pub(super) struct Time {
    start: DateTime<Utc>,
    /// Milliseconds that have gone by.
    passed: Arc<AtomicI64>,
    /// Milliseconds by which the clock on the wall was set.
    set: Arc<AtomicI64>,
}

impl Time {
    #[expect(clippy::disallowed_methods, reason = "the real time is where a time that is moved by hand starts")]
    pub(super) fn from(start: Option<DateTime<Utc>>) -> Self {
        // Milliseconds, as in `main`.
        Self { start: start.unwrap_or_else(Utc::now).trunc_subsecs(3), passed: Arc::default(), set: Arc::default() }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.start + TimeDelta::milliseconds(self.passed.load(Ordering::SeqCst) + self.set.load(Ordering::SeqCst))
    }

    pub(super) fn elapsed(&self) -> Duration {
        Duration::from_millis(self.passed.load(Ordering::SeqCst).unsigned_abs())
    }

    pub(super) fn pass(&self, by: TimeDelta) {
        self.passed.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    pub(super) fn set(&self, by: TimeDelta) {
        self.set.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}
