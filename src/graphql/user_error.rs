//! What a user can correct: returned in a mutation's payload, beside the path of the input's field.

use async_graphql::{Enum, SimpleObject};

use super::failure::Failure;
use crate::{
    export::{
        CreateError, LocationError, NameError, PatternsError, RemoveError, UploadError, VerifyAgainError,
        VerifyCopyError, settings::SettingsError,
    },
    storage::StorageError,
    token::{RevokeError, TokenError},
};

/// Something in the input that the user can correct. Nothing was changed.
#[derive(Clone, Debug, SimpleObject)]
pub struct UserError {
    /// The path of the input's field; null if it is about the input as a whole.
    pub field: Option<Vec<String>>,
    /// What is wrong, and what would be right.
    pub message: String,
    /// A stable code for programs.
    pub code: UserErrorCode,
}

/// A stable code for what is wrong in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum UserErrorCode {
    /// There is nothing in it.
    Blank,
    /// It cannot be used as it is.
    Invalid,
    /// It has too many characters.
    TooLong,
    /// It is less or more than what is allowed.
    OutOfRange,
    /// Something else has it already.
    Taken,
    /// It was changed by somebody else in the meantime.
    Stale,
    /// There is no such thing.
    NotFound,
    /// Something is being done with it, or somebody wants it kept.
    InUse,
    /// It has ended already.
    NotCancelable,
    /// Too many exports are waiting.
    TooManyQueued,
    /// There is no file of it on the instance.
    FileUnavailable,
    /// The idempotency key stands for another wish.
    IdempotencyKeyReused,
}

impl UserError {
    fn new(field: &str, code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { field: Some(vec![field.to_owned()]), message: message.into(), code }
    }

    /// There is no export with the id of the input.
    pub fn no_such_export() -> Self {
        Self::new("id", UserErrorCode::NotFound, "There is no export with this id.")
    }

    /// What keeps a token from being revoked; the failure if it is none of the user's.
    pub fn from_revocation(error: RevokeError) -> Result<Self, Failure> {
        match error {
            RevokeError::NotFound => Ok(Self::new("id", UserErrorCode::NotFound, error.to_string())),
            RevokeError::LastAdmin => Ok(Self::new("id", UserErrorCode::InUse, error.to_string())),
            RevokeError::Database(cause) => Err(cause.into()),
        }
    }

    /// What keeps a token from being made; the failure if it is none of the user's.
    pub fn from_token(error: TokenError) -> Result<Self, Failure> {
        match error {
            TokenError::Name => Ok(Self::new("name", UserErrorCode::Invalid, error.to_string())),
            TokenError::Expired => Ok(Self::new("expiresAt", UserErrorCode::OutOfRange, error.to_string())),
            TokenError::Random(_) | TokenError::Database(_) => Err(error.into()),
        }
    }

    /// The export has ended.
    pub fn not_cancelable() -> Self {
        Self::new("id", UserErrorCode::NotCancelable, "The export has ended already.")
    }

    /// What keeps an export from being queued; the failure if it is none of the user's.
    pub fn from_create(error: CreateError) -> Result<Self, Failure> {
        match error {
            CreateError::Name(wrong) => Ok(Self::from_name(&wrong)),
            CreateError::Patterns(place, wrong) => Ok(Self::from_pattern("excludeTables", place, &wrong)),
            CreateError::TooManyQueued(_) => {
                Ok(Self { field: None, message: error.to_string(), code: UserErrorCode::TooManyQueued })
            }
            CreateError::IdempotencyKey => Ok(Self::new("idempotencyKey", UserErrorCode::Invalid, error.to_string())),
            CreateError::IdempotencyKeyReused => {
                Ok(Self::new("idempotencyKey", UserErrorCode::IdempotencyKeyReused, error.to_string()))
            }
            CreateError::Key(_) | CreateError::Database(_) => Err(error.into()),
        }
    }

    /// What keeps an export from being removed; the failure if it is none of the user's.
    pub fn from_removal(error: RemoveError) -> Result<Self, Failure> {
        match error {
            RemoveError::NotFound => Ok(Self::no_such_export()),
            RemoveError::Running | RemoveError::Pinned => Ok(Self::new("id", UserErrorCode::InUse, error.to_string())),
            RemoveError::Files(_) | RemoveError::Database(_) => Err(error.into()),
        }
    }

    /// What keeps an archive from being read again; the failure if it is none of the user's.
    pub fn from_verification(error: VerifyAgainError) -> Result<Self, Failure> {
        match error {
            VerifyAgainError::NotFound => Ok(Self::no_such_export()),
            VerifyAgainError::FileUnavailable => Ok(Self::new("id", UserErrorCode::FileUnavailable, error.to_string())),
            VerifyAgainError::Files(_) | VerifyAgainError::Key(_) | VerifyAgainError::Database(_) => Err(error.into()),
        }
    }

