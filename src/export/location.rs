//! The storages that admins configure: their settings, sealed, and what became of the last thing that was tried there.
//!
//! `change` is what admins do to them, `check` tries one out.

mod change;
mod check;

use chrono::{DateTime, Utc};
use entity::storage_location::{ActiveModel, Column, Entity, Model};
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::{Engine, upload::CopyFailure};
use crate::{
    secret::{Key, KeyError, Secret},
    storage::{Config, Storage, StorageError},
};

pub use change::{LocationChange, LocationError};
pub use check::{Checked, Step};

/// A storage with its settings, which hold secrets.
#[derive(Clone, Debug)]
pub struct Location {
    /// What is stored of it.
    pub row: Model,
    /// Its settings, together with the host key that was seen first.
    pub config: Config,
}

/// Whether any storage is configured, and so anything of theirs that the key has sealed.
pub(super) async fn any(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(Entity::find().one(db).await?.is_some())
}

/// Ties sealed settings to their storage.
fn context(id: Uuid) -> String {
    format!("storage_location.config {id}")
}

fn seal(key: &Key, id: Uuid, config: &Config) -> Result<Vec<u8>, KeyError> {
    let json = serde_json::to_string(config).map_err(|_| KeyError::Sealed)?;
    key.seal(&Secret::new(json), &context(id))
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
        let json = self.parts.key.open(&row.config, &context(row.id))?;
        let config: Config = serde_json::from_str(json.expose()).map_err(|_| KeyError::Sealed)?;
        let config = config.with_host_key(row.host_key.as_deref());
        Ok(Location { row, config })
    }

    /// Whether the key is the one that sealed the settings of the storages.
    pub(super) async fn opens_locations(&self) -> Result<bool, DbErr> {
        let newest = Entity::find().order_by_desc(Column::Id).one(&self.parts.db).await?;
        Ok(newest.is_none_or(|row| self.unsealed(row).is_ok()))
    }

    /// A way to a storage, as it is set up now; or why there is none.
    pub(super) async fn open_storage(&self, id: Uuid) -> Result<Result<Box<dyn Storage>, CopyFailure>, DbErr> {
        let row = Entity::find_by_id(id).one(&self.parts.db).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the storage".into()))?;
        let Ok(location) = self.unsealed(row) else { return Ok(Err(CopyFailure::sealed())) };
        Ok(location.config.open(&self.parts.network).map_err(|error: StorageError| CopyFailure::from(&error)))
    }

    /// Keeps the key of a host that was seen for the first time. Of two that were seen at once the first is kept, and the
    /// other refused from then on.
    pub(super) async fn keep_pin(&self, id: Uuid, storage: &dyn Storage) -> Result<(), DbErr> {
        let Some(key) = storage.to_pin() else { return Ok(()) };
        let row = ActiveModel { host_key: Set(Some(key)), ..Default::default() };
        let unpinned = Entity::update_many().set(row).filter(Column::Id.eq(id)).filter(Column::HostKey.is_null());
        unpinned.exec(&self.parts.db).await.map(drop)
    }

    /// Something went well there; at `uploaded`, a copy arrived.
    pub(super) async fn worked_at(&self, id: Uuid, uploaded: Option<DateTime<Utc>>) -> Result<(), DbErr> {
        let row = ActiveModel {
            last_uploaded_at: uploaded.map_or(Default::default(), |at| Set(Some(at))),
            failure_code: Set(None),
            failure_message: Set(None),
            failed_at: Set(None),
            ..Default::default()
        };
        Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(&self.parts.db).await.map(drop)
    }

    /// Something failed there.
    pub(super) async fn failed_at(&self, id: Uuid, failure: &CopyFailure) -> Result<(), DbErr> {
        let row = ActiveModel {
            failure_code: Set(Some(failure.code)),
            failure_message: Set(Some(failure.message.clone())),
            failed_at: Set(Some(self.parts.clock.now())),
            ..Default::default()
        };
        Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(&self.parts.db).await.map(drop)
    }
}
