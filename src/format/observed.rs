//! What was really in a column, seen as its values pass. The descriptor states types that hold for every
//! value, and not every database enforces the ones it declares (in SQLite any column may hold any value).

use crate::source::Value;

/// The kinds of values seen in one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Observed(u16);

impl Observed {
    /// A NULL was there.
    pub const NULL: Self = Self(1);
    /// A whole number was there.
    pub const INTEGER: Self = Self(1 << 1);
    /// A number that need not be whole was there.
    pub const NUMBER: Self = Self(1 << 2);
    /// A text was there.
    pub const TEXT: Self = Self(1 << 3);
    /// Bytes were there.
    pub const BINARY: Self = Self(1 << 4);
    /// True or false was there.
    pub const BOOLEAN: Self = Self(1 << 5);
    /// A day was there.
    pub const DATE: Self = Self(1 << 6);
    /// A time of day was there.
    pub const TIME: Self = Self(1 << 7);
    /// A day with a time was there.
    pub const DATE_TIME: Self = Self(1 << 8);
    /// A JSON object was there.
    pub const OBJECT: Self = Self(1 << 9);
    /// A JSON array was there.
    pub const ARRAY: Self = Self(1 << 10);
    /// Another JSON value was there.
    pub const SCALAR: Self = Self(1 << 11);

    /// What was seen, as bits.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// The opposite of [`bits`](Self::bits).
    pub fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// Adds `value` to what was seen.
    #[inline]
    pub fn add(&mut self, value: Value<'_>) {
        self.0 |= Self::of(value).0;
    }

    /// Whether `kind` was seen.
    pub fn has(self, kind: Self) -> bool {
        self.0 & kind.0 != 0
    }

    /// Whether no value was seen but NULL and the `kinds`.
    pub fn only(self, kinds: &[Self]) -> bool {
        let allowed = kinds.iter().fold(Self::NULL.0, |all, kind| all | kind.0);
        self.0 & !allowed == 0
    }

    /// The kinds of values seen, NULL not counted; where SQLite has a name for one (its storage classes), by that.
    pub fn names(self) -> Vec<&'static str> {
        [
            (Self::INTEGER, "integer"),
            (Self::NUMBER, "real"),
            (Self::TEXT, "text"),
            (Self::BINARY, "blob"),
            (Self::BOOLEAN, "boolean"),
            (Self::DATE, "date"),
            (Self::TIME, "time"),
            (Self::DATE_TIME, "datetime"),
            (Self::OBJECT, "object"),
            (Self::ARRAY, "array"),
            (Self::SCALAR, "scalar"),
        ]
        .into_iter()
        .filter(|(kind, _)| self.has(*kind))
        .map(|(_, name)| name)
        .collect()
    }

    #[inline]
    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Boolean(_) => Self::BOOLEAN,
            Value::Integer(_) | Value::Digits(_) => Self::INTEGER,
            Value::Decimal(_) | Value::Real(_) | Value::Single(_) => Self::NUMBER,
            Value::Text(_) => Self::TEXT,
            Value::Binary(_) => Self::BINARY,
            Value::Date(_) => Self::DATE,
            Value::Time(_) => Self::TIME,
            Value::DateTime(_) => Self::DATE_TIME,
            Value::Json(text) => match text.trim_ascii_start().as_bytes().first() {
                Some(b'{') => Self::OBJECT,
                Some(b'[') => Self::ARRAY,
                _ => Self::SCALAR,
            },
        }
    }
}
