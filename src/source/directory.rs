//! A directory: its files, copied as they are. A directory has no snapshot, so what changes while it is listed or read is told
//! of, as far as the times of files and folders tell: a file that its application keeps open and writes through memory
//! (`mmap`) is asked to be written out first, since only then the next write moves its time.
//!
//! Symbolic links are not followed, so that nothing outside of the directory is read: every folder is opened below the one
//! that it is in, and never through a link, even if one takes its place meanwhile.

mod listing;

use std::{
    ffi::OsStr,
    io::{self, Read},
    os::{
        fd::OwnedFd,
        unix::{ffi::OsStrExt, fs::MetadataExt},
    },
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use rustix::fs::{Mode, OFlags, openat};
use tokio::{runtime::Handle, task::spawn_blocking};
use url::Url;

use super::{AddressError, Chunk, Contents, File, Lane, Part, Reader, Snapshot, Source, SourceError, Table};

/// Bytes that are read at a time.
const PIECE: usize = 1024 * 1024;

/// A directory.
pub(super) struct Directory {
    path: PathBuf,
}

impl Directory {
    /// The directory at `file:///PATH`.
    pub(super) fn at(address: &str) -> Result<Self, AddressError> {
        let url = Url::parse(address)?;
        let path = url.to_file_path().ok().filter(|_| url.query().is_none() && url.fragment().is_none());
        Ok(Self { path: path.ok_or(AddressError::Directory)? })
    }
}

#[async_trait]
impl Source for Directory {
    fn engine(&self) -> &'static str {
        "directory"
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, SourceError> {
        let path = self.path.clone();
        let root = blocking(move || root(&path).map_err(|cause| refused(&path, &cause))).await?;
        Ok(Box::new(DirectorySnapshot { path: self.path.clone(), root: Arc::new(root) }))
    }
}

/// An open directory.
struct DirectorySnapshot {
    path: PathBuf,
    root: Arc<OwnedFd>,
}

#[async_trait]
impl Snapshot for DirectorySnapshot {
    fn server_version(&self) -> &'static str {
        ""
    }

    async fn contents(&mut self) -> Result<Contents, SourceError> {
        let (path, root) = (self.path.clone(), Arc::clone(&self.root));
        blocking(move || {
            listing::contents(&root).map_err(|(below, cause)| refused(&path.join(OsStr::from_bytes(&below)), &cause))
        })
        .await
    }

    async fn readers(self: Box<Self>, _: &[Table], _: usize) -> Result<Vec<Box<dyn Reader>>, SourceError> {
        Ok(vec![self])
    }
}

#[async_trait]
impl Reader for DirectorySnapshot {
    async fn read(&mut self, table: &Table, _: Option<&Part>, _: &Lane) -> Result<(), SourceError> {
        Err(SourceError::Unreadable { table: table.full_name(), why: "a directory has no tables".into() })
    }

    async fn count(&mut self, _: &Table) -> Result<u64, SourceError> {
        Ok(0)
    }

    async fn read_file(&mut self, file: &File, to: &Lane) -> Result<Option<String>, SourceError> {
        let (root, file, to, runtime) = (Arc::clone(&self.root), file.clone(), to.clone(), Handle::current());
        let send = move |bytes: Vec<u8>| {
            let length = bytes.len();
            runtime.block_on(to.send(Chunk::Bytes(bytes), length))
        };
        blocking(move || copy(&root, &file, send)).await
    }
}

/// Sends the bytes of a file; returns what is to be said of it.
fn copy(
    root: &OwnedFd,
    file: &File,
    mut send: impl FnMut(Vec<u8>) -> Result<(), SourceError>,
) -> Result<Option<String>, SourceError> {
    let failed = |cause: io::Error| SourceError::Unreadable { table: file.path.clone(), why: cause.to_string() };
    let mut opened = match open(root, &file.locator) {
        Ok(opened) => std::fs::File::from(opened),
        Err(cause) if is_gone(&cause) => {
            return Ok(Some(format!(
                "file {} was gone, or no file any more, before it was read: it is not in the archive",
                file.path
            )));
        }
        Err(cause) => return Err(failed(cause)),
    };
    if opened.metadata().is_ok_and(|found| found.len() >= PIECE as u64) {
        // Where that cannot be done, the file is read as it is.
        let _ = opened.sync_data();
    }
    let before = opened.metadata().map_err(failed)?;
    if !before.is_file() {
        return Ok(Some(format!("file {} was no file any more when it was read: it is not in the archive", file.path)));
    }
    let mut read: u64 = 0;
    loop {
        let mut piece = Vec::with_capacity(PIECE.min(before.len().saturating_sub(read) as usize + 1));
        opened.by_ref().take(PIECE as u64).read_to_end(&mut piece).map_err(failed)?;
        let length = piece.len();
        if length > 0 || read == 0 {
            send(piece)?;
        }
        read += length as u64;
        // A file that grows without end is read to where it ended when it was opened, and a piece more.
        if length < PIECE || read > before.len() {
            break;
        }
    }
    let after = opened.metadata().map_err(failed)?;
    let state = |of: &std::fs::Metadata| (of.len(), of.mtime(), of.mtime_nsec(), of.ctime(), of.ctime_nsec());
    let changed = state(&before) != state(&after) || read != before.len();
    Ok(changed.then(|| {
        format!("file {} changed while it was read: what is in the archive may be no state that it ever had", file.path)
    }))
}

/// Opens what lies at `path` below `root`, folder by folder, through no symbolic link.
fn open(root: &OwnedFd, path: &[u8]) -> io::Result<OwnedFd> {
    let mut folder = None;
    let mut parts = path.split(|byte| *byte == b'/').peekable();
    while let Some(part) = parts.next() {
        let at = folder.as_ref().unwrap_or(root);
        // Without waiting, so that a pipe in a file's place does not stop us.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let flags = if parts.peek().is_some() { flags | OFlags::DIRECTORY } else { flags };
        folder = Some(openat(at, OsStr::from_bytes(part), flags, Mode::empty())?);
    }
    folder.ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// Whether there is no file any more, but nothing, or a link or a folder in its place.
fn is_gone(cause: &io::Error) -> bool {
    let gone = [rustix::io::Errno::NOENT, rustix::io::Errno::LOOP, rustix::io::Errno::NOTDIR, rustix::io::Errno::NXIO];
    cause.raw_os_error().is_some_and(|code| gone.iter().any(|errno| errno.raw_os_error() == code))
}

/// The directory itself may be reached through links: it is what the operator has named.
fn root(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

fn refused(path: &Path, cause: &io::Error) -> SourceError {
    let why = format!("directory {}: {cause}", path.display());
    match cause.kind() {
        io::ErrorKind::PermissionDenied => SourceError::Unauthorized(why),
        _ => SourceError::Unreachable(why),
    }
}

async fn blocking<T: Send + 'static>(
    step: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    match spawn_blocking(step).await {
        Ok(result) => result,
        // The log has what is to be told of it.
        Err(_) => Err(SourceError::Unreachable("the reader of the directory died".into())),
    }
}
