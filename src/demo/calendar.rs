//! Days and moments. The demo's present is fixed; nothing here asks a clock.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use serde::Deserialize;

use super::dice::Dice;

/// The day the demo plays on.
pub(super) const TODAY: NaiveDate = match NaiveDate::from_ymd_opt(2026, 11, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// When clocks are put forward by an hour.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Summer {
    None,
    Europe,
    America,
}

/// The demo's present, in UTC: nothing in the data is later.
pub(super) fn now() -> NaiveDateTime {
    TODAY.and_time(NaiveTime::MIN) + TimeDelta::hours(6)
}

pub(super) fn days_ago(days: i64) -> NaiveDate {
    TODAY - TimeDelta::days(days)
}

/// A day from `from` to `to`, both included.
pub(super) fn day_between(dice: &mut Dice, from: NaiveDate, to: NaiveDate) -> NaiveDate {
    from + TimeDelta::days(dice.between(0, (to - from).num_days()))
}

/// A moment of `day`, most often in the daytime, never later than now.
pub(super) fn moment_of(dice: &mut Dice, day: NaiveDate) -> NaiveDateTime {
    let (from, to) = if dice.chance(85) { (6, 20) } else { (0, 24) };
    let seconds = dice.between(from * 3600, to * 3600 - 1);
    (day.and_time(NaiveTime::MIN) + TimeDelta::seconds(seconds)).min(now())
}

/// ISO 8601 in UTC: `2026-10-03T14:12:09Z`.
pub(super) fn utc(moment: NaiveDateTime) -> String {
    moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The same with milliseconds.
pub(super) fn utc_millis(moment: NaiveDateTime) -> String {
    moment.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// ISO 8601 as a wall clock shows it, with its offset: `2026-10-03T16:12:09+02:00`.
pub(super) fn local(moment: NaiveDateTime, minutes: i32, summer: Summer) -> String {
    let offset = minutes + if is_summer(moment, summer) { 60 } else { 0 };
    let wall = moment + TimeDelta::minutes(i64::from(offset));
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    format!("{}{sign}{hours:02}:{minutes:02}", wall.format("%Y-%m-%dT%H:%M:%S"))
}

/// Europe changes at 01:00 UTC on the last Sundays of March and October;
/// America's east at 02:00 by its own clock on the second Sunday of March and the first of November.
fn is_summer(moment: NaiveDateTime, summer: Summer) -> bool {
    let year = moment.year();
    let (begin, end) = match summer {
        Summer::None => return false,
        Summer::Europe => (
            sunday_before(year, 4, 1).map(|day| day + TimeDelta::hours(1)),
            sunday_before(year, 11, 1).map(|day| day + TimeDelta::hours(1)),
        ),
        Summer::America => (
            sunday_before(year, 3, 15).map(|day| day + TimeDelta::hours(7)),
            sunday_before(year, 11, 8).map(|day| day + TimeDelta::hours(6)),
        ),
    };
    begin.is_some_and(|begin| moment >= begin) && end.is_some_and(|end| moment < end)
}

/// Midnight of the last Sunday before a date.
fn sunday_before(year: i32, month: u32, day: u32) -> Option<NaiveDateTime> {
    let eve = NaiveDate::from_ymd_opt(year, month, day)?.pred_opt()?;
    let sunday = eve - TimeDelta::days(i64::from(eve.weekday().days_since(Weekday::Sun)));
    Some(sunday.and_time(NaiveTime::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_change_when_they_should() {
        let wall = |day, hour, minutes, summer| {
            let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap() + TimeDelta::days(day);
            local(day.and_hms_opt(hour, 0, 0).unwrap(), minutes, summer)
        };
        assert_eq!(wall(28, 0, 60, Summer::Europe), "2026-03-29T01:00:00+01:00");
        assert_eq!(wall(28, 1, 60, Summer::Europe), "2026-03-29T03:00:00+02:00");
        assert_eq!(wall(238, 0, 60, Summer::Europe), "2026-10-25T02:00:00+02:00");
        assert_eq!(wall(238, 1, 60, Summer::Europe), "2026-10-25T02:00:00+01:00");
        assert_eq!(wall(7, 6, -300, Summer::America), "2026-03-08T01:00:00-05:00");
        assert_eq!(wall(7, 7, -300, Summer::America), "2026-03-08T03:00:00-04:00");
        assert_eq!(wall(245, 6, -300, Summer::America), "2026-11-01T01:00:00-05:00");
        assert_eq!(wall(120, 20, 330, Summer::None), "2026-06-30T01:30:00+05:30");
    }
}
