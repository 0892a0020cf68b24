//! CSV as in RFC 4180, in UTF-8, with a header; lines end in LF, as PostgreSQL writes them.
//!
//! NULL is an empty field and an empty text is `""`, the two told apart as PostgreSQL's `COPY` does. A value is quoted only
//! where it must be. Bytes are base64 (RFC 4648, section 4).

use super::{
    Format, Notation, Observed, RowCounter, Writing,
    digits::{base64, float, integer},
};
use crate::source::{Column, RowError, Rows, Table, Value};

/// The CSV format.
#[derive(Clone, Copy, Debug)]
pub struct Csv;

impl Format for Csv {
    fn extension(&self) -> &'static str {
        "csv"
    }

    fn media_type(&self) -> &'static str {
        "text/csv"
    }

    fn dialect(&self) -> Option<serde_json::Value> {
        Some(serde_json::json!({
            "delimiter": ",", "quoteChar": "\"", "doubleQuote": true, "lineTerminator": "\n", "skipInitialSpace": false
        }))
    }

    fn null_is_empty(&self) -> bool {
        true
    }

    fn reading(&self) -> &'static str {
        "The files are CSV as RFC 4180 describes it, in UTF-8, the first line naming the columns.
An empty field is NULL; an empty text is \"\". Programs that do not tell the two apart read
both as empty. Bytes are written as base64, times in ISO 8601, arrays as JSON. Numbers are
exact; INF and -INF are infinities. Of a table with a single column, NULL is an empty line,
which some programs skip.

DuckDB (https://duckdb.org) tells NULL from an empty text with these options:
    SELECT * FROM read_csv('SOURCE/TABLE.csv', header = true, all_varchar = true,
        delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false,
        max_line_size = 100000000);

PostgreSQL loads a file into a table that has its columns with
    \\copy TABLE FROM 'SOURCE/TABLE.csv' WITH (FORMAT csv, HEADER)
where bytea columns and arrays are first taken as text (see decode(…, 'base64')).

A column of a SQLite database can hold values of several kinds. Where one does, the
descriptor lists them as storageClasses, and the file does not tell the number 1 from the
text '1', nor bytes from the text of their base64. An export as JSONL does.

A spreadsheet may take a value that begins with = + - or @ for a formula, and round long
numbers: import the columns as text."
    }

    fn begin(&self, table: &Table, out: &mut Vec<u8>) {
        for (index, column) in table.columns.iter().enumerate() {
            separate(index, out);
            text(&column.name, out);
        }
        // A table without columns has no header and no lines: its file is empty.
        if !table.columns.is_empty() {
            out.push(b'\n');
        }
    }

    fn rows(
        &self,
        columns: &[Column],
        rows: &dyn Rows,
        seen: &mut [Observed],
        out: &mut Vec<u8>,
    ) -> Result<(), RowError> {
        if columns.is_empty() { Ok(()) } else { Writing::rows(Self, rows, seen, out) }
    }

    fn counter(&self) -> Box<dyn RowCounter> {
        Box::new(LineCounter::default())
    }
}

