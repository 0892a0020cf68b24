//! Values as MySQL's binary protocol sends them
//! (<https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html>).

use sqlx::{Row, mysql::MySqlRow};

use crate::source::{
    Plain, Value, Visitor,
    moment::{Moment, is_day},
};

/// How the values of a column are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decode {
    /// A whole number of 1 to 8 bytes.
    Integer,
    /// One that is never negative.
    Unsigned,
    /// An exact decimal, perhaps filled up with zeros.
    Decimal,
    /// A 32-bit float.
    Float,
    /// A 64-bit float.
    Double,
    /// A 64-bit float of so many decimals, asked for as the text that the server rounds it to.
    Rounded,
    /// Bits, the highest first.
    Bit,
    Date,
    Time,
    /// A day and a time, and whether it is in UTC.
    DateTime {
        utc: bool,
    },
    Text,
    Json,
    Binary,
}

/// What is said of a value that has not the length of its type.
const LENGTH: &str = "the server sends a value of another length";

impl Decode {
    /// Shows the value in `bytes`, or says what is wrong with it.
    #[inline]
    pub(super) fn show(self, bytes: &[u8], to: &mut dyn Visitor) -> Result<(), &'static str> {
        match self {
            Self::Binary => to.value(Value::Binary(bytes)),
            Self::Text => to.value(Value::Text(utf8(bytes)?)),
            Self::Json => to.value(Value::Json(utf8(bytes)?)),
            Self::Integer => to.value(Value::Integer(signed(bytes).ok_or(LENGTH)?)),
            Self::Unsigned => unsigned(little(bytes).ok_or(LENGTH)?, to),
            Self::Bit => unsigned(bytes.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte)), to),
            Self::Decimal => to.value(Value::Decimal(decimal(bytes)?)),
            Self::Float => to.value(Value::Single(f32::from_le_bytes(bytes.try_into().map_err(|_| LENGTH)?))),
            Self::Double => to.value(Value::Real(f64::from_le_bytes(bytes.try_into().map_err(|_| LENGTH)?))),
            Self::Rounded => to.value(Value::Real(utf8(bytes)?.parse().map_err(|_| "the number is none")?)),
            Self::Date => date(bytes, to)?,
            Self::Time => time(bytes, to)?,
            Self::DateTime { utc } => date_time(bytes, utc, to)?,
        }
        Ok(())
    }
}

/// The text of a column of a catalog; empty for NULL.
pub(super) fn text(row: &MySqlRow, index: usize) -> String {
    let bytes: Option<&[u8]> = row.try_get_unchecked(index).ok().flatten();
    bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

fn utf8(bytes: &[u8]) -> Result<&str, &'static str> {
    str::from_utf8(bytes).map_err(|_| "the text is not valid UTF-8")
}

fn little(bytes: &[u8]) -> Option<u64> {
    Some(match bytes.len() {
        1 => bytes[0].into(),
        2 => u16::from_le_bytes(bytes.try_into().ok()?).into(),
        4 => u32::from_le_bytes(bytes.try_into().ok()?).into(),
        8 => u64::from_le_bytes(bytes.try_into().ok()?),
        _ => return None,
    })
}

fn signed(bytes: &[u8]) -> Option<i64> {
    let unused = 64_u32.checked_sub(bytes.len() as u32 * 8)?;
    little(bytes).map(|number| (number << unused) as i64 >> unused)
}

fn unsigned(number: u64, to: &mut dyn Visitor) {
    match i64::try_from(number) {
        Ok(number) => to.value(Value::Integer(number)),
        Err(_) => {
            to.value(Value::Digits(Plain::of_ascii(itoa::Buffer::new().format(number).as_bytes())));
        }
    }
}

/// A decimal without the zeros that ZEROFILL puts before it.
fn decimal(digits: &[u8]) -> Result<Plain<'_>, &'static str> {
    if !digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-')) {
        return Err("the number is none");
    }
    let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
    // One zero stays before nothing, or before a fraction.
    let stays = usize::from(!digits.get(zeros).is_some_and(u8::is_ascii_digit));
    Ok(Plain::of_ascii(&digits[zeros.saturating_sub(stays)..]))
}

