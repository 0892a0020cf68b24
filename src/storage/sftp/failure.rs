//! What a server's answers mean to somebody who set it up.

use russh_sftp::{client::error::Error, protocol::StatusCode};

use crate::storage::{StorageError, network::SILENCE};

/// Longest words of a server that are passed on.
const WORDS: usize = 200;

/// The code that the server answered; None if it did not answer.
pub fn status(error: &Error) -> Option<StatusCode> {
    match error {
        Error::Status(status) => Some(status.status_code),
        _ => None,
    }
}

/// Why `doing` something did not work.
pub fn explain(error: &Error, doing: &str) -> StorageError {
    let Error::Status(status) = error else {
        return match error {
            Error::Timeout => silent(),
            _ => StorageError::unreachable(format!("the connection to the server broke off while {doing}")),
        };
    };
    let words: String = status.error_message.chars().filter(|c| !c.is_control()).take(WORDS).collect();
    let said = format!("{doing} failed: the server says “{words}”");
    match status.status_code {
        StatusCode::PermissionDenied => StorageError::Unauthorized(format!("{doing} is not permitted to the user")),
        StatusCode::NoSuchFile => StorageError::NotFound(format!("{doing} failed: it is not there")),
        StatusCode::NoConnection | StatusCode::ConnectionLost => StorageError::unreachable(said),
        _ => StorageError::Rejected(said),
    }
}

/// No answer came.
pub fn silent() -> StorageError {
    StorageError::unreachable(format!("the server did not answer for {} seconds", SILENCE.as_secs()))
}
