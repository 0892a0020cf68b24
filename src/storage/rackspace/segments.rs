//! Files that are more than one object may hold: segments, and a manifest (a Static Large Object) that makes one of them.
//!
//! The segments of NAME lie beside it as NAME/.segments/UPLOAD/NUMBER. Whatever begins with NAME/.segments/ is ours, and goes
//! with NAME.

use bytes::Bytes;
use md5::{Digest, Md5};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    failure,
    swift::{Ask, Swift, etag},
};
use crate::{
    archive::hexadecimal,
    storage::{StorageError, reading::Reading},
};

/// One upload in segments.
pub(super) struct Segments<'a> {
    pub(super) swift: &'a Swift,
    pub(super) object: &'a str,
    /// What the names of its segments begin with.
    pub(super) prefix: String,
    pub(super) size: u64,
}

/// A segment that is there.
struct Segment {
    name: String,
    md5: String,
    bytes: u64,
}

/// What the names of all segments of an object begin with.
pub(super) fn prefix(object: &str) -> String {
    format!("{object}/.segments/")
}

impl<'a> Segments<'a> {
    pub(super) fn new(swift: &'a Swift, object: &'a str, size: u64) -> Self {
        let upload = uuid::Uuid::new_v4().simple();
        Self { swift, object, prefix: format!("{}{upload}/", prefix(object)), size }
    }

    /// Brings the segments, then the manifest. What Swift says of the whole. After an error none is left.
    pub(super) async fn put(&self, reading: &Reading<'_, ()>, bytes: u64) -> Result<String, StorageError> {
        let mut there = Vec::new();
        match self.bring(reading, bytes, &mut there).await {
            Ok(()) => self.join(&there).await,
            Err(error) => {
                self.discard(there.iter().map(|segment| &segment.name)).await;
                Err(error)
            }
        }
    }

    async fn bring(&self, reading: &Reading<'_, ()>, bytes: u64, there: &mut Vec<Segment>) -> Result<(), StorageError> {
        let mut at = 0;
        while at < bytes {
            let end = bytes.min(at + self.size);
            let name = format!("{}{:08}", self.prefix, there.len());
            // Noted before it is brought: an answer that was lost says nothing of whether it arrived.
            there.push(Segment { name: name.clone(), md5: String::new(), bytes: end - at });
            let md5 = self.swift.bring(&name, reading, at..end).await?;
            there.iter_mut().last().into_iter().for_each(|segment| segment.md5.clone_from(&md5));
            at = end;
        }
        Ok(())
    }

    async fn join(&self, there: &[Segment]) -> Result<String, StorageError> {
        let manifest: Vec<_> = there
            .iter()
            .map(|Segment { name, md5, bytes }| {
                json!({"path": self.swift.in_container(name), "etag": md5, "size_bytes": bytes})
            })
            .collect();
        let expected = of_all(there.iter().map(|segment| segment.md5.as_str()));
        let query = [("multipart-manifest", "put")];
        let ask = Ask::object(Method::PUT, self.object).query(&query);
        let error = match self.swift.ask(&ask, Some(Bytes::from(Value::from(manifest).to_string()))).await {
            Ok(answer) if etag(&answer) == expected => return Ok(expected),
            Ok(answer) if answer.status == StatusCode::NOT_FOUND => failure::of(&answer, "the manifest"),
            Ok(_) => StorageError::Damaged("Rackspace has put together something else than was sent".into()),
            Err(error) => error,
        };
        // The manifest may be there although that was not heard; its segments go only if it surely is not.
        match self.swift.ask(&Ask::object(Method::HEAD, self.object), None).await {
            Ok(answer) if answer.status.is_success() && etag(&answer) == expected => return Ok(expected),
            Ok(_) => self.discard(there.iter().map(|segment| &segment.name)).await,
            Err(_) => {}
        }
        Err(error)
    }

    /// Removes segments as far as that works: those that stay go with the next put or delete of the name.
    async fn discard(&self, names: impl Iterator<Item = &String>) {
        for name in names {
            if let Err(error) = self.swift.remove(name).await {
                tracing::warn!(%error, "segments of an upload that failed stay until its file is put or deleted");
                return;
            }
        }
    }
}

/// Removes the segments of an object but those that begin with `keep`.
pub(super) async fn sweep(swift: &Swift, object: &str, keep: Option<&str>) -> Result<(), StorageError> {
    for name in swift.list(&prefix(object)).await? {
        if !keep.is_some_and(|keep| name.starts_with(keep)) {
            swift.remove(&name).await?;
        }
    }
    Ok(())
}

/// Asks for each segment of an object whether it is there and is what the manifest says. The sum of all.
pub(super) async fn verify(swift: &Swift, object: &str) -> Result<(String, u64), StorageError> {
    let query = [("multipart-manifest", "get"), ("format", "json")];
    let answer = swift.ask(&Ask::object(Method::GET, object).query(&query), None).await?;
    let damaged = |what: &str| StorageError::Damaged(format!("of {object} at Rackspace {what}"));
    let listed: Vec<Value> = serde_json::from_slice(&answer.body).map_err(|_| damaged("the manifest is unreadable"))?;
    let (mut sums, mut total) = (Vec::new(), 0);
    for segment in &listed {
        let name = segment["name"].as_str().and_then(|name| swift.object_of(name));
        let name = name.ok_or_else(|| damaged("a segment lies somewhere else"))?;
        let answer = swift.ask(&Ask::object(Method::HEAD, name), None).await?;
        let bytes = length(&answer);
        if answer.status == StatusCode::NOT_FOUND || segment["hash"] != etag(&answer) || segment["bytes"] != bytes {
            return Err(damaged("a segment is missing or is another"));
        }
        sums.push(etag(&answer).to_owned());
        total += bytes;
    }
    Ok((of_all(sums.iter().map(String::as_str)), total))
}

/// How long Swift says that an object is.
pub(super) fn length(answer: &crate::storage::http_client::Answer) -> u64 {
    answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)
}

/// Swift's sum of a whole: the MD5 of the MD5s of its segments, as text.
fn of_all<'a>(sums: impl Iterator<Item = &'a str>) -> String {
    let mut all = Md5::new();
    sums.for_each(|sum| all.update(sum));
    hexadecimal(&all.finalize())
}
