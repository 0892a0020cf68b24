//! How often: requests of a token, and tokens that an address tries and that are none.

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use uuid::Uuid;

use crate::limits::Limits;

/// What was asked so far.
pub(super) struct Rates {
    requests: DefaultKeyedRateLimiter<Uuid>,
    failed_sign_ins: DefaultKeyedRateLimiter<IpAddr>,
}

impl Rates {
    pub(super) fn new(limits: &Limits) -> Self {
        let second = number(limits.requests_per_second);
        let requests = Quota::per_second(second).allow_burst(second.saturating_add(second.get()));
        let failed_sign_ins = Quota::per_minute(number(limits.failed_sign_ins));
        Self { requests: RateLimiter::keyed(requests), failed_sign_ins: RateLimiter::keyed(failed_sign_ins) }
    }

    /// Counts a request of a token; when it is too many, how long to wait.
    pub(super) fn request(&self, token: Uuid) -> Result<(), Duration> {
        count(&self.requests, &token)
    }

    /// Counts a token that is none; when an address tries too many, how long to wait. A good one is let in all the same: others
    /// may share the address.
    pub(super) fn failed_sign_in(&self, address: IpAddr) -> Result<(), Duration> {
        count(&self.failed_sign_ins, &address)
    }

    /// Forgets whom nothing is to be remembered of.
    pub(super) fn forget(&self) {
        self.requests.retain_recent();
        self.failed_sign_ins.retain_recent();
    }
}

fn count<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Duration> {
    limiter.check_key(key).map_err(|not_until| not_until.wait_time_from(limiter.clock().now()))
}

fn number(number: u64) -> NonZeroU32 {
    u32::try_from(number).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
}
