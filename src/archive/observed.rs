//! What was really in a column, seen as its values pass. The descriptor states types that hold for every
//! value, and not every database enforces the ones it declares (in SQLite any column may hold any value).

use crate::source::{Batch, Value};

/// The kinds of values seen in one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Observed(u8);

impl Observed {
    /// A NULL was there.
    pub const NULL: Self = Self(1);
    /// A whole number was there.
    pub const INTEGER: Self = Self(2);
    /// A number with a fraction was there.
    pub const REAL: Self = Self(4);
    /// A text was there.
    pub const TEXT: Self = Self(8);
    /// Bytes were there.
    pub const BINARY: Self = Self(16);

    /// Adds what is in `batch` to `columns`, one for each column.
    pub fn add(columns: &mut [Self], batch: &Batch) {
        for row in batch.rows() {
            for (column, value) in columns.iter_mut().zip(row.values()) {
                column.0 |= Self::of(value).0;
            }
        }
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

    /// The kinds of values seen, NULL not counted, by SQLite's names of its storage classes.
    pub fn names(self) -> Vec<&'static str> {
        [(Self::INTEGER, "integer"), (Self::REAL, "real"), (Self::TEXT, "text"), (Self::BINARY, "blob")]
            .into_iter()
            .filter(|(kind, _)| self.has(*kind))
            .map(|(_, name)| name)
            .collect()
    }

    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Integer(_) => Self::INTEGER,
            Value::Real(_) => Self::REAL,
            Value::Text(_) => Self::TEXT,
            Value::Binary(_) => Self::BINARY,
        }
    }
}
