//! Google Cloud Storage, by a service account's key file, over the XML API.
//!
//! `object_store` signs a token with the key by itself and asks nobody for one. It would also follow a key file that names
//! another server (`gcs_base_url`) or that no token is to be sent (`disable_oauth`); Google issues no such files. They are
//! refused, the server is always given, and of the file only what makes the token is handed on.

use std::sync::Arc;

use async_graphql::{ComplexObject, InputObject, SimpleObject};
use async_trait::async_trait;
use object_store::{
    client::HttpRequest,
    gcp::{GcpCredentialProvider, GoogleCloudStorage as Google, GoogleCloudStorageBuilder},
};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::{
    Network, Storage, StorageError, base_path,
    bucket::{Bucket, Client, Folder, Leftovers, Provider, Sign, Transport, address, retries},
    kept_secret::{SecretSetting, Secrets},
    secret_text,
};
use crate::secret::Secret;

/// Google's own address.
pub(super) const ADDRESS: &str = "https://storage.googleapis.com";
/// What of a key file is used.
const USED: [&str; 3] = ["client_email", "private_key", "private_key_id"];
/// What a key file must not carry.
const REFUSED: [&str; 2] = ["gcs_base_url", "disable_oauth"];

/// A bucket at Google.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, InputObject, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(complex, input_name = "GoogleCloudStorageInput")]
pub struct GoogleCloudStorage {
    /// The id of the project that the bucket belongs to.
    pub project_id: String,
    /// The key file of a service account, in JSON: the text of the file itself. Left empty in a change, it stays.
    #[serde(with = "secret_text")]
    #[graphql(skip_output)]
    pub key_file: Secret,
    /// The name of the bucket, which must be there already.
    pub bucket: String,
    /// The folder in the bucket that copies go to, such as `backups/carryall`; empty for the bucket itself.
    #[graphql(default)]
    pub base_path: String,
}

impl Secrets for GoogleCloudStorage {
    fn secrets(&mut self) -> Vec<SecretSetting<'_>> {
        let Self { project_id: _, key_file, bucket: _, base_path: _ } = self;
        // It says itself whose it is, and goes nowhere but to Google.
        vec![SecretSetting::needed("keyFile", key_file, [])]
    }
}

impl GoogleCloudStorage {
    /// Where the files lie.
    pub fn place(&self) -> Vec<String> {
        base_path::place([&*self.bucket], &self.base_path)
    }

    /// The storage. Connects to nothing.
    ///
    /// # Errors
    ///
    /// If the settings cannot be right.
    pub fn open(&self, network: &Network) -> Result<Box<dyn Storage>, StorageError> {
        let invalid = |field: &'static str, message: &str| Err(StorageError::setting(field, message));
        if !is_word(&self.project_id, "-.:") {
            return invalid("projectId", "it must be letters, digits and hyphens");
        }
        validate_bucket(&self.bucket)?;
        let key = key(&self.key_file)?;
        let endpoint = network.endpoints.get("google-cloud-storage").map_or(ADDRESS, String::as_str);
        let service = address("google-cloud-storage", endpoint)?;
        let builder = GoogleCloudStorageBuilder::new().with_service_account_key(key.expose());
        let gcs = Gcs::new(service, &self.bucket, builder);
        Ok(Box::new(Bucket::open(gcs, Folder::new(&self.base_path)?, network)?))
    }
}

fn is_word(text: &str, more: &str) -> bool {
    !text.is_empty() && text.chars().all(|character| character.is_ascii_alphanumeric() || more.contains(character))
}

/// Refuses a name that cannot be a bucket's.
pub(super) fn validate_bucket(bucket: &str) -> Result<(), StorageError> {
    if is_word(bucket, "-._") && bucket.len() >= 3 && !bucket.starts_with('.') {
        return Ok(());
    }
    let message = "it must be a name of at least 3 letters, digits, hyphens, dots and underscores";
    Err(StorageError::setting("bucket", message))
}

