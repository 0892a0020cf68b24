//! What admins do to the storages: configure, change and remove them.

use entity::storage_location::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, Set, SqlErr,
};
use tokio::time::timeout;
use tracing::info;
use uuid::Uuid;

use super::{Location, seal};
use crate::{
    audit::{self, Action, Actor, Event},
    clock::new_id,
    export::{
        Engine, NameError, QUICKLY, checked_name,
        settings::note_retention,
        upload::copies::{self, Key, Released},
    },
    secret::KeyError,
    storage::{Config, SecretNeeded, StorageError},
};

/// A change of a storage. What is None stays as it is.
#[derive(Clone, Debug, Default)]
pub struct LocationChange {
    /// The version the change was made for; another one is refused.
    pub expected_version: Option<i32>,
    /// What it is to be called.
    pub name: Option<String>,
    /// Whether exports go there.
    pub enabled: Option<bool>,
    /// Its whole configuration; a secret that is empty stays what it is.
    pub config: Option<Config>,
}

/// Why a storage stayed as it was.
#[derive(Debug, thiserror::Error)]
pub enum LocationError {
    /// The name is unusable.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Another storage has the name.
    #[error("There is a storage of this name already.")]
    Taken,
    /// A setting is unusable. Beside it, the name of the provider's settings in the API.
    #[error("{1}")]
    Settings(String, #[source] StorageError),
    /// A secret is empty and cannot stay. Beside it, the name of the provider's settings in the API.
    #[error("{1}")]
    Secret(String, #[source] SecretNeeded),
    /// There is no storage with this id.
    #[error("There is no storage with this id.")]
    NotFound,
    /// Somebody else changed it in the meantime.
    #[error("The storage was changed by somebody else: it is at version {0} now. Load it again.")]
    Stale(i32),
    /// It is on its way out.
    #[error("This storage is being removed. Until its files are gone, only its credentials can be changed.")]
    Removing,
    /// Another storage puts its files into the same folder: removing those of one would remove those of the other.
    #[error("The storage \"{1}\" is this folder already. Give another basePath.")]
    SamePlace(String, String),
    /// Its settings cannot be sealed or opened.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Carryall's own database failed.
    #[error(transparent)]
    Database(DbErr),
}

impl From<DbErr> for LocationError {
    fn from(cause: DbErr) -> Self {
        match cause.sql_err() {
            // The name is all that is unique of it.
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Taken,
            _ => Self::Database(cause),
        }
    }
}

impl Engine {
    /// Configures a storage. Connects to nothing.
    pub async fn create_location(
        &self,
        name: &str,
        enabled: bool,
        config: &Config,
        by: Actor<'_>,
    ) -> Result<Location, LocationError> {
        let name = checked_name(name)?;
        self.ensure_usable(config)?;
        let (transaction, now) = (self.decide().await?, self.parts.clock.now());
        self.ensure_alone(&transaction, config, None).await?;
        let id = new_id(now);
        let row = Model {
            id,
            name: name.to_owned(),
            enabled,
            config: seal(&self.parts.keys, id, config)?,
            host_key: None,
            created_at: now,
            last_uploaded_at: None,
            failure_code: None,
            failure_message: None,
            failed_at: None,
            removing: false,
            version: 1,
        };
        let location = self.unsealed(row)?;
        let row = location.row.clone().into_active_model().reset_all();
        Entity::insert(row).exec_without_returning(&transaction).await?;
        let event = Event { detail: Some(location.told()), ..by.did(Action::CreatedStorage, id) };
        audit::record(&transaction, event, now).await?;
        transaction.commit().await?;
        info!(%id, name, provider = ?config.provider(), "storage configured");
        Ok(location)
    }

    pub(super) fn ensure_usable(&self, config: &Config) -> Result<(), LocationError> {
        let opened = config.open(&self.parts.network);
        opened.map(drop).map_err(|error| LocationError::Settings(config.field(), error))
    }

    /// Refuses a folder that another storage has.
    async fn ensure_alone(
        &self,
        db: &DatabaseTransaction,
        config: &Config,
        but: Option<Uuid>,
    ) -> Result<(), LocationError> {
        let rows = Entity::find().all(db).await?.into_iter().filter(|row| Some(row.id) != but);
        // One whose settings cannot be opened keeps nobody from configuring another.
        let others = rows.filter_map(|row| self.unsealed(row).ok());
        match { others }.find(|other| other.config.shares_folder_with(config)) {
            Some(other) => Err(LocationError::SamePlace(config.field(), other.row.name)),
            None => Ok(()),
        }
    }

    /// Changes a storage, all that the change names or nothing, and returns it and how many files are no longer Carryall's
    /// since they lie at its former place.
    pub async fn update_location(
        &self,
        id: Uuid,
        mut change: LocationChange,
        by: Actor<'_>,
    ) -> Result<(Location, usize), LocationError> {
        // What it rests on stays as it is while retention decides.
        let transaction = self.decide().await?;
        let before = Entity::find_by_id(id).one(&transaction).await?.ok_or(LocationError::NotFound)?;
        let before = self.unsealed(before)?;
        let version = before.row.version;
        if change.expected_version.is_some_and(|expected| expected != version) {
            return Err(LocationError::Stale(version));
        }
        change.config = change.config.map(|config| before.changed_to(config)).transpose()?;
        if before.row.removing && (change.enabled == Some(true) || before.is_moved_by(&change)) {
            return Err(LocationError::Removing);
        }
        if let Some(config) = &change.config {
            self.ensure_usable(config)?;
            self.ensure_alone(&transaction, config, Some(id)).await?;
        }
        let row = self.changed_row(&before, &change)?;
        let same = Entity::update_many().set(row).filter(Column::Id.eq(id)).filter(Column::Version.eq(version));
        if same.exec(&transaction).await?.rows_affected == 0 {
            transaction.rollback().await?;
            let now = Entity::find_by_id(id).one(&self.parts.db).await?;
            return Err(now.map_or(LocationError::NotFound, |now| LocationError::Stale(now.version)));
        }
        let released = self.take_copies_along(&transaction, &before, &change).await?;
        let after = Entity::find_by_id(id).one(&transaction).await?.ok_or(LocationError::NotFound)?;
        let after = self.unsealed(after)?;
        let event = Event { detail: Some(after.told()), ..by.did(Action::ChangedStorage, id) };
        audit::record(&transaction, event, self.parts.clock.now()).await?;
        transaction.commit().await?;
        self.bus.copies_going();
        info!(%id, released, "storage changed");
        Ok((after, released))
    }

    fn changed_row(&self, before: &Location, change: &LocationChange) -> Result<ActiveModel, LocationError> {
        let mut row = ActiveModel { version: Set(before.row.version + 1), ..Default::default() };
        if let Some(name) = &change.name {
            row.name = Set(checked_name(name)?.to_owned());
        }
        if let Some(enabled) = change.enabled {
            row.enabled = Set(enabled);
        }
        if let Some(config) = &change.config {
            row.config = Set(seal(&self.parts.keys, before.row.id, config)?);
            // The key that the same host was known by is in its settings now.
            row.host_key = Set(None);
            (row.failure_code, row.failure_message, row.failed_at) = (Set(None), Set(None), Set(None));
        }
        Ok(row)
    }

    /// What becomes of the copies at a storage that is changed. Returns how many are left at its former place.
    async fn take_copies_along(
        &self,
        db: &impl ConnectionTrait,
        before: &Location,
        change: &LocationChange,
    ) -> Result<usize, DbErr> {
        let (id, now) = (before.row.id, self.parts.clock.now());
        let mut left = 0;
        if before.is_moved_by(change) {
            let released = self.release(db, id).await?;
            left = released.there.len();
            for export in self.queue.with_file(db, &released.wanted).await? {
                copies::want(db, Key { export, location: id }, now).await?;
            }
        } else if change.config.is_some() {
            copies::remove_again(db, id, now).await?;
        }
        if !change.enabled.unwrap_or(before.row.enabled) {
            copies::switch_off(db, id).await?;
        } else if change.config.is_some() {
            copies::try_all_again(db, id, now).await?;
        }
        if change.config.as_ref().is_some_and(|config| !config.is_same_account(&before.config)) {
            let elsewhere = copies::verify_all_again(db, id).await?;
            self.queue.keep_for_copies(db, &elsewhere).await?;
        }
        note_retention(db).await?;
        Ok(left)
    }

    /// Forgets the copies at a storage. The files stay, and their passwords in the history.
    async fn release(&self, db: &impl ConnectionTrait, id: Uuid) -> Result<Released, DbErr> {
        let released = copies::release_all_at(db, id).await?;
        self.queue.keep_for_copies(db, &released.there).await?;
        Ok(released)
    }

    /// Removes a storage: at once, and what was copied there stays there; or `with_files`, and it stays until its files are
    /// gone. Returns how many files stay. A removal that waits for the files can be done at once after all.
    pub async fn delete_location(&self, id: Uuid, with_files: bool, by: Actor<'_>) -> Result<usize, LocationError> {
        let now = self.parts.clock.now();
        let transaction = self.decide().await?;
        let going = ActiveModel { removing: Set(true), enabled: Set(false), ..Default::default() };
        let going = Entity::update_many().set(going).filter(Column::Id.eq(id));
        if going.exec(&transaction).await?.rows_affected == 0 {
            return Err(LocationError::NotFound);
        }
        let mut left = 0;
        if with_files {
            let here = entity::upload::Column::StorageLocationId.eq(id);
            copies::remove(&transaction, Condition::all().add(here), now).await?;
        } else {
            left = self.release(&transaction, id).await?.there.len();
            Entity::delete_by_id(id).exec(&transaction).await?;
        }
        note_retention(&transaction).await?;
        let detail = Some(format!("deleteFiles: {with_files}"));
        audit::record(&transaction, Event { detail, ..by.did(Action::DeletedStorage, id) }, now).await?;
        transaction.commit().await?;
        info!(%id, with_files, "storage removed");
        self.bus.copies_going();
        // It may have had no files, or an export may have waited for its last copy to go. The rest is done at the next look.
        timeout(QUICKLY, self.end_what_is_over()).await.unwrap_or(Ok(()))?;
        Ok(left)
    }

    /// Storages that are being removed go when their last files have gone.
    pub(in crate::export) async fn forget_empty_locations(&self) -> Result<(), DbErr> {
        for location in Entity::find().filter(Column::Removing.eq(true)).all(&self.parts.db).await? {
            if !copies::any_at(&self.parts.db, location.id).await? {
                Entity::delete_by_id(location.id).filter(Column::Removing.eq(true)).exec(&self.parts.db).await?;
            }
        }
        Ok(())
    }
}

impl Location {
    /// Whether a change makes another place of it.
    fn is_moved_by(&self, change: &LocationChange) -> bool {
        change.config.as_ref().is_some_and(|config| config.place() != self.config.place())
    }
}
