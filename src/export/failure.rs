//! Why a run failed: the causes inside, and what the person who asked for the export is told.

use std::{io, time::Duration};

use entity::data_export::FailureCode;
use tokio::task::JoinError;

use crate::{archive::VerifyError, files::FilesError, secret::KeyError, source::SourceError, storage::StorageError};

/// Why no archive was made.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A source, named first, could not be read.
    #[error("source {0}: {1}")]
    Source(String, #[source] SourceError),
    /// The archive could not be written.
    #[error("the archive cannot be written: {0}")]
    Write(#[from] io::Error),
    /// The archive was made, but could not be put where archives are kept.
    #[error("the archive cannot be kept: {0}")]
    Keep(#[source] FilesError),
    /// The archive, read back, is not what was written.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The database counts other rows than it gave.
    #[error("table {table}: the database counts {counted} rows and gave {written}")]
    Count {
        /// The table's name.
        table: String,
        /// Rows by the database's count.
        counted: u64,
        /// Rows it gave.
        written: u64,
    },
    /// The reader went away before it had handed over everything.
    #[error("the reading ended early")]
    Abandoned,
    /// The archive's password cannot be opened.
    #[error("the archive's password: {0}")]
    Key(#[from] KeyError),
    /// There is not enough room for the archive, and so it was not begun.
    #[error("the archive needs about {needed} bytes, and {free} are free")]
    NoRoom {
        /// Bytes it will take, by an estimate.
        needed: u64,
        /// Bytes there are.
        free: u64,
    },
    /// A thread died.
    #[error("a thread of the export died: {0}")]
    Died(&'static str),
}

impl PackError {
    /// Whether it only says that the other side has failed.
    pub(super) fn is_consequence(&self) -> bool {
        matches!(self, Self::Source(_, SourceError::Stopped) | Self::Abandoned)
    }

    /// What it panicked with may hold a secret, so that only the log tells of it, as far as it may.
    #[expect(clippy::needless_pass_by_value, reason = "it stands where an error is mapped")]
    pub(super) fn died(cause: JoinError) -> Self {
        Self::Died(if cause.is_panic() { "it panicked" } else { "it was stopped" })
    }
}

/// What is stored of a failed run, and told by the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The stable code.
    pub code: FailureCode,
    /// What happened, to what, and what to do next.
    pub message: String,
    /// The table at which it happened.
    pub table: Option<String>,
}

impl Failure {
    /// It ran longer than the backup timeout, which was so many minutes.
    pub(super) fn timed_out(minutes: i32) -> Self {
        let what = format!(
            "The export ran longer than the backup timeout of {minutes} minutes. Raise the backup timeout in the settings, or \
             leave tables out."
        );
        Self::new(FailureCode::TimedOut, what)
    }

    /// Nothing came for so long.
    pub(super) fn stalled(stall: Duration) -> Self {
        let minutes = stall.as_secs().div_ceil(60);
        let what = format!(
            "Nothing came from the source for {minutes} minutes. See whether the database answers, whether somebody holds a \
             lock in it; if counting its largest table takes as long, raise --stall-minutes."
        );
        Self::new(FailureCode::Stalled, what)
    }

    /// The process that ran the export is gone.
    pub(super) fn worker_lost() -> Self {
        Self::new(
            FailureCode::WorkerLost,
            "The server that made this export stopped or was lost. Nothing is wrong with your data.",
        )
    }

    /// Whether another try may well succeed: nothing is wrong with the data or the settings of the sources.
    pub(super) fn is_restarted(&self) -> bool {
        matches!(
            self.code,
            FailureCode::TimedOut | FailureCode::Stalled | FailureCode::WorkerLost | FailureCode::FilesUnreachable
        )
    }

    /// The same, saying that a restart follows, the how-manieth of `most`.
    pub(super) fn restarted(mut self, number: i32, most: i32) -> Self {
        self.message += &format!(" It is restarted ({number} of {most}).");
        self
    }

    /// The same, saying that no restart follows any more.
    pub(super) fn given_up(mut self, most: i32) -> Self {
        self.message += &format!(" It is not restarted again, after {most} restarts in a row.");
        self
    }

    /// A fault of Carryall, which the log tells under the export's id.
    pub(super) fn internal() -> Self {
        Self::new(
            FailureCode::Internal,
            "The export failed inside the server. Its log says why, under the id of this export.",
        )
    }

    fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), table: None }
    }

    fn disk_full() -> Self {
        Self::new(
            FailureCode::DiskFull,
            "There is no room left where the archives are kept. Nothing half-written was left; make room and create the export again.",
        )
    }

    fn no_room(needed: u64, free: u64) -> Self {
        let missing = needed.saturating_sub(free);
        let what = format!(
            "There is not enough room where the archives are kept: this export needs about {}, and {} are free. Make room for {} \
             more and create the export again.",
            bytes(needed),
            bytes(free),
            bytes(missing)
        );
        Self::new(FailureCode::DiskFull, what)
    }
}

