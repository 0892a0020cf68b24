//! What tests put, and putting it.

use std::{
    io,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use carryall::storage::{Content, Receipt, Step, Steps, Storage, StorageError};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use sha2::{Digest, Sha256};

/// Bytes in memory.
pub struct InMemory(pub Vec<u8>);

#[async_trait]
impl Content for InMemory {
    fn bytes(&self) -> u64 {
        self.0.len() as u64
    }

    fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }

    async fn read(&self, range: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let bytes = Bytes::copy_from_slice(&self.0[range.start as usize..range.end as usize]);
        // In pieces that no part ends with.
        let pieces =
            (0..bytes.len()).step_by(100_003).map(move |at| Ok(bytes.slice(at..bytes.len().min(at + 100_003))));
        Ok(stream::iter(pieces).boxed())
    }
}

/// Bytes that do not compress, and are others for each `seed`.
pub fn noise(length: usize, seed: u64) -> InMemory {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend_from_slice(&next());
    }
    bytes.truncate(length);
    InMemory(bytes)
}

/// Puts it, and expects that to work.
pub async fn put(storage: &dyn Storage, name: &str, content: &InMemory) -> Receipt {
    let sent = Arc::new(AtomicU64::new(0));
    let receipt = storage.put(name, content, &sent).await.unwrap_or_else(|error| panic!("put {name}: {error:?}"));
    assert_eq!((receipt.bytes, sent.load(Ordering::Relaxed)), (content.bytes(), content.bytes()), "{name}");
    receipt
}

/// Checks a storage, and returns what was tried.
pub async fn tried(storage: &dyn Storage) -> Vec<Step> {
    let mut steps = Steps::default();
    storage.check(&mut steps).await;
    steps.done()
}

/// What is said of settings that cannot work; None if something else is wrong.
pub fn wrong_settings(error: &StorageError) -> Option<String> {
    let settings = matches!(error, StorageError::InvalidSettings(_) | StorageError::Setting { .. });
    settings.then(|| error.to_string())
}
