//! Who is asking.

use async_graphql::{Enum, SimpleObject};
use entity::api_token;
use uuid::Uuid;

use crate::audit::Actor;

/// Who is asking: the holder of the token that came with the request.
#[derive(Clone, Debug, SimpleObject)]
pub struct Viewer {
    /// The token.
    #[graphql(skip)]
    pub token: Uuid,
    /// The token's name.
    pub name: String,
    /// What the token allows.
    pub role: Role,
}

/// What the holder of a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
#[graphql(remote = "entity::api_token::Role")]
pub enum Role {
    /// Sees the history, the settings and how exports go; no password and no archive.
    Viewer,
    /// Makes, cancels, keeps, verifies and copies exports, and has their archives and passwords.
    Operator,
    /// Everything: settings, storages, tokens, and what deletes.
    Admin,
}

impl Viewer {
    /// As the audit log knows it.
    pub(super) fn actor(&self) -> Actor<'_> {
        Actor { name: &self.name, token: Some(self.token) }
    }
}

impl From<api_token::Model> for Viewer {
    fn from(token: api_token::Model) -> Self {
        Self { token: token.id, name: token.name, role: token.role.into() }
    }
}
