//! What holds for every storage, whoever provides it.

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
use carryall::storage::{Content, Receipt, Storage, StorageError};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use sha2::{Digest, Sha256};

/// A folder at a provider, and another client that looks into it.
pub struct Place<'a> {
    pub storage: &'a dyn Storage,
    /// What lies there under a name, read by another client; None if nothing does.
    pub read: &'a (dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    /// Puts something there under a name, by another client.
    pub write: &'a (dyn Fn(&str, &[u8]) + Sync),
}

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
        state as u8
    };
    InMemory((0..length).map(|_| next()).collect())
}

/// What is said of settings that cannot work; None if something else is wrong.
pub fn wrong_settings(error: &StorageError) -> Option<String> {
    let settings = matches!(error, StorageError::InvalidSettings(_) | StorageError::Setting { .. });
    settings.then(|| error.to_string())
}

/// Puts it, and expects that to work.
pub async fn put(storage: &dyn Storage, name: &str, content: &InMemory) -> Receipt {
    let sent = Arc::new(AtomicU64::new(0));
    let receipt = storage.put(name, content, &sent).await.unwrap_or_else(|error| panic!("put {name}: {error:?}"));
    assert_eq!((receipt.bytes, sent.load(Ordering::Relaxed)), (content.bytes(), content.bytes()), "{name}");
    receipt
}

/// Everything that a storage must do, with a file of `large` bytes, which is more than it sends at once.
pub async fn all(place: &Place<'_>, large: usize) {
    let storage = place.storage;
    let small = noise(1000, 1);
    for name in ["a.zip", "with space.zip", "ü 漢 é%20+&#.zip"] {
        let receipt = put(storage, name, &small).await;
        assert_eq!((place.read)(name).as_ref(), Some(&small.0), "{name}");
        storage.verify(name, &receipt).await.unwrap_or_else(|error| panic!("verify {name}: {error:?}"));
    }
    for (what, content) in [("others", noise(2000, 2)), ("nothing", InMemory(Vec::new())), ("large", noise(large, 3))] {
        let receipt = put(storage, "a.zip", &content).await;
        assert!((place.read)("a.zip").as_ref() == Some(&content.0), "{what} in place of what was there");
        storage.verify("a.zip", &receipt).await.unwrap_or_else(|error| panic!("verify {what}: {error:?}"));
        let other =
            Receipt { sha256: "0".repeat(64), remote: receipt.remote.as_ref().map(|_| "0".repeat(32)), ..receipt };
        assert!(matches!(storage.verify("a.zip", &other).await, Err(StorageError::Damaged(_))), "{what} is not that");
    }
    let receipt = put(storage, "damaged.zip", &small).await;
    let mut damaged = small.0.clone();
    damaged[500] ^= 1;
    (place.write)("damaged.zip", &damaged);
    assert!(
        matches!(storage.verify("damaged.zip", &receipt).await, Err(StorageError::Damaged(_))),
        "of the same length"
    );
    assert!(matches!(storage.verify("gone.zip", &receipt).await, Err(StorageError::NotFound(_))));
    (place.write)("mine.zip", b"mine");
    for name in ["a.zip", "with space.zip", "ü 漢 é%20+&#.zip", "damaged.zip", "a.zip", "never.zip"] {
        storage.delete(name).await.unwrap_or_else(|error| panic!("delete {name}: {error:?}"));
        assert_eq!((place.read)(name), None, "{name}");
    }
    let steps = storage.check().await;
    assert!(steps.iter().all(|step| step.error.is_none()) && steps.len() >= 5, "{steps:?}");
    assert_eq!((place.read)("mine.zip").as_deref(), Some(&b"mine"[..]), "what somebody else put there stays");
}