impl From<&PackError> for Failure {
    fn from(error: &PackError) -> Self {
        match error {
            PackError::Source(name, cause) => from_source(name, cause),
            PackError::Write(cause) | PackError::Verify(VerifyError::Io(cause)) if is_full(cause) => Self::disk_full(),
            PackError::Verify(VerifyError::Mismatch(_) | VerifyError::Password | VerifyError::Foreign(_)) => Self::new(
                FailureCode::VerificationFailed,
                format!(
                    "{error}. It was not offered; check the disk and the memory of the server, and create the export again."
                ),
            ),
            PackError::Count { table, .. } => {
                Self { table: Some(table.clone()), ..Self::new(FailureCode::VerificationFailed, error.to_string()) }
            }
            PackError::NoRoom { needed, free } => Self::no_room(*needed, *free),
            PackError::Keep(cause) => from_files(cause),
            PackError::Write(_)
            | PackError::Verify(VerifyError::Io(_))
            | PackError::Key(_)
            | PackError::Abandoned
            | PackError::Died(_) => Self::internal(),
        }
    }
}

fn from_files(cause: &FilesError) -> Failure {
    let FilesError::Store(store) = cause else {
        let full = matches!(cause, FilesError::Write(cause) if is_full(cause));
        return if full { Failure::disk_full() } else { Failure::internal() };
    };
    let (code, remedy) = match store {
        StorageError::Unreachable { .. } => (FailureCode::FilesUnreachable, "See whether it answers."),
        StorageError::QuotaExceeded(_) => (FailureCode::DiskFull, "Make room there, and create the export again."),
        StorageError::Damaged(_) => (
            FailureCode::VerificationFailed,
            "It was not offered, and is removed there; if that happens again, something is wrong with the store or on the way.",
        ),
        _ => (FailureCode::Internal, "Put --files-url or what is allowed there right, and create the export again."),
    };
    Failure::new(code, format!("The archive was made, but could not be put where archives are kept: {store}. {remedy}"))
}

fn from_source(name: &str, cause: &SourceError) -> Failure {
    let message = format!("Source {name}: {cause}");
    match cause {
        SourceError::Unreachable(_) => Failure::new(FailureCode::SourceUnreachable, message),
        SourceError::Unauthorized(_) => Failure::new(FailureCode::SourceUnauthorized, message),
        SourceError::Unreadable { table, .. } => {
            Failure { table: Some(table.clone()), ..Failure::new(FailureCode::TableUnreadable, message) }
        }
        SourceError::Stopped => Failure::internal(),
    }
}

/// Whether there is no room: on the disk, in the quota, or under the limit of a file's size.
pub(super) fn is_full(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

/// A number of bytes as people say it.
fn bytes(number: u64) -> String {
    let (unit, size) = match number {
        0..1_000_000 => ("kB", 1e3),
        1_000_000..1_000_000_000 => ("MB", 1e6),
        _ => ("GB", 1e9),
    };
    format!("{:.1} {unit}", number as f64 / size)
}
