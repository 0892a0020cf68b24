//! Where copies of finished archives go: eight providers, one file each, behind one trait.
//!
//! A [`Storage`] is one folder at one provider. It knows nothing of exports: it is handed a name and [`Content`], and says
//! what became of them. It puts whole or not at all, and what it deletes is what it is told by name: nothing here lists a
//! folder to decide what goes, but for the parts of one file under its own name.
//!
//! Another provider is one more file here, and one more line in the list of [`Config`].
//!
//! Beside these, which admins of the product set up, the operator of the process may give a [`Bucket`] by an address
//! ([`by_url`]), of which more can be asked: what is there, how long it is, and its bytes.

mod amazon_s3;
mod azure_blob;
mod base_path;
mod bucket;
pub mod by_url;
mod config;
mod digitalocean_spaces;
pub mod dropbox;
mod error;
mod google_cloud_storage;
mod http_client;
mod kept_secret;
mod network;
pub mod rackspace;
mod reading;
mod s3;
mod scaleway;
mod secret_text;
pub mod sftp;
mod steps;

use std::{io, ops::Range, sync::Arc, sync::atomic::AtomicU64};

use async_graphql::Enum;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use serde::{Deserialize, Serialize};

pub use amazon_s3::AmazonS3;
pub use azure_blob::AzureBlob;
pub use bucket::{Bucket, Listed};
pub use by_url::Environment;
pub use config::{Config, Provider};
pub use digitalocean_spaces::DigitaloceanSpaces;
pub use error::StorageError;
pub use google_cloud_storage::GoogleCloudStorage;
pub use http_client::Pace;
pub use kept_secret::SecretNeeded;
pub use network::{ENDPOINTS, Network};
pub use scaleway::Scaleway;
pub use steps::Steps;

/// A folder at a provider. Object-safe; making one connects to nothing.
#[async_trait]
pub trait Storage: Send + Sync {
    /// Puts `content` there under `name`, in place of what is there under it: whole or not at all. `sent` is kept at the bytes
    /// that the provider has taken so far; it may go back when something is sent again, but is 0
    /// only as long as nothing was.
    ///
    /// # Errors
    ///
    /// After an error nothing new is there under `name`, and no part of it anywhere that a later `put` or `delete` of the same
    /// name would not remove. [`StorageError::is_retryable`] says whether another try can help.
    async fn put(&self, name: &str, content: &dyn Content, sent: &Arc<AtomicU64>) -> Result<Receipt, StorageError>;

    /// Asks the provider whether what is there under `name` is what `receipt` says: by a checksum that the provider has computed
    /// of what it holds, or by reading it back; never by our own notes.
    async fn verify(&self, name: &str, receipt: &Receipt) -> Result<(), StorageError>;

    /// Removes what is there under `name`, and what a broken-off `put` of it may have left. That nothing is there is no error.
    async fn delete(&self, name: &str) -> Result<(), StorageError>;

    /// Tries everything that an upload needs, one step after the other, up to the first that fails: reaching the provider,
    /// signing in, writing a small file of a name of its own, reading it back and deleting it. Leaves nothing there, unless it
    /// is dropped in the middle.
    async fn check(&self, steps: &mut Steps<'_>);

    /// What the host was known by when it was first seen, if the settings did not say: it is to be kept with them, so that
    /// another host is refused from then on. Asked after any of the above, whatever came of it. None at providers whose
    /// hosts have certificates.
    fn to_pin(&self) -> Option<String> {
        None
    }
}

/// What is put: bytes that can be read from any place, as often as it takes.
#[async_trait]
pub trait Content: Send + Sync {
    /// How many there are.
    fn bytes(&self) -> u64;

    /// The SHA-256 of all of them.
    fn sha256(&self) -> [u8; 32];

    /// Those in `range`, in pieces of any length.
    async fn read(&self, range: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>>;
}

/// What is kept of a `put`, to verify by later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Bytes that were put.
    pub bytes: u64,
    /// Their SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// What the provider is expected to say of them, in its own form (an ETag, a `content_hash`), where that was compared when
    /// they were put; None: it is verified by reading back.
    pub remote: Option<String>,
}

/// One step of a [`check`](Storage::check).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was tried.
    pub kind: StepKind,
    /// Why it failed; None if it did not.
    pub error: Option<StorageError>,
    /// What is to be shown of it, such as a host key's fingerprint.
    pub detail: Option<String>,
    /// How long it took, in milliseconds.
    pub millis: u64,
}

/// What a step tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "StorageTestStepName")]
pub enum StepKind {
    /// The name of the host is looked up.
    Resolve,
    /// A connection is made.
    Connect,
    /// The certificate, or the host key, is the right one.
    Identify,
    /// The credentials are accepted.
    SignIn,
    /// A small file is written.
    Write,
    /// It is read back.
    Read,
    /// It is deleted.
    Delete,
}
