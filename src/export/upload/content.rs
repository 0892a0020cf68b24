//! An archive on the instance as what is put at a storage: read from any place, and no faster than the operator allows.

use std::{
    io,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream, stream::BoxStream};
use tokio::time::{Instant, sleep_until};

use crate::{files::Files, storage::Content};

/// What is let through at once when there is a limit: so little that several uploads get their turns.
const PIECE: usize = 64 * 1024;

/// What all uploads of this process may send together.
#[derive(Debug, Default)]
pub(in crate::export) struct Bandwidth {
    /// None: as fast as it goes.
    bytes_per_second: Option<u64>,
    /// When the line is free again.
    free: Mutex<Option<Instant>>,
}

impl Bandwidth {
    pub(in crate::export) fn new(bytes_per_second: Option<u64>) -> Self {
        Self { bytes_per_second, free: Mutex::default() }
    }

    /// Waits for the turn of a piece of `bytes`.
    async fn turn(&self, bytes: usize) {
        let Some(rate) = self.bytes_per_second else { return };
        let takes = Duration::from_secs_f64(bytes as f64 / rate.max(1) as f64);
        let turn = {
            let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let turn = free.map_or(now, |free| free.max(now));
            *free = Some(turn + takes);
            turn
        };
        sleep_until(turn).await;
    }
}

/// An archive.
pub(super) struct Archive {
    pub(super) files: Arc<Files>,
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: [u8; 32],
    pub(super) bandwidth: Arc<Bandwidth>,
}

#[async_trait]
impl Content for Archive {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    async fn read(&self, range: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let pieces = self.files.read(&self.name, range).await.map_err(io::Error::other)?;
        if self.bandwidth.bytes_per_second.is_none() {
            return Ok(pieces);
        }
        let bandwidth = Arc::clone(&self.bandwidth);
        let small = pieces.flat_map(|piece| stream::iter(cut(piece)));
        let paced = small.then(move |piece| {
            let bandwidth = Arc::clone(&bandwidth);
            async move {
                if let Ok(piece) = &piece {
                    bandwidth.turn(piece.len()).await;
                }
                piece
            }
        });
        Ok(paced.boxed())
    }
}

/// A piece in small ones.
fn cut(piece: io::Result<Bytes>) -> Vec<io::Result<Bytes>> {
    match piece {
        Ok(piece) => {
            (0..piece.len()).step_by(PIECE).map(|at| Ok(piece.slice(at..piece.len().min(at + PIECE)))).collect()
        }
        Err(error) => vec![Err(error)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_uploads_together_take_as_long_as_the_limit_makes_them() {
        let bandwidth = Bandwidth::new(Some(1_000_000));
        let begin = Instant::now();
        let upload = || async {
            for _ in 0..10 {
                bandwidth.turn(50_000).await;
            }
        };
        tokio::join!(upload(), upload());
        // The last piece begins when the nineteen before it are through.
        let took = begin.elapsed();
        assert!(took >= Duration::from_millis(950) && took < Duration::from_millis(960), "{took:?}");
    }
}
