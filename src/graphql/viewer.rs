//! Who is asking.

use async_graphql::{Enum, SimpleObject};
use entity::api_token;

/// Who is asking: the holder of the token that came with the request.
#[derive(Clone, Debug, SimpleObject)]
pub struct Viewer {
    /// The token's name.
    pub name: String,
    /// What the token allows.
    pub role: Role,
}

/// What the holder of a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::api_token::Role")]
pub enum Role {
    /// Everything.
    Admin,
}

impl From<api_token::Model> for Viewer {
    fn from(token: api_token::Model) -> Self {
        Self { name: token.name, role: token.role.into() }
    }
}
