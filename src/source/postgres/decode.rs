//! PostgreSQL's binary values, as its `…send` functions write them. What has no case here is asked for as text.

use std::fmt::Write;

use crate::source::{
    Plain, Value, Visitor,
    moment::{self, Moment, pair},
};

/// How the values of a column are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decode {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Numeric,
    /// Text in UTF-8.
    Text,
    /// JSON as it was written.
    Json,
    /// JSON, or what PostgreSQL writes for an array that JSON cannot say.
    Array,
    Jsonb,
    Uuid,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Bytea,
}

/// Days and microseconds count from 2000-01-01, which is this many days after 1970-01-01.
const EPOCH: i64 = 10_957;
const DAY: i64 = 86_400_000_000;

/// Decodes values, with room for a numeric.
#[derive(Default)]
pub(super) struct Decoder {
    digits: Vec<u8>,
}

impl Decoder {
    /// Shows the value in `bytes`, or says what is wrong with it.
    #[inline]
    pub(super) fn show(&mut self, decode: Decode, bytes: &[u8], to: &mut dyn Visitor) -> Result<(), &'static str> {
        const LENGTH: &str = "the server sends a value of another length";
        macro_rules! number {
            ($type:ty) => {
                bytes.try_into().map(<$type>::from_be_bytes).map_err(|_| LENGTH)?
            };
        }
        match decode {
            Decode::Bool => to.value(Value::Boolean(number!(u8) != 0)),
            Decode::Int2 => to.value(Value::Integer(number!(i16).into())),
            Decode::Int4 => to.value(Value::Integer(number!(i32).into())),
            Decode::Int8 => to.value(Value::Integer(number!(i64))),
            Decode::Oid => to.value(Value::Integer(number!(u32).into())),
            Decode::Float4 => to.value(Value::Single(number!(f32))),
            Decode::Float8 => to.value(Value::Real(number!(f64))),
            Decode::Bytea => to.value(Value::Binary(bytes)),
            Decode::Text => to.value(Value::Text(utf8(bytes)?)),
            Decode::Json => to.value(Value::Json(utf8(bytes)?)),
            Decode::Array => match utf8(bytes)? {
                json if json.ends_with(']') => to.value(Value::Json(json)),
                // `[2:3]={1,2}` begins like JSON too.
                other => to.value(Value::Text(other)),
            },
            Decode::Jsonb => match bytes {
                [1, text @ ..] => to.value(Value::Json(utf8(text)?)),
                _ => return Err("the server sends jsonb in an unknown version"),
            },
            Decode::Numeric => {
                self.digits.clear();
                numeric(bytes, &mut self.digits).ok_or(LENGTH)?;
                to.value(Value::Decimal(Plain::of_ascii(&self.digits)));
            }
            Decode::Uuid => {
                let uuid = uuid::Uuid::from_bytes(bytes.try_into().map_err(|_| LENGTH)?);
                to.value(Value::Text(uuid.as_hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer())));
            }
            Decode::Date => date(number!(i32), to),
            Decode::Time => time(number!(i64), to),
            Decode::Timestamp => timestamp(number!(i64), "", to),
            Decode::TimestampTz => timestamp(number!(i64), "Z", to),
        }
        Ok(())
    }
}

fn date(days: i32, to: &mut dyn Visitor) {
    match days {
        i32::MAX => to.value(Value::Text("infinity")),
        i32::MIN => to.value(Value::Text("-infinity")),
        days => match moment::civil(EPOCH + i64::from(days)) {
            (year @ 1..=9999, month, day) => {
                let mut written = Moment::new();
                written.day(year as u32, month, day);
                to.value(Value::Date(written.plain()));
            }
            day => beyond(day, None, "", to),
        },
    }
}

/// PostgreSQL has 24:00:00, which no clock has.
fn time(micros: i64, to: &mut dyn Visitor) {
    let mut written = Moment::new();
    written.time(micros.clamp(0, DAY) as u64);
    to.value(if micros < DAY { Value::Time(written.plain()) } else { Value::Text(written.text()) });
}

fn timestamp(micros: i64, offset: &str, to: &mut dyn Visitor) {
    let (day, time) = (EPOCH + micros.div_euclid(DAY), micros.rem_euclid(DAY) as u64);
    match (micros, moment::civil(day)) {
        (i64::MAX, _) => to.value(Value::Text("infinity")),
        (i64::MIN, _) => to.value(Value::Text("-infinity")),
        (_, (year @ 1..=9999, month, day)) => {
            let mut written = Moment::new();
            written.day(year as u32, month, day);
            written.push(*b"T");
            written.time(time);
            if !offset.is_empty() {
                written.push(*b"Z");
            }
            to.value(Value::DateTime(written.plain()));
        }
        (_, day) => beyond(day, Some(time), offset, to),
    }
}

/// A day that ISO 8601 has no plain form for, as PostgreSQL writes it: `10000-01-01`, `0044-03-15 BC`.
fn beyond((year, month, day): (i64, u32, u32), time: Option<u64>, offset: &str, to: &mut dyn Visitor) {
    let (year, before_christ) = if year > 0 { (year, false) } else { (1 - year, true) };
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = write!(text, "{year:04}-{month:02}-{day:02}");
    if let Some(time) = time {
        let mut written = Moment::new();
        written.time(time);
        let _ = write!(text, " {}{}", written.text(), if offset.is_empty() { "" } else { "+00" });
    }
    text.push_str(if before_christ { " BC" } else { "" });
    to.value(Value::Text(&text));
}

