//! Where finished archives are kept. One kind of place is one file beside this; [`open`] lists them by the scheme of their
//! addresses.

use std::{fs::File, io, ops::Range, path::Path, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use url::Url;

use super::{Draft, FilesError, Found, bucket, folder};
use crate::{
    archive::Sealed,
    storage::{Environment, Network, by_url},
};

/// A place for finished archives.
#[async_trait]
pub(super) trait Kept: Send + Sync {
    /// Keeps a draft as `name`: whole or not at all. If this is dropped in the middle, [`remove`](Self::remove) leaves nothing.
    async fn publish(&self, draft: Draft, name: &str, sealed: &Sealed) -> Result<(), Unpublished>;

    /// The length of `name` in bytes; None if it is not there.
    async fn length(&self, name: &str) -> Result<Option<u64>, FilesError>;

    /// The bytes of `name` in `range`, piece by piece.
    async fn read(&self, name: &str, range: Range<u64>) -> Result<Pieces, FilesError>;

    /// `name` as a file of this machine, to be read from its start. What it takes for that lies in `drafts`, and is gone when
    /// the file is closed.
    async fn open(&self, name: &str, drafts: &Path) -> io::Result<File>;

    /// The archives there: what is named as we name them, and nothing else.
    async fn list(&self) -> Result<Vec<Found>, FilesError>;

    /// Removes `name`, and what a publishing of it that broke off may have left. That nothing is there is no error.
    async fn remove(&self, name: &str) -> Result<(), FilesError>;

    /// Tries all that will be needed.
    async fn check(&self) -> Result<(), FilesError>;

    /// An address at which `name` can be had for so long; None if there are no such addresses.
    async fn presigned(&self, name: &str, good_for: Duration) -> Result<Option<Url>, FilesError>;
}

pub(super) type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// That an archive is not kept, and nothing of it.
#[derive(Debug)]
pub struct Unpublished {
    /// Why.
    pub cause: FilesError,
    /// The draft, if the same may succeed a little later.
    pub again: Option<Draft>,
}

impl Unpublished {
    /// Nothing will be tried again.
    pub(super) fn for_good(cause: impl Into<FilesError>) -> Self {
        Self { cause: cause.into(), again: None }
    }
}

/// The place at `url`. Connects to nothing.
pub(super) fn open(url: &Url, environment: &Environment, network: &Network) -> Result<Box<dyn Kept>, FilesError> {
    check_address(url)?;
    match url.scheme() {
        folder::SCHEME => Ok(Box::new(folder::Folder::open(url)?)),
        _ => Ok(Box::new(bucket::Objects::new(by_url::open(url, environment, network)?))),
    }
}

/// Takes an address of a kind that is known, as far as can be said without looking there.
pub(super) fn check_address(url: &Url) -> Result<(), FilesError> {
    match url.scheme() {
        folder::SCHEME => folder::path(url).map(drop),
        scheme if by_url::schemes().any(|known| known == scheme) => Ok(by_url::check(url)?),
        _ => Err(FilesError::Address),
    }
}

/// Whether `url` is that of a folder, where drafts can lie too. Every other place has addresses that work without us.
pub(super) fn is_folder(url: &Url) -> bool {
    url.scheme() == folder::SCHEME
}
