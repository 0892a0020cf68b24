//! What one export holds: a row for each table in its archive.

use sea_orm::entity::prelude::*;

/// A table in a finished archive.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "exported_table")]
pub struct Model {
    /// The export it is part of.
    #[sea_orm(primary_key, auto_increment = false)]
    pub data_export_id: Uuid,
    /// Its place in the archive, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The name of the source it came from.
    pub source: String,
    /// Its schema in the source, where the source has schemas.
    pub schema: Option<String>,
    /// Its name in the source, exactly.
    pub name: String,
    /// Its path in the archive.
    pub file_name: String,
    /// Rows, as the database counted them.
    pub row_count: i64,
    /// Bytes of its file, not compressed.
    pub bytes: i64,
    /// SHA-256 of its file, in lower-case hexadecimal.
    pub sha256: String,
}

/// None is declared: see `data_export`.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
