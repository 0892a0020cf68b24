//! How far an export is.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use entity::data_export::Model;

use crate::scalar::BigInt;

/// What an export is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::data_export::Phase")]
pub enum ExportPhase {
    /// It waits for its turn.
    Queued,
    /// It opens the sources and lists their tables.
    Connecting,
    /// It reads tables and writes them into the archive.
    Exporting,
    /// It reads the archive back and compares.
    Verifying,
    /// Nothing more will happen.
    Done,
}

/// How far an export is.
#[derive(Clone, Debug, SimpleObject)]
pub struct DataExportProgress {
    /// What it is doing.
    phase: ExportPhase,
    /// 0 to 100, and never less than before; null while it cannot be told.
    percent: Option<f64>,
    /// Tables written whole.
    tables_done: i32,
    /// Tables there are to write; 0 until the sources were asked.
    tables_total: i32,
    /// Rows written.
    rows_done: BigInt,
    /// Rows there are to write, by an estimate; null while there is none.
    rows_estimated: Option<BigInt>,
    /// Bytes read from the sources, in the export's format.
    bytes_read: BigInt,
    /// Bytes of the archive so far.
    bytes_written: BigInt,
    /// Bytes of the archive that were read back.
    bytes_verified: BigInt,
    /// How fast it is: bytes a second read from the sources, or read back; null while it is not known.
    bytes_per_second: Option<BigInt>,
    /// Seconds that are left, by an estimate; null while there is none.
    eta_seconds: Option<i32>,
    /// The table, or the file, being written; null if none is.
    current_table: Option<String>,
    /// Counts the changes, so that an old state can be told from a new one.
    sequence: BigInt,
    /// When it last changed.
    updated_at: DateTime<Utc>,
}

impl From<&Model> for DataExportProgress {
    fn from(row: &Model) -> Self {
        Self {
            phase: row.phase.into(),
            percent: row.progress.map(|hundredths| f64::from(hundredths) / 100.0),
            tables_done: row.tables_done,
            tables_total: row.tables_total,
            rows_done: BigInt(row.rows_done),
            rows_estimated: row.rows_estimated.map(BigInt),
            bytes_read: BigInt(row.bytes_read),
            bytes_written: BigInt(row.bytes_written),
            bytes_verified: BigInt(row.bytes_verified),
            bytes_per_second: row.bytes_per_second.map(BigInt),
            eta_seconds: row.eta_seconds,
            current_table: row.current_table.clone(),
            sequence: BigInt(row.sequence),
            updated_at: row.updated_at,
        }
    }
}
