//! PostgreSQL's binary values, as its `…send` functions write them. What has no case here is asked for as text.

use std::fmt::Write;

use crate::source::{Value, Visitor, batch::Kind, moment};

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
    Text(Kind),
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

/// Decodes values, with room for their text.
#[derive(Default)]
pub(super) struct Decoder {
    text: String,
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
        self.text.clear();
        match decode {
            Decode::Bool => to.value(Value::Boolean(number!(u8) != 0)),
            Decode::Int2 => to.value(Value::Integer(number!(i16).into())),
            Decode::Int4 => to.value(Value::Integer(number!(i32).into())),
            Decode::Int8 => to.value(Value::Integer(number!(i64))),
            Decode::Oid => to.value(Value::Integer(number!(u32).into())),
            Decode::Float4 => to.value(Value::Single(number!(f32))),
            Decode::Float8 => to.value(Value::Real(number!(f64))),
            Decode::Bytea => to.value(Value::Binary(bytes)),
            Decode::Text(kind) => to.value(kind.value(utf8(bytes)?)),
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
                numeric(bytes, &mut self.text).ok_or(LENGTH)?;
                to.value(Value::Decimal(&self.text));
            }
            Decode::Uuid => {
                let uuid = uuid::Uuid::from_bytes(bytes.try_into().map_err(|_| LENGTH)?);
                to.value(Value::Text(uuid.as_hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer())));
            }
            Decode::Date => self.date(number!(i32), to),
            Decode::Time => self.time(number!(i64), to),
            Decode::Timestamp => self.timestamp(number!(i64), "", to),
            Decode::TimestampTz => self.timestamp(number!(i64), "Z", to),
        }
        Ok(())
    }

    fn date(&mut self, days: i32, to: &mut dyn Visitor) {
        match days {
            i32::MAX => to.value(Value::Text("infinity")),
            i32::MIN => to.value(Value::Text("-infinity")),
            days => {
                if moment::push_day(EPOCH + i64::from(days), &mut self.text) {
                    to.value(Value::Date(&self.text));
                } else {
                    self.beyond(EPOCH + i64::from(days), None, "", to);
                }
            }
        }
    }

    /// PostgreSQL has 24:00:00, which no clock has.
    fn time(&mut self, micros: i64, to: &mut dyn Visitor) {
        moment::push_time(micros, &mut self.text);
        to.value(if micros < DAY { Value::Time(&self.text) } else { Value::Text(&self.text) });
    }

    fn timestamp(&mut self, micros: i64, offset: &str, to: &mut dyn Visitor) {
        let (day, time) = (EPOCH + micros.div_euclid(DAY), micros.rem_euclid(DAY));
        match micros {
            i64::MAX => to.value(Value::Text("infinity")),
            i64::MIN => to.value(Value::Text("-infinity")),
            _ if moment::push_day(day, &mut self.text) => {
                self.text.push('T');
                moment::push_time(time, &mut self.text);
                self.text.push_str(offset);
                to.value(Value::DateTime(&self.text));
            }
            _ => self.beyond(day, Some(time), offset, to),
        }
    }

    /// A day that ISO 8601 has no plain form for, as PostgreSQL writes it: `10000-01-01`, `0044-03-15 BC`.
    fn beyond(&mut self, day: i64, time: Option<i64>, offset: &str, to: &mut dyn Visitor) {
        self.text.clear();
        let (year, month, day) = moment::civil(day);
        let (year, before_christ) = if year > 0 { (year, false) } else { (1 - year, true) };
        // Writing into a String cannot fail.
        let _ = write!(self.text, "{year:04}-{month:02}-{day:02}");
        if let Some(time) = time {
            self.text.push(' ');
            moment::push_time(time, &mut self.text);
            self.text.push_str(if offset.is_empty() { "" } else { "+00" });
        }
        self.text.push_str(if before_christ { " BC" } else { "" });
        to.value(Value::Text(&self.text));
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, &'static str> {
    str::from_utf8(bytes).map_err(|_| "the text is not valid UTF-8, as a database in SQL_ASCII lets it be")
}

/// A numeric: the number of its digits to base 10,000, the weight of the first, the sign, the number of decimals, the
/// digits (`numeric_send`). None if the bytes are not one.
fn numeric(bytes: &[u8], text: &mut String) -> Option<()> {
    let mut words = bytes.chunks(2).map(|word| word.try_into().ok().map(u16::from_be_bytes));
    let mut word = || words.next().flatten();
    let (count, weight, sign, scale) = (word()?, word()? as i16, word()?, word()?);
    match sign {
        0x0000 => {}
        0x4000 => text.push('-'),
        0xc000 => text.push_str("NaN"),
        0xd000 => text.push_str("INF"),
        0xf000 => text.push_str("-INF"),
        _ => return None,
    }
    if sign >= 0xc000 {
        return Some(());
    }
    if bytes.len() != 8 + usize::from(count) * 2 {
        return None;
    }
    let digit = |place: i32| {
        let at = 8 + usize::try_from(place).ok()? * 2;
        bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
    };
    if weight < 0 {
        text.push('0');
    }
    for place in 0..=i32::from(weight) {
        let value = digit(place).unwrap_or(0);
        if place == 0 {
            text.push_str(itoa::Buffer::new().format(value));
        } else {
            push_four(value, text);
        }
    }
    if scale > 0 {
        text.push('.');
        let end = text.len() + usize::from(scale);
        let mut place = i32::from(weight) + 1;
        while text.len() < end {
            push_four(if place < 0 { 0 } else { digit(place).unwrap_or(0) }, text);
            place += 1;
        }
        text.truncate(end);
    }
    Some(())
}

/// A digit to base 10,000.
fn push_four(value: u16, text: &mut String) {
    for unit in [1000, 100, 10, 1] {
        text.push(char::from(b'0' + (value / unit % 10) as u8));
    }
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
