//! DigitalOcean Spaces, which speaks S3's protocol.
//!
//! Every part is signed together with its SHA-256, which the server compares; it is not asked to keep it.

use serde::{Deserialize, Serialize};

use super::{Network, Storage, StorageError, bucket::address, s3, secret_text};
use crate::secret::Secret;

/// A Space at DigitalOcean Spaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigitaloceanSpaces {
    /// The id of the access key.
    pub key: String,
    /// The access key itself.
    #[serde(with = "secret_text")]
    pub secret: Secret,
    /// The region that requests are signed for.
    pub region: String,
    /// `latest` or `2006-03-01`, which is the same.
    pub api_version: String,
    /// The address, such as `https://fra1.digitaloceanspaces.com`, with or without the bucket before its host.
    pub endpoint: String,
    /// The name of the Space.
    pub bucket: String,
    /// The folder in it.
    pub base_path: String,
}

impl DigitaloceanSpaces {
    /// The storage. Connects to nothing.
    ///
    /// # Errors
    ///
    /// If the settings cannot be right.
    pub fn open(&self, network: &Network) -> Result<Box<dyn Storage>, StorageError> {
        let account = s3::Account {
            key: &self.key,
            secret: &self.secret,
            region: &self.region,
            api_version: &self.api_version,
            bucket: &self.bucket,
            base_path: &self.base_path,
        };
        s3::open("DigitalOcean Spaces", &account, address("the endpoint", &self.endpoint)?, false, network)
    }
}
