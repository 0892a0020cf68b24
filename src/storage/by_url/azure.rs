//! `az://` and `azure://`: a container at Azure Blob Storage.

use std::sync::Arc;

use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};

use super::{Environment, Keyless, Place, renamed, wrong_variable};
use crate::storage::{
    Network, StorageError,
    azure_blob::{Azure, validate_account, validate_container},
    bucket::{Bucket, address, retries},
};

const ACCOUNT: &str = "AZURE_STORAGE_ACCOUNT_NAME";
const ENDPOINTS: [&str; 2] = ["AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"];

const INSTEAD: &str = "set AZURE_STORAGE_ACCOUNT_KEY, or give this machine an identity";

/// Where credentials are, or can be asked for.
const CREDENTIALS: [&str; 18] = [
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_SAS_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_TOKEN",
    "AZURE_STORAGE_CLIENT_ID",
    "AZURE_STORAGE_CLIENT_SECRET",
    "AZURE_STORAGE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_TENANT_ID",
    "AZURE_AUTHORITY_HOST",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_IDENTITY_ENDPOINT",
    "AZURE_MSI_ENDPOINT",
    "AZURE_MSI_RESOURCE_ID",
    "AZURE_OBJECT_ID",
    "AZURE_USE_AZURE_CLI",
];

pub(super) fn open(place: &Place, environment: &Environment, network: &Network) -> Result<Bucket, StorageError> {
    let account = environment.get(ACCOUNT).ok_or_else(|| wrong_variable(ACCOUNT, "it is not set"))?;
    validate_account(account).map_err(|error| renamed(error, ACCOUNT))?;
    validate_container(&place.bucket).map_err(|error| renamed(error, ""))?;
    let service = match environment.first(&ENDPOINTS) {
        Some((variable, endpoint)) => address("endpoint", endpoint).map_err(|error| renamed(error, variable))?,
        None => address("accountName", &format!("https://{account}.blob.core.windows.net"))?,
    };
    let credentials = with_credentials(environment).with_account(account).with_container_name(&place.bucket);
    let credentials = credentials.with_retry(retries()).build();
    // What it says of a key may show a part of it.
    let credentials = credentials.map_err(|_| {
        wrong_variable("AZURE_STORAGE_ACCOUNT_KEY", "it, or another AZURE_… with credentials, cannot be understood")
    })?;
    let credentials = Keyless::new(Arc::clone(credentials.credentials()), INSTEAD);
    Bucket::open(Azure::new(account, service, &place.bucket, credentials), place.folder.clone(), network)
}

/// Takes the variables as `object_store` reads them.
fn with_credentials(environment: &Environment) -> MicrosoftAzureBuilder {
    CREDENTIALS.iter().fold(MicrosoftAzureBuilder::new(), |builder, name| {
        match (name.to_ascii_lowercase().parse::<AzureConfigKey>(), environment.get(name)) {
            (Ok(key), Some(value)) => builder.with_config(key, value),
            _ => builder,
        }
    })
}