impl Notation for Csv {
    #[inline]
    fn value(&self, column: usize, value: Value<'_>, out: &mut Vec<u8>) {
        separate(column, out);
        match value {
            Value::Null => {}
            Value::Boolean(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
            Value::Integer(value) => integer(value, out),
            Value::Real(value) => float(value, out),
            Value::Single(value) => float(value, out),
            Value::Digits(text)
            | Value::Decimal(text)
            | Value::Date(text)
            | Value::Time(text)
            | Value::DateTime(text) => out.extend_from_slice(text.bytes()),
            Value::Text(value) | Value::Json(value) => text(value, out),
            // Zero bytes are a value, and so must not look like NULL.
            Value::Binary([]) => out.extend_from_slice(b"\"\""),
            Value::Binary(bytes) => base64(bytes, out),
        }
    }

    fn end_row(&self, out: &mut Vec<u8>) {
        out.push(b'\n');
    }
}

fn separate(index: usize, out: &mut Vec<u8>) {
    if index > 0 {
        out.push(b',');
    }
}

fn text(value: &str, out: &mut Vec<u8>) {
    let bytes = value.as_bytes();
    // Without an early end, so that the compiler compares many bytes at a time.
    let special = |found, byte: &u8| found | matches!(byte, b',' | b'"' | b'\r' | b'\n');
    // Old versions of PostgreSQL take a line of `\.` alone for the end of the data.
    if !bytes.is_empty() && value != r"\." && !bytes.iter().fold(false, special) {
        return out.extend_from_slice(bytes);
    }
    out.push(b'"');
    let mut from = 0;
    for quote in memchr::memchr_iter(b'"', bytes) {
        // Up to the quote and with it, and from it on again: so it is doubled.
        out.extend_from_slice(&bytes[from..=quote]);
        from = quote;
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

/// Counts the line ends outside of quotes, less the header's.
#[derive(Default)]
struct LineCounter {
    quoted: bool,
    lines: u64,
}

impl RowCounter for LineCounter {
    fn read(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let found = if self.quoted { memchr::memchr(b'"', piece) } else { memchr::memchr2(b'"', b'\n', piece) };
            let Some(place) = found else { return };
            match piece[place] {
                b'\n' => self.lines += 1,
                // A doubled quote within quotes closes and opens them again.
                _ => self.quoted = !self.quoted,
            }
            piece = &piece[place + 1..];
        }
    }

    fn rows(&self) -> u64 {
        self.lines.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Batch, FieldType};

    fn table(columns: &[&str]) -> Table {
        let column = |name: &&str| Column {
            name: (*name).to_owned(),
            native_type: String::new(),
            field_type: FieldType::Any,
            not_null: false,
            generated: false,
            collation: None,
        };
        Table { columns: columns.iter().map(column).collect(), ..Table::default() }
    }

    fn written(columns: &[&str], fill: impl FnOnce(&mut Batch)) -> Vec<u8> {
        let mut batch = Batch::new(columns.len());
        fill(&mut batch);
        let (mut out, table) = (Vec::new(), table(columns));
        Csv.begin(&table, &mut out);
        assert_eq!(Csv.rows(&table.columns, &batch, &mut vec![Observed::default(); columns.len()], &mut out), Ok(()));
        out
    }

    fn counted(file: &[u8], piece: usize) -> u64 {
        let mut counter = Csv.counter();
        file.chunks(piece).for_each(|piece| counter.read(piece));
        counter.rows()
    }

    #[test]
    fn null_and_an_empty_text_and_empty_bytes_can_be_told_apart() {
        let file = written(&["a", "b", "c"], |batch| {
            batch.push_null();
            batch.push_text("");
            batch.push_binary(&[]);
            batch.end_row();
        });
        assert_eq!(file, b"a,b,c\n,\"\",\"\"\n");
    }

    #[test]
    fn a_value_is_quoted_only_where_it_must_be() {
        let file = written(&["say \"hi\"", "b"], |batch| {
            for text in ["a,b", "\"", "cr\rlf\n", " spaces ", "ü;\t", r"\."] {
                batch.push_text(text);
                batch.push_integer(-7);
                batch.end_row();
            }
        });
        let expected =
            "\"say \"\"hi\"\"\",b\n\"a,b\",-7\n\"\"\"\",-7\n\"cr\rlf\n\",-7\n spaces ,-7\nü;\t,-7\n\"\\.\",-7\n";
        assert_eq!(String::from_utf8_lossy(&file), expected);
    }

    #[test]
    fn bytes_are_base64() {
        let file = written(&["a"], |batch| {
            batch.push_binary(&[0, 1, 254, 255]);
            batch.end_row();
        });
        assert_eq!(file, b"a\nAAH+/w==\n");
    }

    #[test]
    fn rows_are_counted_over_line_breaks_in_values_and_wherever_a_piece_ends() {
        let file = written(&["a"], |batch| {
            for text in ["one", "two\nlines", "\"quo\nted\"\"", ""] {
                batch.push_text(text);
                batch.end_row();
            }
            batch.push_null();
            batch.end_row();
        });
        for piece in 1..file.len() {
            assert_eq!(counted(&file, piece), 5, "in pieces of {piece}");
        }
        assert_eq!(counted(&written(&["a"], |_| ()), 1), 0);
    }

    #[test]
    fn a_table_without_columns_makes_an_empty_file() {
        let file = written(&[], |batch| {
            batch.end_row();
            batch.end_row();
        });
        assert_eq!(file, b"");
    }
}
