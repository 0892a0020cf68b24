//! Contents that are not what they should be, and the patience of tests.

use std::{io, ops::Range, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use carryall::storage::{Content, Pace};
use futures_util::{StreamExt, stream::BoxStream};

use super::content::InMemory;

/// One that is not what its SHA-256 says.
pub struct Changed(pub InMemory);

/// One that cannot be read to its end.
pub struct Unreadable(pub InMemory);

/// One that comes with a pause before each piece.
pub struct Slow(pub InMemory, pub Duration);

#[async_trait]
impl Content for Changed {
    fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    fn sha256(&self) -> [u8; 32] {
        [7; 32]
    }

    async fn read(&self, range: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        self.0.read(range).await
    }
}

#[async_trait]
impl Content for Unreadable {
    fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    fn sha256(&self) -> [u8; 32] {
        self.0.sha256()
    }

    async fn read(&self, range: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let in_the_middle = range.contains(&(self.bytes() / 2));
        let pieces = self.0.read(range).await?.enumerate();
        let broken = move |at| in_the_middle && at == 2;
        Ok(pieces.map(move |(at, piece)| if broken(at) { Err(io::Error::other("bad sector")) } else { piece }).boxed())
    }
}

#[async_trait]
impl Content for Slow {
    fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    fn sha256(&self) -> [u8; 32] {
        self.0.sha256()
    }

    async fn read(&self, range: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let (pause, pieces) = (self.1, self.0.read(range).await?);
        Ok(pieces
            .then(move |piece| async move {
                tokio::time::sleep(pause).await;
                piece
            })
            .boxed())
    }
}

/// Little, so that nothing waits for long.
pub fn pace() -> Pace {
    Pace {
        attempts: 3,
        pause: Duration::from_millis(10),
        longest_wait: Duration::from_secs(2),
        silence: Duration::from_secs(20),
    }
}
