//! Rows that are copied out of a driver's memory: two buffers instead of a string a cell, so that a row costs no allocation.

use super::rows::{FULL, RowError, Rows, Value, Visitor};

/// Or when it has this many values, since a NULL takes no bytes.
const FULL_CELLS: usize = 128 * 1024;

/// Some rows of one table.
#[derive(Debug, Default)]
pub struct Batch {
    rows: usize,
    columns: usize,
    cells: Vec<Cell>,
    text: String,
    binary: Vec<u8>,
}

/// A value, or where its bytes are.
#[derive(Clone, Copy, Debug)]
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(Span),
    Binary(Span),
}

/// Start and length in a buffer. No value is longer than 4 GiB in any database, but the values of a row together may be.
#[derive(Clone, Copy, Debug)]
struct Span(usize, u32);

impl Batch {
    /// An empty batch of rows with `columns` values each.
    pub fn new(columns: usize) -> Self {
        Self { columns, ..Self::default() }
    }

    /// Takes what was gathered, and leaves an empty batch with as much room: it will be filled up to about the same.
    pub(super) fn take(&mut self) -> Self {
        let next = Self {
            rows: 0,
            columns: self.columns,
            cells: Vec::with_capacity(self.cells.len()),
            text: String::with_capacity(self.text.len().min(2 * FULL)),
            binary: Vec::with_capacity(self.binary.len().min(2 * FULL)),
        };
        std::mem::replace(self, next)
    }

    /// Ends a row, for which as many values as there are columns must have been pushed.
    pub fn end_row(&mut self) {
        self.rows += 1;
        debug_assert_eq!(self.cells.len(), self.rows * self.columns);
    }

    /// Whether it should be sent on.
    pub fn is_full(&self) -> bool {
        self.text.len() + self.binary.len() >= FULL || self.cells.len() >= FULL_CELLS
    }

    /// The memory that it takes, about.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.binary.len() + self.cells.len() * size_of::<Cell>()
    }

    /// NULL.
    pub fn push_null(&mut self) {
        self.cells.push(Cell::Null);
    }

    /// A 64-bit whole number.
    pub fn push_integer(&mut self, value: i64) {
        self.cells.push(Cell::Integer(value));
    }

    /// A 64-bit float.
    pub fn push_real(&mut self, value: f64) {
        self.cells.push(Cell::Real(value));
    }

    /// A text.
    pub fn push_text(&mut self, value: &str) {
        let span = Span(self.text.len(), value.len() as u32);
        self.text.push_str(value);
        self.cells.push(Cell::Text(span));
    }

    /// Bytes.
    pub fn push_binary(&mut self, value: &[u8]) {
        let span = Span(self.binary.len(), value.len() as u32);
        self.binary.extend_from_slice(value);
        self.cells.push(Cell::Binary(span));
    }

    fn value(&self, cell: Cell) -> Value<'_> {
        match cell {
            Cell::Null => Value::Null,
            Cell::Integer(value) => Value::Integer(value),
            Cell::Real(value) => Value::Real(value),
            Cell::Binary(span) => Value::Binary(&self.binary[span.range()]),
            Cell::Text(span) => Value::Text(&self.text[span.range()]),
        }
    }
}

impl Span {
    fn range(self) -> std::ops::Range<usize> {
        self.0..self.0 + self.1 as usize
    }
}

impl Rows for Batch {
    fn count(&self) -> usize {
        self.rows
    }

    fn visit(&self, visitor: &mut dyn Visitor) -> Result<(), RowError> {
        for row in 0..self.rows {
            self.cells[row * self.columns..][..self.columns].iter().for_each(|cell| visitor.value(self.value(*cell)));
            visitor.end_row();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen(Vec<String>);

    impl Visitor for Seen {
        fn value(&mut self, value: Value<'_>) {
            self.0.push(format!("{value:?}"));
        }

        fn end_row(&mut self) {
            self.0.push("end".into());
        }
    }

    #[test]
    fn values_come_out_as_they_went_in() {
        let mut batch = Batch::new(6);
        batch.push_null();
        batch.push_integer(i64::MIN);
        batch.push_real(-0.0);
        batch.push_text("ü\0");
        batch.push_binary(&[0, 255]);
        batch.push_text("");
        batch.end_row();
        let mut seen = Seen::default();
        assert_eq!((batch.visit(&mut seen), batch.count()), (Ok(()), 1));
        let expected = [
            Value::Null,
            Value::Integer(i64::MIN),
            Value::Real(-0.0),
            Value::Text("ü\0"),
            Value::Binary(&[0, 255]),
            Value::Text(""),
        ];
        assert_eq!(seen.0[..6], expected.map(|value| format!("{value:?}")));
        assert_eq!(seen.0[6..], ["end"]);
    }
}
