//! Amazon S3.
//!
//! The server is asked to keep a SHA-256 of each part, and refuses one that arrives otherwise than it was sent.

use serde::{Deserialize, Serialize};

use super::{Network, Storage, StorageError, bucket::address, s3, secret_text};
use crate::secret::Secret;

/// A bucket at Amazon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AmazonS3 {
    /// The id of the access key.
    pub key: String,
    /// The access key itself.
    #[serde(with = "secret_text")]
    pub secret: Secret,
    /// Where the bucket is, such as `eu-west-1`.
    pub region: String,
    /// `latest` or `2006-03-01`, which is the same.
    pub api_version: String,
    /// The bucket.
    pub bucket: String,
    /// The folder in it.
    pub base_path: String,
}

impl AmazonS3 {
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
        account.validate()?;
        let endpoint = match network.endpoints.get("amazon-s3") {
            Some(endpoint) => address("the endpoint amazon-s3", endpoint)?,
            None => {
                // China's regions are apart.
                let country = if self.region.starts_with("cn-") { ".cn" } else { "" };
                address("the region", &format!("https://s3.{}.amazonaws.com{country}", self.region))?
            }
        };
        s3::open("Amazon S3", &account, endpoint, true, network)
    }
}
