//! The latest states of the exports that are watched: each is read once for a change, however many watch.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use entity::data_export::Model;
use uuid::Uuid;

/// Those of all exports that somebody watches.
#[derive(Default)]
pub(super) struct Latest(Mutex<HashMap<Uuid, Weak<Shared>>>);

/// That of one export; none if it is gone.
pub(super) type Shared = Reads<Option<Model>>;

/// Something that many read at once.
#[derive(Default)]
pub(super) struct Reads<T> {
    /// How many reads were begun.
    begun: AtomicU64,
    /// The number of the last one that came to its end, and what it has shown; held while the next goes on.
    last: tokio::sync::Mutex<Option<(u64, T)>>,
}

impl Latest {
    /// The one of this export, for as long as somebody holds it.
    pub(super) fn of(&self, id: Uuid) -> Arc<Shared> {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = watched.get(&id).and_then(Weak::upgrade) {
            return shared;
        }
        watched.retain(|_, shared| shared.strong_count() > 0);
        let shared = Arc::new(Shared::default());
        watched.insert(id, Arc::downgrade(&shared));
        shared
    }
}

impl<T: Clone> Reads<T> {
    /// What `read` shows, or what a read has shown that was begun after this was called.
    pub(super) async fn get<E>(&self, read: impl AsyncFnOnce() -> Result<T, E>) -> Result<T, E> {
        let begun = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if let Some((_, shown)) = last.as_ref().filter(|(number, _)| *number > begun) {
            return Ok(shown.clone());
        }
        // One that fails, or is dropped on the way, shows nothing to others.
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let shown = read().await?;
        *last = Some((number, shown.clone()));
        Ok(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn those_who_ask_at_once_share_one_read_and_whoever_asks_later_gets_another() -> Result<(), ()> {
        let (reads, made) = (Reads::default(), AtomicU64::new(0));
        let read = async || {
            let number = made.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok::<_, ()>(number)
        };
        let together = futures_util::future::join_all((0..100).map(|_| reads.get(read))).await;
        // One had begun before the others asked: what it shows may be older than what they were told of.
        assert_eq!(made.load(Ordering::SeqCst), 2);
        assert_eq!(together.iter().filter(|shown| **shown == Ok(1)).count(), 99);
        assert_eq!(reads.get(read).await?, 2);
        Ok(())
    }

    #[tokio::test]
    async fn a_read_that_fails_or_is_dropped_shows_nothing_to_others() -> Result<(), &'static str> {
        let reads = Reads::default();
        assert_eq!(reads.get(async || Err::<u8, _>("failed")).await, Err("failed"));
        {
            let mut dropped = std::pin::pin!(reads.get(async || -> Result<u8, &str> { std::future::pending().await }));
            assert!(futures_util::poll!(dropped.as_mut()).is_pending());
        }
        assert_eq!(reads.get(async || Ok::<_, &str>(7)).await?, 7);
        Ok(())
    }
}
