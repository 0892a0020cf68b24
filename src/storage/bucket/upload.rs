//! Putting a file into a bucket: in one request, or in parts.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectStoreExt, PutPayload, multipart::PartId, path::Path};

use super::{
    leftovers,
    session::{Session, hex},
};
use crate::storage::{Content, Receipt, StorageError};

const MIB: u64 = 1 << 20;
/// Bytes of a part. S3 wants at least 5 MiB.
const PART: u64 = 8 * MIB;
/// How many parts an upload may have at S3 and Google; Azure allows more.
const MOST_PARTS: u64 = 10_000;
/// How much of parts is in memory at most, unless a single one is larger.
const IN_FLIGHT: u64 = 32 * MIB;

/// Why nothing was put, as far as is known.
enum Unput {
    /// Nothing was.
    Surely(StorageError),
    /// The request that would have put it was sent, and what became of it is not known.
    Perhaps(StorageError),
}

/// Puts `content` as `key`.
pub(super) async fn put(
    session: &Arc<Session>,
    key: &Path,
    content: &dyn Content,
    sent: &Arc<AtomicU64>,
) -> Result<Receipt, StorageError> {
    sent.store(0, Ordering::Relaxed);
    let bytes = content.bytes();
    let receipt = Receipt { bytes, sha256: hex(&content.sha256()), remote: None };
    leftovers::clear_to_put(session, key).await?;
    let put = if bytes <= PART {
        whole(session, key, content, sent).await
    } else {
        in_parts(session, key, content, sent).await
    };
    match put {
        Ok(()) => {}
        Err(Unput::Surely(error)) => return Err(error),
        // What lies there tells what became of it.
        Err(Unput::Perhaps(error)) => session.verify(key, &receipt).await.map_err(|_| error)?,
    }
    sent.store(bytes, Ordering::Relaxed);
    Ok(receipt)
}

async fn whole(session: &Session, key: &Path, content: &dyn Content, sent: &AtomicU64) -> Result<(), Unput> {
    let payload = read(content, 0, content.bytes()).await.map_err(Unput::Surely)?;
    // From here on it may be there.
    sent.store(content.bytes(), Ordering::Relaxed);
    match session.client.store.put(key, payload).await {
        Ok(_) => Ok(()),
        Err(error) => Err(perhaps(session.error(&error))),
    }
}

async fn in_parts(session: &Arc<Session>, key: &Path, content: &dyn Content, sent: &AtomicU64) -> Result<(), Unput> {
    let id = match session.client.parts.create_multipart(key).await {
        Ok(id) => id,
        Err(error) => {
            let error = session.error(&error);
            // It may have begun all the same, and its answer be lost.
            let _ = leftovers::clear_to_put(session, key).await;
            return Err(Unput::Surely(error));
        }
    };
    let mut upload = Upload { session: Arc::clone(session), key: key.clone(), id: Some(id.clone()) };
    let result = match send_parts(session, key, &id, content, sent).await {
        Ok(parts) => match session.client.parts.complete_multipart(key, &id, parts).await {
            Ok(_) => {
                upload.id = None;
                return Ok(());
            }
            Err(error) => perhaps(session.error(&error)),
        },
        Err(error) => Unput::Surely(error),
    };
    upload.abort().await;
    // A part that was still on its way may have come after that.
    let _ = leftovers::clear_to_put(session, key).await;
    Err(result)
}

/// Sends all parts, a few at a time, and returns what they are called.
async fn send_parts(
    session: &Session,
    key: &Path,
    id: &String,
    content: &dyn Content,
    sent: &AtomicU64,
) -> Result<Vec<PartId>, StorageError> {
    let bytes = content.bytes();
    let part = PART.max(bytes.div_ceil(MOST_PARTS).next_multiple_of(MIB));
    let at_a_time = usize::try_from(IN_FLIGHT / part).unwrap_or(1).max(1);
    let parts = stream::iter((0..bytes.div_ceil(part)).enumerate()).map(async |(index, number)| {
        let start = number * part;
        let end = bytes.min(start + part);
        let payload = read(content, start, end).await?;
        let part = session.client.parts.put_part(key, id, index, payload).await;
        let part = part.map_err(|error| session.error(&error))?;
        sent.fetch_add(end - start, Ordering::Relaxed);
        Ok(part)
    });
    parts.buffered(at_a_time).try_collect().await
}

async fn read(content: &dyn Content, start: u64, end: u64) -> Result<PutPayload, StorageError> {
    let unreadable = |cause: std::io::Error| StorageError::Content(cause.to_string());
    let pieces: Vec<_> = content.read(start..end).await.map_err(unreadable)?.try_collect().await.map_err(unreadable)?;
    let payload = PutPayload::from_iter(pieces);
    if payload.content_length() as u64 != end - start {
        return Err(StorageError::Content("it has another length than it had".into()));
    }
    Ok(payload)
}

/// A refusal is one; but an answer that was lost, or a fault of the provider's, says nothing about what was done before it.
fn perhaps(error: StorageError) -> Unput {
    if error.is_retryable() { Unput::Perhaps(error) } else { Unput::Surely(error) }
}

/// An upload that is neither completed nor aborted.
struct Upload {
    session: Arc<Session>,
    key: Path,
    id: Option<String>,
}

impl Upload {
    async fn abort(&mut self) {
        if let Some(id) = &self.id {
            // Where that fails, the next put or delete of the name finds the upload.
            let _ = leftovers::abort(&self.session, &self.key, id).await;
        }
        self.id = None;
    }
}

impl Drop for Upload {
    /// The future was dropped in the middle.
    fn drop(&mut self) {
        if let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) {
            let (session, key) = (Arc::clone(&self.session), self.key.clone());
            runtime.spawn(async move {
                let _ = leftovers::abort(&session, &key, &id).await;
            });
        }
    }
}