    /// What keeps an export from being copied; the failure if it is none of the user's.
    pub fn from_upload(error: UploadError) -> Result<Self, Failure> {
        let (field, code) = match error {
            UploadError::NotFound => ("id", UserErrorCode::NotFound),
            UploadError::FileUnavailable => ("id", UserErrorCode::FileUnavailable),
            UploadError::NoSuchStorage => ("storageId", UserErrorCode::NotFound),
            UploadError::SwitchedOff => ("storageId", UserErrorCode::Invalid),
            UploadError::NoStorage => {
                return Ok(Self { field: None, message: error.to_string(), code: UserErrorCode::Invalid });
            }
            UploadError::Deleting | UploadError::PastMaximum(_) => ("id", UserErrorCode::InUse),
            UploadError::Files(_) | UploadError::Database(_) => return Err(error.into()),
        };
        Ok(Self::new(field, code, error.to_string()))
    }

    /// What keeps a copy from being verified; the failure if it is none of the user's.
    pub fn from_copy_verification(error: VerifyCopyError) -> Result<Self, Failure> {
        match error {
            VerifyCopyError::NotFound => Ok(Self::no_such_export()),
            VerifyCopyError::NoCopy => Ok(Self::new("storageId", UserErrorCode::NotFound, error.to_string())),
            VerifyCopyError::Database(_) => Err(error.into()),
        }
    }

    /// What is to be tested is not said.
    pub fn neither_id_nor_config() -> Self {
        Self { field: None, message: "Give `id`, or `config`, or both.".into(), code: UserErrorCode::Invalid }
    }

    /// What keeps a storage from being configured or changed; the failure if it is none of the user's.
    pub fn from_location(error: LocationError) -> Result<Self, Failure> {
        let (field, code) = match error {
            LocationError::Name(wrong) => return Ok(Self::from_name(&wrong)),
            LocationError::Settings(provider, wrong) => return Ok(Self::from_storage_settings(provider, &wrong)),
            LocationError::Secret(provider, needed) => {
                let field = Some(vec!["config".to_owned(), provider, needed.field.to_owned()]);
                return Ok(Self { field, message: needed.to_string(), code: UserErrorCode::Blank });
            }
            LocationError::SamePlace(ref provider, _) => {
                let field = Some(vec!["config".to_owned(), provider.clone(), "basePath".to_owned()]);
                return Ok(Self { field, message: error.to_string(), code: UserErrorCode::Taken });
            }
            LocationError::Taken => ("name", UserErrorCode::Taken),
            LocationError::NotFound => ("id", UserErrorCode::NotFound),
            LocationError::Stale(_) => ("expectedVersion", UserErrorCode::Stale),
            LocationError::Removing => ("id", UserErrorCode::InUse),
            LocationError::Key(_) | LocationError::Database(_) => return Err(error.into()),
        };
        Ok(Self::new(field, code, error.to_string()))
    }

    /// What is wrong with the settings of a provider.
    fn from_storage_settings(provider: String, error: &StorageError) -> Self {
        let mut field = vec!["config".to_owned(), provider];
        if let StorageError::Setting { field: setting, .. } = error {
            field.push((*setting).to_owned());
        }
        Self { field: Some(field), message: format!("{error}."), code: UserErrorCode::Invalid }
    }

    /// What is wrong with a name.
    fn from_name(error: &NameError) -> Self {
        let code = match error {
            NameError::Blank => UserErrorCode::Blank,
            NameError::TooLong(_) => UserErrorCode::TooLong,
            NameError::ControlCharacter => UserErrorCode::Invalid,
        };
        Self::new("name", code, error.to_string())
    }

    /// What is wrong with the pattern at `place` in a list.
    fn from_pattern(field: &str, place: usize, error: &PatternsError) -> Self {
        let code = match error {
            PatternsError::TooMany => UserErrorCode::OutOfRange,
            PatternsError::Pattern(_) => UserErrorCode::Invalid,
        };
        let field = match error {
            PatternsError::TooMany => vec![field.to_owned()],
            PatternsError::Pattern(_) => vec![field.to_owned(), place.to_string()],
        };
        Self { field: Some(field), message: format!("{error}."), code }
    }

    /// What is wrong with a change of the settings; the failure if it is none of the user's.
    pub fn from_settings(error: SettingsError) -> Result<Vec<Self>, Failure> {
        match error {
            SettingsError::OutOfRange(wrong) => Ok(wrong
                .into_iter()
                .map(|(field, range)| {
                    let message = format!("Must be {} to {}.", range.start(), range.end());
                    Self::new(field, UserErrorCode::OutOfRange, message)
                })
                .collect()),
            SettingsError::Stale(_) => Ok(vec![Self::new("expectedVersion", UserErrorCode::Stale, error.to_string())]),
            SettingsError::Database(_) => Err(error.into()),
        }
    }
}
