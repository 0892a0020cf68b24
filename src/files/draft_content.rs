//! A draft as what is put at an object store: read from any place, as often as it takes.

use std::{fs::File, io, ops::Range, os::unix::fs::FileExt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream, stream::BoxStream};

use super::{Draft, folder::blocking};
use crate::storage::Content;

/// Bytes that are read at a time.
const PIECE: usize = 1 << 20;

pub(super) struct DraftContent {
    file: Arc<File>,
    bytes: u64,
    sha256: [u8; 32],
}

impl DraftContent {
    pub fn new(draft: &Draft, bytes: u64, sha256: [u8; 32]) -> io::Result<Self> {
        Ok(Self { file: Arc::new(draft.file()?), bytes, sha256 })
    }
}

#[async_trait]
impl Content for DraftContent {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    async fn read(&self, range: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let file = Arc::clone(&self.file);
        let pieces = stream::iter(range.clone().step_by(PIECE)).then(move |start| {
            let (file, length) = (Arc::clone(&file), PIECE.min((range.end - start) as usize));
            blocking(move || {
                let mut piece = vec![0; length];
                file.read_exact_at(&mut piece, start).map(|()| Bytes::from(piece))
            })
        });
        Ok(pieces.boxed())
    }
}
