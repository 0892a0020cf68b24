//! How tables are written: values in, bytes out, and nothing else. A format does no I/O and keeps no state
//! between calls, so that a table can be formatted in pieces. Another format is one more file here.

mod csv;

use crate::source::{Batch, Table};

pub use csv::Csv;

/// A way to write a table.
pub trait Format: Send + Sync {
    /// The ending of its files, without the dot.
    fn extension(&self) -> &'static str;

    /// Its media type.
    fn media_type(&self) -> &'static str;

    /// Appends what stands before the first row.
    fn begin(&self, table: &Table, out: &mut Vec<u8>);

    /// Appends the rows of `batch`.
    fn rows(&self, batch: &Batch, out: &mut Vec<u8>);

    /// Counts the rows of one file of this format, read back.
    fn counter(&self) -> Box<dyn RowCounter>;
}

/// Counts rows in the bytes of a file, handed over piece by piece from its start.
pub trait RowCounter: Send {
    /// Takes the next piece.
    fn read(&mut self, piece: &[u8]);

    /// The rows in all that was read.
    fn rows(&self) -> u64;
}
