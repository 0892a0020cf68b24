//! A folder in a bucket (or container) of an object store, at any provider that the crate `object_store` speaks to.
//!
//! An archive goes in one request if it is small, and else as a multipart upload, with some parts on the way at a time. What
//! is there is verified by reading it back: an ETag says what was sent once, not what is held now.
//!
//! A broken-off upload is aborted at once, also when its future is dropped; where that was not possible (the process died, the
//! line was dead), the next `put` or `delete` of the same name finds it at the provider and aborts it ([`leftovers`]).

mod answer;
mod body;
mod check;
mod dial;
mod folder;
mod held;
mod leftovers;
mod session;
mod transport;
mod upload;

use std::sync::{Arc, atomic::AtomicU64};

use async_trait::async_trait;
use object_store::{
    ObjectStore, client::HttpRequest, list::PaginatedListStore, multipart::MultipartStore, signer::Signer,
};
use reqwest::Method;
use url::Url;

use super::{Content, Network, Receipt, Steps, Storage, StorageError};
use dial::Dial;
pub use held::Listed;
use session::Session;
pub(super) use {dial::address, folder::Folder, session::retries, transport::Transport};

/// What differs between providers.
pub(super) trait Provider: Send + Sync + 'static {
    /// Who that is, in messages.
    fn name(&self) -> &'static str;

    /// The bucket, in messages: `the bucket "exports"`.
    fn bucket(&self) -> String;

    /// The address of the bucket: a `/` and a key behind it are the address of an object.
    fn root(&self) -> &Url;

    /// How the remains of a broken-off upload are found.
    fn leftovers(&self) -> Leftovers;

    /// A client that sends everything through `transport`.
    fn client(&self, transport: Transport) -> object_store::Result<Client>;
}

/// What the parts of a broken-off upload are at a provider.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Leftovers {
    /// Multipart uploads, as S3 lists them.
    Uploads,
    /// Blocks that belong to no list of blocks, as Azure keeps them for a week.
    Blocks,
}

/// A provider's client: by `object_store`, and what it needs to make requests that `object_store` does not know.
pub(super) struct Client {
    pub store: Arc<dyn ObjectStore>,
    pub parts: Arc<dyn MultipartStore>,
    pub pages: Arc<dyn PaginatedListStore>,
    pub presigner: Arc<dyn Signer>,
    pub signer: Box<dyn Sign>,
}

impl Client {
    pub fn new<S>(store: Arc<S>, signer: impl Sign + 'static) -> Self
    where
        S: ObjectStore + MultipartStore + PaginatedListStore + Signer,
    {
        let (parts, pages, presigner) = (Arc::clone(&store), Arc::clone(&store), Arc::clone(&store));
        Self { store, parts, pages, presigner, signer: Box::new(signer) }
    }
}

/// Signs a request of our own.
#[async_trait]
pub(super) trait Sign: Send + Sync {
    async fn sign(&self, request: &mut HttpRequest) -> object_store::Result<()>;
}

/// The storage.
pub struct Bucket {
    provider: Arc<dyn Provider>,
    folder: Folder,
    dial: Dial,
}

impl Bucket {
    /// Connects to nothing, but refuses settings that a client cannot be made of.
    pub(super) fn open(provider: impl Provider, folder: Folder, network: &Network) -> Result<Self, StorageError> {
        let dial = Dial::new(provider.root(), network)?;
        let bucket = Self { provider: Arc::new(provider), folder, dial };
        bucket.session()?;
        Ok(bucket)
    }

    /// A client for one operation, so that what went wrong is known to be this operation's.
    fn session(&self) -> Result<Session, StorageError> {
        Session::new(Arc::clone(&self.provider), self.dial.transport())
    }
}

#[async_trait]
impl Storage for Bucket {
    async fn put(&self, name: &str, content: &dyn Content, sent: &Arc<AtomicU64>) -> Result<Receipt, StorageError> {
        let (session, key) = (Arc::new(self.session()?), self.folder.key(name)?);
        upload::put(&session, &key, content, sent).await
    }

    async fn verify(&self, name: &str, receipt: &Receipt) -> Result<(), StorageError> {
        let (session, key) = (self.session()?, self.folder.key(name)?);
        session.verify(&key, receipt).await
    }

    async fn delete(&self, name: &str) -> Result<(), StorageError> {
        let (session, key) = (self.session()?, self.folder.key(name)?);
        leftovers::clear_to_delete(&session, &key).await?;
        match session.ask(Method::DELETE, Some(&key), "").await {
            Ok(_) => Ok(()),
            Err(failure) if failure.is_missing_object() => Ok(()),
            Err(failure) => Err(session.explain(failure)),
        }
    }

    async fn check(&self, steps: &mut Steps<'_>) {
        // Running out of it ends the check: the steps so far are the answer.
        let _ = check::run(self, steps).await;
    }
}
