//! Archives in a folder of this machine, in which a file with a plain name is whole. A draft lies in the same folder, and is
//! synced and renamed into place.

use std::{
    fs::File,
    io,
    ops::Range,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::task::spawn_blocking;
use url::Url;

use super::{
    Draft, FilesError, Found,
    draft::{sync_name, whole_name},
    if_there, is_own,
    kept::{Kept, Pieces, Unpublished},
    make_private_folder,
};
use crate::{archive::Sealed, secret::died};

pub(super) const SCHEME: &str = "file";

/// Bytes that are read at a time.
const PIECE: usize = 256 * 1024;

pub(super) struct Folder(PathBuf);

/// The path of a folder's address.
pub(super) fn path(url: &Url) -> Result<PathBuf, FilesError> {
    url.to_file_path().map_err(|()| FilesError::Address)
}

impl Folder {
    /// The folder at `url`, which is made if it is not there, for its owner only.
    pub fn open(url: &Url) -> Result<Self, FilesError> {
        let folder = path(url)?;
        make_private_folder(&folder).map_err(|cause| FilesError::Folder(folder.clone(), cause))?;
        Ok(Self(folder))
    }
}

#[async_trait]
impl Kept for Folder {
    async fn publish(&self, draft: Draft, name: &str, _: &Sealed) -> Result<(), Unpublished> {
        let path = self.0.join(name);
        let publish = async {
            let draft = blocking(move || draft.sync().map(|()| draft)).await?;
            // Not on another thread: what goes on there when this is dropped would name the file after all. It is short.
            draft.name(&path)?;
            blocking(move || sync_name(&path)).await
        };
        publish.await.map_err(|cause: io::Error| Unpublished::for_good(FilesError::Write(cause)))
    }

    async fn length(&self, name: &str) -> Result<Option<u64>, FilesError> {
        let path = self.0.join(name);
        let about = {
            let path = path.clone();
            blocking(move || std::fs::metadata(path)).await
        };
        match about {
            Ok(about) => Ok(about.is_file().then_some(about.len())),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(FilesError::Read(path, cause)),
        }
    }

    async fn read(&self, name: &str, range: Range<u64>) -> Result<Pieces, FilesError> {
        let path = self.0.join(name);
        let file = self.open(name, &self.0).await.map_err(|cause| FilesError::Read(path, cause))?;
        let file = Arc::new(file);
        let starts = range.clone().step_by(PIECE);
        let pieces = stream::iter(starts).map(move |start| {
            let (file, length) = (Arc::clone(&file), PIECE.min((range.end - start) as usize));
            async move {
                spawn_blocking(move || {
                    let mut piece = vec![0; length];
                    file.read_exact_at(&mut piece, start).map(|()| Bytes::from(piece))
                })
                .await?
            }
        });
        // One is read while the one before it is on its way.
        Ok(pieces.buffered(2).boxed())
    }

    async fn open(&self, name: &str, _: &Path) -> io::Result<File> {
        let path = self.0.join(name);
        blocking(move || File::open(path)).await
    }

    async fn list(&self) -> Result<Vec<Found>, FilesError> {
        let folder = self.0.clone();
        let listed = blocking(move || list(&folder, |name| is_own(name).then_some(name))).await;
        listed.map_err(|cause| FilesError::Folder(self.0.clone(), cause))
    }

    /// Waits until the disk has forgotten it, too.
    async fn remove(&self, name: &str) -> Result<(), FilesError> {
        let (folder, path) = (self.0.clone(), self.0.join(name));
        let removed = blocking(move || {
            if_there(std::fs::remove_file(path))?;
            File::open(folder)?.sync_all()
        });
        removed.await.map_err(FilesError::Write)
    }

    async fn check(&self) -> Result<(), FilesError> {
        Ok(())
    }

    async fn presigned(&self, _: &str, _: Duration) -> Result<Option<Url>, FilesError> {
        Ok(None)
    }
}

/// The drafts in a folder: what is named as we name them, and nothing else.
pub(super) fn drafts(folder: &Path) -> io::Result<Vec<Found>> {
    list(folder, |name| whole_name(name).filter(|whole| is_own(whole)))
}

/// The files in a folder that are `called` something, and what that is.
fn list(folder: &Path, called: impl Fn(&str) -> Option<&str>) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().and_then(&called) else { continue };
        match entry.metadata() {
            Ok(about) if about.is_file() => {
                found.push(Found { name: name.to_owned(), modified: about.modified()?, bytes: about.len() });
            }
            // A folder, or gone since.
            Ok(_) => {}
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(found)
}

/// Does something on a thread that may block.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.map_err(died)?
}