/// Year, month, day, and the microseconds of the time, as many of them as are sent: zeros at the end are not.
fn moment(bytes: &[u8]) -> Result<(u32, u32, u32, u64), &'static str> {
    let (length, rest) = bytes.split_first().ok_or(LENGTH)?;
    if rest.len() != usize::from(*length) {
        return Err(LENGTH);
    }
    let (day, rest) = match rest {
        [] => return Ok((0, 0, 0, 0)),
        [low, high, month, day, rest @ ..] => {
            ((u16::from_le_bytes([*low, *high]).into(), u32::from(*month), u32::from(*day)), rest)
        }
        _ => return Err(LENGTH),
    };
    if day.0 > 9999 || day.1 > 12 || day.2 > 31 {
        return Err("the day is none");
    }
    Ok((day.0, day.1, day.2, if rest.is_empty() { 0 } else { of_day(rest)? }))
}

/// The microseconds in hours, minutes, seconds, and microseconds if there are any.
fn of_day(bytes: &[u8]) -> Result<u64, &'static str> {
    let (time, micros) = match bytes {
        [time @ .., a, b, c, d] if time.len() == 3 => (time, u32::from_le_bytes([*a, *b, *c, *d])),
        time => (time, 0),
    };
    let [hours, minutes, seconds] = time else { return Err(LENGTH) };
    if *hours > 23 || *minutes > 59 || *seconds > 59 || micros > 999_999 {
        return Err("the time is none");
    }
    let seconds = (u64::from(*hours) * 60 + u64::from(*minutes)) * 60 + u64::from(*seconds);
    Ok(seconds * 1_000_000 + u64::from(micros))
}

fn date(bytes: &[u8], to: &mut dyn Visitor) -> Result<(), &'static str> {
    let (year, month, day, _) = moment(bytes)?;
    let mut written = Moment::new();
    written.day(year, month, day);
    // MySQL knows days and months of zero, and the 31st of February with `ALLOW_INVALID_DATES`.
    to.value(if is_day(year, month, day) { Value::Date(written.plain()) } else { Value::Text(written.text()) });
    Ok(())
}

fn date_time(bytes: &[u8], utc: bool, to: &mut dyn Visitor) -> Result<(), &'static str> {
    let (year, month, day, micros) = moment(bytes)?;
    let mut written = Moment::new();
    written.day(year, month, day);
    let real = is_day(year, month, day);
    written.push(if real { *b"T" } else { *b" " });
    written.time(micros);
    if real && utc {
        written.push(*b"Z");
    }
    to.value(if real { Value::DateTime(written.plain()) } else { Value::Text(written.text()) });
    Ok(())
}

