//! When something that failed at a storage is tried again. Nothing here reads a clock.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::copies::Key;

/// How long a copy is tried for, since it was last asked for.
const PATIENCE: TimeDelta = TimeDelta::hours(24);
/// The longest pause before a copy is tried again.
const PAUSE_MAXIMUM: Duration = Duration::from_secs(60 * 60);
/// The longest pause before a removal is tried again, which is never given up.
const REMOVAL_PAUSE_MAXIMUM: Duration = Duration::from_secs(6 * 60 * 60);
/// The first pause. Each is twice the last.
const PAUSE: Duration = Duration::from_secs(30);

/// When a copy is tried again after its how-manieth attempt; None: it was asked for too long ago. A provider that asks to be
/// left alone is.
pub(super) fn next(
    key: Key,
    attempts: i32,
    asked: Option<Duration>,
    requested_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let pause = pause(key, attempts, PAUSE_MAXIMUM).max(asked.unwrap_or_default());
    let next = later(now, pause);
    // One that was asked for by a clock that ran ahead is asked for now.
    (next <= requested_at.min(now) + PATIENCE).then_some(next)
}

/// When a removal is tried again.
pub(super) fn next_removal(key: Key, attempts: i32, asked: Option<Duration>, now: DateTime<Utc>) -> DateTime<Utc> {
    let pause = pause(key, attempts, REMOVAL_PAUSE_MAXIMUM);
    later(now, pause.max(asked.unwrap_or_default().min(REMOVAL_PAUSE_MAXIMUM)))
}

/// When a storage that could not be asked about a copy is asked again: after some minutes.
pub(super) fn next_verification(key: Key, now: DateTime<Utc>) -> DateTime<Utc> {
    later(now, pause(key, 4, PAUSE_MAXIMUM))
}

fn later(now: DateTime<Utc>, pause: Duration) -> DateTime<Utc> {
    // In milliseconds, as every database keeps them.
    let pause = i64::try_from(pause.as_millis()).ok().and_then(TimeDelta::try_milliseconds).unwrap_or(TimeDelta::MAX);
    now.checked_add_signed(pause).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// From a half of the full pause to all of it: what failed together is not tried together again. By a hash of what it is, so
/// that it needs no dice.
fn pause(key: Key, attempts: i32, maximum: Duration) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(20);
    let full = PAUSE.saturating_mul(1 << doublings).min(maximum);
    let hash = Sha256::new().chain_update(key.export).chain_update(key.location).chain_update(attempts.to_le_bytes());
    let dice = f64::from(hash.finalize()[0]) / 255.0;
    full.mul_f64(0.5 + dice / 2.0)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn key(export: u128) -> Key {
        Key { export: Uuid::from_u128(export), location: Uuid::from_u128(7) }
    }

    #[test]
    fn the_pauses_grow_up_to_an_hour_and_differ_from_copy_to_copy() {
        for attempt in 1..200 {
            let pause = pause(key(1), attempt, PAUSE_MAXIMUM);
            let full = PAUSE.saturating_mul(1 << (attempt - 1).min(10)).min(PAUSE_MAXIMUM);
            assert!(pause <= full && pause >= full / 2, "attempt {attempt}: {pause:?}");
        }
        let pauses: std::collections::HashSet<_> = (0..50).map(|export| pause(key(export), 3, PAUSE_MAXIMUM)).collect();
        assert!(pauses.len() > 30, "{pauses:?}");
    }

    #[test]
    fn a_copy_is_given_up_a_day_after_it_was_asked_for_and_a_removal_never() {
        let asked: DateTime<Utc> = "2026-11-20T00:00:00Z".parse().unwrap_or_default();
        let (mut now, mut attempts) = (asked, 0);
        while let Some(next) = next(key(1), attempts + 1, None, asked, now) {
            assert!(next > now);
            (now, attempts) = (next, attempts + 1);
        }
        assert!(now - asked <= PATIENCE && now - asked > PATIENCE - TimeDelta::hours(1), "{now}");
        assert!((20..60).contains(&attempts), "{attempts}");
        let week = asked + TimeDelta::days(7);
        assert!(next_removal(key(1), 1000, None, week) > week);
    }

    #[test]
    fn a_provider_that_asks_to_be_left_alone_is_as_long_as_there_is_time() {
        let now: DateTime<Utc> = "2026-11-20T00:00:00Z".parse().unwrap_or_default();
        let hours = |hours: u64| Some(Duration::from_secs(hours * 60 * 60));
        assert_eq!(next(key(1), 1, hours(5), now, now), Some(now + TimeDelta::hours(5)));
        assert_eq!(next(key(1), 1, hours(25), now, now), None);
        assert_eq!(next_removal(key(1), 1, hours(25), now), now + TimeDelta::hours(6));
    }
}
