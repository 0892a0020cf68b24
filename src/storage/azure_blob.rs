//! Azure Blob Storage, by an account's shared key.
//!
//! A large file is sent in blocks, of which a list makes the blob. What a broken-off upload leaves is blocks without a list:
//! nobody sees them, the next `put` of the name discards them, `delete` does too, and Azure itself after a week.

use std::sync::Arc;

use async_graphql::{InputObject, SimpleObject};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use object_store::{
    StaticCredentialProvider,
    azure::{
        AzureAccessKey, AzureAuthorizer, AzureCredential, AzureCredentialProvider, MicrosoftAzure,
        MicrosoftAzureBuilder,
    },
    client::HttpRequest,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Network, Storage, StorageError, base_path,
    bucket::{Bucket, Client, Folder, Leftovers, Provider, Sign, Transport, address, retries},
    kept_secret::{SecretSetting, Secrets},
    secret_text,
};
use crate::secret::Secret;

/// A container at Azure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, InputObject, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(input_name = "AzureBlobInput")]
pub struct AzureBlob {
    /// The name of the storage account.
    pub account_name: String,
    /// One of the account's two access keys. Left empty in a change, it stays, if `accountName` does.
    #[serde(with = "secret_text")]
    #[graphql(skip_output)]
    pub account_key: Secret,
    /// The name of the container, which must be there already.
    pub container: String,
    /// The folder in the container that copies go to, such as `backups/carryall`; empty for the container itself.
    #[graphql(default)]
    pub base_path: String,
}

impl Secrets for AzureBlob {
    fn secrets(&mut self) -> Vec<SecretSetting<'_>> {
        let Self { account_name, account_key, container: _, base_path: _ } = self;
        vec![SecretSetting::needed("accountKey", account_key, [account_name])]
    }
}

impl AzureBlob {
    /// Where the files lie.
    pub fn place(&self) -> Vec<String> {
        base_path::place([&*self.account_name, &self.container], &self.base_path)
    }

    /// The storage. Connects to nothing.
    ///
    /// # Errors
    ///
    /// If the settings cannot be right.
    pub fn open(&self, network: &Network) -> Result<Box<dyn Storage>, StorageError> {
        self.validate()?;
        let service = match network.endpoints.get("azure-blob") {
            // As emulators and private clouds have it, the account is named in the path.
            Some(endpoint) => {
                let mut endpoint = address("azure-blob", endpoint)?;
                let path = format!("{}/{}", endpoint.path().trim_end_matches('/'), self.account_name);
                endpoint.set_path(&path);
                endpoint
            }
            None => address("accountName", &format!("https://{}.blob.core.windows.net", self.account_name))?,
        };
        let key = AzureAccessKey::try_new(self.account_key.expose());
        let key = key.map_err(|_| StorageError::setting("accountKey", NO_KEY))?;
        let credentials = Arc::new(StaticCredentialProvider::new(AzureCredential::AccessKey(key)));
        let azure = Azure::new(&self.account_name, service, &self.container, credentials);
        Ok(Box::new(Bucket::open(azure, Folder::new(&self.base_path)?, network)?))
    }

    fn validate(&self) -> Result<(), StorageError> {
        validate_account(&self.account_name)?;
        if !STANDARD.decode(self.account_key.expose()).is_ok_and(|key| !key.is_empty()) {
            return Err(StorageError::setting("accountKey", NO_KEY));
        }
        validate_container(&self.container)
    }
}

/// What a key must be.
const NO_KEY: &str = "it must be one of the account's two keys, in base64";

/// Refuses a name that cannot be an account's.
pub(super) fn validate_account(account: &str) -> Result<(), StorageError> {
    if (3..=24).contains(&account.len()) && is_lower(account, "") {
        return Ok(());
    }
    Err(StorageError::setting("accountName", "it must be 3 to 24 lower-case letters and digits"))
}

/// Refuses a name that cannot be a container's.
pub(super) fn validate_container(container: &str) -> Result<(), StorageError> {
    if (3..=63).contains(&container.len()) && is_lower(container, "-") && !container.starts_with('-') {
        return Ok(());
    }
    Err(StorageError::setting("container", "it must be 3 to 63 lower-case letters, digits and hyphens"))
}

fn is_lower(text: &str, more: &str) -> bool {
    text.chars().all(|character| matches!(character, 'a'..='z' | '0'..='9') || more.contains(character))
}

/// A container.
pub(super) struct Azure {
    account: String,
    container: String,
    credentials: AzureCredentialProvider,
    service: String,
    root: Url,
}

impl Azure {
    /// The container of the account whose service is at `service`.
    pub fn new(account: &str, service: Url, container: &str, credentials: AzureCredentialProvider) -> Self {
        let mut root = service.clone();
        root.set_path(&format!("{}/{container}", service.path().trim_end_matches('/')));
        let (account, container) = (account.to_owned(), container.to_owned());
        Self { account, container, credentials, service: service.to_string(), root }
    }
}

impl Provider for Azure {
    fn name(&self) -> &'static str {
        "Azure Blob Storage"
    }

    fn bucket(&self) -> String {
        format!("the container {:?}", self.container)
    }

    fn root(&self) -> &Url {
        &self.root
    }

    fn leftovers(&self) -> Leftovers {
        Leftovers::Blocks
    }

    fn client(&self, transport: Transport) -> object_store::Result<Client> {
        let store: Arc<MicrosoftAzure> = Arc::new(
            MicrosoftAzureBuilder::new()
                .with_account(&self.account)
                .with_credentials(Arc::clone(&self.credentials))
                .with_container_name(&self.container)
                .with_endpoint(self.service.clone())
                .with_retry(retries())
                .with_http_connector(transport)
                .build()?,
        );
        let signer = Signer { account: self.account.clone(), credentials: Arc::clone(&self.credentials) };
        Ok(Client::new(store, signer))
    }
}

/// Signs as the credentials demand: with the shared key, by a token, or with a shared access signature.
struct Signer {
    account: String,
    credentials: AzureCredentialProvider,
}

#[async_trait]
impl Sign for Signer {
    async fn sign(&self, request: &mut HttpRequest) -> object_store::Result<()> {
        let credential = self.credentials.get_credential().await?;
        AzureAuthorizer::new(&credential, &self.account).try_authorize(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_be_right_are_refused_by_name() {
        let good = AzureBlob {
            account_name: "exports1".into(),
            account_key: Secret::new("a2V5"),
            container: "exports".into(),
            base_path: String::new(),
        };
        assert!(good.open(&Network::default()).is_ok());
        for (word, wrong) in [
            ("accountName", AzureBlob { account_name: "Exports".into(), ..good.clone() }),
            ("accountName", AzureBlob { account_name: "a.example".into(), ..good.clone() }),
            ("accountKey", AzureBlob { account_key: Secret::new("no base64!"), ..good.clone() }),
            ("container", AzureBlob { container: "a/b".into(), ..good.clone() }),
            ("basePath", AzureBlob { base_path: "../b".into(), ..good.clone() }),
        ] {
            let refused = wrong.open(&Network::default()).err();
            assert!(matches!(refused, Some(StorageError::Setting { field, .. }) if field == word), "{word}");
        }
    }
}
