//! How far a run is: counted by the threads that work, read by the heartbeat that stores it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI32, AtomicI64, AtomicU64, Ordering::Relaxed},
};

use entity::data_export::Phase;

/// The counters of one run.
#[derive(Debug, Default)]
pub struct Progress {
    at: Mutex<At>,
    tables_done: AtomicI32,
    tables_total: AtomicI32,
    rows_done: AtomicI64,
    bytes_read: AtomicI64,
    bytes_written: Arc<AtomicU64>,
    bytes_verified: Arc<AtomicU64>,
    /// 0: there is no estimate.
    rows_estimated: AtomicI64,
}

#[derive(Clone, Debug)]
struct At {
    phase: Phase,
    table: Option<String>,
}

impl Default for At {
    fn default() -> Self {
        Self { phase: Phase::Connecting, table: None }
    }
}

/// The counters at one moment, in the types they are stored in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What the run is doing.
    pub phase: Phase,
    /// The table being written.
    pub current_table: Option<String>,
    /// Tables written whole.
    pub tables_done: i32,
    /// Tables there are.
    pub tables_total: i32,
    /// Rows written.
    pub rows_done: i64,
    /// Bytes written in the export's format, before compression.
    pub bytes_read: i64,
    /// Bytes of the archive so far.
    pub bytes_written: i64,
    /// Bytes of the archive that were read back.
    pub bytes_verified: i64,
    /// Rows there are to write, by an estimate.
    pub rows_estimated: Option<i64>,
}

impl Reading {
    /// Before anything was done.
    pub(super) fn nothing(phase: Phase) -> Self {
        Progress::default().read_in(phase)
    }
}

impl Progress {
    /// About so many rows are to be written. The first who knows says so.
    pub(super) fn expect_rows(&self, rows: i64) {
        // An error says only that somebody has said so.
        let _ = self.rows_estimated.compare_exchange(0, rows, Relaxed, Relaxed);
    }

    /// The tables are known, and the writing begins.
    pub(super) fn exporting(&self, tables: usize) {
        self.tables_total.store(tables.try_into().unwrap_or(i32::MAX), Relaxed);
        self.enter(Phase::Exporting, None);
    }

    /// A table begins.
    pub(super) fn table(&self, name: &str) {
        self.enter(Phase::Exporting, Some(name.to_owned()));
    }

    /// Rows were written, which were `bytes` in the export's format.
    pub(super) fn rows(&self, rows: usize, bytes: usize) {
        self.rows_done.fetch_add(rows.try_into().unwrap_or(i64::MAX), Relaxed);
        self.bytes_read.fetch_add(bytes.try_into().unwrap_or(i64::MAX), Relaxed);
    }

    /// A table ends.
    pub(super) fn table_done(&self) {
        self.tables_done.fetch_add(1, Relaxed);
    }

    /// The archive is closed and is read back.
    pub(super) fn verifying(&self) {
        self.enter(Phase::Verifying, None);
    }

    /// The counter of the archive's bytes, for its writer to keep.
    pub(super) fn bytes_written(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bytes_written)
    }

    /// The counter of the bytes read back, for their reader to keep.
    pub(super) fn bytes_verified(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bytes_verified)
    }

    /// All of the archive, these bytes, was read back.
    pub(super) fn verified(&self, bytes: u64) {
        self.bytes_verified.store(bytes, Relaxed);
    }

    /// All counters.
    pub fn read(&self) -> Reading {
        let at = self.at.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Reading { current_table: at.table, ..self.read_in(at.phase) }
    }

    fn read_in(&self, phase: Phase) -> Reading {
        let (rows_estimated, written) = (self.rows_estimated.load(Relaxed), self.bytes_written.load(Relaxed));
        Reading {
            phase,
            current_table: None,
            tables_done: self.tables_done.load(Relaxed),
            tables_total: self.tables_total.load(Relaxed),
            rows_done: self.rows_done.load(Relaxed),
            bytes_read: self.bytes_read.load(Relaxed),
            bytes_written: written.try_into().unwrap_or(i64::MAX),
            // The directory of the archive is read more than once.
            bytes_verified: self.bytes_verified.load(Relaxed).min(written).try_into().unwrap_or(i64::MAX),
            rows_estimated: (rows_estimated > 0).then_some(rows_estimated),
        }
    }

    fn enter(&self, phase: Phase, table: Option<String>) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = At { phase, table };
    }
}
