//! Rows as the server sent them: gathered value by value, taken apart later.

use std::sync::Arc;

use sqlx::{MySql, Row, mysql::MySqlRow};

use super::decode::Decode;
use crate::source::{RowError, Rows, Value, Visitor, rows::FULL};

/// What stands in place of a length where there is no value.
const NULL: u32 = u32::MAX;

/// Some rows of one table: each value is its length in four bytes, and its bytes.
pub(super) struct SentRows {
    columns: Arc<[Decode]>,
    data: Vec<u8>,
    rows: usize,
}

impl SentRows {
    pub(super) fn new(columns: Arc<[Decode]>) -> Self {
        Self { columns, data: Vec::new(), rows: 0 }
    }

    /// Takes a row.
    pub(super) fn add(&mut self, row: &MySqlRow) -> sqlx::Result<()> {
        for column in 0..self.columns.len() {
            // Not as an Option: to the driver a day of zeros is a NULL too. Only a NULL has no bytes.
            match <&[u8] as sqlx::Decode<MySql>>::decode(row.try_get_raw::<usize>(column)?) {
                Ok(value) => {
                    self.data.extend_from_slice(&(value.len() as u32).to_le_bytes());
                    self.data.extend_from_slice(value);
                }
                Err(_) => self.data.extend_from_slice(&NULL.to_le_bytes()),
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Whether they should be sent on.
    pub(super) fn is_full(&self) -> bool {
        self.data.len() >= FULL
    }

    /// The memory that they take, about.
    pub(super) fn bytes(&self) -> usize {
        self.data.len()
    }

    /// Takes what was gathered, and leaves as much room.
    pub(super) fn take(&mut self) -> Self {
        let next = Self { columns: Arc::clone(&self.columns), data: Vec::with_capacity(FULL + FULL / 16), rows: 0 };
        std::mem::replace(self, next)
    }
}

impl Rows for SentRows {
    fn count(&self) -> usize {
        self.rows
    }

    fn visit(&self, visitor: &mut dyn Visitor) -> Result<(), RowError> {
        let mut rest = &self.data[..];
        for row in 0..self.rows {
            for (column, decode) in self.columns.iter().enumerate() {
                let failed = |why: &str| RowError { row, column, why: why.to_owned() };
                match value(&mut rest).ok_or_else(|| failed("the row is cut off"))? {
                    None => visitor.value(Value::Null),
                    Some(value) => decode.show(value, visitor).map_err(failed)?,
                }
            }
            visitor.end_row();
        }
        Ok(())
    }
}

/// Takes the next value off.
#[inline]
fn value<'a>(rest: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    let (length, after) = rest.split_first_chunk()?;
    *rest = after;
    let length = u32::from_le_bytes(*length);
    if length == NULL {
        return Some(None);
    }
    let (value, after) = after.split_at_checked(length as usize)?;
    *rest = after;
    Some(Some(value))
}
