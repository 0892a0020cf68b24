//! Values as MySQL's text protocol sends them.

use sqlx::{Row, mysql::MySqlRow};

use crate::source::{Batch, batch::Kind};

/// How the values of a column are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decode {
    /// A whole number, perhaps filled up with zeros.
    Integer,
    /// An exact decimal, perhaps filled up with zeros.
    Decimal,
    /// A 32-bit float, asked for as a 64-bit one.
    Float,
    /// A 64-bit float.
    Double,
    /// Bits, the highest first.
    Bit,
    Date,
    Time,
    /// A day and a time, and the offset that belongs to it.
    DateTime(&'static str),
    Text,
    Json,
    Binary,
}

impl Decode {
    /// Adds the value in `bytes` to the row, or says what is wrong with it.
    pub(super) fn push(self, bytes: &[u8], to: &mut Batch) -> Result<(), String> {
        match self {
            Self::Binary => to.push_binary(bytes),
            Self::Bit => {
                let bits = bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
                to.push(Kind::Digits, itoa::Buffer::new().format(bits));
            }
            Self::Text => to.push_text(utf8(bytes)?),
            Self::Json => to.push(Kind::Json, utf8(bytes)?),
            Self::Integer => to.push(Kind::Digits, without_zeros(utf8(bytes)?)),
            Self::Decimal => to.push(Kind::Decimal, without_zeros(utf8(bytes)?)),
            Self::Double => to.push_real(number(bytes)?),
            // It was one before the server widened it.
            Self::Float => to.push_single(number(bytes)? as f32),
            Self::Date => {
                let text = utf8(bytes)?;
                to.push(if is_day(text) { Kind::Date } else { Kind::Text }, text);
            }
            Self::Time => {
                let text = without_fraction_zeros(utf8(bytes)?);
                to.push(if is_time_of_day(text) { Kind::Time } else { Kind::Text }, text);
            }
            Self::DateTime(offset) => {
                let text = without_fraction_zeros(utf8(bytes)?);
                match text.split_once(' ') {
                    Some((day, time)) if is_day(day) => to.push(Kind::DateTime, &format!("{day}T{time}{offset}")),
                    // A zero-date, or one with a month or a day of zero.
                    _ => to.push_text(text),
                }
            }
        }
        Ok(())
    }
}

/// The text of a column of a catalog; empty for NULL.
pub(super) fn text(row: &MySqlRow, index: usize) -> String {
    let bytes: Option<&[u8]> = row.try_get_unchecked(index).ok().flatten();
    bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

fn utf8(bytes: &[u8]) -> Result<&str, String> {
    str::from_utf8(bytes).map_err(|_| "the text is not valid UTF-8".into())
}

fn number(bytes: &[u8]) -> Result<f64, String> {
    let text = utf8(bytes)?;
    text.parse().map_err(|_| format!("`{text}` is not a number"))
}

/// A number without the zeros that ZEROFILL puts before it.
fn without_zeros(digits: &str) -> &str {
    let rest = digits.trim_start_matches('0');
    if rest.len() == digits.len() {
        digits
    } else if rest.starts_with(|c: char| c.is_ascii_digit()) {
        rest
    } else {
        // Nothing, or a fraction: one zero stays before it.
        &digits[digits.len() - rest.len() - 1..]
    }
}

fn without_fraction_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// Whether it is a day that there is: MySQL knows days and months of zero, and the 31st of February with `ALLOW_INVALID_DATES`.
fn is_day(text: &str) -> bool {
    !text.starts_with("0000") && text.parse::<chrono::NaiveDate>().is_ok()
}

/// Whether it is a time of day: MySQL's times go from -838:59:59 to 838:59:59.
fn is_time_of_day(text: &str) -> bool {
    let (hours, rest) = text.split_once(':').unwrap_or_default();
    hours.len() == 2 && hours < "24" && !rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Rows, Value, Visitor};

    struct Last(String);

    impl Visitor for Last {
        fn value(&mut self, value: Value<'_>) {
            self.0 = format!("{value:?}");
        }

        fn end_row(&mut self) {}
    }

    fn shown(decode: Decode, bytes: &[u8]) -> Result<String, String> {
        let (mut batch, mut last) = (Batch::new(1), Last(String::new()));
        decode.push(bytes, &mut batch)?;
        batch.end_row();
        batch.visit(&mut last).map_err(|cause| cause.why)?;
        Ok(last.0)
    }

    #[test]
    fn numbers_lose_the_zeros_before_them_and_no_others() {
        for (given, expected) in [("0", "0"), ("007", "7"), ("000", "0"), ("-5", "-5"), ("10", "10")] {
            assert_eq!(shown(Decode::Integer, given.as_bytes()), Ok(format!("Digits({expected:?})")));
        }
        for (given, expected) in [("0.00", "0.00"), ("-0.10", "-0.10"), ("00012.50", "12.50"), ("000.50", "0.50")] {
            assert_eq!(shown(Decode::Decimal, given.as_bytes()), Ok(format!("Decimal({expected:?})")));
        }
    }

    #[test]
    fn dates_and_times_that_no_calendar_has_stay_texts() {
        assert_eq!(shown(Decode::Date, b"2026-11-23").as_deref(), Ok("Date(\"2026-11-23\")"));
        for odd in ["0000-00-00", "2026-00-10", "2026-02-31"] {
            assert_eq!(shown(Decode::Date, odd.as_bytes()), Ok(format!("Text({odd:?})")));
        }
        let at = |text: &str| shown(Decode::DateTime("Z"), text.as_bytes());
        assert_eq!(at("2026-11-23 01:02:03.500000").as_deref(), Ok("DateTime(\"2026-11-23T01:02:03.5Z\")"));
        assert_eq!(at("0000-00-00 00:00:00").as_deref(), Ok("Text(\"0000-00-00 00:00:00\")"));
        assert_eq!(shown(Decode::Time, b"23:59:59.000").as_deref(), Ok("Time(\"23:59:59\")"));
        for long in ["838:59:59", "-00:00:01", "24:00:00"] {
            assert_eq!(shown(Decode::Time, long.as_bytes()), Ok(format!("Text({long:?})")));
        }
    }

    #[test]
    fn bits_are_a_number() {
        assert_eq!(shown(Decode::Bit, &[1, 0]).as_deref(), Ok("Digits(\"256\")"));
        assert_eq!(shown(Decode::Bit, &[255; 8]).as_deref(), Ok("Digits(\"18446744073709551615\")"));
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        assert!(shown(Decode::Text, &[0xff]).is_err());
        assert_eq!(shown(Decode::Binary, &[0xff]).as_deref(), Ok("Binary([255])"));
    }
}
