//! Links to archives that work without a token, for a while: the path carries the time it ends and a
//! signature over both.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::secret::Keyring;

/// The path and query of a link to the archive `file_name` of the export `id`, good until `expires`.
pub fn path(keys: &Keyring, id: Uuid, file_name: &str, expires: DateTime<Utc>) -> String {
    let expires = expires.timestamp();
    let signature = URL_SAFE_NO_PAD.encode(keys.sign(&message(id, file_name, expires)));
    format!("/downloads/{id}/{file_name}?expires={expires}&signature={signature}")
}

/// What a link turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Link {
    /// Signed by this instance and still good.
    Good,
    /// Signed by this instance, but its time is over.
    Expired,
    /// Not made by this instance.
    Forged,
}

/// Checks the parts of a link that was followed at `now`.
pub fn check(keys: &Keyring, id: Uuid, file_name: &str, expires: i64, signature: &str, now: DateTime<Utc>) -> Link {
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    if !keys.verify(&message(id, file_name, expires), &signature) {
        return Link::Forged;
    }
    if expires <= now.timestamp() { Link::Expired } else { Link::Good }
}

fn message(id: Uuid, file_name: &str, expires: i64) -> Vec<u8> {
    format!("download\n{id}\n{file_name}\n{expires}").into_bytes()
}
