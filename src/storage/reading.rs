//! Reads what is put, once or in parts, and takes sums of it on the way.
//!
//! The last piece is handed out only when all that came before and it have the SHA-256 that they should have: a file that is
//! not what it was when it was made never arrives whole.

use std::{
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};

use super::{Content, Receipt, StorageError, http_client::Outgoing};
use crate::archive::hexadecimal;

/// A sum that is taken of all bytes in their order.
pub(super) trait Sum: Send + 'static {
    fn update(&mut self, bytes: &[u8]);
}

impl Sum for () {
    fn update(&mut self, _: &[u8]) {}
}

/// The reading of one content. Parts may be read again, but none before all that stand before it were.
pub(super) struct Reading<'a, S> {
    content: &'a dyn Content,
    sent: Arc<AtomicU64>,
    sums: Arc<Mutex<Sums<S>>>,
}

struct Sums<S> {
    /// How many bytes went in.
    position: u64,
    bytes: u64,
    expected: [u8; 32],
    sha256: Sha256,
    other: S,
    trouble: Option<StorageError>,
}

impl<'a, S: Sum> Reading<'a, S> {
    pub(super) fn new(content: &'a dyn Content, sent: &Arc<AtomicU64>, other: S) -> Self {
        let (bytes, expected) = (content.bytes(), content.sha256());
        let sums = Sums { position: 0, bytes, expected, sha256: Sha256::new(), other, trouble: None };
        sent.store(0, Ordering::Relaxed);
        Self { content, sent: Arc::clone(sent), sums: Arc::new(Mutex::new(sums)) }
    }

    /// A part of it, to be sent. `look` sees each piece on its way.
    pub(super) async fn part(
        &self,
        range: Range<u64>,
        mut look: impl FnMut(&[u8]) + Send + 'static,
    ) -> Result<Outgoing, StorageError> {
        let bytes = range.end - range.start;
        let pieces = if bytes == 0 {
            futures_util::stream::empty().boxed()
        } else {
            self.content.read(range.clone()).await.map_err(|error| StorageError::Content(error.to_string()))?
        };
        let (sums, sent, mut at) = (Arc::clone(&self.sums), Arc::clone(&self.sent), range.start);
        let pieces = pieces.map(move |piece| {
            let mut sums = sums.lock().unwrap_or_else(PoisonError::into_inner);
            let taken = piece.map_err(|error| StorageError::Content(error.to_string()));
            let taken = taken.and_then(|piece| sums.take(at, &piece).map(|()| piece));
            let piece = taken.inspect_err(|error| sums.trouble = Some(error.clone()))?;
            look(&piece);
            at += piece.len() as u64;
            sent.store(at, Ordering::Relaxed);
            Ok(piece)
        });
        Ok(Outgoing { bytes, pieces: pieces.boxed() })
    }

    /// The error of the content itself, if it had one: HTTP says no more than that a request broke off.
    pub(super) fn trouble(&self) -> Option<StorageError> {
        self.sums.lock().unwrap_or_else(PoisonError::into_inner).trouble.clone()
    }

    /// All of it arrived: what is kept of that.
    pub(super) fn receipt(&self, remote: String) -> Receipt {
        let bytes = self.content.bytes();
        self.sent.store(bytes, Ordering::Relaxed);
        Receipt { bytes, sha256: hexadecimal(&self.content.sha256()), remote: Some(remote) }
    }

    /// The other sum, of what was read so far.
    pub(super) fn sum<T>(&self, of: impl FnOnce(&S) -> T) -> T {
        of(&self.sums.lock().unwrap_or_else(PoisonError::into_inner).other)
    }
}

impl<S: Sum> Sums<S> {
    fn take(&mut self, at: u64, piece: &Bytes) -> Result<(), StorageError> {
        let end = at + piece.len() as u64;
        if at > self.position || end > self.bytes {
            return Err(StorageError::Content("it is not read in its order".into()));
        }
        // What is sent again went in before.
        let new = usize::try_from(self.position - at).unwrap_or(usize::MAX);
        let Some(new) = piece.get(new..).filter(|new| !new.is_empty()) else { return Ok(()) };
        self.sha256.update(new);
        self.other.update(new);
        self.position = end;
        if end == self.bytes && self.sha256.clone().finalize()[..] != self.expected {
            return Err(StorageError::Content("it is not what it was when it was made: its SHA-256 differs".into()));
        }
        Ok(())
    }
}
