//! The finished archives on the instance: one folder, in which a file with a plain name is whole.
//!
//! An archive is written as a [`Draft`] in the same folder, synced, and renamed into place.

mod draft;
pub mod link;

use std::{
    io,
    ops::Range,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use bytes::Bytes;
use futures_util::{StreamExt, stream, stream::BoxStream};
use object_store::{ObjectStoreExt, local::LocalFileSystem, path::Path as Key};
use tokio::task::spawn_blocking;
use url::Url;

pub use draft::Draft;

/// What the names of archives begin with.
pub const PREFIX: &str = "data-export-";
/// What they end with.
pub const SUFFIX: &str = ".zip";
/// Bytes that are read at a time.
const PIECE: usize = 256 * 1024;

/// The archives of one instance.
pub struct Files {
    folder: PathBuf,
    store: LocalFileSystem,
}

/// Why the folder for archives cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// Not an address of a folder.
    #[error("it is not the address of a folder: write file:///absolute/path")]
    Address,
    /// The folder cannot be made or opened.
    #[error("the folder {0} cannot be used: {1}")]
    Folder(PathBuf, #[source] io::Error),
    /// An archive cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(PathBuf, #[source] io::Error),
    /// The store refuses.
    #[error("the archives cannot be reached: {0}")]
    Store(#[from] object_store::Error),
}

impl Files {
    /// The folder at `url` (`file:///…`), which is made if it is not there, for its owner only.
    pub fn open(url: &Url) -> Result<Self, FilesError> {
        let folder = match url.scheme() {
            "file" => url.to_file_path().map_err(|()| FilesError::Address)?,
            _ => return Err(FilesError::Address),
        };
        make_private_folder(&folder).map_err(|cause| FilesError::Folder(folder.clone(), cause))?;
        let store = LocalFileSystem::new_with_prefix(&folder)?;
        Ok(Self { folder, store })
    }

    /// Begins the file that is to be published as `name`. A stray of the same draft is replaced.
    pub fn draft(&self, name: &str) -> io::Result<Draft> {
        self.remove_draft(name)?;
        Draft::named(&self.folder.join(draft_name(name)))
    }

    /// Offers a finished draft as `name`. Refuses to replace a file.
    pub async fn publish(&self, draft: Draft, name: &str) -> io::Result<()> {
        let path = self.folder.join(name);
        tokio::task::spawn_blocking(move || draft.publish(&path)).await?
    }

    /// Removes what a run that died may have left of `name`: its draft, and the file if it came that far.
    pub fn remove_remains(&self, name: &str) -> io::Result<()> {
        self.remove_draft(name)?;
        if_there(std::fs::remove_file(self.folder.join(name)))
    }

    /// Removes `name`, and waits until the disk has forgotten it. It may be gone already. Blocks.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        if_there(std::fs::remove_file(self.folder.join(name)))?;
        std::fs::File::open(&self.folder)?.sync_all()
    }

    /// The archives and the drafts in the folder: what is named as we name them, and nothing else.
    pub async fn list(&self) -> Result<Vec<Found>, FilesError> {
        let folder = self.folder.clone();
        let listed = spawn_blocking(move || list(&folder)).await.map_err(crate::secret::died);
        listed.and_then(|listed| listed).map_err(|cause| FilesError::Folder(self.folder.clone(), cause))
    }

    /// `name`, opened to be read from its start. Blocks.
    pub fn open_file(&self, name: &str) -> io::Result<std::fs::File> {
        std::fs::File::open(self.folder.join(name))
    }

    /// Bytes for which there is room.
    pub fn room(&self) -> io::Result<u64> {
        room_at(&self.folder)
    }

    /// The length of `name` in bytes, or None if there is no such file.
    pub async fn length(&self, name: &str) -> Result<Option<u64>, FilesError> {
        match self.store.head(&Key::parse(name).map_err(object_store::Error::from)?).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(cause) => Err(cause.into()),
        }
    }

    /// The bytes of `name` in `range`, piece by piece.
    pub async fn read(
        &self,
        name: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, io::Result<Bytes>>, FilesError> {
        let path = self.folder.join(name);
        let opened = path.clone();
        let file = spawn_blocking(move || std::fs::File::open(opened)).await.map_err(crate::secret::died);
        let file = file.and_then(|file| file).map_err(|cause| FilesError::Read(path, cause))?;
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

    /// Removes the draft of `name`, but not the file.
    pub fn remove_draft(&self, name: &str) -> io::Result<()> {
        if_there(std::fs::remove_file(self.folder.join(draft_name(name))))
    }
}

/// Something that lies in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is called, or will be when it is whole.
    pub name: String,
    /// It is not whole yet.
    pub draft: bool,
    /// When it was written to last.
    pub modified: SystemTime,
    /// Its length in bytes.
    pub bytes: u64,
}

fn list(folder: &Path) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let draft = name.strip_prefix('.').and_then(|name| name.strip_suffix(".part"));
        let whole = draft.unwrap_or(name);
        if !(whole.starts_with(PREFIX) && whole.ends_with(SUFFIX)) {
            continue;
        }
        match entry.metadata() {
            Ok(about) if about.is_file() => {
                let (name, modified) = (whole.to_owned(), about.modified()?);
                found.push(Found { name, draft: draft.is_some(), modified, bytes: about.len() });
            }
            // A folder, or gone since.
            Ok(_) => {}
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(found)
}

/// Bytes for which there is room in the file system of `path`, for those who may not use what is kept back for root.
pub fn room_at(path: &Path) -> io::Result<u64> {
    let about = rustix::fs::statvfs(path)?;
    Ok(about.f_bavail.saturating_mul(about.f_frsize))
}

/// The name under which `name` is written until it is whole.
fn draft_name(name: &str) -> String {
    format!(".{name}.part")
}

fn if_there(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Makes `folder` and what is above it, with mode 0700; one that is there stays as it is.
pub fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
