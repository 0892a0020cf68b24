//! The storages that admins configure: their settings, sealed, and what became of the last thing that was tried there.
//!
//! `change` is what admins do to them, `check` tries one out.

mod change;
mod check;

use entity::storage_location::{ActiveModel, Column, Entity, Model};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set, UpdateMany, UpdateResult};
use tracing::warn;
use uuid::Uuid;

use super::{Engine, SealedColumn, upload::CopyFailure};
use crate::{
    database::answered,
    secret::{KeyError, Keyring, Secret},
    storage::{Config, Network, Storage},
};

pub use change::{LocationChange, LocationError};
pub use check::{Check, Checked, Step};

/// A storage with its settings, which hold secrets.
#[derive(Clone, Debug)]
pub struct Location {
    /// What is stored of it.
    pub row: Model,
    /// Its settings, together with the host key that was seen first.
    pub config: Config,
}

fn seal(keys: &Keyring, id: Uuid, config: &Config) -> Result<Vec<u8>, KeyError> {
    let json = serde_json::to_string(config).map_err(|_| KeyError::Sealed)?;
    SealedColumn::StorageConfig.seal(keys, id, &Secret::new(json))
}

impl Location {
    /// These settings, if they were put in place of its own: a host that is the same has the key that it was known by, and
    /// secrets that are empty stay what they are.
    fn changed_to(&self, config: Config) -> Result<Config, LocationError> {
        let same_host = config.pinned_host() == self.config.pinned_host();
        let config = config.with_host_key(self.config.host_key().filter(|_| same_host));
        let provider = config.field();
        config.with_secrets_of(&self.config).map_err(|needed| LocationError::Secret(provider, needed))
    }

    /// What is worth knowing of it, without its settings.
    fn told(&self) -> String {
        format!("{}, {:?}, enabled: {}", self.row.name, self.config.provider(), self.row.enabled)
    }
}

impl Engine {
    /// The storages, in the order in which they were configured.
    pub async fn locations(&self) -> Result<Vec<Location>, LocationError> {
        let rows = Entity::find().order_by_asc(Column::Id).all(&self.parts.db).await?;
        rows.into_iter().map(|row| Ok(self.unsealed(row)?)).collect()
    }

    /// The storage of this id.
    pub async fn location(&self, id: Uuid) -> Result<Option<Location>, LocationError> {
        let row = Entity::find_by_id(id).one(&self.parts.db).await?;
        Ok(row.map(|row| self.unsealed(row)).transpose()?)
    }

    /// A storage together with its settings.
    pub fn unsealed(&self, row: Model) -> Result<Location, KeyError> {
        let json = SealedColumn::StorageConfig.open(&self.parts.keys, row.id, &row.config)?;
        let config: Config = serde_json::from_str(json.expose()).map_err(|_| KeyError::Sealed)?;
        let config = config.with_host_key(row.host_key.as_deref());
        Ok(Location { row, config })
    }

    /// A way to a storage, as it is set up now.
    pub(super) async fn open_storage(&self, id: Uuid) -> Result<Opened, DbErr> {
        let row = answered(Entity::find_by_id(id).one(&self.parts.db)).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the storage".into()))?;
        let version = row.version;
        let storage = match self.unsealed(row) {
            Ok(location) => location.config.open(&self.parts.network).map_err(|error| CopyFailure::from(&error)),
            Err(_) => Err(CopyFailure::sealed()),
        };
        Ok(Opened { id, version, storage })
    }

    /// Keeps the key of a host that was seen for the first time. Of two that were seen at once the first is kept, and the
    /// other refused from then on.
    pub(super) async fn keep_pin(&self, opened: &Opened) {
        let Some(key) = opened.storage.as_ref().ok().and_then(|storage| storage.to_pin()) else { return };
        let row = ActiveModel { host_key: Set(Some(key)), ..Default::default() };
        let unpinned = opened.note(row).filter(Column::HostKey.is_null());
        noted(opened, answered(unpinned.exec(&self.parts.db)).await);
    }

    /// Something went well there; a copy `arrived`, perhaps.
    pub(super) async fn worked_at(&self, opened: &Opened, arrived: bool) {
        let row = ActiveModel {
            last_uploaded_at: if arrived { Set(Some(self.parts.clock.now())) } else { Default::default() },
            failure_code: Set(None),
            failure_message: Set(None),
            failed_at: Set(None),
            ..Default::default()
        };
        noted(opened, answered(opened.note(row).exec(&self.parts.db)).await);
    }

    /// Something failed there.
    pub(super) async fn failed_at(&self, opened: &Opened, failure: &CopyFailure) {
        let row = ActiveModel {
            failure_code: Set(Some(failure.code)),
            failure_message: Set(Some(failure.message.clone())),
            failed_at: Set(Some(self.parts.clock.now())),
            ..Default::default()
        };
        noted(opened, answered(opened.note(row).exec(&self.parts.db)).await);
    }
}

/// A storage that was opened, as it was set up then.
pub(super) struct Opened {
    id: Uuid,
    pub(super) version: i32,
    /// The way there; or why there is none.
    pub(super) storage: Result<Box<dyn Storage>, CopyFailure>,
}

impl Opened {
    /// The way to a storage that is not kept, of which nothing is noted either.
    fn unsaved(config: &Config, network: &Network) -> Self {
        let storage = config.open(network).map_err(|error| CopyFailure::from(&error));
        Self { id: Uuid::nil(), version: 0, storage }
    }

    /// What was found out about it is kept as long as it is set up as it was then.
    fn note(&self, row: ActiveModel) -> UpdateMany<Entity> {
        let same = Entity::update_many().set(row).filter(Column::Id.eq(self.id));
        same.filter(Column::Version.eq(self.version))
    }
}

/// What is only told beside the copies' own rows is not worth failing for.
fn noted(opened: &Opened, noted: Result<UpdateResult, DbErr>) {
    if let Err(cause) = noted {
        warn!(storage = %opened.id, %cause, "what was found out about the storage could not be noted");
    }
}
