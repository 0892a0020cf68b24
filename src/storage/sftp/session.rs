//! A session of SFTP, and what is asked in it one question at a time.

use std::time::Duration;

use russh::{ChannelMsg, Disconnect, client::Handle};
use russh_sftp::{
    client::{Config, RawSftpSession, error::Error, rawsession::SftpResult},
    protocol::{FileAttributes, FileType, StatusCode, Version},
};
use tokio::time::timeout;
use tokio_util::sync::DropGuard;

use super::{connection::Identified, failure, host_key::Guard};
use crate::storage::{StorageError, network::SILENCE};

/// Bytes of a file in one packet that every server takes.
const EVERY_SERVER: u64 = 32 * 1024;
/// The most that is put in one, for servers that say they take more (OpenSSH says 255 KiB).
const MOST: u64 = 255 * 1024;
/// Bytes on their way at a time. More is never in memory.
const ON_THE_WAY: usize = 4 * 1024 * 1024;
/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// A session. Dropping it cuts its connection.
pub struct Session {
    pub sftp: RawSftpSession,
    offers: Version,
    /// Bytes of a file that one packet may hold, to the server and from it.
    pub write_length: usize,
    pub read_length: usize,
    handle: Handle<Guard>,
    _cut: DropGuard,
}

impl Session {
    /// Begins, once signed in.
    pub async fn start(identified: Identified) -> Result<Self, StorageError> {
        let Identified { handle, cut, .. } = identified;
        let no_sftp = || {
            if handle.is_closed() {
                return StorageError::unreachable("the connection to the server broke off after signing in");
            }
            StorageError::Rejected("the server lets the user in, but offers no SFTP".into())
        };
        let opening = async {
            let mut channel = handle.channel_open_session().await.ok()?;
            channel.request_subsystem(true, "sftp").await.ok()?;
            loop {
                match channel.wait().await? {
                    ChannelMsg::Success => return Some(channel),
                    ChannelMsg::WindowAdjusted { .. } => {}
                    _ => return None,
                }
            }
        };
        let channel = timeout(SILENCE, opening).await.map_err(|_| failure::silent())?.ok_or_else(no_sftp)?;
        // Each request is given up by us: theirs counts from when it is queued, behind others on a slow line.
        let config = Config { request_timeout_secs: u64::MAX, ..Config::default() };
        let sftp = RawSftpSession::new_with_config(channel.into_stream(), config);
        let offers = timeout(SILENCE, sftp.init()).await.map_err(|_| failure::silent())?.map_err(|_| no_sftp())?;
        let mut session = Self {
            sftp,
            offers,
            write_length: EVERY_SERVER as usize,
            read_length: EVERY_SERVER as usize,
            handle,
            _cut: cut,
        };
        if session.offers("limits@openssh.com")
            && let Ok(limits) = session.ask(session.sftp.limits()).await
        {
            session.write_length = limits.max_write_len.clamp(EVERY_SERVER, MOST) as usize;
            session.read_length = limits.max_read_len.clamp(EVERY_SERVER, MOST) as usize;
        }
        Ok(session)
    }

    /// Whether the server has named this extension of the protocol.
    pub fn offers(&self, extension: &str) -> bool {
        self.offers.extensions.contains_key(extension)
    }

    /// How many packets of this length are on their way at a time.
    pub fn packets(length: usize) -> usize {
        (ON_THE_WAY / length).max(1)
    }

    /// Waits for an answer, as long as one may take.
    pub async fn ask<T>(&self, answer: impl Future<Output = SftpResult<T>>) -> SftpResult<T> {
        timeout(SILENCE, answer).await.unwrap_or(Err(Error::Timeout))
    }

    /// What there is under `path`; None if nothing is.
    pub async fn kind(&self, path: &str) -> Result<Option<FileType>, StorageError> {
        // A server that does not tell the kind of a thing is taken at what it should be.
        let kind = |found: FileAttributes| found.permissions.map_or(FileType::Dir, |_| found.file_type());
        Ok(self.stat(path).await?.map(kind))
    }

    /// How long the file is under `path`; None if there is none.
    pub async fn size(&self, path: &str) -> Result<Option<u64>, StorageError> {
        Ok(self.stat(path).await?.map(|found| found.len()))
    }

    async fn stat(&self, path: &str) -> Result<Option<FileAttributes>, StorageError> {
        match self.ask(self.sftp.stat(path)).await {
            Ok(found) => Ok(Some(found.attrs)),
            Err(error) if failure::status(&error) == Some(StatusCode::NoSuchFile) => Ok(None),
            Err(error) => Err(failure::explain(&error, &format!("looking at {path}"))),
        }
    }

    /// Removes a file; false if there is none.
    pub async fn remove(&self, path: &str) -> Result<bool, StorageError> {
        match self.ask(self.sftp.remove(path)).await {
            Ok(_) => Ok(true),
            Err(error) if failure::status(&error) == Some(StatusCode::NoSuchFile) => Ok(false),
            Err(error) => Err(failure::explain(&error, &format!("removing {path}"))),
        }
    }

    /// Says goodbye, as far as that is heard.
    pub async fn close(self) {
        let Self { sftp, handle, _cut, .. } = self;
        drop(sftp);
        let goodbye = async {
            let _ = handle.disconnect(Disconnect::ByApplication, "", "").await;
            let _ = handle.await;
        };
        let _ = timeout(GOODBYE, goodbye).await;
    }
}
