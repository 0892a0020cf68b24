//! `gs://`: Google Cloud Storage.

use std::sync::Arc;

use object_store::gcp::GoogleCloudStorageBuilder;

use super::{Environment, Keyless, Place, renamed, wrong_variable};
use crate::storage::{
    Network, StorageError,
    bucket::{Bucket, address, retries},
    google_cloud_storage::{ADDRESS, Gcs, validate_bucket},
};

const ENDPOINT: &str = "GOOGLE_BASE_URL";
/// A key file's path.
const FILES: [&str; 3] = ["GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_PATH", "SERVICE_ACCOUNT"];
/// A key file's text.
const KEY: &str = "GOOGLE_SERVICE_ACCOUNT_KEY";
/// The path of what `gcloud` leaves, or of a key file.
const APPLICATION: &str = "GOOGLE_APPLICATION_CREDENTIALS";

const INSTEAD: &str = "set GOOGLE_APPLICATION_CREDENTIALS, or give this machine a service account";

pub(super) fn open(place: &Place, environment: &Environment, network: &Network) -> Result<Bucket, StorageError> {
    validate_bucket(&place.bucket).map_err(|error| renamed(error, ""))?;
    let endpoint = environment.get(ENDPOINT).unwrap_or(ADDRESS);
    let service = address("endpoint", endpoint).map_err(|error| renamed(error, ENDPOINT))?;
    let builder = GoogleCloudStorageBuilder::new();
    let (variable, builder) = match (environment.first(&FILES), environment.get(KEY), environment.get(APPLICATION)) {
        (Some((variable, path)), _, _) => (variable, builder.with_service_account_path(path)),
        (None, Some(key), _) => (KEY, builder.with_service_account_key(key)),
        (None, None, Some(path)) => (APPLICATION, builder.with_application_credentials(path)),
        (None, None, None) => (APPLICATION, builder),
    };
    let credentials = builder.with_bucket_name(&place.bucket).with_retry(retries()).build();
    let credentials =
        credentials.map_err(|_| wrong_variable(variable, "it cannot be read, or is no key of Google's"))?;
    let builder = GoogleCloudStorageBuilder::new()
        .with_credentials(Keyless::new(Arc::clone(credentials.credentials()), INSTEAD))
        .with_signing_credentials(Arc::clone(credentials.signing_credentials()));
    Bucket::open(Gcs::new(service, &place.bucket, builder), place.folder.clone(), network)
}
