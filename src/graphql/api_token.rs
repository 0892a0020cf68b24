//! The tokens of the API: shown once when they are made, listed, revoked.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::api_token::Model;
use sea_orm::DatabaseConnection;

use super::{audit_event::noted, failure::Failure, guard, user_error::UserError, viewer::Role};
use crate::{audit::Action, export::Engine, token};

/// A token of the API, without the token itself.
pub struct ApiToken(pub Model);

#[Object]
impl ApiToken {
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
    #[graphql(guard = "guard::admin")]
    async fn create_api_token(
        &self,
        ctx: &Context<'_>,
        input: CreateApiTokenInput,
    ) -> Result<CreateApiTokenPayload, Failure> {
        let now = ctx.data::<Arc<Engine>>()?.now();
        let CreateApiTokenInput { name, role, expires_at } = input;
        match token::create(ctx.data::<DatabaseConnection>()?, &name, role.into(), expires_at, now).await {
            Ok((secret, row)) => {
                let detail = format!("{}, {:?}", row.name, row.role);
                noted(ctx, Action::CreatedToken, row.id, Some(detail)).await;
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
    #[graphql(guard = "guard::admin")]
    async fn revoke_api_token(
        &self,
        ctx: &Context<'_>,
        input: RevokeApiTokenInput,
    ) -> Result<RevokeApiTokenPayload, Failure> {
        let revoked = match input.id.parse() {
            Ok(id) => token::revoke(ctx.data::<DatabaseConnection>()?, id).await?,
            Err(_) => false,
        };
        if revoked {
            noted(ctx, Action::RevokedToken, input.id.as_str(), None).await;
        }
        Ok(if revoked {
            RevokeApiTokenPayload { revoked_api_token_id: Some(input.id), user_errors: Vec::new() }
        } else {
            RevokeApiTokenPayload { revoked_api_token_id: None, user_errors: vec![UserError::no_such_token()] }
        })
    }
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
    /// What is kept of it.
    api_token: Option<ApiToken>,
    /// The token itself, which is shown this once.
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
