//! Sessions of the dashboard: a browser that was shown a token gets a cookie in its place, so that no script holds the token.
//! What the cookie holds is stored as a hash. A session ends with its token.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    api_token,
    session::{Column, Entity, Model},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, TransactionTrait,
};
use uuid::Uuid;

use crate::{
    clock::new_id,
    secret::{Secret, generate_token},
    token::{self, TokenError},
};

/// How long a session lasts: a working day.
pub const LIFE: TimeDelta = TimeDelta::hours(12);
/// Most sessions of one token; the oldest ends when another begins.
const OF_TOKEN_MAXIMUM: u64 = 50;

/// Begins a session with a good token, and returns what the cookie is to hold: the only time that it can be seen.
pub async fn begin(
    db: &DatabaseConnection,
    token: &api_token::Model,
    now: DateTime<Utc>,
) -> Result<(Secret, Model), TokenError> {
    let secret = generate_token()?;
    let end = now + LIFE;
    let row = Model {
        id: new_id(now),
        api_token_id: token.id,
        hash: token::hash(secret.expose()),
        created_at: now,
        expires_at: token.expires_at.map_or(end, |of_token| end.min(of_token)),
    };
    let transaction = db.begin().await?;
    Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(&transaction).await?;
    Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(&transaction).await?;
    let too_many = Entity::find()
        .filter(Column::ApiTokenId.eq(token.id))
        .order_by_desc(Column::Id)
        .offset(OF_TOKEN_MAXIMUM)
        .limit(OF_TOKEN_MAXIMUM)
        .all(&transaction)
        .await?;
    Entity::delete_many().filter(Column::Id.is_in(too_many.iter().map(|row| row.id))).exec(&transaction).await?;
    transaction.commit().await?;
    Ok((secret, row))
}

/// The session of what a cookie holds, and its token, if both are good at `now`.
pub async fn find(
    db: &DatabaseConnection,
    cookie: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Model, api_token::Model)>, DbErr> {
    let found = Entity::find()
        .filter(Column::Hash.eq(token::hash(cookie)))
        .filter(Column::ExpiresAt.gt(now))
        .find_also_related(api_token::Entity)
        .one(db)
        .await?;
    Ok(found.and_then(|(session, token)| Some((session, token.filter(|token| token::is_good(token, now))?))))
}

/// Which of these sessions are still good, without regard to their tokens.
pub async fn still_good(
    db: &DatabaseConnection,
    ids: impl IntoIterator<Item = Uuid>,
    now: DateTime<Utc>,
) -> Result<HashSet<Uuid>, DbErr> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).filter(Column::ExpiresAt.gt(now)).all(db).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Ends a session.
pub async fn end(db: &DatabaseConnection, id: Uuid) -> Result<(), DbErr> {
    Entity::delete_by_id(id).exec(db).await.map(drop)
}
