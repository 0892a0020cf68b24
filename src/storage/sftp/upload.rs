//! Writing a file: under a name of our own, many packets on their way at a time, then renamed.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::{
    FutureExt, StreamExt,
    stream::{BoxStream, Fuse, FuturesUnordered},
};
use russh_sftp::{
    client::error::Error,
    protocol::{FileAttributes, OpenFlags, StatusCode},
};

use super::{failure, folder::Folder, rename::rename, session::Session};
use crate::storage::{Content, Receipt, StorageError};

/// What went wrong, and how far it was.
pub struct Failed {
    pub error: StorageError,
    /// The server was asked for the final name: only its answer may be missing.
    pub renaming: bool,
}

impl From<StorageError> for Failed {
    fn from(error: StorageError) -> Self {
        Self { error, renaming: false }
    }
}

/// What is kept of an upload. Servers tell no checksum: it is verified by reading back.
pub fn receipt(content: &dyn Content) -> Receipt {
    let sha256 = content.sha256().iter().map(|byte| format!("{byte:02x}")).collect();
    Receipt { bytes: content.bytes(), sha256, remote: None }
}

/// Puts `content` into `folder` under `name`. After a failure, its part may be left.
pub async fn upload(
    session: &Session,
    folder: &Folder,
    name: &str,
    content: &dyn Content,
    sent: &AtomicU64,
) -> Result<(), Failed> {
    let part = folder.part(name);
    sent.store(0, Ordering::Relaxed);
    // Never written into as it is: a session that is thought gone may still be writing there.
    session.remove(&part).await?;
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUDE;
    let opened = session.ask(session.sftp.open(part.as_str(), flags, private())).await;
    let handle = opened.map_err(|error| failure::explain(&error, &format!("making {part}")))?.handle;
    let written = write_all(session, &handle, &part, content, sent).await;
    if matches!(written, Err(StorageError::Content(_))) {
        let _ = session.ask(session.sftp.close(handle)).await;
        return Ok(written?);
    }
    written?;
    keep(session, handle, &part, content.bytes()).await?;
    rename(session, &part, &folder.path(name)).await
}

/// Writes all of it.
async fn write_all(
    session: &Session,
    handle: &str,
    part: &str,
    content: &dyn Content,
    sent: &AtomicU64,
) -> Result<(), StorageError> {
    let unreadable = |error: std::io::Error| StorageError::Content(error.to_string());
    let mut packets = Packets::new(content.read(0..content.bytes()).await.map_err(unreadable)?, session.write_length);
    let write = async |offset: u64, data: Vec<u8>| {
        let length = data.len() as u64;
        session.sftp.write(handle, offset, data).await.map(|_| length)
    };
    let (mut flying, mut offset) = (FuturesUnordered::new(), 0);
    loop {
        while flying.len() < Session::packets(session.write_length) {
            let Some(data) = packets.next().await.map_err(unreadable)? else { break };
            let at = offset;
            offset += data.len() as u64;
            if offset > content.bytes() {
                return Err(StorageError::Content("it is longer than it was".into()));
            }
            flying.push(write(at, data));
            // Sends it before the next one is read.
            if let Some(Some(answer)) = flying.next().now_or_never() {
                taken(session, part, answer, sent).await?;
            }
        }
        if flying.is_empty() {
            break;
        }
        let answer = session.ask(flying.next().map(|answer| answer.unwrap_or(Ok(0)))).await;
        taken(session, part, answer, sent).await?;
    }
    if offset == content.bytes() { Ok(()) } else { Err(StorageError::Content("it is shorter than it was".into())) }
}

