//! Exports: from the wish to the archive that is offered.
//!
//! [`Engine`] is the only way to change anything; the API reads the tables itself. `queue` writes an
//! export's state, `worker` takes the next one, `run` makes it, `pack` is the part of a run that needs
//! no history, and `settings` keeps what admins set.

mod download;
mod failure;
mod pack;
mod progress;
mod queue;
mod run;
pub mod settings;
mod worker;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use entity::data_export::{Column, Entity, Model, State, TableFormat};
use sea_orm::{DatabaseConnection, DbErr, EntityTrait, QueryOrder};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::{
    clock::{Clock, new_id},
    files::{Files, FilesError},
    format::{Csv, Format, Jsonl},
    secret::{Key, KeyError, Secret, generate_password},
    source::{PatternError, Patterns},
};

pub use download::{Download, DownloadError};
pub use failure::{Failure, PackError};
pub use pack::{NamedSource, Order, Packed, pack};
pub use progress::Progress;
pub use worker::RepairError;

/// Most characters of an export's name.
pub const NAME_MAXIMUM: usize = 200;

/// Most patterns for tables that an export leaves out.
pub const PATTERNS_MAXIMUM: usize = 1000;

/// How long is waited after Carryall's own database has failed, before it is asked again.
const PAUSE: Duration = Duration::from_secs(5);

/// What the engine is made of.
pub struct Parts {
    /// Carryall's own database.
    pub db: DatabaseConnection,
    /// Seals the archives' passwords.
    pub key: Arc<Key>,
    /// Where finished archives lie.
    pub files: Arc<Files>,
    /// What is exported.
    pub sources: Arc<[NamedSource]>,
    /// The time.
    pub clock: Clock,
}

/// Makes exports.
pub struct Engine {
    parts: Parts,
    queue: queue::Queue,
}

/// Why no export was queued.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The name is unusable.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The pattern at this place is unusable.
    #[error("{1}")]
    Patterns(usize, #[source] PatternsError),
    /// The password cannot be made or sealed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Carryall's own database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// What an export is to be.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// What it is to be called.
    pub name: &'a str,
    /// The name of the token that asks for it.
    pub created_by: &'a str,
    /// How its tables are written; None: as the settings say.
    pub format: Option<TableFormat>,
    /// Patterns for the tables that it leaves out.
    pub exclude_tables: &'a [String],
}

/// Why patterns cannot be those of an export.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PatternsError {
    /// There are too many.
    #[error("There may be at most {PATTERNS_MAXIMUM} patterns")]
    TooMany,
    /// One is no pattern.
    #[error(transparent)]
    Pattern(#[from] PatternError),
}

/// Why a name cannot be an export's.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NameError {
    /// There is nothing in it.
    #[error("Give the export a name.")]
    Blank,
    /// There is too much in it.
    #[error("The name may have at most {NAME_MAXIMUM} characters, and this one has {0}.")]
    TooLong(usize),
    /// It holds characters that cannot be shown.
    #[error("The name may not hold control characters, such as line breaks.")]
    ControlCharacter,
}

impl Engine {
    /// An engine over `parts`. Nothing runs until [`work`](Self::work) is called.
    pub fn new(parts: Parts) -> Self {
        Self { queue: queue::Queue::new(parts.db.clone()), parts }
    }

    /// Queues an export. A worker makes it later; [`changes`](Self::changes) tells how it goes.
    pub async fn create(&self, wish: Wish<'_>) -> Result<Model, CreateError> {
        let name = checked_name(wish.name)?;
        checked_patterns(wish.exclude_tables)?;
        let format = match wish.format {
            Some(format) => format,
            None => settings::read(&self.parts.db).await?.format,
        };
        let now = self.parts.clock.now();
        let id = new_id(now);
        let password = generate_password().map_err(KeyError::from)?;
        let entry = queue::Entry {
            id,
            name: name.to_owned(),
            created_by: Some(wish.created_by.to_owned()),
            created_at: now,
            format,
            exclude_tables: queue::list(wish.exclude_tables),
            file_password: self.parts.key.seal(&password, &password_context(id))?,
        };
        Ok(self.queue.push(entry).await?)
    }

