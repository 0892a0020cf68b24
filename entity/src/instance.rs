//! What makes one instance of however many processes: one row, made at the first start.

use sea_orm::entity::prelude::*;

/// The id of the only row.
pub const ID: Uuid = Uuid::nil();

/// The instance.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "instance")]
pub struct Model {
    /// Always [`ID`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Something that the instance's key has sealed, so that a process with another one is found before it seals anything.
    pub key_check: Vec<u8>,
}

/// None.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
