//! What a user can correct: returned in a mutation's payload, beside the path of the input's field.

use async_graphql::{Enum, SimpleObject};

use crate::export::{NameError, PatternsError, settings::SettingsError};

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
    /// It was changed by somebody else in the meantime.
    Stale,
}

impl UserError {
    fn new(field: &str, code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { field: Some(vec![field.to_owned()]), message: message.into(), code }
    }

    /// What is wrong with a name.
    pub fn from_name(error: &NameError) -> Self {
        let code = match error {
            NameError::Blank => UserErrorCode::Blank,
            NameError::TooLong(_) => UserErrorCode::TooLong,
            NameError::ControlCharacter => UserErrorCode::Invalid,
        };
        Self::new("name", code, error.to_string())
    }

    /// What is wrong with the pattern at `place` in a list.
    pub fn from_pattern(field: &str, place: usize, error: &PatternsError) -> Self {
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

    /// What is wrong with a change of the settings; the error itself if it is none of the user's.
    pub fn from_settings(error: SettingsError) -> Result<Vec<Self>, sea_orm::DbErr> {
        match error {
            SettingsError::OutOfRange(wrong) => Ok(wrong
                .into_iter()
                .map(|(field, range)| {
                    let message = format!("Must be {} to {}.", range.start(), range.end());
                    Self::new(field, UserErrorCode::OutOfRange, message)
                })
                .collect()),
            SettingsError::Stale(_) => Ok(vec![Self::new("expectedVersion", UserErrorCode::Stale, error.to_string())]),
            SettingsError::Database(cause) => Err(cause),
        }
    }
}