    /// The ids of exports, each time one changes. Subscribe before you read, and no change is missed.
    pub fn changes(&self) -> broadcast::Receiver<Uuid> {
        self.queue.changes()
    }

    /// The archive's password.
    pub fn file_password(&self, export: &Model) -> Result<Secret, KeyError> {
        self.parts.key.open(&export.file_password, &password_context(export.id))
    }

    /// Whether the key is the one that sealed what is stored.
    pub async fn has_right_key(&self) -> Result<bool, DbErr> {
        let newest = Entity::find().order_by_desc(Column::Id).one(&self.parts.db).await?;
        Ok(newest.is_none_or(|export| self.file_password(&export).is_ok()))
    }

    /// The name of the archive, if it is complete and there is a file of its length.
    pub async fn available_file<'a>(&self, export: &'a Model) -> Result<Option<&'a str>, FilesError> {
        let (State::Completed, Some(name), Some(size)) = (export.state, &export.file_name, export.size_bytes) else {
            return Ok(None);
        };
        let length = self.parts.files.length(name).await?;
        Ok(length.filter(|length| i64::try_from(*length) == Ok(size)).map(|_| name.as_str()))
    }
}

/// Whether there is any export, and so anything that the key has sealed.
pub async fn any(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(Entity::find().one(db).await?.is_some())
}

/// The name without the space around it, if it can be an export's.
pub fn checked_name(name: &str) -> Result<&str, NameError> {
    let name = name.trim();
    let length = name.chars().count();
    if name.is_empty() {
        return Err(NameError::Blank);
    }
    if name.chars().any(char::is_control) {
        return Err(NameError::ControlCharacter);
    }
    if length > NAME_MAXIMUM { Err(NameError::TooLong(length)) } else { Ok(name) }
}

/// The format that an export's row names.
fn format_of(format: TableFormat) -> &'static dyn Format {
    match format {
        TableFormat::Csv => &Csv,
        TableFormat::Jsonl => &Jsonl,
    }
}

/// Looks at each pattern on its own, so that the place of a wrong one can be told.
fn checked_patterns(texts: &[String]) -> Result<(), CreateError> {
    if texts.len() > PATTERNS_MAXIMUM {
        return Err(CreateError::Patterns(0, PatternsError::TooMany));
    }
    for (place, text) in texts.iter().enumerate() {
        Patterns::parse(std::slice::from_ref(text)).map_err(|wrong| CreateError::Patterns(place, wrong.into()))?;
    }
    Ok(())
}

/// Ties a sealed password to its export.
fn password_context(id: Uuid) -> String {
    format!("data_export.file_password {id}")
}

/// What the archive of an export is called. Nothing of the export's name is in it, so that no name can
/// make a path of it.
fn file_name(id: Uuid, started_at: DateTime<Utc>) -> String {
    let tail = &id.simple().to_string()[20..];
    format!("data-export-{}-{tail}.zip", started_at.format("%Y%m%dT%H%M%SZ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_whatever_it_says_as_long_as_it_can_be_shown() {
        assert_eq!(checked_name("  Before the move  "), Ok("Before the move"));
        assert_eq!(checked_name("../../ü 🎒"), Ok("../../ü 🎒"));
        assert_eq!(checked_name(" \t"), Err(NameError::Blank));
        assert_eq!(checked_name("a\nb"), Err(NameError::ControlCharacter));
        assert_eq!(checked_name(&"ü".repeat(200)), Ok("ü".repeat(200).as_str()));
        assert_eq!(checked_name(&"x".repeat(300)), Err(NameError::TooLong(300)));
    }
}
