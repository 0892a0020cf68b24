//! What Amazon S3 and those who speak its protocol have in common.
//!
//! The bucket is named in the path, unless the endpoint's host names it already. Every request is signed together with the
//! SHA-256 of its body.

use std::sync::Arc;

use async_trait::async_trait;
use object_store::{
    aws::{AmazonS3, AmazonS3Builder, AwsAuthorizer, AwsCredential, Checksum},
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
    let (root, names_bucket) = root(endpoint, account.bucket)?;
    let s3 = S3 {
        name,
        bucket: account.bucket.to_owned(),
        region: account.region.to_owned(),
        key: account.key.to_owned(),
        secret: account.secret.clone(),
        root,
        names_bucket,
        checksums,
    };
    Bucket::open(s3, Folder::new(account.base_path)?, network)
}

impl Account<'_> {
    pub fn validate(&self) -> Result<(), StorageError> {
        if !matches!(self.api_version, "latest" | API_VERSION) {
            return invalid("apiVersion", format!(r#"it must be "latest" or "{API_VERSION}""#));
        }
        if !is_word(self.region, "-") {
            return invalid("region", "it must be one such as eu-west-1: letters, digits and hyphens");
        }
        if !is_word(self.bucket, "-._") || !(3..=255).contains(&self.bucket.len()) || self.bucket.starts_with('.') {
            return invalid("bucket", "it must be a name of at least 3 letters, digits, hyphens and dots");
        }
        for (field, text) in [("key", self.key), ("secret", self.secret.expose())] {
            if text.is_empty() || !text.chars().all(|character| character.is_ascii_graphic()) {
                return invalid(field, "it must not be empty, and must hold no white space");
            }
        }
        Ok(())
    }
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

struct S3 {
    name: &'static str,
    bucket: String,
    region: String,
    key: String,
    secret: Secret,
    root: Url,
    names_bucket: bool,
    checksums: bool,
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
        let builder = AmazonS3Builder::new()
            .with_endpoint(endpoint)
            .with_virtual_hosted_style_request(self.names_bucket)
            .with_region(&self.region)
            .with_bucket_name(&self.bucket)
            .with_access_key_id(&self.key)
            .with_secret_access_key(self.secret.expose())
            .with_retry(retries())
            .with_http_connector(transport);
        let builder = if self.checksums { builder.with_checksum_algorithm(Checksum::SHA256) } else { builder };
        let store: Arc<AmazonS3> = Arc::new(builder.build()?);
        let signer = Signer { region: self.region.clone(), key: self.key.clone(), secret: self.secret.clone() };
        Ok(Client { parts: Arc::clone(&store) as _, store, signer: Box::new(signer) })
    }
}

/// Signs with version 4 of Amazon's signatures.
struct Signer {
    region: String,
    key: String,
    secret: Secret,
}

#[async_trait]
impl Sign for Signer {
    async fn sign(&self, request: &mut HttpRequest) -> object_store::Result<()> {
        let credential =
            AwsCredential { key_id: self.key.clone(), secret_key: self.secret.expose().to_owned(), token: None };
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