/// Counts what the server has taken.
async fn taken(
    session: &Session,
    part: &str,
    answer: Result<u64, Error>,
    sent: &AtomicU64,
) -> Result<(), StorageError> {
    match answer {
        Ok(length) => {
            sent.fetch_add(length, Ordering::Relaxed);
            Ok(())
        }
        Err(error) if failure::status(&error) == Some(StatusCode::Failure) => {
            Err(if is_full(session, part).await {
                StorageError::QuotaExceeded("there is no room left on the server".into())
            } else {
                // A disk with a fault, or a quota, which the protocol cannot tell from it.
                StorageError::unreachable(format!("the server failed to write {part}"))
            })
        }
        Err(error) => Err(failure::explain(&error, &format!("writing {part}"))),
    }
}

/// Whether the disk of `path` is full, where the server says that.
async fn is_full(session: &Session, path: &str) -> bool {
    let disk = session.offers("statvfs@openssh.com").then(|| session.sftp.statvfs(path));
    match disk {
        Some(disk) => session.ask(disk).await.is_ok_and(|disk| {
            disk.blocks_avail.saturating_mul(disk.fragment_size) < session.write_length as u64 || disk.inodes_avail == 0
        }),
        None => false,
    }
}

/// Brings what was written to the server's disk, where it offers that, and closes it.
async fn keep(session: &Session, handle: String, part: &str, bytes: u64) -> Result<(), StorageError> {
    let explain = |error: Error, doing: &str| match failure::status(&error) {
        Some(StatusCode::Failure) => StorageError::unreachable(format!("the server failed {doing} {part}")),
        _ => failure::explain(&error, &format!("{doing} {part}")),
    };
    if session.offers("fsync@openssh.com") {
        // As long as the connection shows signs of life: a slow disk takes its time over a large archive.
        match session.sftp.fsync(handle.as_str()).await {
            Err(error) if failure::status(&error) != Some(StatusCode::OpUnsupported) => {
                return Err(explain(error, "bringing to its disk"));
            }
            _ => {}
        }
    }
    session.ask(session.sftp.close(handle)).await.map_err(|error| explain(error, "closing"))?;
    match session.size(part).await? {
        Some(size) if size == bytes => Ok(()),
        size => Err(StorageError::Damaged(format!("{bytes} bytes were written, and {} are there", size.unwrap_or(0)))),
    }
}

/// Cuts what is read into packets.
struct Packets {
    /// Asked again after their end, which not every stream bears.
    pieces: Fuse<BoxStream<'static, std::io::Result<Bytes>>>,
    /// What is left of the last piece.
    rest: Bytes,
    length: usize,
}

impl Packets {
    fn new(pieces: BoxStream<'static, std::io::Result<Bytes>>, length: usize) -> Self {
        Self { pieces: pieces.fuse(), rest: Bytes::new(), length }
    }

    /// The next packet, full unless it is the last; None after it.
    async fn next(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut packet = Vec::with_capacity(self.length);
        while packet.len() < self.length {
            if self.rest.is_empty() {
                match self.pieces.next().await {
                    Some(piece) => self.rest = piece?,
                    None => break,
                }
            }
            let take = self.rest.len().min(self.length - packet.len());
            packet.extend_from_slice(&self.rest.split_to(take));
        }
        Ok((!packet.is_empty()).then_some(packet))
    }
}

/// For the user alone: what an archive is called and how large it is concerns no other on that server.
fn private() -> FileAttributes {
    FileAttributes { permissions: Some(0o600), ..FileAttributes::empty() }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn packets_are_full_but_for_the_last_and_the_end_stays_the_end() -> std::io::Result<()> {
        // Panics when it is asked after its end.
        let pieces =
            stream::unfold(0, |at: u8| async move { (at < 4).then(|| (Ok(Bytes::from(vec![at; 5])), at + 1)) });
        let mut packets = Packets::new(pieces.boxed(), 8);
        let mut lengths = Vec::new();
        for _ in 0..5 {
            lengths.push(packets.next().await?.map(|packet| packet.len()));
        }
        assert_eq!(lengths, [Some(8), Some(8), Some(4), None, None]);
        Ok(())
    }
}
