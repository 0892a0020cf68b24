//! The storages that an admin has configured: where copies of exports go.

use sea_orm::entity::prelude::*;

use crate::upload::FailureCode;

/// A storage.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "storage_location")]
pub struct Model {
    /// UUID version 7, so that ids sort by creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What the admin calls it. Unique.
    pub name: String,
    /// Whether exports go there.
    pub enabled: bool,
    /// The provider and its settings, secrets and all, sealed (`secret::Key`).
    pub config: Vec<u8>,
    /// The fingerprint of the host key that was seen first, where the settings do not say one.
    pub host_key: Option<String>,
    /// When it was configured.
    pub created_at: DateTimeUtc,
    /// When a copy last arrived there.
    pub last_uploaded_at: Option<DateTimeUtc>,
    /// Why the last thing that was tried there failed; None if it did not.
    pub failure_code: Option<FailureCode>,
    /// The same in words.
    pub failure_message: Option<String>,
    /// When that was.
    pub failed_at: Option<DateTimeUtc>,
    /// It is being removed, as soon as its files are gone.
    pub removing: bool,
    /// Counts the changes, so that two admins do not overwrite each other unseen.
    pub version: i32,
}

/// None is declared: the uploads are asked for by its id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
