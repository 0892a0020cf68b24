//! The archive's `README.txt`: what a person who finds it years later needs to know.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::format::Format;

/// Its path in the archive.
pub const PATH: &str = "README.txt";

/// The text, for the export `name` of so many `tables`, written in `format`, and `files`, made at `at`.
pub fn readme(name: &str, tables: usize, files: usize, at: DateTime<Utc>, format: &dyn Format) -> String {
    let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let reading: Vec<_> = format.reading().lines().map(|line| format!("  {line}").trim_end().to_owned()).collect();
    format!(
        "{name}
{underline}
A full copy of an application's data, made by Carryall {version} on {at}.
It holds {tables} tables and {files} files. What was left out, if anything, stands in
datapackage.json as leftOut.

WHAT IS IN IT
  datapackage.json     what there is: every table with its columns, types, keys, rows and
                       SHA-256; a Data Package (https://datapackage.org)
  SOURCE/TABLE.{extension:9}one file for each table, in a folder for each source
  SOURCE/…             files of an application, as they were

HOW TO OPEN IT
  With 7-Zip (https://7-zip.org), or with another program that knows WinZip's AES-256:
      7z x FILE.zip
  Windows Explorer, macOS Finder and Info-ZIP's unzip do not open it.

HOW TO READ THE TABLES
{reading}
",
        underline = "=".repeat(name.chars().count()),
        version = env!("CARGO_PKG_VERSION"),
        extension = format.extension(),
        reading = reading.join("\n"),
    )
}
