//! Who is signed in at the dashboard: one row a session. What the browser's cookie holds is not stored, only its hash.

use sea_orm::entity::prelude::*;

/// A session of the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// UUID version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The token it was begun with, and is good as long as.
    pub api_token_id: Uuid,
    /// SHA-256 of what the cookie holds: 256 random bits, so a plain hash is enough.
    #[sea_orm(unique)]
    pub hash: Vec<u8>,
    /// When it was begun.
    pub created_at: DateTimeUtc,
    /// When it ends.
    pub expires_at: DateTimeUtc,
}

/// What a session belongs to.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Its token.
    #[sea_orm(
        belongs_to = "super::api_token::Entity",
        from = "Column::ApiTokenId",
        to = "super::api_token::Column::Id",
        on_delete = "Cascade"
    )]
    ApiToken,
}

impl Related<super::api_token::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ApiToken.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
