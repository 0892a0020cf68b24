//! Bringing a file: in one request, or in a session of many.
//!
//! A session is taken up where Dropbox says it is: after a connection that broke off, nobody here knows how much arrived. What
//! was brought to a session that is never finished is seen by nobody, and Dropbox drops it after seven days.

use serde_json::{Value, json};

use super::{
    Limits,
    call::Calls,
    content_hash::ContentHash,
    failure::{Failure, Refusal},
};
use crate::storage::{StorageError, http_client::Outgoing, reading::Reading};

/// One file on its way to `path`.
pub(super) struct Upload<'a> {
    pub(super) calls: &'a Calls,
    pub(super) path: &'a str,
    pub(super) bytes: u64,
    pub(super) reading: Reading<'a, ContentHash>,
    pub(super) limits: &'a Limits,
}

impl Upload<'_> {
    /// Brings it. What Dropbox then says of the file.
    pub(super) async fn run(&self) -> Result<Value, StorageError> {
        let done = if self.bytes <= self.limits.single { self.at_once().await } else { self.in_session().await };
        done.map_err(|failure| self.reading.trouble().unwrap_or_else(|| failure.into()))
    }

    async fn at_once(&self) -> Result<Value, Failure> {
        let mut attempts = self.calls.attempts();
        loop {
            let body = self.reading.part(0..self.bytes, |_| {}).await?;
            match self.calls.bring("files/upload", &self.commit(), body).await {
                Ok(metadata) => return Ok(metadata),
                Err(failure) => attempts.after(self.own(failure)).await?,
            }
        }
    }

    async fn in_session(&self) -> Result<Value, Failure> {
        let session = self.start().await?;
        let mut offset = 0;
        while offset < self.bytes {
            offset = self.append(&session, offset).await?;
        }
        self.finish(&session).await
    }

    /// Starts a session with nothing in it, so that a lost answer leaves nothing behind.
    async fn start(&self) -> Result<Value, Failure> {
        let mut attempts = self.calls.attempts();
        loop {
            match self.calls.bring("files/upload_session/start", &json!({}), nothing()).await {
                Ok(answer) => return Ok(answer["session_id"].clone()),
                Err(failure) => attempts.after(failure).await?,
            }
        }
    }

    /// Brings the next part of at most a chunk. Where the session is then.
    async fn append(&self, session: &Value, start: u64) -> Result<u64, Failure> {
        let (mut attempts, mut offset) = (self.calls.attempts(), start);
        let end = self.bytes.min(start + self.limits.chunk);
        while offset < end {
            let argument = json!({"cursor": {"session_id": session, "offset": offset}});
            let body = self.reading.part(offset..end, |_| {}).await?;
            match self.calls.bring("files/upload_session/append_v2", &argument, body).await {
                Ok(_) => return Ok(end),
                Err(Failure::Refused(refusal)) => offset = correct(refusal, start, offset, end)?,
                Err(failure) => attempts.after(self.own(failure)).await?,
            }
        }
        Ok(offset)
    }

    async fn finish(&self, session: &Value) -> Result<Value, Failure> {
        let argument = json!({"cursor": {"session_id": session, "offset": self.bytes}, "commit": self.commit()});
        let (mut attempts, mut again) = (self.calls.attempts(), false);
        loop {
            match self.calls.bring("files/upload_session/finish", &argument, nothing()).await {
                Ok(metadata) => return Ok(metadata),
                // A session that is finished is gone: it may be that only the answer was lost.
                Err(Failure::Refused(refusal)) if refusal.has("lookup_failed") => {
                    let there = if again {
                        self.calls.ask("files/get_metadata", &json!({"path": self.path})).await?
                    } else {
                        Value::Null
                    };
                    let hash = self.reading.sum(ContentHash::text);
                    return if there["content_hash"] == hash { Ok(there) } else { Err(lost().into()) };
                }
                Err(failure) => attempts.after(failure).await?,
            }
            again = true;
        }
    }

    fn commit(&self) -> Value {
        json!({"path": self.path, "mode": "overwrite", "autorename": false, "mute": true})
    }

    /// What the content itself did is not the connection's doing, and is not tried again.
    fn own(&self, failure: Failure) -> Failure {
        self.reading.trouble().map_or(failure, Failure::Storage)
    }
}

/// Where a session is that is not at `offset`: anywhere in the part that was sent, if the answer to that was lost.
fn correct(refusal: Refusal, start: u64, offset: u64, end: u64) -> Result<u64, Failure> {
    match refusal.correct_offset {
        Some(correct) if correct != offset && (start..=end).contains(&correct) => Ok(correct),
        Some(_) => Err(lost().into()),
        None if refusal.has("not_found") => Err(lost().into()),
        None => Err(Failure::Refused(refusal)),
    }
}

fn lost() -> StorageError {
    StorageError::unreachable("Dropbox lost the upload's session; it begins anew")
}

fn nothing() -> Outgoing {
    Outgoing { bytes: 0, pieces: Box::pin(futures_util::stream::empty()) }
}