fn utf8(bytes: &[u8]) -> Result<&str, &'static str> {
    str::from_utf8(bytes).map_err(|_| "the text is not valid UTF-8, as a database in SQL_ASCII lets it be")
}

/// A numeric: the number of its digits to base 10,000, the weight of the first, the sign, the number of decimals, the
/// digits (`numeric_send`). None if the bytes are not one.
fn numeric(bytes: &[u8], text: &mut Vec<u8>) -> Option<()> {
    let (words, []) = bytes.as_chunks::<2>() else { return None };
    let ([count, weight, sign, scale], digits) = words.split_first_chunk()?;
    let [count, weight, sign, scale] = [count, weight, sign, scale].map(|word| u16::from_be_bytes(*word));
    let weight = i32::from(weight as i16);
    match sign {
        0x0000 => {}
        0x4000 => text.push(b'-'),
        0xc000 => text.extend_from_slice(b"NaN"),
        0xd000 => text.extend_from_slice(b"INF"),
        0xf000 => text.extend_from_slice(b"-INF"),
        _ => return None,
    }
    if sign >= 0xc000 {
        return Some(());
    }
    if digits.len() != usize::from(count) {
        return None;
    }
    // Zeros at both ends are not sent.
    let digit = |place: i32| {
        let digit = usize::try_from(place).ok().and_then(|place| digits.get(place));
        digit.map_or(0, |digit| u16::from_be_bytes(*digit))
    };
    if weight < 0 {
        text.push(b'0');
    } else {
        text.extend_from_slice(itoa::Buffer::new().format(digit(0)).as_bytes());
        (1..=weight).for_each(|place| text.extend_from_slice(&four(digit(place))));
    }
    if scale > 0 {
        text.push(b'.');
        let end = text.len() + usize::from(scale);
        let mut place = weight + 1;
        while text.len() < end {
            text.extend_from_slice(&four(digit(place)));
            place += 1;
        }
        text.truncate(end);
    }
    Some(())
}

/// A digit to base 10,000.
fn four(value: u16) -> [u8; 4] {
    let ([a, b], [c, d]) = (pair(u32::from(value / 100)), pair(value.into()));
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Last(String);

    impl Visitor for Last {
        fn value(&mut self, value: Value<'_>) {
            self.0 = format!("{value:?}");
        }

        fn end_row(&mut self) {}
    }

    fn shown(decode: Decode, bytes: &[u8]) -> Result<String, &'static str> {
        let mut last = Last::default();
        Decoder::default().show(decode, bytes, &mut last)?;
        Ok(last.0)
    }

    fn numeric(words: &[u16]) -> Result<String, &'static str> {
        shown(Decode::Numeric, &words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>())
    }

    #[test]
    fn a_numeric_has_all_its_digits_and_no_others() {
        assert_eq!(numeric(&[0, 0, 0, 0]).as_deref(), Ok("Decimal(\"0\")"));
        assert_eq!(numeric(&[0, 0, 0, 2]).as_deref(), Ok("Decimal(\"0.00\")"));
        assert_eq!(numeric(&[2, 0, 0x4000, 2, 12, 3400]).as_deref(), Ok("Decimal(\"-12.34\")"));
        assert_eq!(numeric(&[1, 2, 0, 0, 7]).as_deref(), Ok("Decimal(\"700000000\")"));
        assert_eq!(numeric(&[1, (-2_i16) as u16, 0, 10, 12]).as_deref(), Ok("Decimal(\"0.0000001200\")"));
        assert_eq!(numeric(&[0, 0, 0xc000, 0]).as_deref(), Ok("Decimal(\"NaN\")"));
        assert_eq!(numeric(&[0, 0, 0xf000, 0]).as_deref(), Ok("Decimal(\"-INF\")"));
        assert!(numeric(&[3, 0, 0, 0, 1]).is_err());
    }

    #[test]
    fn an_array_with_bounds_of_its_own_is_no_json() {
        assert_eq!(shown(Decode::Array, b"[[1,2],[3,4]]").as_deref(), Ok("Json(\"[[1,2],[3,4]]\")"));
        assert_eq!(shown(Decode::Array, b"[0:1]={1,2}").as_deref(), Ok("Text(\"[0:1]={1,2}\")"));
    }

    #[test]
    fn moments_are_those_of_iso_8601_and_others_as_postgresql_writes_them() {
        let at = |micros: i64| shown(Decode::TimestampTz, &micros.to_be_bytes());
        assert_eq!(at(0).as_deref(), Ok("DateTime(\"2000-01-01T00:00:00Z\")"));
        assert_eq!(at(-1).as_deref(), Ok("DateTime(\"1999-12-31T23:59:59.999999Z\")"));
        assert_eq!(at(i64::MAX).as_deref(), Ok("Text(\"infinity\")"));
        let day = |days: i32| shown(Decode::Date, &days.to_be_bytes());
        assert_eq!(day(59).as_deref(), Ok("Date(\"2000-02-29\")"));
        assert_eq!(day(-730_120).as_deref(), Ok("Text(\"0001-12-31 BC\")"));
        assert_eq!(day(2_921_940).as_deref(), Ok("Text(\"10000-01-01\")"));
        assert_eq!(shown(Decode::Time, &DAY.to_be_bytes()).as_deref(), Ok("Text(\"24:00:00\")"));
        assert!(shown(Decode::Int4, &[0; 3]).is_err());
    }
}
