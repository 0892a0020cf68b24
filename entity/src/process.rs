//! The processes that work over this database: each says now and then that it is there.

use sea_orm::entity::prelude::*;

/// A process.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "process")]
pub struct Model {
    /// Drawn when it starts. It is what an export or a copy names as its worker.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The name of the machine it runs on, and its number there.
    pub host: String,
    /// Carryall's version.
    pub version: String,
    /// It makes exports; else it serves the API alone.
    pub worker: bool,
    /// The marks of the keys that it has, as a JSON array, the one it seals with first.
    pub keys: String,
    /// When it started.
    pub started_at: DateTimeUtc,
    /// When it last said that it is there.
    pub seen_at: DateTimeUtc,
}

/// None is declared: an export names its worker long after that is gone.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
