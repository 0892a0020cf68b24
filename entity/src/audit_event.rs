//! Who did what: a row for each thing that somebody may ask about later. No row holds a secret, and none refers to another
//! table, so that it stays when what it is about goes.

use sea_orm::entity::prelude::*;

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_event")]
pub struct Model {
    /// UUID version 7, so that ids sort by time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When.
    pub at: DateTimeUtc,
    /// The name of the token whose holder did it.
    pub actor: String,
    /// The id of that token: names are not unique.
    pub actor_id: Option<Uuid>,
    /// What was done.
    pub action: String,
    /// What it was done to: an id.
    pub subject: Option<String>,
    /// What is worth knowing of it, in words.
    pub detail: Option<String>,
}

/// None.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
