//! Which nights have had their automatic export: a row each, which stays when the export goes.

use sea_orm::entity::prelude::*;

/// A night.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "nightly_run")]
pub struct Model {
    /// The UTC date that began at this midnight. The key, so that no two processes make an export for it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub night: Date,
    /// The export that was queued for it.
    pub data_export_id: Uuid,
}

/// None is declared: the export may be gone.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
