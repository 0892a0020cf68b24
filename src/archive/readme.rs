//! The archive's `README.txt`: what a person who finds it years later needs to know.

use chrono::{DateTime, SecondsFormat, Utc};

/// Its path in the archive.
pub const PATH: &str = "README.txt";

/// The text, for the export `name` of `tables` tables made at `at`.
pub fn readme(name: &str, tables: usize, at: DateTime<Utc>) -> String {
    let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    format!(
        "{name}
{underline}
A full copy of an application's data, made by Carryall {version} on {at}.
It holds {tables} tables.

WHAT IS IN IT
  datapackage.json     what there is: every table with its columns, types, keys, rows and
                       SHA-256; a Data Package (https://datapackage.org)
  SOURCE/TABLE.csv     one file for each table, in a folder for each source

HOW TO OPEN IT
  With 7-Zip (https://7-zip.org), or with another program that knows WinZip's AES-256:
      7z x FILE.zip
  Windows Explorer, macOS Finder and Info-ZIP's unzip do not open it.

HOW TO READ THE TABLES
  The files are CSV as RFC 4180 describes it, in UTF-8, the first line naming the columns.
  An empty field is NULL; an empty text is \"\". Programs that do not tell the two apart read
  both as empty. Bytes are written as base64. Numbers are exact; INF and -INF are infinities.
  Of a table with a single column, NULL is an empty line, which some programs skip.

  DuckDB (https://duckdb.org) tells NULL from an empty text with these options:
      SELECT * FROM read_csv('SOURCE/TABLE.csv', header = true, all_varchar = true,
          delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false,
          max_line_size = 100000000);

  A column of a SQLite database can hold values of several kinds. Where one does, the
  descriptor lists them as storageClasses, and the file does not tell the number 1 from the
  text '1', nor bytes from the text of their base64.

  A spreadsheet may take a value that begins with = + - or @ for a formula, and round long
  numbers: import the columns as text.
",
        underline = "=".repeat(name.chars().count()),
        version = env!("CARGO_PKG_VERSION"),
    )
}