#[ComplexObject]
impl GoogleCloudStorage {
    /// The service account that the key file is of; null if the file does not say.
    async fn service_account_email(&self) -> Option<String> {
        let file: Map<String, Value> = serde_json::from_str(self.key_file.expose()).ok()?;
        file.get("client_email")?.as_str().map(str::to_owned)
    }
}

/// What is used of a key file, if it is one.
fn key(file: &Secret) -> Result<Secret, StorageError> {
    let invalid = |message: String| StorageError::setting("keyFile", format!("it {message}"));
    let mut file: Map<String, Value> = serde_json::from_str(file.expose())
        .map_err(|_| invalid("must be the JSON file that Google makes for a key of a service account".into()))?;
    if let Some(name) = REFUSED.into_iter().find(|name| file.contains_key(*name)) {
        return Err(invalid(format!("carries {name:?}, which Google writes into none: make a new one")));
    }
    if file.get("type").and_then(Value::as_str) != Some("service_account") {
        return Err(invalid(r#"must be of the type "service_account""#.into()));
    }
    file.retain(|name, value| USED.contains(&name.as_str()) && value.as_str().is_some_and(|text| !text.is_empty()));
    if let Some(name) = USED.into_iter().find(|name| !file.contains_key(*name)) {
        return Err(invalid(format!("has no {name:?}")));
    }
    Ok(Secret::new(Value::Object(file).to_string()))
}

/// The bucket.
pub(super) struct Gcs {
    bucket: String,
    service: String,
    root: Url,
    /// What knows the credentials.
    builder: GoogleCloudStorageBuilder,
}

impl Gcs {
    /// The bucket of the service at `service`, with the credentials that `builder` has been given.
    pub fn new(service: Url, bucket: &str, builder: GoogleCloudStorageBuilder) -> Self {
        let mut root = service.clone();
        root.set_path(&format!("{}/{bucket}", service.path().trim_end_matches('/')));
        Self { bucket: bucket.to_owned(), service: service.as_str().trim_end_matches('/').to_owned(), root, builder }
    }
}

impl Provider for Gcs {
    fn name(&self) -> &'static str {
        "Google Cloud Storage"
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
        let store: Arc<Google> = Arc::new(
            self.builder
                .clone()
                .with_base_url(&self.service)
                .with_bucket_name(&self.bucket)
                .with_retry(retries())
                .with_http_connector(transport)
                .build()?,
        );
        let signer = Signer(Arc::clone(store.credentials()));
        Ok(Client::new(store, signer))
    }
}

/// Shows the token that the key has signed.
struct Signer(GcpCredentialProvider);

#[async_trait]
impl Sign for Signer {
    async fn sign(&self, request: &mut HttpRequest) -> object_store::Result<()> {
        let credential = self.0.get_credential().await?;
        let mut value = HeaderValue::from_str(&format!("Bearer {}", credential.bearer))
            .map_err(|cause| object_store::Error::Generic { store: "GCS", source: Box::new(cause) })?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_that_leads_elsewhere_is_refused_and_only_what_is_used_is_handed_on() {
        let good = r#"{"type": "service_account", "client_email": "a@b", "private_key": "k", "private_key_id": "1", "token_uri": "http://evil"}"#;
        assert!(!key(&Secret::new(good)).unwrap().expose().contains("token_uri"));
        for more in [r#""gcs_base_url": "http://evil""#, r#""disable_oauth": false"#, r#""disable_oauth": true"#] {
            let file = good.replacen('{', &format!("{{{more},"), 1);
            let refused = key(&Secret::new(file)).err();
            assert!(
                matches!(refused, Some(StorageError::Setting { message, .. }) if message.contains("carries")),
                "{more}"
            );
        }
        for wrong in
            ["", "[]", "{}", r#"{"type": "authorized_user"}"#, r#"{"type": "service_account", "client_email": ""}"#]
        {
            assert!(matches!(key(&Secret::new(wrong)), Err(StorageError::Setting { field: "keyFile", .. })), "{wrong}");
        }
    }
}
