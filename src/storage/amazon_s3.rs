//! Amazon S3.
//!
//! The server is asked to keep a SHA-256 of each part, and refuses one that arrives otherwise than it was sent.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};

use super::{
    Network, Storage, StorageError, base_path,
    bucket::address,
    kept_secret::{SecretSetting, Secrets},
    s3, secret_text,
};
use crate::secret::Secret;

/// A bucket at Amazon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, InputObject, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(input_name = "AmazonS3Input")]
pub struct AmazonS3 {
    /// The access key: its id, which is no secret.
    pub key: String,
    /// The secret that belongs to the access key. Left empty in a change, it stays, if `key` and `region` do.
    #[serde(with = "secret_text")]
    #[graphql(skip_output)]
    pub secret: Secret,
    /// Where the bucket is, such as `eu-west-1`.
    pub region: String,
    /// The version of the API: `latest` or `2006-03-01`, which are the same.
    #[graphql(default = "latest")]
    pub api_version: String,
    /// The name of the bucket, which must be there already.
    pub bucket: String,
    /// The folder in the bucket that copies go to, such as `backups/carryall`; empty for the bucket itself.
    #[graphql(default)]
    pub base_path: String,
}

impl Secrets for AmazonS3 {
    fn secrets(&mut self) -> Vec<SecretSetting<'_>> {
        let Self { key, secret, region, api_version: _, bucket: _, base_path: _ } = self;
        // The region is in the address, the bucket is not.
        vec![SecretSetting::needed("secret", secret, [key, region])]
    }
}

impl AmazonS3 {
    /// Where the files lie. A bucket's name is unique but for China, which is apart.
    pub fn place(&self) -> Vec<String> {
        base_path::place([self.country(), &self.bucket], &self.base_path)
    }

    /// What Amazon's addresses end in there.
    fn country(&self) -> &'static str {
        if self.region.starts_with("cn-") { ".cn" } else { "" }
    }

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
            Some(endpoint) => address("amazon-s3", endpoint)?,
            None => address("region", &format!("https://s3.{}.amazonaws.com{}", self.region, self.country()))?,
        };
        s3::open("Amazon S3", &account, endpoint, true, network)
    }
}
