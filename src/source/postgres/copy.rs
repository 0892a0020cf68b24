//! COPY's binary form (<https://www.postgresql.org/docs/current/sql-copy.html>, "Binary Format"): gathered row by row as it
//! comes, taken apart later.

use std::sync::Arc;

use super::decode::{Decode, Decoder};
use crate::source::{RowError, Rows, Visitor, rows::FULL};

/// What a binary COPY begins with.
const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";
/// The signature, the flags, and the length of what follows them.
const HEADER: usize = 19;
/// What it ends with, in place of a row.
const TRAILER: [u8; 2] = [0xff, 0xff];

/// Some rows of one table, as they came.
pub(super) struct CopyRows {
    columns: Arc<[Decode]>,
    data: Vec<u8>,
    rows: usize,
}

/// Rows that are being gathered.
pub(super) struct Gathered {
    rows: CopyRows,
    begun: bool,
    ended: bool,
}

impl Gathered {
    pub(super) fn new(columns: Arc<[Decode]>) -> Self {
        Self { rows: CopyRows { columns, data: Vec::new(), rows: 0 }, begun: false, ended: false }
    }

    /// Takes a message: each is one row (protocol, "COPY Operations"), the first with the header before it.
    pub(super) fn add(&mut self, mut message: &[u8]) -> Result<(), String> {
        if !self.begun {
            message = after_header(message).ok_or("the server does not send COPY's binary form")?;
            self.begun = true;
        }
        if message == TRAILER {
            self.ended = true;
        } else if !message.is_empty() {
            self.rows.data.extend_from_slice(message);
            self.rows.rows += 1;
        }
        Ok(())
    }

    /// The rows, if they are enough to be sent on, and their bytes.
    pub(super) fn full(&mut self) -> Option<(CopyRows, usize)> {
        (self.rows.data.len() >= FULL).then(|| self.take())
    }

    /// The last rows; None if the server has not said that these are the last.
    pub(super) fn rest(mut self) -> Option<(CopyRows, usize)> {
        self.ended.then(|| self.take())
    }

    fn take(&mut self) -> (CopyRows, usize) {
        let bytes = self.rows.data.len();
        let next =
            CopyRows { columns: Arc::clone(&self.rows.columns), data: Vec::with_capacity(FULL + FULL / 16), rows: 0 };
        (std::mem::replace(&mut self.rows, next), bytes)
    }
}

fn after_header(message: &[u8]) -> Option<&[u8]> {
    let (header, rest) = message.split_at_checked(HEADER)?;
    let extension = header.last_chunk().map(|length| u32::from_be_bytes(*length))?;
    if header.starts_with(SIGNATURE) { rest.get(extension as usize..) } else { None }
}

/// The only value of the only row of a whole COPY.
pub(super) fn only_value(message: &[u8]) -> Option<Vec<u8>> {
    let mut rest = after_header(message)?;
    let columns: u16 = take(&mut rest).map(u16::from_be_bytes)?;
    let length: i32 = take(&mut rest).map(i32::from_be_bytes)?;
    let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    (columns == 1 && rest == TRAILER).then(|| value.to_owned())
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*taken)
}

impl Rows for CopyRows {
    fn count(&self) -> usize {
        self.rows
    }

    fn visit(&self, visitor: &mut dyn Visitor) -> Result<(), RowError> {
        let mut decoder = Decoder::default();
        let mut rest = &self.data[..];
        for row in 0..self.rows {
            let failed = |column, why: &str| RowError { row, column, why: why.to_owned() };
            let count = take(&mut rest).map(u16::from_be_bytes);
            if count.map(usize::from) != Some(self.columns.len()) {
                return Err(failed(0, "the server sends a row of another shape"));
            }
            for (column, decode) in self.columns.iter().enumerate() {
                let length =
                    take(&mut rest).map(i32::from_be_bytes).ok_or_else(|| failed(column, "the row is cut off"))?;
                // -1 is NULL.
                let value = usize::try_from(length).ok().map(|length| {
                    let (value, after) = rest.split_at_checked(length)?;
                    rest = after;
                    Some(value)
                });
                match value {
                    None => visitor.value(crate::source::Value::Null),
                    Some(None) => return Err(failed(column, "the row is cut off")),
                    Some(Some(value)) => decoder.show(*decode, value, visitor).map_err(|why| failed(column, why))?,
                }
            }
            visitor.end_row();
        }
        if rest.is_empty() {
            Ok(())
        } else {
            Err(RowError { row: self.rows, column: 0, why: "there are more bytes than rows".into() })
        }
    }
}
