//! From a wish to a row in the queue.

use entity::data_export::{Column, Entity, Model, TableFormat, Trigger};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Engine, SealedColumn,
    queue::{self, Entry, PushError},
    settings,
};
use crate::{
    audit::{Action, Actor, Event},
    clock::new_id,
    secret::{KeyError, generate_password},
    source::{PatternError, Patterns},
};

/// Most characters of an export's name, and of an idempotency key.
pub const NAME_MAXIMUM: usize = 200;

/// Most patterns for tables that an export leaves out.
pub const PATTERNS_MAXIMUM: usize = 1000;

/// Why no export was queued.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The name is unusable.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The pattern at this place is unusable.
    #[error("{1}")]
    Patterns(usize, #[source] PatternsError),
    /// Too many wait already.
    #[error("{0} exports are waiting already. Wait for one to end, or cancel one.")]
    TooManyQueued(u64),
    /// The idempotency key is unusable.
    #[error("An idempotency key has 1 to {NAME_MAXIMUM} characters.")]
    IdempotencyKey,
    /// The idempotency key stands for another wish.
    #[error("This idempotency key was used for another export. Take a new key for a new wish.")]
    IdempotencyKeyReused,
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
    /// Who asks for it.
    pub by: Actor<'a>,
    /// How its tables are written; None: as the settings say.
    pub format: Option<TableFormat>,
    /// Patterns for the tables that it leaves out.
    pub exclude_tables: &'a [String],
    /// Retention shall not remove it.
    pub pinned: bool,
    /// It is to be copied to the storages; None: as the settings say.
    pub upload: Option<bool>,
    /// What the client calls this wish: sent again, it makes no second export.
    pub idempotency_key: Option<&'a str>,
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
    #[error("Give it a name.")]
    Blank,
    /// There is too much in it.
    #[error("The name may have at most {NAME_MAXIMUM} characters, and this one has {0}.")]
    TooLong(usize),
    /// It holds characters that cannot be shown.
    #[error("The name may not hold control characters, such as line breaks.")]
    ControlCharacter,
}

impl Engine {
    /// Queues an export, or returns the one that the same wish has made before. A worker makes it later;
    /// [`changes`](Self::changes) tells how it goes.
    pub async fn create(&self, wish: Wish<'_>) -> Result<Model, CreateError> {
        let name = checked_name(wish.name)?;
        checked_patterns(wish.exclude_tables)?;
        let idempotency = wish.idempotency_key.map(|key| Ok::<_, CreateError>((checked_key(key)?, digest(&wish))));
        let idempotency = idempotency.transpose()?;
        if let Some(made) = self.made_before(wish.by.name, idempotency.as_ref()).await? {
            return Ok(made);
        }
        let settings = settings::read(&self.parts.db).await?;
        let entry = Entry {
            name: name.to_owned(),
            trigger: Trigger::Manual,
            created_by: Some(wish.by.name.to_owned()),
            format: wish.format.unwrap_or(settings.format),
            exclude_tables: queue::list(wish.exclude_tables),
            pinned: wish.pinned,
            upload: wish.upload.unwrap_or(settings.upload_automatic_exports),
            idempotency: idempotency.clone(),
            ..self.entry().await?
        };
        let detail = Some(entry.name.clone());
        let event = Event { detail, ..wish.by.did(Action::CreatedExport, entry.id) };
        let most = self.parts.limits.queued;
        let refused = match self.queue.push(entry, most, event).await {
            Ok(export) => return Ok(export),
            Err(PushError::Database(cause)) => return Err(cause.into()),
            Err(PushError::Full) => CreateError::TooManyQueued(most),
            Err(PushError::There) => DbErr::RecordNotInserted.into(),
        };
        // The same wish may have come twice at the same time, and the other was quicker.
        let made = self.made_before(wish.by.name, idempotency.as_ref()).await?;
        made.ok_or(refused)
    }

    /// A nameless export with a new password, to be filled in.
    pub(super) async fn entry(&self) -> Result<Entry, CreateError> {
        let id = self.next_id().await?;
        let password = generate_password().map_err(KeyError::from)?;
        Ok(Entry {
            id,
            name: String::new(),
            trigger: Trigger::Manual,
            created_by: None,
            created_at: self.parts.clock.now(),
            format: TableFormat::Csv,
            exclude_tables: queue::list(&[]),
            file_password: SealedColumn::FilePassword.seal(&self.parts.keys, id, &password)?,
            pinned: false,
            upload: false,
            restart: None,
            idempotency: None,
        })
    }

    /// An id behind all others, so that their order is that in which exports were asked for, even if the clock was set back
    /// since the last.
    async fn next_id(&self) -> Result<Uuid, DbErr> {
        let newest = Entity::find().order_by_desc(Column::Id).one(&self.parts.db).await?;
        let id = new_id(self.parts.clock.now());
        let behind = |newest: Uuid| {
            // By the random end of the new one, so that two that are made at once are not the same.
            let (_, random) = id.as_u64_pair();
            Uuid::from_u128(newest.as_u128().saturating_add(1 + u128::from(random as u32)))
        };
        Ok(newest.map(|newest| newest.id).filter(|newest| *newest >= id).map_or(id, behind))
    }

    /// The export that stands for an idempotency key of a token.
    async fn made_before(
        &self,
        created_by: &str,
        idempotency: Option<&(String, Vec<u8>)>,
    ) -> Result<Option<Model>, CreateError> {
        let Some((key, digest)) = idempotency else { return Ok(None) };
        let own = Entity::find().filter(Column::CreatedBy.eq(created_by));
        let made = own.filter(Column::IdempotencyKey.eq(key)).one(&self.parts.db).await?;
        match made {
            Some(made) if made.idempotency_digest.as_ref() != Some(digest) => Err(CreateError::IdempotencyKeyReused),
            made => Ok(made),
        }
    }
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

fn checked_key(key: &str) -> Result<String, CreateError> {
    let usable = (1..=NAME_MAXIMUM).contains(&key.chars().count());
    if usable { Ok(key.to_owned()) } else { Err(CreateError::IdempotencyKey) }
}

/// Tells one wish from another. Each part is preceded by its length, so that no two run into one.
fn digest(wish: &Wish<'_>) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    add(wish.name);
    add(&format!("{:?} {}", wish.format, wish.pinned));
    if let Some(upload) = wish.upload {
        add(&format!("upload {upload}"));
    }
    wish.exclude_tables.iter().for_each(|pattern| add(pattern));
    hash.finalize().to_vec()
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
