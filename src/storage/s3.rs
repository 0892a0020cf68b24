//! What Amazon S3 and those who speak its protocol have in common.
//!
//! The bucket is named in the path, unless the endpoint's host names it already. Every request is signed together with the
//! SHA-256 of its body.

use std::sync::Arc;

use async_trait::async_trait;
use object_store::{
    StaticCredentialProvider,
    aws::{AmazonS3, AmazonS3Builder, AwsAuthorizer, AwsCredential, AwsCredentialProvider, Checksum},
    client::HttpRequest,
};
use url::Url;

use super::{
    Network, Storage, StorageError,
    bucket::{Bucket, Client, Folder, Leftovers, Provider, Sign, Transport, retries},
};
use crate::secret::Secret;

/// The only version of the API that there has ever been.
const API_VERSION: &str = "2006-03-01";

/// The settings that all of them have.
pub(super) struct Account<'a> {
    pub key: &'a str,
    pub secret: &'a Secret,
    pub region: &'a str,
    pub api_version: &'a str,
    pub bucket: &'a str,
    pub base_path: &'a str,
}

/// Opens a bucket of the provider `name` at `endpoint`. With `checksums` the server is asked to keep a SHA-256 of each part.
pub(super) fn open(
    name: &'static str,
    account: &Account<'_>,
    endpoint: Url,
    checksums: bool,
    network: &Network,
) -> Result<Box<dyn Storage>, StorageError> {
    account.validate()?;
    let secret_key = account.secret.expose().to_owned();
    let credential = AwsCredential { key_id: account.key.to_owned(), secret_key, token: None };
    let credentials = Arc::new(StaticCredentialProvider::new(credential));
    let builder = AmazonS3Builder::new();
    let builder = if checksums { builder.with_checksum_algorithm(Checksum::SHA256) } else { builder };
    let s3 = S3::new(name, endpoint, [account.bucket, account.region], credentials, builder)?;
    Ok(Box::new(Bucket::open(s3, Folder::new(account.base_path)?, network)?))
}

impl Account<'_> {
    pub fn validate(&self) -> Result<(), StorageError> {
        if !matches!(self.api_version, "latest" | API_VERSION) {
            return invalid("apiVersion", format!(r#"it must be "latest" or "{API_VERSION}""#));
        }
        validate_place(self.bucket, self.region)?;
        for (field, text) in [("key", self.key), ("secret", self.secret.expose())] {
            if text.is_empty() || !text.chars().all(|character| character.is_ascii_graphic()) {
                return invalid(field, "it must not be empty, and must hold no white space");
            }
        }
        Ok(())
    }
}

/// Refuses names that cannot be a bucket's and a region's.
pub(super) fn validate_place(bucket: &str, region: &str) -> Result<(), StorageError> {
    if !is_word(region, "-") {
        return invalid("region", "it must be one such as eu-west-1: letters, digits and hyphens");
    }
    if !is_word(bucket, "-._") || !(3..=255).contains(&bucket.len()) || bucket.starts_with('.') {
        return invalid("bucket", "it must be a name of at least 3 letters, digits, hyphens and dots");
    }
    Ok(())
}

fn invalid<T>(field: &'static str, message: impl Into<String>) -> Result<T, StorageError> {
    Err(StorageError::setting(field, message))
}

fn is_word(text: &str, more: &str) -> bool {
    !text.is_empty() && text.chars().all(|character| character.is_ascii_alphanumeric() || more.contains(character))
}

/// The bucket's address, and whether its host names the bucket.
fn root(mut endpoint: Url, bucket: &str) -> Result<(Url, bool), StorageError> {
    let host = endpoint.host_str().unwrap_or_default();
    if host.get(..bucket.len()).is_some_and(|start| start.eq_ignore_ascii_case(bucket))
        && host[bucket.len()..].starts_with('.')
    {
        if endpoint.path() != "/" {
            return invalid("endpoint", "it must have no path when its host names the bucket");
        }
        return Ok((endpoint, true));
    }
    // Some copy the bucket's address.
    let path = endpoint.path().trim_matches('/');
    if !path.is_empty() && path != bucket {
        return invalid("endpoint", "it must be the provider's address, without a path");
    }
    endpoint.set_path(bucket);
    Ok((endpoint, false))
}

/// A bucket at any of them.
pub(super) struct S3 {
    name: &'static str,
    bucket: String,
    region: String,
    credentials: AwsCredentialProvider,
    root: Url,
    names_bucket: bool,
    /// What else clients are set up with.
    builder: AmazonS3Builder,
}

impl S3 {
    /// The bucket of the provider `name` at `endpoint`, whose clients are `builder`'s.
    pub fn new(
        name: &'static str,
        endpoint: Url,
        [bucket, region]: [&str; 2],
        credentials: AwsCredentialProvider,
        builder: AmazonS3Builder,
    ) -> Result<Self, StorageError> {
        let (root, names_bucket) = root(endpoint, bucket)?;
        let (bucket, region) = (bucket.to_owned(), region.to_owned());
        Ok(Self { name, bucket, region, credentials, root, names_bucket, builder })
    }
}

impl Provider for S3 {
    fn name(&self) -> &'static str {
        self.name
    }

    fn bucket(&self) -> String {
        format!("the bucket {:?}", self.bucket)
    }

    fn root(&self) -> &Url {
        &self.root
    }

    fn leftovers(&self) -> Leftovers {
        Leftovers::Uploads
    }

    fn client(&self, transport: Transport) -> object_store::Result<Client> {
        let root = self.root.as_str().trim_end_matches('/');
        let endpoint = if self.names_bucket { root } else { root.strip_suffix(&self.bucket).unwrap_or(root) };
        let builder = self.builder.clone();
        let store: Arc<AmazonS3> = Arc::new(
            builder
                .with_endpoint(endpoint)
                .with_virtual_hosted_style_request(self.names_bucket)
                .with_region(&self.region)
                .with_bucket_name(&self.bucket)
                .with_credentials(Arc::clone(&self.credentials))
                .with_retry(retries())
                .with_http_connector(transport)
                .build()?,
        );
        let signer = Signer { region: self.region.clone(), credentials: Arc::clone(&self.credentials) };
        Ok(Client::new(store, signer))
    }
}

