//! Archives in a bucket of an object store. One is put as a whole or in parts that become a file in the last step, then read
//! back; a download passes through, or goes to the store by an address that it has signed.

use std::{
    collections::HashMap,
    fs::File,
    io,
    ops::Range,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use futures_util::{
    FutureExt, StreamExt,
    future::{BoxFuture, Shared, WeakShared},
};
use tokio::{io::AsyncWriteExt, sync::Semaphore, time::timeout};
use tracing::warn;
use url::Url;

use super::{
    Draft, FilesError, Found, PREFIX,
    draft_content::DraftContent,
    folder::blocking,
    is_own,
    kept::{Kept, Pieces, Unpublished},
    room_at,
};
use crate::{
    archive::{Sealed, sha256_of},
    storage::{Bucket, Content, Listed, Receipt, Steps, Storage, StorageError},
};

/// So many lengths are asked for at a time: a page of the history asks for a hundred.
const AT_ONCE: usize = 16;
/// How long removing and listing may take: both are done again at the next look.
const PATIENCE: Duration = Duration::from_secs(60);

type Length = Result<Option<u64>, StorageError>;
type Asking = BoxFuture<'static, Length>;

pub(super) struct Objects {
    bucket: Arc<Bucket>,
    turns: Arc<Semaphore>,
    /// The lengths that are being asked for: whoever wants the same one meanwhile waits for the same answer.
    asking: Mutex<HashMap<String, WeakShared<Asking>>>,
}

impl Objects {
    pub fn new(bucket: Bucket) -> Self {
        Self { bucket: Arc::new(bucket), turns: Arc::new(Semaphore::new(AT_ONCE)), asking: Mutex::default() }
    }

    fn ask_length(&self, name: &str) -> Shared<Asking> {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        asking.retain(|_, answer| answer.upgrade().is_some());
        if let Some(answer) = asking.get(name).and_then(WeakShared::upgrade) {
            return answer;
        }
        let (bucket, turns, own) = (Arc::clone(&self.bucket), Arc::clone(&self.turns), name.to_owned());
        let answer = async move {
            let _turn = turns.acquire().await;
            bucket.length(&own).await
        };
        let answer = answer.boxed().shared();
        asking.extend(answer.downgrade().map(|weak| (name.to_owned(), weak)));
        answer
    }

    /// Puts it, unless an earlier try has, of which only the reading back failed.
    async fn put(&self, content: &DraftContent, name: &str) -> Result<(), StorageError> {
        if self.bucket.length(name).await? == Some(content.bytes()) {
            return Ok(());
        }
        self.bucket.put(name, content, &Arc::default()).await.map(drop)
    }

    /// Reads all of `name` into a file that has no name.
    async fn fetch(&self, name: &str, folder: &Path) -> Result<File, FetchError> {
        let bytes = self.bucket.length(name).await?.ok_or(io::ErrorKind::NotFound)?;
        let folder = folder.to_owned();
        let file = blocking(move || {
            if room_at(&folder)? < bytes {
                return Err(io::ErrorKind::StorageFull.into());
            }
            tempfile::tempfile_in(folder)
        });
        let mut file = tokio::fs::File::from_std(file.await?);
        let mut pieces = self.bucket.read(name, 0..bytes).await?;
        let mut came = 0;
        while let Some(piece) = pieces.next().await {
            let piece = piece?;
            came += piece.len() as u64;
            file.write_all(&piece).await?;
        }
        file.flush().await?;
        if came != bytes {
            return Err(FetchError(io::ErrorKind::UnexpectedEof.into()));
        }
        let mut file = file.into_std().await;
        io::Seek::rewind(&mut file)?;
        Ok(file)
    }
}

/// Why an archive was not fetched.
struct FetchError(io::Error);

impl From<io::Error> for FetchError {
    fn from(cause: io::Error) -> Self {
        Self(cause)
    }
}

impl From<io::ErrorKind> for FetchError {
    fn from(kind: io::ErrorKind) -> Self {
        Self(kind.into())
    }
}

impl From<StorageError> for FetchError {
    fn from(cause: StorageError) -> Self {
        Self(io::Error::other(cause))
    }
}

/// Ends what takes too long.
async fn patiently<T>(work: impl Future<Output = Result<T, StorageError>>) -> Result<T, FilesError> {
    let late = |_| StorageError::unreachable(format!("there was no end of it for {} seconds", PATIENCE.as_secs()));
    Ok(timeout(PATIENCE, work).await.map_err(late)??)
}

#[async_trait]
impl Kept for Objects {
    async fn publish(&self, draft: Draft, name: &str, sealed: &Sealed) -> Result<(), Unpublished> {
        let content = sha256_of(&sealed.sha256).ok_or(io::ErrorKind::InvalidData);
        let content =
            content.map_err(io::Error::from).and_then(|sha256| DraftContent::new(&draft, sealed.bytes, sha256));
        let content = content.map_err(|cause| Unpublished::for_good(FilesError::Write(cause)))?;
        if let Err(cause) = self.put(&content, name).await {
            let again = cause.is_retryable().then_some(draft);
            return Err(Unpublished { cause: cause.into(), again });
        }
        let receipt = Receipt { bytes: sealed.bytes, sha256: sealed.sha256.clone(), remote: None };
        match self.bucket.verify(name, &receipt).await {
            Ok(()) => Ok(()),
            Err(damaged @ StorageError::Damaged(_)) => {
                // If this fails, the run that ends for it tries it again.
                let _ = self.bucket.delete(name).await;
                Err(Unpublished::for_good(damaged))
            }
            Err(cause) => {
                let again = cause.is_retryable().then_some(draft);
                Err(Unpublished { cause: cause.into(), again })
            }
        }
    }

    async fn length(&self, name: &str) -> Result<Option<u64>, FilesError> {
        Ok(self.ask_length(name).await?)
    }

    async fn read(&self, name: &str, range: Range<u64>) -> Result<Pieces, FilesError> {
        Ok(self.bucket.read(name, range).await?)
    }

    async fn open(&self, name: &str, drafts: &Path) -> io::Result<File> {
        self.fetch(name, drafts).await.map_err(|FetchError(cause)| cause)
    }

    async fn list(&self) -> Result<Vec<Found>, FilesError> {
        let listed = patiently(self.bucket.list(PREFIX)).await?.into_iter().filter(|listed| is_own(&listed.name));
        let found = |listed: Listed| {
            let modified = SystemTime::from(listed.modified);
            Found { name: listed.name, modified, bytes: listed.bytes }
        };
        Ok(listed.map(found).collect())
    }

    async fn remove(&self, name: &str) -> Result<(), FilesError> {
        patiently(self.bucket.delete(name)).await
    }

    async fn check(&self) -> Result<(), FilesError> {
        let mut steps = Steps::default();
        self.bucket.check(&mut steps).await;
        if let Some(error) = steps.done().into_iter().find_map(|step| step.error) {
            return Err(error.into());
        }
        self.bucket.list(PREFIX).await?;
        if !self.bucket.sees_leftovers().await? {
            warn!(
                "the parts of uploads that broke off cannot be listed where the archives are kept: allow it, or let a rule of the \
                 bucket abort uploads after some days"
            );
        }
        Ok(())
    }

    async fn presigned(&self, name: &str, good_for: Duration) -> Result<Option<Url>, FilesError> {
        Ok(Some(self.bucket.presigned(name, good_for).await?))
    }
}
