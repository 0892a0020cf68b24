//! `s3://`: Amazon S3, or who speaks its protocol at `AWS_ENDPOINT_URL`.

use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, Checksum};

use super::{Environment, Keyless, Place, renamed, wrong_variable};
use crate::storage::{
    Network, StorageError,
    bucket::{Bucket, address, retries},
    s3::{S3, validate_place},
};

/// The region of those who know none.
const REGION: &str = "us-east-1";

const INSTEAD: &str = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role";

/// Where credentials are, or can be asked for.
const CREDENTIALS: [&str; 12] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_METADATA_ENDPOINT",
    "AWS_IMDSV1_FALLBACK",
];

/// How what is put is kept there.
const KEEPING: [&str; 4] =
    ["AWS_SERVER_SIDE_ENCRYPTION", "AWS_SSE_KMS_KEY_ID", "AWS_SSE_BUCKET_KEY_ENABLED", "AWS_REQUEST_PAYER"];

pub(super) fn open(place: &Place, environment: &Environment, network: &Network) -> Result<Bucket, StorageError> {
    for [set, missing] in [["ACCESS_KEY_ID", "SECRET_ACCESS_KEY"], ["SECRET_ACCESS_KEY", "ACCESS_KEY_ID"]] {
        let (set, missing) = (format!("AWS_{set}"), format!("AWS_{missing}"));
        if environment.get(&set).is_some() && environment.get(&missing).is_none() {
            return Err(wrong_variable(&missing, format!("it is not set, but {set} is")));
        }
    }
    let (variable, region) = environment.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]).unwrap_or(("AWS_REGION", REGION));
    validate_place("any-bucket", region).map_err(|error| renamed(error, variable))?;
    validate_place(&place.bucket, region).map_err(|error| renamed(error, ""))?;
    // With credentials alone: they are asked for by a client of their own, which reaches what no storage may.
    let credentials = with(AmazonS3Builder::new(), environment, &CREDENTIALS).with_region(region);
    let credentials = credentials.with_bucket_name(&place.bucket).with_retry(retries()).build();
    let credentials = credentials.map_err(|error| wrong_variable("AWS_…", error))?;
    let credentials = Keyless::new(Arc::clone(credentials.credentials()), INSTEAD);
    let given = environment.first(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"]);
    let (name, endpoint) = match given {
        Some((variable, endpoint)) => {
            ("the object store", address("endpoint", endpoint).map_err(|error| renamed(error, variable))?)
        }
        None => {
            let country = if region.starts_with("cn-") { ".cn" } else { "" };
            ("Amazon S3", address("region", &format!("https://s3.{region}.amazonaws.com{country}"))?)
        }
    };
    let builder = with(AmazonS3Builder::new(), environment, &KEEPING);
    // Others may not know what they are asked for.
    let builder = if given.is_none() { builder.with_checksum_algorithm(Checksum::SHA256) } else { builder };
    let s3 = S3::new(name, endpoint, [&place.bucket, region], credentials, builder);
    let s3 = s3.map_err(|error| renamed(error, given.map_or("", |(variable, _)| variable)))?;
    Bucket::open(s3, place.folder.clone(), network)
}

/// Takes the variables as `object_store` reads them.
fn with(builder: AmazonS3Builder, environment: &Environment, names: &[&str]) -> AmazonS3Builder {
    names.iter().fold(builder, |builder, name| {
        let key = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>();
        match (key, environment.get(name)) {
            (Ok(key), Some(value)) => builder.with_config(key, value),
            _ => builder,
        }
    })
}
