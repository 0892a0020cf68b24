//! Days and times as ISO 8601 writes them.

use std::fmt::Write;

const SECOND: i64 = 1_000_000;

/// Year, month and day of the day that is this many after 1970-01-01, in the proleptic Gregorian calendar with a year 0.
/// After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
pub(super) fn civil(day: i64) -> (i64, u32, u32) {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as u32, day as u32)
}

/// Appends the day that is this many after 1970-01-01, if its year is one of 1 to 9999; else false.
pub(super) fn push_day(day: i64, text: &mut String) -> bool {
    let (year, month, day) = civil(day);
    if !(1..=9999).contains(&year) {
        return false;
    }
    push_two(year as u32 / 100, text);
    push_two(year as u32 % 100, text);
    text.push('-');
    push_two(month, text);
    text.push('-');
    push_two(day, text);
    true
}

/// Appends a time of day in microseconds, without zeros behind the last digit of its fraction.
pub(super) fn push_time(micros: i64, text: &mut String) {
    let (seconds, fraction) = ((micros / SECOND) as u32, micros % SECOND);
    push_two(seconds / 3600, text);
    text.push(':');
    push_two(seconds / 60 % 60, text);
    text.push(':');
    push_two(seconds % 60, text);
    if fraction > 0 {
        // Writing into a String cannot fail.
        let _ = write!(text, ".{fraction:06}");
        text.truncate(text.trim_end_matches('0').len());
    }
}

fn push_two(number: u32, text: &mut String) {
    text.push(char::from(b'0' + (number / 10) as u8));
    text.push(char::from(b'0' + (number % 10) as u8));
}
