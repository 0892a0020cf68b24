//! Tokens of the API: who may speak to it. A token is shown when it is made and stored as a hash.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::api_token::{ActiveModel, Column, Entity, Model, Role};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait,
    ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, Set,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    clock::new_id,
    database::{Right, in_turn},
    secret::{Secret, generate_token},
};

/// Longest name of a token.
const NAME_MAXIMUM: usize = 100;
/// That a token was used is stored so often at most: a request is no reason to write.
const USE_NOTED: TimeDelta = TimeDelta::minutes(1);

/// Why a token was not made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The name is unusable.
    #[error("A token's name must have 1 to {NAME_MAXIMUM} characters, none of them a control character.")]
    Name,
    /// It would never be good.
    #[error("A token must expire in the future.")]
    Expired,
    /// The operating system gives no randomness.
    #[error("The operating system gives no random bytes: {0}.")]
    Random(#[from] getrandom::Error),
    /// Carryall's own database failed.
    #[error("The token cannot be stored: {0}.")]
    Database(#[from] DbErr),
}

/// Why a token is as good as it was. Whatever was done in the same transaction is to be undone.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// There is none with this id.
    #[error("There is no token with this id.")]
    NotFound,
    /// Nobody could let anybody in any more.
    #[error("This is the last good token of an admin. Make another one first, here or by `carryall token create`.")]
    LastAdmin,
    /// Carryall's own database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Makes a token and returns it with its row: the only time that it can be seen.
pub async fn create(
    db: &impl ConnectionTrait,
    name: &str,
    role: Role,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(Secret, Model), TokenError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAXIMUM || name.chars().any(char::is_control) {
        return Err(TokenError::Name);
    }
    if expires_at.is_some_and(|end| end <= now) {
        return Err(TokenError::Expired);
    }
    let token = generate_token()?;
    let row = Model {
        id: new_id(now),
        name: name.to_owned(),
        role,
        hash: hash(token.expose()),
        created_at: now,
        expires_at,
        last_used_at: None,
    };
    // Without RETURNING: with it, SQLite gives the row before it commits.
    Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(db).await?;
    Ok((token, row))
}

/// The row of `token`, if there is one and it is good at `now`. It is found by its hash, so that how long the look-up takes
/// tells nothing about any token.
pub async fn find(db: &DatabaseConnection, token: &str, now: DateTime<Utc>) -> Result<Option<Model>, DbErr> {
    let found = Entity::find().filter(Column::Hash.eq(hash(token))).one(db).await?;
    let Some(found) = found.filter(|found| is_good(found, now)) else { return Ok(None) };
    if found.last_used_at.is_none_or(|used| (now - used).abs() >= USE_NOTED) {
        let used = ActiveModel { last_used_at: Set(Some(now)), ..Default::default() };
        let unchanged = Column::LastUsedAt.is_null().or(Column::LastUsedAt.eq(found.last_used_at));
        let noted = Entity::update_many().set(used).filter(Column::Id.eq(found.id)).filter(unchanged).exec(db).await;
        if let Err(cause) = noted {
            // Whoever wants to see why nothing can be written is let in.
            tracing::warn!(id = %found.id, %cause, "it could not be noted that the token was used");
        }
    }
    Ok(Some(found))
}

/// Which of the tokens of these ids are still good.
pub async fn still_good(
    db: &DatabaseConnection,
    ids: impl IntoIterator<Item = Uuid>,
    now: DateTime<Utc>,
) -> Result<HashSet<Uuid>, DbErr> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().filter(|row| is_good(row, now)).map(|row| row.id).collect())
}

/// Whether a token has not expired.
pub fn is_good(token: &Model, now: DateTime<Utc>) -> bool {
    token.expires_at.is_none_or(|end| now < end)
}

/// All tokens, those that are over too: the newest first.
pub async fn all(db: &DatabaseConnection) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_desc(Column::Id).all(db).await
}

/// Makes a token good for nothing, for ever. The last good one of an admin stays.
pub async fn revoke(db: &DatabaseTransaction, id: Uuid, now: DateTime<Utc>) -> Result<(), RevokeError> {
    // Two who take away each other's would each see the other's stay.
    in_turn(db, Right::Tokens).await?;
    if Entity::delete_by_id(id).exec(db).await?.rows_affected == 0 {
        return Err(RevokeError::NotFound);
    }
    let admins = Entity::find().filter(Column::Role.eq(Role::Admin)).all(db).await?;
    if admins.iter().any(|admin| is_good(admin, now)) { Ok(()) } else { Err(RevokeError::LastAdmin) }
}

/// Whether no token was made yet.
pub async fn none_yet(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(Entity::find().count(db).await? == 0)
}

/// What is stored of a token: its SHA-256.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