/// MySQL's times go from -838:59:59 to 838:59:59. What is sent is the sign, the days, and the time of the day.
fn time(bytes: &[u8], to: &mut dyn Visitor) -> Result<(), &'static str> {
    let (length, rest) = bytes.split_first().ok_or(LENGTH)?;
    if rest.len() != usize::from(*length) {
        return Err(LENGTH);
    }
    let (negative, days, micros) = match rest {
        [] => (false, 0, 0),
        [sign, a, b, c, d, time @ ..] => (*sign != 0, u32::from_le_bytes([*a, *b, *c, *d]), of_day(time)?),
        _ => return Err(LENGTH),
    };
    // More than MySQL has would not fit where it is written.
    if days > 40 {
        return Err("the time is longer than any");
    }
    let mut written = Moment::new();
    if negative {
        written.push(*b"-");
    }
    written.time(u64::from(days) * 86_400_000_000 + micros);
    let of_day = !negative && days == 0 && micros < 86_400_000_000;
    to.value(if of_day { Value::Time(written.plain()) } else { Value::Text(written.text()) });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Last(String);

    impl Visitor for Last {
        fn value(&mut self, value: Value<'_>) {
            self.0 = format!("{value:?}");
        }

        fn end_row(&mut self) {}
    }

    fn shown(decode: Decode, bytes: &[u8]) -> Result<String, &'static str> {
        let mut last = Last(String::new());
        decode.show(bytes, &mut last)?;
        Ok(last.0)
    }

    #[test]
    fn a_decimal_loses_the_zeros_before_it_and_no_others() {
        for (given, expected) in [("0.00", "0.00"), ("-0.10", "-0.10"), ("00012.50", "12.50"), ("000.50", "0.50")] {
            assert_eq!(shown(Decode::Decimal, given.as_bytes()), Ok(format!("Decimal({expected:?})")));
        }
        for (given, expected) in [("0", "0"), ("007", "7"), ("000", "0"), ("-5", "-5"), ("10", "10")] {
            assert_eq!(shown(Decode::Decimal, given.as_bytes()), Ok(format!("Decimal({expected:?})")));
        }
        assert!(shown(Decode::Decimal, b"1,5").is_err());
    }

    #[test]
    fn whole_numbers_have_their_sign_at_any_length() {
        assert_eq!(shown(Decode::Integer, &[0xff]).as_deref(), Ok("Integer(-1)"));
        assert_eq!(shown(Decode::Integer, &[0, 0x80]).as_deref(), Ok("Integer(-32768)"));
        assert_eq!(shown(Decode::Integer, &7_i32.to_le_bytes()).as_deref(), Ok("Integer(7)"));
        assert_eq!(shown(Decode::Integer, &i64::MIN.to_le_bytes()), Ok(format!("Integer({})", i64::MIN)));
        assert_eq!(shown(Decode::Unsigned, &[0xff]).as_deref(), Ok("Integer(255)"));
        assert_eq!(shown(Decode::Unsigned, &[0xff; 8]).as_deref(), Ok("Digits(\"18446744073709551615\")"));
        assert!(shown(Decode::Integer, &[0; 3]).is_err());
    }

    #[test]
    fn dates_and_times_that_no_calendar_has_stay_texts() {
        assert_eq!(shown(Decode::Date, &[4, 0xea, 7, 11, 23]).as_deref(), Ok("Date(\"2026-11-23\")"));
        assert_eq!(shown(Decode::Date, &[0]).as_deref(), Ok("Text(\"0000-00-00\")"));
        assert_eq!(shown(Decode::Date, &[4, 0xea, 7, 0, 10]).as_deref(), Ok("Text(\"2026-00-10\")"));
        assert_eq!(shown(Decode::Date, &[4, 0xea, 7, 2, 31]).as_deref(), Ok("Text(\"2026-02-31\")"));
        let at = |bytes: &[u8]| shown(Decode::DateTime { utc: true }, bytes);
        let half = [11, 0xea, 7, 11, 23, 1, 2, 3, 0x20, 0xa1, 7, 0];
        assert_eq!(at(&half).as_deref(), Ok("DateTime(\"2026-11-23T01:02:03.5Z\")"));
        assert_eq!(at(&[4, 0xea, 7, 11, 23]).as_deref(), Ok("DateTime(\"2026-11-23T00:00:00Z\")"));
        assert_eq!(at(&[0]).as_deref(), Ok("Text(\"0000-00-00 00:00:00\")"));
        assert_eq!(at(&[7, 0, 0, 0, 0, 1, 2, 3]).as_deref(), Ok("Text(\"0000-00-00 01:02:03\")"));
        assert!(at(&half[..11]).is_err());
        assert!(at(&[]).is_err());
    }

    #[test]
    fn times_that_no_clock_has_stay_texts() {
        let at = |bytes: &[u8]| shown(Decode::Time, bytes);
        assert_eq!(at(&[8, 0, 0, 0, 0, 0, 23, 59, 59]).as_deref(), Ok("Time(\"23:59:59\")"));
        assert_eq!(at(&[0]).as_deref(), Ok("Time(\"00:00:00\")"));
        assert_eq!(at(&[8, 0, 34, 0, 0, 0, 22, 59, 59]).as_deref(), Ok("Text(\"838:59:59\")"));
        assert_eq!(at(&[8, 1, 0, 0, 0, 0, 0, 0, 1]).as_deref(), Ok("Text(\"-00:00:01\")"));
        assert_eq!(at(&[8, 0, 1, 0, 0, 0, 0, 0, 0]).as_deref(), Ok("Text(\"24:00:00\")"));
        assert_eq!(at(&[12, 0, 0, 0, 0, 0, 1, 2, 3, 1, 0, 0, 0]).as_deref(), Ok("Time(\"01:02:03.000001\")"));
        assert!(at(&[8, 0, 255, 0, 0, 0, 0, 0, 0]).is_err());
    }

    #[test]
    fn a_float_with_decimals_is_the_one_next_to_its_text() {
        assert_eq!(shown(Decode::Rounded, b"-0.0001").as_deref(), Ok("Real(-0.0001)"));
        assert_eq!(shown(Decode::Rounded, b"-0.00").as_deref(), Ok("Real(-0.0)"));
        assert_eq!(shown(Decode::Double, &(-0.0001_f64).to_le_bytes()).as_deref(), Ok("Real(-0.0001)"));
        assert!(shown(Decode::Rounded, b"").is_err());
    }

    #[test]
    fn bits_are_a_number() {
        assert_eq!(shown(Decode::Bit, &[1, 0]).as_deref(), Ok("Integer(256)"));
        assert_eq!(shown(Decode::Bit, &[255; 8]).as_deref(), Ok("Digits(\"18446744073709551615\")"));
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        assert!(shown(Decode::Text, &[0xff]).is_err());
        assert_eq!(shown(Decode::Binary, &[0xff]).as_deref(), Ok("Binary([255])"));
    }
}
