//! When, and from which server, one export read each of its sources.

use sea_orm::entity::prelude::*;

/// The snapshot of one source in one export.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_snapshot")]
pub struct Model {
    /// The export it was taken for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub data_export_id: Uuid,
    /// The name of the source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// The kind of database, as in the descriptor (`sqlite`).
    pub engine: String,
    /// What the database says its version is.
    pub server_version: String,
    /// When the snapshot was taken: the data is as it was then.
    pub taken_at: DateTimeUtc,
    /// What those who use the export should know of it, as a JSON array.
    pub warnings: String,
    /// Tables, views and the like that are there and not in the archive.
    pub left_out: i32,
}

/// None is declared: see `data_export`.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
