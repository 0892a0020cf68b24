//! Days and times as ISO 8601 writes them.

use super::rows::Plain;

const SECOND: u64 = 1_000_000;

/// The numbers from 0 to 99, in two digits each.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number as usize] = [b'0' + number / 10, b'0' + number % 10];
        number += 1;
    }
    pairs
};

/// A day or a time that is being written. Without a string, since most rows have one, and none is longer than `LONGEST`.
#[derive(Debug)]
pub(super) struct Moment {
    bytes: [u8; LONGEST],
    length: usize,
}

/// More than `-838:59:59.999999` and `9999-12-31T23:59:59.999999Z` take.
const LONGEST: usize = 40;

impl Moment {
    pub(super) fn new() -> Self {
        Self { bytes: [0; LONGEST], length: 0 }
    }

    /// What was written.
    pub(super) fn plain(&self) -> Plain<'_> {
        Plain::of_ascii(&self.bytes[..self.length])
    }

    /// What was written, as a text.
    pub(super) fn text(&self) -> &str {
        // All that is ever written is ASCII.
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    /// Appends characters of ASCII.
    #[inline]
    pub(super) fn push<const N: usize>(&mut self, ascii: [u8; N]) {
        self.bytes[self.length..self.length + N].copy_from_slice(&ascii);
        self.length += N;
    }

    /// Appends a day, whose year has at most four digits.
    #[inline]
    pub(super) fn day(&mut self, year: u32, month: u32, day: u32) {
        let [a, b] = pair(year / 100);
        let [c, d] = pair(year % 100);
        let [e, f] = pair(month);
        let [g, h] = pair(day);
        self.push([a, b, c, d, b'-', e, f, b'-', g, h]);
    }

    /// Appends a time in microseconds, without zeros behind the last digit of its fraction. It has less than 1000 hours.
    #[inline]
    pub(super) fn time(&mut self, micros: u64) {
        let (seconds, fraction) = ((micros / SECOND) as u32, (micros % SECOND) as u32);
        let hours = seconds / 3600;
        if hours >= 100 {
            self.push([b'0' + (hours / 100 % 10) as u8]);
        }
        let [a, b] = pair(hours);
        let [c, d] = pair(seconds / 60 % 60);
        let [e, f] = pair(seconds % 60);
        self.push([a, b, b':', c, d, b':', e, f]);
        if fraction > 0 {
            let [a, b] = pair(fraction / 10_000);
            let [c, d] = pair(fraction / 100);
            let [e, f] = pair(fraction);
            self.push([b'.', a, b, c, d, e, f]);
            while self.bytes[self.length - 1] == b'0' {
                self.length -= 1;
            }
        }
    }
}

/// The last two digits of a number.
#[inline]
pub(super) fn pair(number: u32) -> [u8; 2] {
    PAIRS[(number % 100) as usize]
}

/// Whether there is such a day.
pub(super) fn is_day(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=9999).contains(&year) && (1..=last).contains(&day)
}

/// Year, month and day of the day that is this many after 1970-01-01, in the proleptic Gregorian calendar with a year 0.
/// After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
#[inline]
pub(super) fn civil(day: i64) -> (i64, u32, u32) {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097) as u32);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (i64::from(year_of_era) + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_that_there_are_are_those_of_the_calendar() {
        for (year, month) in [(1, 1), (1900, 2), (2000, 2), (2023, 2), (2024, 2), (2026, 11), (9999, 12), (0, 1)] {
            for day in 0..=32 {
                let known = year > 0 && chrono::NaiveDate::from_ymd_opt(year as i32, month, day).is_some();
                assert_eq!(is_day(year, month, day), known, "{year}-{month}-{day}");
            }
        }
        assert!(!is_day(2026, 0, 1) && !is_day(2026, 13, 1));
    }

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        for day in (-800_000..2_900_000).step_by(97) {
            let (year, month, of_month) = civil(day);
            let known = chrono::NaiveDate::from_num_days_from_ce_opt(day as i32 + 719_163);
            assert_eq!(chrono::NaiveDate::from_ymd_opt(year as i32, month, of_month), known);
        }
    }

    #[test]
    fn a_time_has_no_zeros_behind_its_fraction() {
        let written = |micros| {
            let mut moment = Moment::new();
            moment.time(micros);
            moment.text().to_owned()
        };
        assert_eq!(written(0), "00:00:00");
        assert_eq!(written(1), "00:00:00.000001");
        assert_eq!(written(86_399_500_000), "23:59:59.5");
        assert_eq!(written(838 * 3600 * 1_000_000 + 100), "838:00:00.0001");
    }
}
