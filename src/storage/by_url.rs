//! A bucket that the operator of the process gives by an address, such as `s3://bucket/prefix`. The credentials and the
//! endpoint are not in it: they are in the environment, under the names that the provider's own tools read.
//!
//! Another kind is one more file here, and one more line in `KINDS`.

mod azure;
mod credentials;
mod environment;
mod google;
mod s3;

use percent_encoding::percent_decode_str;
use url::Url;

use self::credentials::Keyless;
use super::{
    Network, StorageError,
    bucket::{Bucket, Folder},
    http_client::choose_cryptography,
};

pub use environment::Environment;

/// The kinds of addresses, and what opens them.
const KINDS: [(&str, Open); 4] = [("s3", s3::open), ("az", azure::open), ("azure", azure::open), ("gs", google::open)];

type Open = fn(&Place, &Environment, &Network) -> Result<Bucket, StorageError>;

/// What an address says.
struct Place {
    bucket: String,
    folder: Folder,
}

/// The schemes of the addresses that are understood.
pub fn schemes() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(scheme, _)| *scheme)
}

/// The bucket at `url`. Connects to nothing.
///
/// # Errors
///
/// If the address or what the environment holds cannot be right. The message shows neither.
pub fn open(url: &Url, environment: &Environment, network: &Network) -> Result<Bucket, StorageError> {
    let open = KINDS.iter().find(|(scheme, _)| *scheme == url.scheme()).map(|(_, open)| *open);
    let open = open.ok_or_else(|| wrong("nobody knows this kind of address"))?;
    choose_cryptography();
    open(&Place::of(url)?, environment, &own(network))
}

/// Takes an address if it names a bucket and nothing but a folder in it. Connects to nothing.
///
/// # Errors
///
/// If it does not. The message does not show the address: it may hold a secret.
pub fn check(url: &Url) -> Result<(), StorageError> {
    Place::of(url).map(drop)
}

impl Place {
    fn of(url: &Url) -> Result<Self, StorageError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it must hold no user and no password: credentials are taken from the environment"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it must hold no ? and no #: it is SCHEME://BUCKET or SCHEME://BUCKET/FOLDER"));
        }
        let bucket = url.host_str().filter(|host| !host.is_empty() && url.port().is_none());
        let bucket =
            bucket.ok_or_else(|| wrong("it names no bucket: it is SCHEME://BUCKET or SCHEME://BUCKET/FOLDER"))?;
        let folder = percent_decode_str(url.path()).decode_utf8().map_err(|_| wrong("its folder is not UTF-8"))?;
        let folder = Folder::new(&folder).map_err(|_| wrong("its folder cannot be one"))?;
        Ok(Self { bucket: bucket.to_owned(), folder })
    }
}

/// The network as the operator may use it, who knows where this machine is.
fn own(network: &Network) -> Network {
    Network { allow_loopback: true, ..network.clone() }
}

fn wrong(what: impl Into<String>) -> StorageError {
    StorageError::InvalidSettings(what.into())
}

/// That a setting of the environment cannot be right: which, but not what it is.
fn wrong_variable(name: &str, why: impl std::fmt::Display) -> StorageError {
    wrong(format!("the variable {name}: {why}"))
}

/// Names the variable instead of the setting of the API, of which it is the same.
fn renamed(error: StorageError, variable: &str) -> StorageError {
    match error {
        StorageError::Setting { message, .. } if variable.is_empty() => wrong(format!("the bucket's name: {message}")),
        StorageError::Setting { message, .. } => wrong_variable(variable, message),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str, variables: &[(&str, &str)]) -> Option<String> {
        let environment = Environment::of(variables.iter().map(|(name, value)| (name.into(), value.into())));
        open(&url.parse().unwrap(), &environment, &Network::default()).err().map(|error| error.to_string())
    }

    const S3: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "hunter2")];

    #[test]
    fn an_address_names_a_bucket_and_a_folder_and_holds_nothing_else() {
        let with = |more: &[(&'static str, &'static str)]| [&S3[..], more].concat();
        for url in ["s3://exports", "s3://exports/", "s3://exports/a/b%20c/"] {
            assert_eq!(refusal(url, &S3), None, "{url}");
        }
        for url in [
            "s3://user:hunter2@exports/a",
            "s3://hunter2@exports",
            "s3://exports?secret=hunter2",
            "s3://exports#hunter2",
            "s3:///hunter2",
            "s3://exports:9/hunter2",
            "s3://x/hunter2",
            "ftp://exports/hunter2",
        ] {
            let refused = refusal(url, &S3).unwrap_or_default();
            assert!(!refused.is_empty() && !refused.contains("hunter2"), "{url}: {refused}");
        }
        for endpoint in ["hunter2", "http://user:hunter2@127.0.0.1:1", "http://127.0.0.1:1?a=hunter2"] {
            let refused = refusal("s3://exports", &with(&[("AWS_ENDPOINT_URL", endpoint)])).unwrap_or_default();
            assert!(refused.contains("AWS_ENDPOINT_URL") && !refused.contains("hunter2"), "{endpoint}: {refused}");
        }
        // The operator knows where this machine is, and what goes over the line in the clear.
        assert_eq!(refusal("s3://exports", &with(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1")])), None);
    }

    #[test]
    fn what_the_environment_lacks_is_told_by_name() {
        let half = refusal("s3://exports", &S3[..1]).unwrap_or_default();
        assert!(half.contains("AWS_SECRET_ACCESS_KEY"), "{half}");
        let nothing = refusal("az://exports", &[]).unwrap_or_default();
        assert!(nothing.contains("AZURE_STORAGE_ACCOUNT_NAME"), "{nothing}");
        let account = ("AZURE_STORAGE_ACCOUNT_NAME", "exports1");
        let wrong =
            refusal("azure://exports", &[account, ("AZURE_STORAGE_ACCOUNT_KEY", "hunter2!")]).unwrap_or_default();
        assert!(wrong.contains("AZURE_STORAGE_ACCOUNT_KEY") && !wrong.contains("hunter2"), "{wrong}");
        assert_eq!(refusal("az://exports/a", &[account, ("AZURE_STORAGE_ACCOUNT_KEY", "a2V5")]), None);
        let missing =
            refusal("gs://exports", &[("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")]).unwrap_or_default();
        assert!(missing.contains("GOOGLE_APPLICATION_CREDENTIALS"), "{missing}");
    }
}
