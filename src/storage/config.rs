//! Which provider it is, and how it is set up: what is sealed and kept of a storage.

use serde::{Deserialize, Serialize};

use super::{
    AmazonS3, AzureBlob, DigitaloceanSpaces, GoogleCloudStorage, Network, Scaleway, Storage, StorageError,
    dropbox::{self, Dropbox},
    rackspace::{self, Rackspace},
    sftp::{Sftp, SftpSettings},
};

/// A storage as somebody has set it up. It is written down with its secrets, only to be sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Config {
    /// Amazon S3.
    AmazonS3(AmazonS3),
    /// Azure Blob Storage.
    AzureBlob(AzureBlob),
    /// DigitalOcean Spaces.
    DigitaloceanSpaces(DigitaloceanSpaces),
    /// Dropbox.
    Dropbox(Dropbox),
    /// Google Cloud Storage.
    GoogleCloudStorage(GoogleCloudStorage),
    /// Rackspace Cloud Files.
    Rackspace(Rackspace),
    /// Scaleway Object Storage.
    Scaleway(Scaleway),
    /// An SFTP server.
    Sftp(SftpSettings),
}

/// The storage that `config` describes. Connects to nothing.
///
/// # Errors
///
/// If a setting cannot be what it is meant to be; the message says which, and what would be right.
pub fn open(config: Config, network: &Network) -> Result<Box<dyn Storage>, StorageError> {
    match config {
        Config::AmazonS3(settings) => settings.open(network),
        Config::AzureBlob(settings) => settings.open(network),
        Config::DigitaloceanSpaces(settings) => settings.open(network),
        Config::Dropbox(settings) => dropbox::open(settings, network),
        Config::GoogleCloudStorage(settings) => settings.open(network),
        Config::Rackspace(settings) => rackspace::open(settings, network),
        Config::Scaleway(settings) => settings.open(network),
        Config::Sftp(settings) => Ok(Box::new(Sftp::new(settings, network)?)),
    }
}
