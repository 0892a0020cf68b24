//! Which role a field asks for. Each field of the query, the mutation and the subscription names one of these, and so do the
//! fields elsewhere that not everybody may see; `tests/it/roles.rs` holds the whole list against the schema.

use async_graphql::{Context, Error, ErrorExtensions, Result};

use super::{
    code::Code,
    viewer::{Role, Viewer},
};

/// For everybody who has a token.
pub(super) fn viewer(ctx: &Context<'_>) -> Result<()> {
    at_least(ctx, Role::Viewer)
}

/// For those who make exports.
pub(super) fn operator(ctx: &Context<'_>) -> Result<()> {
    at_least(ctx, Role::Operator)
}

/// For admins.
pub(super) fn admin(ctx: &Context<'_>) -> Result<()> {
    at_least(ctx, Role::Admin)
}

fn at_least(ctx: &Context<'_>, role: Role) -> Result<()> {
    // A request without a viewer comes from no way in that we have.
    if ctx.data_opt::<Viewer>().is_some_and(|viewer| viewer.role >= role) {
        return Ok(());
    }
    let needed = entity::api_token::Role::from(role);
    let message = format!("This needs a token whose role is {} at least.", sea_orm::ActiveEnum::to_value(&needed));
    Err(Error::new(message).extend_with(|_, extensions| extensions.set("code", Code::Forbidden.as_str())))
}
