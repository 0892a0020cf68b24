//! What a client is told when an operation fails as a whole: a stable code, and for a fault of the server
//! nothing but that the log tells the cause.

use std::sync::Arc;

use async_graphql::ErrorExtensions;
use sea_orm::DbErr;

use super::code::Code;
use crate::{
    export::{
        CreateError, LocationError, RemoveError, UploadError, VerifyAgainError, VerifyCopyError,
        settings::SettingsError,
    },
    files::FilesError,
    secret::KeyError,
    token::TokenError,
};

/// A failed operation. Deliberately without `Display`: the only way to a client is the conversion below.
#[derive(Clone, Debug)]
pub enum Failure {
    /// An argument is not usable: a message for the client.
    BadArgument(String),
    /// There is no such thing: a message for the client.
    NotFound(String),
    /// A fault of the server.
    Fault(Arc<dyn std::error::Error + Send + Sync>),
}

impl From<Failure> for async_graphql::Error {
    fn from(failure: Failure) -> Self {
        let (message, code) = match failure {
            Failure::BadArgument(message) => (message, Code::BadArgument),
            Failure::NotFound(message) => (message, Code::NotFound),
            Failure::Fault(cause) => {
                // The log has it under the request's id, which each error bears.
                tracing::error!(%cause, "an operation of the API failed");
                ("The server failed. Its log tells why, under the request's id.".to_owned(), Code::Internal)
            }
        };
        Self::new(message).extend_with(|_, extensions| extensions.set("code", code.as_str()))
    }
}

/// Errors that no client can do anything about.
macro_rules! faults {
    ($($error:ty),*) => {
        $(impl From<$error> for Failure {
            fn from(cause: $error) -> Self {
                Self::Fault(Arc::new(cause))
            }
        })*
    };
}

faults!(
    DbErr,
    FilesError,
    KeyError,
    CreateError,
    LocationError,
    RemoveError,
    SettingsError,
    TokenError,
    UploadError,
    VerifyAgainError,
    VerifyCopyError
);

impl From<async_graphql::Error> for Failure {
    /// What the request should have brought along and did not.
    fn from(cause: async_graphql::Error) -> Self {
        Self::Fault(Arc::new(std::io::Error::other(cause.message)))
    }
}
