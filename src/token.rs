//! Tokens of the API: who may speak to it. A token is shown when it is made and stored as a hash.

use chrono::{DateTime, Utc};
use entity::api_token::{self, Role};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set};
use sha2::{Digest, Sha256};

use crate::{
    clock::new_id,
    secret::{Secret, generate_token},
};

/// Longest name of a token.
const NAME_MAXIMUM: usize = 100;

/// Why a token was not made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The name is unusable.
    #[error("a token's name must have 1 to {NAME_MAXIMUM} characters, none of them a control character")]
    Name,
    /// The operating system gives no randomness.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// Carryall's own database failed.
    #[error("the token cannot be stored: {0}")]
    Database(#[from] DbErr),
}

/// Makes a token and returns it: the only time that it can be seen.
pub async fn create(
    db: &impl ConnectionTrait,
    name: &str,
    role: Role,
    now: DateTime<Utc>,
) -> Result<Secret, TokenError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAXIMUM || name.chars().any(char::is_control) {
        return Err(TokenError::Name);
    }
    let token = generate_token()?;
    let row = api_token::ActiveModel {
        id: Set(new_id(now)),
        name: Set(name.to_owned()),
        role: Set(role),
        hash: Set(hash(token.expose())),
        created_at: Set(now),
    };
    // Without RETURNING: with it, SQLite gives the row before it commits.
    api_token::Entity::insert(row).exec_without_returning(db).await?;
    Ok(token)
}

/// The row of `token`, if there is one. It is found by its hash, so that how long the look-up takes
/// tells nothing about any token.
pub async fn find(db: &DatabaseConnection, token: &str) -> Result<Option<api_token::Model>, DbErr> {
    api_token::Entity::find().filter(api_token::Column::Hash.eq(hash(token))).one(db).await
}

/// Whether no token was made yet.
pub async fn none_yet(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(api_token::Entity::find().count(db).await? == 0)
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
