//! Azure Blob Storage, by an account's shared key.
//!
//! A large file is sent in blocks, of which a list makes the blob. What a broken-off upload leaves is blocks without a list:
//! nobody sees them, the next `put` of the name discards them, `delete` does too, and Azure itself after a week.

use std::sync::Arc;

use async_graphql::{InputObject, SimpleObject};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use object_store::{
    azure::{AzureAccessKey, AzureAuthorizer, AzureCredential, MicrosoftAzure, MicrosoftAzureBuilder},
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
        let mut root = match network.endpoints.get("azure-blob") {
            // As emulators and private clouds have it, the account is named in the path.
            Some(endpoint) => {
                let mut endpoint = address("azure-blob", endpoint)?;
                let path = format!("{}/{}", endpoint.path().trim_end_matches('/'), self.account_name);
                endpoint.set_path(&path);
                endpoint
            }
            None => address("accountName", &format!("https://{}.blob.core.windows.net", self.account_name))?,
        };
        let service = root.to_string();
        let path = format!("{}/{}", root.path().trim_end_matches('/'), self.container);
        root.set_path(&path);
        let azure = Azure { settings: self.clone(), service, root };
        Bucket::open(azure, Folder::new(&self.base_path)?, network)
    }

    fn validate(&self) -> Result<(), StorageError> {
        let lower = |text: &str, more: &str| {
            text.chars().all(|character| matches!(character, 'a'..='z' | '0'..='9') || more.contains(character))
        };
        let (field, message) = if !(3..=24).contains(&self.account_name.len()) || !lower(&self.account_name, "") {
            ("accountName", "it must be 3 to 24 lower-case letters and digits")
        } else if STANDARD.decode(self.account_key.expose()).is_ok_and(|key| !key.is_empty()) {
            if (3..=63).contains(&self.container.len())
                && lower(&self.container, "-")
                && !self.container.starts_with('-')
            {
                return Ok(());
            }
            ("container", "it must be 3 to 63 lower-case letters, digits and hyphens")
        } else {
            ("accountKey", "it must be one of the account's two keys, in base64")
        };
        Err(StorageError::setting(field, message))
    }
}

struct Azure {
    settings: AzureBlob,
    service: String,
    root: Url,
}

impl Provider for Azure {
    fn name(&self) -> &'static str {
        "Azure Blob Storage"
    }

    fn bucket(&self) -> String {
        format!("the container {:?}", self.settings.container)
    }

    fn root(&self) -> &Url {
        &self.root
    }

    fn leftovers(&self) -> Leftovers {
        Leftovers::Blocks
    }

    fn client(&self, transport: Transport) -> object_store::Result<Client> {
        let AzureBlob { account_name, account_key, container, .. } = &self.settings;
        let store: Arc<MicrosoftAzure> = Arc::new(
            MicrosoftAzureBuilder::new()
                .with_account(account_name)
                .with_access_key(account_key.expose())
                .with_container_name(container)
                .with_endpoint(self.service.clone())
                .with_retry(retries())
                .with_http_connector(transport)
                .build()?,
        );
        let signer = Signer { account: account_name.clone(), key: account_key.clone() };
        Ok(Client { parts: Arc::clone(&store) as _, store, signer: Box::new(signer) })
    }
}

/// Signs with the shared key.
struct Signer {
    account: String,
    key: Secret,
}

#[async_trait]
impl Sign for Signer {
    async fn sign(&self, request: &mut HttpRequest) -> object_store::Result<()> {
        let key = AzureAccessKey::try_new(self.key.expose())
            .map_err(|cause| object_store::Error::Generic { store: "Azure", source: Box::new(cause) })?;
        AzureAuthorizer::new(&AzureCredential::AccessKey(key), &self.account).try_authorize(request)
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
