//! CSV as in RFC 4180, in UTF-8, with a header; lines end in LF, as PostgreSQL writes them.
//!
//! NULL is an empty field and an empty text is `""`, the two told apart as PostgreSQL's `COPY` does. A value is quoted only where it must be. Bytes are base64
//! (RFC 4648, section 4).

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Format, RowCounter};
use crate::source::{Batch, Table, Value};

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

    fn rows(&self, batch: &Batch, out: &mut Vec<u8>) {
        for row in batch.rows() {
            let values = row.values();
            if values.len() == 0 {
                continue;
            }
            for (index, cell) in values.enumerate() {
                separate(index, out);
                value(cell, out);
            }
            out.push(b'\n');
        }
    }

    fn counter(&self) -> Box<dyn RowCounter> {
        Box::new(LineCounter::default())
    }
}

fn separate(index: usize, out: &mut Vec<u8>) {
    if index > 0 {
        out.push(b',');
    }
}

fn value(value: Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Null => {}
        Value::Integer(digits) | Value::Real(digits) => out.extend_from_slice(digits.as_bytes()),
        Value::Text(value) => text(value, out),
        // Zero bytes are a value, and so must not look like NULL.
        Value::Binary([]) => out.extend_from_slice(b"\"\""),
        Value::Binary(bytes) => base64(bytes, out),
    }
}

/// Without a string in between: a value may be half a gigabyte.
fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    // The room is what padded base64 takes, so that nothing is cut and no error can occur.
    let written = STANDARD.encode_slice(bytes, &mut out[start..]).unwrap_or(0);
    out.truncate(start + written);
}

fn text(value: &str, out: &mut Vec<u8>) {
    let must_quote = |byte: &u8| matches!(byte, b',' | b'"' | b'\r' | b'\n');
    // Old versions of PostgreSQL take a line of `\.` alone for the end of the data.
    if !value.is_empty() && value != r"\." && !value.as_bytes().iter().any(must_quote) {
        return out.extend_from_slice(value.as_bytes());
    }
    out.push(b'"');
    for (index, part) in value.split('"').enumerate() {
        if index > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(part.as_bytes());
    }
    out.push(b'"');
}

/// Counts the line ends outside of quotes, less the header's.
#[derive(Default)]
struct LineCounter {
    quoted: bool,
    lines: u64,
}

impl RowCounter for LineCounter {
    fn read(&mut self, piece: &[u8]) {
        for byte in piece {
            match byte {
                // A doubled quote within quotes closes and opens them again.
                b'"' => self.quoted = !self.quoted,
                b'\n' if !self.quoted => self.lines += 1,
                _ => {}
            }
        }
    }

    fn rows(&self) -> u64 {
        self.lines.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Column, FieldType};

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
        let mut out = Vec::new();
        Csv.begin(&table(columns), &mut out);
        Csv.rows(&batch, &mut out);
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
