//! When the nightly export is due. Nothing here reads a clock or a table.
//!
//! A night is the UTC date that begins at its midnight. One is due once: on its own day, or when the server comes back on
//! that day. A night that is over is not made up for, as its data cannot be had any more.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

/// A clock that is set back by less than this has only been put right, and no night is forgotten for it.
const SETTING: TimeDelta = TimeDelta::hours(1);

/// The night whose export is due at `now`, if nightly exports are on since `since` and it has not had one yet.
pub(super) fn due(now: DateTime<Utc>, since: DateTime<Utc>) -> Option<NaiveDate> {
    let night = now.date_naive();
    (since <= midnight(night)).then_some(night)
}

/// The first midnight after `now`.
pub(super) fn next(now: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = now.date_naive().checked_add_days(Days::new(1));
    tomorrow.map_or(DateTime::<Utc>::MAX_UTC, midnight)
}

/// Whether `moment` lies so far ahead of `now` that the clock must have been wrong then.
pub(super) fn is_untimely(moment: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    moment - now > SETTING
}

/// The moment at which `night` begins.
pub(super) fn midnight(night: NaiveDate) -> DateTime<Utc> {
    night.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn a_night_is_due_from_its_midnight_on_for_a_day() {
        let since = at("2026-11-20T12:00:00Z");
        let night = |now| due(at(now), since).map(|night| night.to_string());
        assert_eq!(night("2026-11-20T23:59:59Z"), None, "it was switched on after this day's midnight");
        assert_eq!(night("2026-11-21T00:00:00Z").as_deref(), Some("2026-11-21"));
        assert_eq!(night("2026-11-21T23:59:59Z").as_deref(), Some("2026-11-21"), "made up for");
        assert_eq!(night("2026-11-30T08:00:00Z").as_deref(), Some("2026-11-30"), "only the last, after many days");
        assert!(due(at("2026-11-21T00:00:00Z"), at("2026-11-21T00:00:00Z")).is_some());
    }

    #[test]
    fn the_next_midnight_is_never_now() {
        assert_eq!(next(at("2026-12-31T00:00:00Z")), at("2027-01-01T00:00:00Z"));
        assert_eq!(next(at("2028-02-28T23:59:59.999Z")), at("2028-02-29T00:00:00Z"));
    }

    #[test]
    fn a_clock_that_was_put_right_by_minutes_forgets_nothing() {
        assert!(!is_untimely(at("2026-11-21T00:00:00Z"), at("2026-11-20T23:01:00Z")));
        assert!(is_untimely(at("2026-11-21T00:00:00Z"), at("2026-11-20T22:00:00Z")));
    }
}
