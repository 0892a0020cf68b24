//! Who may speak to the API: one row a token. The token itself is not stored, only its hash.

use sea_orm::entity::prelude::*;

/// A token of the API.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    /// UUID version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who holds it; stands as `createdBy` in the history.
    pub name: String,
    /// What its holder may do.
    pub role: Role,
    /// SHA-256 of the token. The token is 256 random bits, so a plain hash is enough.
    #[sea_orm(unique)]
    pub hash: Vec<u8>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it stops being good; None: never.
    pub expires_at: Option<DateTimeUtc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTimeUtc>,
}

/// What the holder of a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// Sees the history, the settings and how exports go; no password and no archive.
    Viewer,
    /// Makes exports, and has their archives and passwords.
    Operator,
    /// Everything.
    Admin,
}

/// None.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
