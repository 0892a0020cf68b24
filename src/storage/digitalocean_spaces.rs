//! DigitalOcean Spaces, which speaks S3's protocol.
//!
//! Every part is signed together with its SHA-256, which the server compares; it is not asked to keep it.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};

use super::{
    Network, Storage, StorageError, base_path,
    bucket::address,
    kept_secret::{SecretSetting, Secrets},
    s3, secret_text,
};
use crate::{scalar::Url, secret::Secret};

/// A Space at DigitalOcean Spaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, InputObject, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(input_name = "DigitaloceanSpacesInput")]
pub struct DigitaloceanSpaces {
    /// The access key: its id, which is no secret.
    pub key: String,
    /// The secret that belongs to the access key. Left empty in a change, it stays, if `key` and `endpoint` do.
    #[serde(with = "secret_text")]
    #[graphql(skip_output)]
    pub secret: Secret,
    /// The region, such as `fra1`.
    pub region: String,
    /// The version of the API: `latest` or `2006-03-01`, which are the same.
    #[graphql(default = "latest")]
    pub api_version: String,
    /// The address, such as `https://fra1.digitaloceanspaces.com`, with or without the bucket before its host.
    pub endpoint: Url,
    /// The name of the Space, which must be there already.
    pub bucket: String,
    /// The folder in the Space that copies go to, such as `backups/carryall`; empty for the Space itself.
    #[graphql(default)]
    pub base_path: String,
}

impl Secrets for DigitaloceanSpaces {
    fn secrets(&mut self) -> Vec<SecretSetting<'_>> {
        let Self { key, secret, region: _, api_version: _, endpoint, bucket: _, base_path: _ } = self;
        // The region is only signed: which server is asked is said by the address alone.
        vec![SecretSetting::needed("secret", secret, [key, endpoint.0.trim().trim_end_matches('/')])]
    }
}

impl DigitaloceanSpaces {
    /// Where the files lie.
    pub fn place(&self) -> Vec<String> {
        base_path::place([self.endpoint.0.trim().trim_end_matches('/'), &self.bucket], &self.base_path)
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
        s3::open("DigitalOcean Spaces", &account, address("endpoint", &self.endpoint.0)?, false, network)
    }
}
