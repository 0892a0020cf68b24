//! What the refusals of Swift and of Identity mean.

use crate::storage::{StorageError, http_client::Answer};

/// Why `what` was answered by something else than success.
pub(super) fn of(answer: &Answer, what: &str) -> StorageError {
    let status = answer.status.as_u16();
    let later = |message: String| StorageError::Unreachable { message, retry_after: answer.retry_after() };
    match status {
        401 => StorageError::Unauthorized(format!("{what} is refused although a new token was had (401)")),
        403 => StorageError::Unauthorized(format!(
            "{what} is forbidden (403): the user may do too little, or is disabled; give it the right to write to Cloud Files"
        )),
        404 => StorageError::NotFound(format!("{what}: it is not there (404)")),
        // Rackspace also limits the rate by 413, and then says when to come again.
        413 if answer.retry_after().is_none() => {
            StorageError::QuotaExceeded(format!("{what} is more than the account or the container may hold (413)"))
        }
        413 | 408 | 429 | 498 => later(format!("{what}: the server asks to try it later ({status})")),
        422 => StorageError::Damaged(format!("{what}: what arrived is not what was sent (422)")),
        507 => StorageError::QuotaExceeded(format!("{what}: there is no room left (507)")),
        500.. => later(format!("{what}: the server has a fault of its own ({status})")),
        300..=399 => StorageError::Rejected(format!(
            "{what}: the server points to another address, which is not followed ({status})"
        )),
        _ => StorageError::Rejected(format!("{what} is refused ({status})")),
    }
}