/// Signs with version 4 of Amazon's signatures.
struct Signer {
    region: String,
    credentials: AwsCredentialProvider,
}

#[async_trait]
impl Sign for Signer {
    async fn sign(&self, request: &mut HttpRequest) -> object_store::Result<()> {
        let credential = self.credentials.get_credential().await?;
        AwsAuthorizer::new(&credential, "s3", &self.region).try_authorize(request, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(endpoint: &str) -> Result<(String, bool), StorageError> {
        root(endpoint.parse().unwrap(), "exports").map(|(root, names_bucket)| (root.to_string(), names_bucket))
    }

    #[test]
    fn the_bucket_is_named_in_the_path_unless_the_host_names_it() {
        for endpoint in ["https://fra1.example.com", "https://fra1.example.com/", "https://fra1.example.com/exports/"] {
            assert_eq!(at(endpoint).unwrap(), ("https://fra1.example.com/exports".into(), false), "{endpoint}");
        }
        assert_eq!(at("https://exports.fra1.example.com").unwrap(), ("https://exports.fra1.example.com/".into(), true));
        assert_eq!(at("https://exportsx.example.com").unwrap(), ("https://exportsx.example.com/exports".into(), false));
        for endpoint in ["https://fra1.example.com/other", "https://exports.fra1.example.com/exports"] {
            assert!(matches!(at(endpoint), Err(StorageError::Setting { field: "endpoint", .. })), "{endpoint}");
        }
    }

    #[test]
    fn settings_that_cannot_be_right_are_refused_by_name() {
        let secret = Secret::new("secret");
        let good = || Account {
            key: "key",
            secret: &secret,
            region: "eu-west-1",
            api_version: "latest",
            bucket: "exports",
            base_path: "",
        };
        assert!(good().validate().is_ok() && Account { api_version: "2006-03-01", ..good() }.validate().is_ok());
        let (blank, spaced) = (Secret::new(""), Secret::new("a b"));
        for (word, wrong) in [
            ("apiVersion", Account { api_version: "2012-08-10", ..good() }),
            ("apiVersion", Account { api_version: "", ..good() }),
            ("region", Account { region: "eu west", ..good() }),
            ("region", Account { region: "", ..good() }),
            ("bucket", Account { bucket: "a/b/c", ..good() }),
            ("bucket", Account { bucket: "..", ..good() }),
            ("key", Account { key: "k\n", ..good() }),
            ("secret", Account { secret: &blank, ..good() }),
            ("secret", Account { secret: &spaced, ..good() }),
        ] {
            assert!(matches!(wrong.validate(), Err(StorageError::Setting { field, .. }) if field == word), "{word}");
        }
    }
}
