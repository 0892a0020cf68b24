//! The tokens of the API: shown once when they are made, listed, revoked.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::api_token::Model;
use sea_orm::{DatabaseConnection, DbErr, TransactionTrait};
use uuid::Uuid;

use super::{audit_event::note_in, cost::CHANGE, failure::Failure, guard, user_error::UserError, viewer::Role};
use crate::{
    audit::Action,
    export::Engine,
    token::{self, RevokeError},
};

/// A token of the API, without the token itself.
#[derive(Description)]
pub struct ApiToken(pub Model);

#[Object(use_type_description)]
impl ApiToken {
    /// Its id, by which `revokeApiToken` takes it; it says nothing of the token itself.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Who holds it; stands as `createdBy` in the history.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What its holder may do.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last used, to the minute; null if it never was.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }

    /// When it stops being good; null if it never does.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }
}

/// What can be changed of the tokens.
#[derive(Default)]
pub struct ApiTokenMutation;

#[Object]
impl ApiTokenMutation {
    /// Makes a token. It is shown this once.
    #[graphql(guard = "guard::admin", complexity = "CHANGE + child_complexity")]
    async fn create_api_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who will hold the token, and what it allows.")] input: CreateApiTokenInput,
    ) -> Result<CreateApiTokenPayload, Failure> {
        let now = ctx.data::<Arc<Engine>>()?.now();
        let CreateApiTokenInput { name, role, expires_at } = input;
        let transaction = ctx.data::<DatabaseConnection>()?.begin().await?;
        match token::create(&transaction, &name, role.into(), expires_at, now).await {
            Ok((secret, row)) => {
                let detail = format!("{}, {:?}", row.name, row.role);
                note_in(&transaction, ctx, Action::CreatedToken, row.id, Some(detail)).await?;
                transaction.commit().await?;
                let secret = Some(secret.expose().to_owned());
                Ok(CreateApiTokenPayload { api_token: Some(ApiToken(row)), secret, user_errors: Vec::new() })
            }
            Err(wrong) => {
                let user_errors = vec![UserError::from_token(wrong)?];
                Ok(CreateApiTokenPayload { api_token: None, secret: None, user_errors })
            }
        }
    }

    /// Makes a token good for nothing, for ever. What its holder watches ends within seconds.
    #[graphql(guard = "guard::admin", complexity = "CHANGE + child_complexity")]
    async fn revoke_api_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which token is to be revoked.")] input: RevokeApiTokenInput,
    ) -> Result<RevokeApiTokenPayload, Failure> {
        match revoke(ctx, &input.id).await {
            Ok(()) => Ok(RevokeApiTokenPayload { revoked_api_token_id: Some(input.id), user_errors: Vec::new() }),
            Err(wrong) => Ok(RevokeApiTokenPayload { revoked_api_token_id: None, user_errors: vec![wrong?] }),
        }
    }
}

async fn revoke(ctx: &Context<'_>, id: &ID) -> Result<(), Result<UserError, Failure>> {
    let fault = |cause: DbErr| Err(Failure::from(cause));
    let id: Uuid = id.parse().map_err(|_| UserError::from_revocation(RevokeError::NotFound))?;
    let db = ctx.data::<DatabaseConnection>().map_err(|cause| Err(cause.into()))?;
    let now = ctx.data::<Arc<Engine>>().map_err(|cause| Err(cause.into()))?.now();
    // Dropped before it is committed, it is undone.
    let transaction = db.begin().await.map_err(fault)?;
    token::revoke(&transaction, id, now).await.map_err(UserError::from_revocation)?;
    note_in(&transaction, ctx, Action::RevokedToken, id, None).await.map_err(Err)?;
    transaction.commit().await.map_err(fault)
}

/// A token to be made.
#[derive(Debug, InputObject)]
pub struct CreateApiTokenInput {
    /// Who will hold it: 1 to 100 characters, no control characters.
    name: String,
    /// What its holder may do.
    role: Role,
    /// When it stops being good; without it, never.
    expires_at: Option<DateTime<Utc>>,
}

/// The token, or what keeps it from being made.
#[derive(SimpleObject)]
pub struct CreateApiTokenPayload {
    /// What is kept of it; null if none was made.
    api_token: Option<ApiToken>,
    /// The token itself, to be sent as `Authorization: Bearer …`. It is shown this once; null if none was made.
    secret: Option<String>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// Which token is to be revoked.
#[derive(Debug, InputObject)]
pub struct RevokeApiTokenInput {
    /// The token.
    id: ID,
}

/// What was revoked, or what keeps it from being so.
#[derive(SimpleObject)]
pub struct RevokeApiTokenPayload {
    /// The token that is good for nothing any more; null if nothing was revoked.
    revoked_api_token_id: Option<ID>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}
