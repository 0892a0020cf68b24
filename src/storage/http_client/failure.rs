//! What became of a request that got no answer, in words. Addresses with what was asked are left out.

use std::{error::Error, io};

use crate::storage::StorageError;

/// The error of ours that lies beneath, if one does; else that it could not be reached, or broke off.
pub(super) fn of(error: reqwest::Error) -> StorageError {
    let host = error.url().and_then(url::Url::host_str).unwrap_or("the provider").to_owned();
    for cause in causes(&error) {
        if let Some(own) = cause.downcast_ref::<StorageError>() {
            return own.clone();
        }
        if let Some(rustls::Error::InvalidCertificate(why)) = cause.downcast_ref::<rustls::Error>() {
            let message = format!("{host}: its certificate is not accepted: {why:?}; is it of a private CA?");
            return StorageError::unreachable(message);
        }
    }
    let what = if error.is_builder() {
        return StorageError::InvalidSettings(format!("no request can be made of it: {}", deepest(&error)));
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "broke the connection off"
    };
    StorageError::unreachable(format!("{host} {what}: {}", deepest(&error)))
}

/// The innermost cause, which is the one that says something.
pub(super) fn deepest(error: &reqwest::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// The causes beneath the error itself, whose own text would show the address.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| {
        // An io::Error stands for what it wraps, and says the source of that as its own.
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => cause.source(),
        }
    })
}
