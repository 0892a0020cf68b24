//! Reading a file back, many packets on their way at a time.

use futures_util::{FutureExt, StreamExt, stream::FuturesOrdered};
use russh_sftp::{
    client::rawsession::SftpResult,
    protocol::{FileAttributes, OpenFlags, StatusCode},
};
use sha2::{Digest, Sha256};

use super::{failure, session::Session};
use crate::storage::{Receipt, StorageError};

/// Compares what is under `path` with `receipt`.
pub async fn verify(session: &Session, path: &str, receipt: &Receipt) -> Result<(), StorageError> {
    match session.size(path).await? {
        None => return Err(StorageError::NotFound(format!("{path} is not there"))),
        Some(size) if size != receipt.bytes => {
            let message = format!("{path} has {size} bytes, and {} were put there", receipt.bytes);
            return Err(StorageError::Damaged(message));
        }
        Some(_) => {}
    }
    let explain = |error| failure::explain(&error, &format!("reading {path}"));
    let opened = session.sftp.open(path, OpenFlags::READ, FileAttributes::empty());
    let handle = session.ask(opened).await.map_err(explain)?.handle;
    let sha256 = sha256(session, &handle, receipt.bytes).await.map_err(explain)?;
    session.ask(session.sftp.close(handle)).await.map_err(explain)?;
    if sha256 == receipt.sha256 {
        return Ok(());
    }
    Err(StorageError::Damaged(format!("{path} has the SHA-256 {sha256}, and {} was put there", receipt.sha256)))
}

/// The SHA-256 of the first `bytes` of an open file, in hexadecimal.
async fn sha256(session: &Session, handle: &str, bytes: u64) -> SftpResult<String> {
    let (mut hash, mut flying, mut offset) = (Sha256::new(), FuturesOrdered::new(), 0);
    loop {
        while offset < bytes && flying.len() < Session::packets(session.read_length) {
            let length = (session.read_length as u64).min(bytes - offset);
            flying.push_back(read(session, handle, offset, length as u32));
            offset += length;
        }
        if flying.is_empty() {
            break;
        }
        hash.update(session.ask(flying.next().map(|data| data.unwrap_or(Ok(Vec::new())))).await?);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// `length` bytes from `offset` on, or those up to the end. Servers may give fewer than were asked for.
async fn read(session: &Session, handle: &str, offset: u64, length: u32) -> SftpResult<Vec<u8>> {
    let mut all = Vec::new();
    while (all.len() as u32) < length {
        let got = all.len() as u32;
        match session.sftp.read(handle, offset + u64::from(got), length - got).await {
            Ok(data) if data.data.is_empty() => break,
            Ok(data) if all.is_empty() => all = data.data,
            Ok(data) => all.extend_from_slice(&data.data),
            Err(error) if failure::status(&error) == Some(StatusCode::Eof) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}
