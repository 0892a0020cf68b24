//! Rows on their way from a source to a format: some hundreds at a time, in two buffers instead of a
//! string a cell, so that a row costs no allocation.

use std::fmt::Write;

/// A batch is sent on when its values reach this many bytes: memory is bounded by this and one row.
const FULL: usize = 256 * 1024;

/// Or when it has this many values, since a NULL takes no bytes.
const FULL_CELLS: usize = 32 * 1024;

/// One value, as exact as the database gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A whole number, in decimal digits.
    Integer(&'a str),
    /// A number, in decimal digits that read back to the same number; or `INF`, `-INF`, `NaN`.
    Real(&'a str),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Binary(&'a [u8]),
}

/// Some rows of one table.
#[derive(Debug, Default)]
pub struct Batch {
    rows: usize,
    columns: usize,
    cells: Vec<Cell>,
    text: String,
    binary: Vec<u8>,
}

/// Where a value starts and ends in the buffer of its kind.
#[derive(Clone, Copy, Debug)]
struct Cell {
    kind: Kind,
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Null,
    Integer,
    Real,
    Text,
    Binary,
}

impl Batch {
    /// An empty batch of rows with `columns` values each.
    pub fn new(columns: usize) -> Self {
        Self { columns, ..Self::default() }
    }

    /// Ends a row, for which as many values as there are columns must have been pushed.
    pub fn end_row(&mut self) {
        self.rows += 1;
        debug_assert_eq!(self.cells.len(), self.rows * self.columns);
    }

    /// Rows in it.
    pub fn row_count(&self) -> usize {
        self.rows
    }

    /// Whether it should be sent on.
    pub fn is_full(&self) -> bool {
        self.text.len() + self.binary.len() >= FULL || self.cells.len() >= FULL_CELLS
    }

    /// The rows.
    pub fn rows(&self) -> impl Iterator<Item = Cells<'_>> {
        (0..self.rows)
            .map(|row| Cells { batch: self, cells: &self.cells[row * self.columns..(row + 1) * self.columns] })
    }

    /// NULL.
    pub fn push_null(&mut self) {
        self.cells.push(Cell { kind: Kind::Null, start: 0, end: 0 });
    }

    /// A 64-bit whole number.
    pub fn push_integer(&mut self, value: i64) {
        self.push_display(Kind::Integer, format_args!("{value}"));
    }

    /// A 64-bit float, in the fewest digits that read back to the same bits.
    pub fn push_real(&mut self, value: f64) {
        match value {
            f64::INFINITY => self.push_display(Kind::Real, format_args!("INF")),
            f64::NEG_INFINITY => self.push_display(Kind::Real, format_args!("-INF")),
            // Debug, not Display: it keeps `.0`, so that a float can be told from a whole number, and
            // turns to an exponent where Display would write hundreds of digits.
            value => self.push_display(Kind::Real, format_args!("{value:?}")),
        }
    }

    /// A text.
    pub fn push_text(&mut self, value: &str) {
        let start = self.text.len();
        self.text.push_str(value);
        self.cells.push(Cell { kind: Kind::Text, start, end: self.text.len() });
    }

    /// Bytes.
    pub fn push_binary(&mut self, value: &[u8]) {
        let start = self.binary.len();
        self.binary.extend_from_slice(value);
        self.cells.push(Cell { kind: Kind::Binary, start, end: self.binary.len() });
    }

    fn push_display(&mut self, kind: Kind, value: std::fmt::Arguments<'_>) {
        let start = self.text.len();
        // Writing into a String cannot fail.
        let _ = self.text.write_fmt(value);
        self.cells.push(Cell { kind, start, end: self.text.len() });
    }
}

/// The values of one row.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    batch: &'a Batch,
    cells: &'a [Cell],
}

impl<'a> Cells<'a> {
    /// The values, in the order of the columns.
    pub fn values(self) -> impl ExactSizeIterator<Item = Value<'a>> {
        self.cells.iter().map(move |cell| {
            let text = || &self.batch.text[cell.start..cell.end];
            match cell.kind {
                Kind::Null => Value::Null,
                Kind::Integer => Value::Integer(text()),
                Kind::Real => Value::Real(text()),
                Kind::Text => Value::Text(text()),
                Kind::Binary => Value::Binary(&self.batch.binary[cell.start..cell.end]),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_out_as_they_went_in() {
        let mut batch = Batch::new(5);
        batch.push_null();
        batch.push_integer(i64::MIN);
        batch.push_text("ü\0");
        batch.push_binary(&[0, 255]);
        batch.push_text("");
        batch.end_row();
        let row = batch.rows().next().map(|row| row.values().collect::<Vec<_>>());
        assert_eq!(
            row.as_deref(),
            Some(
                [
                    Value::Null,
                    Value::Integer("-9223372036854775808"),
                    Value::Text("ü\0"),
                    Value::Binary(&[0, 255]),
                    Value::Text("")
                ]
                .as_slice()
            )
        );
    }

    #[test]
    fn a_float_reads_back_to_the_same_number() -> Result<(), std::num::ParseFloatError> {
        for value in [0.1, 1.0, -0.0, 1e300, 5e-324, f64::MAX, 123_456_789.123_456_78] {
            let mut batch = Batch::new(1);
            batch.push_real(value);
            assert_eq!(batch.text.parse::<f64>()?.to_bits(), value.to_bits(), "{}", batch.text);
        }
        let mut batch = Batch::new(1);
        batch.push_real(f64::NEG_INFINITY);
        assert_eq!(batch.text, "-INF");
        Ok(())
    }
}
