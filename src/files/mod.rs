//! The finished archives of one instance, and the drafts that become one.
//!
//! A [`Draft`] always lies on this machine, where it is written and proven. Where it is kept from then on is said by an address:
//! a folder (`file:///…`) or a bucket of an object store (`s3://…`, `az://…`, `gs://…`). `kept` says what such a place must do,
//! and `folder` and `bucket` do it. What has its plain name there is whole. Nothing is removed but by name: what others
//! have put there stays.

mod bucket;
mod draft;
mod draft_content;
mod folder;
mod kept;
pub mod link;

use std::{
    fs::File,
    io,
    ops::Range,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use url::Url;

use self::{draft::draft_name, folder::blocking, kept::Kept};
use crate::{
    archive::Sealed,
    storage::{Environment, Network, StorageError},
};

pub use draft::Draft;
pub use kept::Unpublished;

/// What the names of archives begin with.
pub const PREFIX: &str = "data-export-";
/// What they end with.
pub const SUFFIX: &str = ".zip";
/// How long an address that the place has signed is good for. A download that was begun goes on when it is over.
const PRESIGNED: Duration = Duration::from_secs(5 * 60);

/// The archives of one instance.
pub struct Files {
    /// Where drafts lie.
    drafts: PathBuf,
    kept: Box<dyn Kept>,
    presigned: bool,
}

/// Why archives cannot be kept or reached.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// Not an address of a place for archives.
    #[error(
        "it is not the address of a place for archives: write file:///absolute/path, s3://bucket/folder, az://container/folder \
         or gs://bucket/folder"
    )]
    Address,
    /// The folder cannot be made or opened.
    #[error("the folder {0} cannot be used: {1}")]
    Folder(PathBuf, #[source] io::Error),
    /// An archive cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(PathBuf, #[source] io::Error),
    /// An archive cannot be written or removed.
    #[error("the archive cannot be written: {0}")]
    Write(#[source] io::Error),
    /// The object store refuses, or cannot be reached.
    #[error("{0}")]
    Store(#[from] StorageError),
}

impl FilesError {
    /// The place does not answer for as long as somebody would wait.
    pub fn silent() -> Self {
        let message = "the place where archives are kept does not answer".into();
        Self::Store(StorageError::Unreachable { message, retry_after: None })
    }
}

impl Files {
    /// The place at `url`, whose credentials, if it needs some, are in `environment`. A folder is made if it is not there, for
    /// its owner only. Drafts lie in it, if it is a folder, or else in `drafts`. Connects to nothing.
    ///
    /// # Errors
    ///
    /// If the address or the environment cannot be right. No message shows a secret that is in them.
    pub fn open(url: &Url, drafts: &Path, environment: &Environment, network: &Network) -> Result<Self, FilesError> {
        let kept = kept::open(url, environment, network)?;
        let drafts = if kept::is_folder(url) { folder::path(url)? } else { drafts.to_owned() };
        make_private_folder(&drafts).map_err(|cause| FilesError::Folder(drafts.clone(), cause))?;
        Ok(Self { drafts, kept, presigned: false })
    }

    /// Takes an address of a kind that is known, as far as can be said without looking there.
    ///
    /// # Errors
    ///
    /// If it is not. The message does not show it.
    pub fn check_address(url: &Url) -> Result<(), FilesError> {
        kept::check_address(url)
    }

    /// Whether the place at `url` can sign addresses that work without us.
    pub fn can_presign(url: &Url) -> bool {
        !kept::is_folder(url)
    }

    /// The same, but downloads are sent to the place itself, by addresses that it has signed.
    #[must_use]
    pub fn with_presigned_downloads(self) -> Self {
        Self { presigned: true, ..self }
    }

    /// Tries all that will be needed: that the place can be reached, listed and written to, and that it can sign addresses, if
    /// downloads are sent there. Leaves nothing there.
    pub async fn check(&self) -> Result<(), FilesError> {
        self.kept.check().await?;
        self.presigned("check").await.map(drop)
    }

    /// Begins the file that is to be published as `name`. A stray of the same draft is replaced.
    pub async fn draft(&self, name: &str) -> io::Result<Draft> {
        let path = self.drafts.join(draft_name(name));
        blocking(move || {
            if_there(std::fs::remove_file(&path))?;
            Draft::named(&path)
        })
        .await
    }

    /// Offers a finished draft as `name`: whole or not at all. A folder refuses to replace a file. If this is dropped in the
    /// middle, [`remove_remains`](Self::remove_remains) leaves nothing, unless a request that is still on its way is done later.
    pub async fn publish(&self, draft: Draft, name: &str, sealed: &Sealed) -> Result<(), Unpublished> {
        self.kept.publish(draft, name, sealed).await
    }

    /// Removes what a run that died may have left of `name`: its draft, and the file if it came that far.
    pub async fn remove_remains(&self, name: &str) -> Result<(), FilesError> {
        self.remove_draft(name).await?;
        self.kept.remove(name).await
    }

    /// Removes the draft of `name`, but not the file.
    pub async fn remove_draft(&self, name: &str) -> Result<(), FilesError> {
        let path = self.drafts.join(draft_name(name));
        blocking(move || if_there(std::fs::remove_file(path))).await.map_err(FilesError::Write)
    }

    /// The archives: what is named as we name them, and nothing else.
    pub async fn list(&self) -> Result<Vec<Found>, FilesError> {
        self.kept.list().await
    }

    /// The drafts, by the names that they will have.
    pub async fn drafts(&self) -> Result<Vec<Found>, FilesError> {
        let folder = self.drafts.clone();
        let drafts = blocking(move || folder::drafts(&folder)).await;
        drafts.map_err(|cause| FilesError::Folder(self.drafts.clone(), cause))
    }

    /// `name`, as a file of this machine that can be read from its start; what is kept elsewhere is fetched for that, and gone
    /// when the file is closed.
    pub async fn open_file(&self, name: &str) -> io::Result<File> {
        self.kept.open(name, &self.drafts).await
    }

    /// Bytes for which there is room where drafts lie.
    pub fn room(&self) -> io::Result<u64> {
        room_at(&self.drafts)
    }

    /// The length of `name` in bytes, or None if there is no such file.
    pub async fn length(&self, name: &str) -> Result<Option<u64>, FilesError> {
        self.kept.length(name).await
    }

    /// The bytes of `name` in `range`, piece by piece.
    pub async fn read(
        &self,
        name: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, io::Result<Bytes>>, FilesError> {
        self.kept.read(name, range).await
    }

    /// The address to which those who download `name` are sent; None if it is handed out here.
    pub async fn presigned(&self, name: &str) -> Result<Option<Url>, FilesError> {
        if self.presigned { self.kept.presigned(name, PRESIGNED).await } else { Ok(None) }
    }
}

/// Something that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is called, or will be when it is whole.
    pub name: String,
    /// When it was written to last.
    pub modified: SystemTime,
    /// Its length in bytes.
    pub bytes: u64,
}

/// Whether archives have names like this.
fn is_own(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// Bytes for which there is room in the file system of `path`, for those who may not use what is kept back for root.
pub fn room_at(path: &Path) -> io::Result<u64> {
    let about = rustix::fs::statvfs(path)?;
    Ok(about.f_bavail.saturating_mul(about.f_frsize))
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
