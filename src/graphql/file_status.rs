//! Where the archive of an export is, as far as the instance is concerned.

use async_graphql::Enum;
use entity::data_export::{FileState, Model, State};

use crate::{export::Engine, files::FilesError};

/// Whether the archive of an export is on the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum FileStatus {
    /// There is none yet, or will not be one.
    None,
    /// It can be downloaded.
    Available,
    /// It went past the maximum and was removed. The export stays for the password of its copies: those that `uploads` tells
    /// of, or some that were left at a storage which is no longer configured, or configured otherwise.
    Removed,
    /// It was there, and is not any more: somebody else than Carryall has moved or changed it.
    FileUnavailable,
}

impl FileStatus {
    /// That of this export.
    pub(super) async fn of(engine: &Engine, export: &Model) -> Result<Self, FilesError> {
        let there = engine.shown_file(export).await?.is_some();
        Ok(match export.state {
            State::Completed if there => Self::Available,
            State::Completed if export.file_state != FileState::Kept => Self::Removed,
            State::Completed => Self::FileUnavailable,
            _ => Self::None,
        })
    }
}
