//! JSON Lines (<https://jsonlines.org>): one object a row, each on a line of its own, without loss.
//!
//! NULL is `null`, an empty text is `""`, whole numbers and floats are numbers with all their digits, exact decimals are
//! strings, JSON texts are strings that hold them (so that SQL's NULL and JSON's stay two things), bytes are base64 in a
//! column of bytes. A string says what its column is declared to hold; a value of another kind says so itself, as
//! `{"text": …}`, `{"base64": …}` or `{"number": "INF"}`.

use super::{
    Format, Notation, Observed, RowCounter, Writing,
    digits::{base64, float, integer, not_finite},
};
use crate::source::{Column, FieldType, Plain, RowError, Rows, Table, Value};

/// The JSON Lines format.
#[derive(Clone, Copy, Debug)]
pub struct Jsonl;

impl Format for Jsonl {
    fn extension(&self) -> &'static str {
        "jsonl"
    }

    fn media_type(&self) -> &'static str {
        "application/jsonl"
    }

    fn dialect(&self) -> Option<serde_json::Value> {
        None
    }

    fn null_is_empty(&self) -> bool {
        false
    }

    fn reading(&self) -> &'static str {
        "The files are JSON Lines (https://jsonlines.org): one JSON object a row, on a line of its own,
in UTF-8. NULL is null. Whole numbers and floats are numbers, with all their digits; exact
decimals are strings, and so are INF, -INF and NaN. Bytes are base64, times are ISO 8601.
JSON columns and arrays are strings that hold JSON.

A string says what its column is declared to hold. Where a value is of another kind (a column of
a SQLite database may hold any), it says so itself: {\"text\": …}, {\"base64\": …}, {\"number\": …}.

DuckDB (https://duckdb.org) reads a file with
    SELECT * FROM read_json('SOURCE/TABLE.jsonl', format = 'newline_delimited',
        maximum_object_size = 100000000);"
    }

    fn begin(&self, _: &Table, _: &mut Vec<u8>) {}

    fn rows(
        &self,
        columns: &[Column],
        rows: &dyn Rows,
        seen: &mut [Observed],
        out: &mut Vec<u8>,
    ) -> Result<(), RowError> {
        if columns.is_empty() {
            return Ok(());
        }
        let members = columns.iter().enumerate().map(|(index, column)| {
            let mut before = vec![if index == 0 { b'{' } else { b',' }];
            string(&column.name, &mut before);
            before.push(b':');
            (before, column.field_type)
        });
        Writing::rows(Objects(members.collect()), rows, seen, out)
    }

    fn counter(&self) -> Box<dyn RowCounter> {
        Box::new(LineCounter(0))
    }
}

/// What stands before each value, and what its column is declared to hold.
struct Objects(Vec<(Vec<u8>, FieldType)>);

impl Notation for Objects {
    #[inline]
    fn value(&self, column: usize, value: Value<'_>, out: &mut Vec<u8>) {
        let (before, declared) = &self.0[column];
        out.extend_from_slice(before);
        match value {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Boolean(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
            Value::Integer(value) => integer(value, out),
            Value::Digits(digits) => out.extend_from_slice(digits.bytes()),
            Value::Real(value) => match not_finite(value) {
                Some(name) => kind(*declared == FieldType::Number, "number", out, |out| string(name, out)),
                None => float(value, out),
            },
            Value::Single(value) => match not_finite(value.into()) {
                Some(name) => kind(*declared == FieldType::Number, "number", out, |out| string(name, out)),
                None => float(value, out),
            },
            Value::Decimal(digits) => kind(*declared == FieldType::Number, "number", out, |out| plain(digits, out)),
            Value::Binary(bytes) => kind(*declared == FieldType::Binary, "base64", out, |out| {
                out.push(b'"');
                base64(bytes, out);
                out.push(b'"');
            }),
            Value::Text(text) | Value::Json(text) => {
                kind(holds_text(*declared), "text", out, |out| string(text, out));
            }
            Value::Date(text) | Value::Time(text) | Value::DateTime(text) => {
                kind(holds_text(*declared), "text", out, |out| plain(text, out));
            }
        }
    }

    fn end_row(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"}\n");
    }
}

/// A string, plain if it is of the column's own kind, else with the name of its kind.
fn kind(own: bool, name: &str, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    if own {
        return write(out);
    }
    out.push(b'{');
    string(name, out);
    out.push(b':');
    write(out);
    out.push(b'}');
}

/// Whether a string in such a column is a text.
fn holds_text(declared: FieldType) -> bool {
    !matches!(declared, FieldType::Number | FieldType::Binary)
}

fn plain(text: Plain<'_>, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text.bytes());
    out.push(b'"');
}

fn string(text: &str, out: &mut Vec<u8>) {
    // Writing a string into a Vec cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Counts the line ends: within JSON there are none.
struct LineCounter(u64);

impl RowCounter for LineCounter {
    fn read(&mut self, piece: &[u8]) {
        self.0 += memchr::memchr_iter(b'\n', piece).count() as u64;
    }

    fn rows(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Batch;

    fn column(name: &str, field_type: FieldType) -> Column {
        let (name, native_type) = (name.to_owned(), String::new());
        Column { name, native_type, field_type, not_null: false, generated: false, collation: None }
    }

    #[test]
    fn a_row_is_a_line_and_every_kind_of_value_can_be_told_from_every_other() -> Result<(), Box<dyn std::error::Error>>
    {
        let columns = [
            column("say \"hi\"", FieldType::String),
            column("n", FieldType::Number),
            column("b", FieldType::Binary),
            column("any", FieldType::Any),
        ];
        let mut batch = Batch::new(4);
        batch.push_text("two\nlines\u{2028}\0");
        batch.push_real(f64::INFINITY);
        batch.push_binary(&[0, 255]);
        batch.push_binary(b"");
        batch.end_row();
        batch.push_null();
        batch.push_text("INF");
        batch.push_text("AP8=");
        batch.push_text("");
        batch.end_row();
        batch.push_integer(i64::MIN);
        batch.push_real(1.0);
        batch.push_integer(1);
        batch.push_real(f64::NEG_INFINITY);
        batch.end_row();
        let mut out = Vec::new();
        let mut seen = [Observed::default(); 4];
        assert_eq!(Jsonl.rows(&columns, &batch, &mut seen, &mut out), Ok(()));
        let expected = concat!(
            r#"{"say \"hi\"":"two\nlines "#,
            "\u{2028}",
            r#"\u0000","n":"INF","b":"AP8=","any":{"base64":""}}"#,
            "\n",
            r#"{"say \"hi\"":null,"n":{"text":"INF"},"b":{"text":"AP8="},"any":""}"#,
            "\n",
            r#"{"say \"hi\"":-9223372036854775808,"n":1.0,"b":1,"any":{"number":"-INF"}}"#,
            "\n"
        );
        assert_eq!(String::from_utf8(out.clone())?, expected.replace("lines \u{2028}", "lines\u{2028}"));
        let mut counter = Jsonl.counter();
        out.chunks(7).for_each(|piece| counter.read(piece));
        assert_eq!(counter.rows(), 3);
        Ok(())
    }
}
