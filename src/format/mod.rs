//! How tables are written: values in, bytes out, and nothing else. A format does no I/O and keeps no state
//! between calls, so that a table can be formatted in pieces, by several threads. Another format is one more file here,
//! and one more line in [`FORMATS`].

mod csv;
mod digits;
mod jsonl;
mod observed;

use crate::source::{Column, RowError, Rows, Table, Value, Visitor};

pub use csv::Csv;
pub use jsonl::Jsonl;
pub use observed::Observed;

/// All formats there are.
pub const FORMATS: [&dyn Format; 2] = [&Csv, &Jsonl];

/// The format of this name, which is the ending of its files.
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    FORMATS.into_iter().find(|format| format.extension() == name)
}

/// A way to write a table.
pub trait Format: Send + Sync {
    /// The ending of its files, without the dot; also its name in a descriptor.
    fn extension(&self) -> &'static str;

    /// Its media type.
    fn media_type(&self) -> &'static str;

    /// What a reader must know of the form of its files, as a Table Dialect (<https://datapackage.org/standard/table-dialect/>);
    /// None where there is nothing to choose.
    fn dialect(&self) -> Option<serde_json::Value>;

    /// Whether NULL looks like an empty text to a reader who does not know better.
    fn null_is_empty(&self) -> bool;

    /// How its files are to be read, in lines of at most 90 characters, for the README.txt of an archive.
    fn reading(&self) -> &'static str;

    /// Appends what stands before the first row.
    fn begin(&self, table: &Table, out: &mut Vec<u8>);

    /// Appends `rows`, whose `columns` these are, and notes what was `seen` in each column.
    fn rows(
        &self,
        columns: &[Column],
        rows: &dyn Rows,
        seen: &mut [Observed],
        out: &mut Vec<u8>,
    ) -> Result<(), RowError>;

    /// Counts the rows of one file of this format, read back. A table without columns has no lines to count.
    fn counter(&self) -> Box<dyn RowCounter>;
}

/// Counts rows in the bytes of a file, handed over piece by piece from its start.
pub trait RowCounter: Send {
    /// Takes the next piece.
    fn read(&mut self, piece: &[u8]);

    /// The rows in all that was read.
    fn rows(&self) -> u64;
}

/// How one value, and the end of a row, are written.
trait Notation {
    fn value(&self, column: usize, value: Value<'_>, out: &mut Vec<u8>);

    fn end_row(&self, out: &mut Vec<u8>);
}

/// Writes rows in a notation, and notes what is in them.
struct Writing<'a, N> {
    notation: N,
    seen: &'a mut [Observed],
    column: usize,
    out: &'a mut Vec<u8>,
}

impl<'a, N: Notation> Writing<'a, N> {
    fn rows(notation: N, rows: &dyn Rows, seen: &'a mut [Observed], out: &'a mut Vec<u8>) -> Result<(), RowError> {
        rows.visit(&mut Self { notation, seen, column: 0, out })
    }
}

impl<N: Notation> Visitor for Writing<'_, N> {
    fn value(&mut self, value: Value<'_>) {
        self.seen[self.column].add(value);
        self.notation.value(self.column, value, self.out);
        self.column += 1;
    }

    fn end_row(&mut self) {
        self.column = 0;
        self.notation.end_row(self.out);
    }
}
