//! What Dropbox's refusals mean. They are told by the `.tag`s in them, outermost first.

use serde_json::Value;

use crate::storage::{StorageError, http_client::Answer};

/// How a call failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The access token has expired, and another may be had.
    Expired,
    /// The route's own refusal: status 409.
    Refused(Refusal),
    /// Anything else.
    Storage(StorageError),
}

/// A refusal by a route.
#[derive(Debug)]
pub(super) struct Refusal {
    tags: Vec<String>,
    /// Where a session goes on, where it is not where it was thought to be.
    pub(super) correct_offset: Option<u64>,
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<Failure> for StorageError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Expired => unauthorized("expired_access_token"),
            Failure::Refused(refusal) => refusal.into(),
            Failure::Storage(error) => error,
        }
    }
}

impl Refusal {
    pub(super) fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|own| own == tag)
    }

    /// Whether the same may be taken a little later.
    pub(super) fn is_for_now(&self) -> bool {
        self.has("too_many_write_operations")
    }
}

impl From<Refusal> for StorageError {
    fn from(refusal: Refusal) -> Self {
        for tag in &refusal.tags {
            match tag.as_str() {
                "insufficient_space" => {
                    return Self::QuotaExceeded("the Dropbox account has not enough space left".into());
                }
                "no_write_permission" | "access_restricted" | "team_folder" => return unauthorized(tag),
                "malformed_path" | "disallowed_name" => {
                    return Self::setting("basePath", format!("Dropbox does not take such a name ({tag})"));
                }
                "not_found" => return Self::NotFound("there is no such file at Dropbox".into()),
                "too_many_write_operations" => {
                    return Self::unreachable(format!("Dropbox asks to try it later ({tag})"));
                }
                "content_hash_mismatch" => {
                    return Self::Damaged("what arrived at Dropbox is not what was sent".into());
                }
                _ => {}
            }
        }
        Self::Rejected(format!("Dropbox refuses it: {}", refusal.tags.join("/")))
    }
}

/// Reads why a call was answered by something else than success.
pub(super) fn of(answer: &Answer) -> Failure {
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    let tags = tags(&json["error"]);
    match answer.status.as_u16() {
        409 if !tags.is_empty() => Failure::Refused(Refusal { correct_offset: correct_offset(&json["error"]), tags }),
        401 if tags.iter().any(|tag| tag == "expired_access_token") => Failure::Expired,
        401 | 403 => Failure::Storage(unauthorized(tags.first().map_or("access denied", String::as_str))),
        429 => Failure::Storage(StorageError::Unreachable {
            message: "Dropbox asks to be left alone for a while: too many requests".into(),
            retry_after: answer
                .retry_after()
                .or_else(|| json["error"]["retry_after"].as_u64().map(std::time::Duration::from_secs)),
        }),
        status @ 500.. => Failure::Storage(StorageError::Unreachable {
            message: format!("Dropbox has a fault of its own: it answered {status}"),
            retry_after: answer.retry_after(),
        }),
        400 => Failure::Storage(bad_request(&answer.body)),
        status @ 300..=399 => Failure::Storage(StorageError::Rejected(format!(
            "Dropbox points to another address, which is not followed ({status})"
        ))),
        status => Failure::Storage(StorageError::Rejected(format!("Dropbox answered {status}"))),
    }
}

/// What is written here in plain text may hold the token, if that is what is wrong with it.
fn bad_request(body: &[u8]) -> StorageError {
    let text = String::from_utf8_lossy(body);
    let about = |word: &str| text.to_ascii_lowercase().contains(word);
    if about("authorization") || about("access token") {
        unauthorized("malformed access token")
    } else if about("path:") || about("pattern") {
        StorageError::setting("basePath", "Dropbox does not take such a path")
    } else {
        StorageError::Rejected("Dropbox does not understand the request (400)".into())
    }
}

/// What to do about credentials that are refused or do not suffice.
pub(super) fn unauthorized(tag: &str) -> StorageError {
    let what = match tag {
        "expired_access_token" => {
            "the access token has expired, as those made today do after four hours: give a refresh token and its app key"
        }
        "invalid_grant" => "the refresh token is revoked or of another app: connect Dropbox again",
        "invalid_client" => "the app key or the app secret is wrong",
        "missing_scope" => {
            "the token may do too little: allow the app files.content.write and files.metadata.read, and make a new token"
        }
        "no_write_permission" | "access_restricted" | "team_folder" => {
            "this account may not write there: give it the right to edit the folder, or choose another"
        }
        "user_suspended" => "the account is suspended",
        _ => "the access token is refused: it is wrong, or was revoked",
    };
    StorageError::Unauthorized(format!("Dropbox: {what} ({tag})"))
}

/// Each error holds its reason under the name of its tag, or as `reason`.
fn tags(error: &Value) -> Vec<String> {
    let (mut tags, mut at) = (Vec::new(), error);
    loop {
        let tag = at.get(".tag").or(Some(at)).and_then(Value::as_str);
        tags.extend(tag.map(str::to_owned));
        match tag.and_then(|tag| at.get(tag)).or_else(|| at.get("reason")) {
            Some(inner) => at = inner,
            None => return tags,
        }
    }
}

fn correct_offset(error: &Value) -> Option<u64> {
    match error {
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, value)| if name == "correct_offset" { value.as_u64() } else { correct_offset(value) }),
        _ => None,
    }
}
