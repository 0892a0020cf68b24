//! One row is one run: asked for, queued, run, and in the end completed, failed or canceled.

use sea_orm::entity::prelude::*;

/// An export, from the wish to the finished file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_export")]
pub struct Model {
    /// UUID version 7, so that ids sort by creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What the person who asked for it calls it.
    pub name: String,
    /// Where it stands. Written by `export::queue` alone.
    pub state: State,
    /// What made it.
    pub trigger: Trigger,
    /// How the tables are written.
    pub format: TableFormat,
    /// Patterns for the tables that it leaves out, as a JSON array.
    pub exclude_tables: String,
    /// The name of the token that asked for it.
    pub created_by: Option<String>,
    /// When it was asked for.
    pub created_at: DateTimeUtc,
    /// When a worker took it.
    pub started_at: Option<DateTimeUtc>,
    /// When it reached its final state.
    pub finished_at: Option<DateTimeUtc>,
    /// The worker that runs it: the fence, without which no change to a running export is taken.
    pub worker: Option<Uuid>,
    /// The archive's password, sealed (`secret::Key`).
    pub file_password: Vec<u8>,
    /// The archive's name on the instance, chosen when the run starts.
    pub file_name: Option<String>,
    /// The archive's length in bytes.
    pub size_bytes: Option<i64>,
    /// The archive's SHA-256, in lower-case hexadecimal.
    pub sha256: Option<String>,
    /// What the run is doing.
    pub phase: Phase,
    /// Tables written whole.
    pub tables_done: i32,
    /// Tables there are to write; 0 until the sources were asked.
    pub tables_total: i32,
    /// Rows written.
    pub rows_done: i64,
    /// Bytes written in the export's format, before compression.
    pub bytes_read: i64,
    /// Bytes of the archive so far.
    pub bytes_written: i64,
    /// The table, or the file, being written.
    pub current_table: Option<String>,
    /// Counts the changes of this row, so that a client can tell an old state from a new one.
    pub sequence: i64,
    /// When this row last changed.
    pub updated_at: DateTimeUtc,
    /// When the finished archive was last read back whole.
    pub verified_at: Option<DateTimeUtc>,
    /// Tables whose rows and SHA-256 were compared in the archive.
    pub tables_checked: i32,
    /// Rows counted in the archive.
    pub rows_checked: i64,
    /// Why it failed.
    pub failure_code: Option<FailureCode>,
    /// Why it failed, in words for the person who asked for it.
    pub failure_message: Option<String>,
    /// The table at which it failed.
    pub failure_table: Option<String>,
    /// Somebody asked to cancel it while it ran.
    pub cancel_requested: bool,
    /// Retention never removes it, and does not count it.
    pub pinned: bool,
    /// It is to be copied to the storages.
    pub upload: bool,
    /// The export that this one makes good for, since it timed out, stalled or lost its worker. Unique, so that none is
    /// restarted twice.
    pub restart_of: Option<Uuid>,
    /// How many restarts in a row it stands at the end of; 0 for one that was asked for.
    pub restarts: i32,
    /// What the client of a token calls its wish, so that the same wish sent again makes no second export.
    pub idempotency_key: Option<String>,
    /// SHA-256 of what was wished for under that key.
    pub idempotency_digest: Option<Vec<u8>>,
    /// It is being removed: no longer in the history, and its file on the way out.
    pub removing: bool,
    /// How far it is, in hundredths of a percent; never goes back. None while it cannot be told.
    pub progress: Option<i32>,
    /// Rows there are to write, by an estimate.
    pub rows_estimated: Option<i64>,
    /// Bytes a second, in the export's format or read back.
    pub bytes_per_second: Option<i64>,
    /// Seconds that are left, by an estimate.
    pub eta_seconds: Option<i32>,
    /// Bytes of the archive that were read back.
    pub bytes_verified: i64,
    /// What the last reading of the finished archive found wrong, as a JSON array.
    pub mismatches: String,
    /// Whether the archive is still kept on the instance.
    pub file_state: FileState,
    /// A copy was left at a storage that is no longer configured: its password stays in the history until somebody deletes it.
    pub copies_released: bool,
    /// The last reading of the finished archive that was begun: the fence, without which nothing that a reading has shown is taken.
    pub reading: Option<Uuid>,
    /// Until when that reading goes on, unless it says more; None once it has ended.
    pub reading_until: Option<DateTimeUtc>,
}

/// Whether the archive of a completed export is kept on the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FileState {
    /// It is.
    Kept,
    /// It went past the maximum, and its file is on the way out; there are copies at storages.
    Removing,
    /// The same, and its file is gone.
    Removed,
}

/// Where an export stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// The archive was read back and is offered.
    Completed,
    /// It ended without an archive.
    Failed,
    /// Somebody called it off.
    Canceled,
}

/// What made an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Trigger {
    /// A person or an integration asked for it.
    Manual,
    /// Midnight.
    Automatic,
    /// An earlier one that did not come to its end, through no fault of the data.
    Restart,
}

/// How an export writes its tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TableFormat {
    /// RFC 4180, UTF-8, with a header.
    Csv,
    /// JSON Lines, without loss.
    Jsonl,
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// Waits for a worker.
    Queued,
    /// Opens the sources and lists their tables.
    Connecting,
    /// Reads tables and writes them into the archive.
    Exporting,
    /// Reads the archive back and compares.
    Verifying,
    /// Nothing more will happen.
    Done,
}

/// Why an export failed. These are codes of the API: they may be added to, not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureCode {
    /// It ran longer than the backup timeout.
    TimedOut,
    /// Nothing came from its source for too long.
    Stalled,
    /// The process that ran it is gone.
    WorkerLost,
    /// A source could not be opened.
    SourceUnreachable,
    /// A source refused access.
    SourceUnauthorized,
    /// A table could not be read whole.
    TableUnreadable,
    /// There was no room for the archive.
    DiskFull,
    /// The archive was made, but the place where archives are kept could not be reached for too long.
    FilesUnreachable,
    /// The archive, read back, was not what had been written.
    VerificationFailed,
    /// A fault of Carryall or its machine; the log says more.
    Internal,
}

/// None is declared: the two tables that belong to an export are asked for by its id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
