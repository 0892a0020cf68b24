//! How this process may reach the storages that admins configure, and how others reach the archives.

use std::{collections::BTreeMap, env, path::PathBuf};

use carryall::{
    files::Files,
    storage::{ENDPOINTS, Network},
};
use clap::Args;
use url::Url;

use super::{ConfigError, file::File, given, limits::number, path, switch};

/// What begins the variable that gives an endpoint.
const VARIABLE: &str = "CARRYALL_STORAGE_ENDPOINT_";
/// Most KiB a second that the limit can be: a TiB.
const BANDWIDTH_MAXIMUM: u64 = 1 << 30;

/// The settings of the process that copies exports to storages.
#[derive(Args, Debug)]
pub(crate) struct StorageArgs {
    /// Allows storages on this machine itself (127.0.0.1, ::1), which admins of the product cannot reach otherwise
    #[arg(long, env = "CARRYALL_ALLOW_LOOPBACK_STORAGE", value_parser = switch())]
    allow_loopback_storage: bool,
    /// A PEM file with certificate authorities that storages' certificates may be of, beside those of the system
    #[arg(long, env = "CARRYALL_EXTRA_CA_FILE", value_parser = path(), value_name = "FILE")]
    extra_ca_file: Option<PathBuf>,
    /// An address in place of a provider's public one, such as amazon-s3=https://s3.example.com; may be given several times,
    /// or as CARRYALL_STORAGE_ENDPOINT_AMAZON_S3. Others: azure-blob, dropbox-api, dropbox-content, google-cloud-storage
    #[arg(long = "storage-endpoint", value_name = "NAME=URL")]
    storage_endpoints: Vec<String>,
    /// Most KiB a second that all uploads together send, 64 at least [default: as fast as it goes]
    #[arg(long, env = "CARRYALL_UPLOAD_BANDWIDTH", value_name = "KIB")]
    upload_bandwidth: Option<String>,
    /// Sends those who download an archive to the object store of --files-url, by addresses that it has signed and that are good
    /// for five minutes, instead of handing it out here
    #[arg(long, env = "CARRYALL_PRESIGNED_DOWNLOADS", value_parser = switch())]
    presigned_downloads: bool,
}

impl StorageArgs {
    /// Whether those who download are sent to where the archives are.
    pub(super) fn presigned_downloads(&self, file: &File, files_url: &Url) -> Result<bool, ConfigError> {
        let wanted = self.presigned_downloads || file.presigned_downloads;
        if wanted && !Files::can_presign(files_url) {
            let why = "--files-url names a folder, to which nobody can be sent; it needs an object store, such as s3://BUCKET";
            return Err(ConfigError::new("--presigned-downloads", why));
        }
        Ok(wanted)
    }

    /// The settings, with the file's filled in, and most bytes a second.
    pub(super) fn resolve(self, file: &File) -> Result<(Network, Option<u64>), ConfigError> {
        let extra_ca_file = given(self.extra_ca_file).or(file.extra_ca_file.clone());
        if let Some(path) = &extra_ca_file {
            // Now rather than at the first upload.
            std::fs::read(path).map_err(|cause| {
                ConfigError::new("--extra-ca-file", format!("{} cannot be read: {cause}", path.display()))
            })?;
        }
        let network = Network {
            allow_loopback: self.allow_loopback_storage || file.allow_loopback_storage,
            extra_ca_file,
            endpoints: endpoints(&self.storage_endpoints, file)?,
        };
        let kib = number("--upload-bandwidth", self.upload_bandwidth, file.upload_bandwidth, 0, 0..=BANDWIDTH_MAXIMUM)?;
        if (1..64).contains(&kib) {
            // With less, a connection that waits for its turn is taken for a dead one.
            return Err(ConfigError::new("--upload-bandwidth", format!("`{kib}` is less than 64; 0 is no limit")));
        }
        Ok((network, (kib > 0).then_some(kib * 1024)))
    }
}

/// The endpoints of all places; for the same name, the flag's before the variable's before the file's.
fn endpoints(flags: &[String], file: &File) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut endpoints = BTreeMap::new();
    for (name, url) in &file.storage_endpoint {
        add(&mut endpoints, name, url, &format!("storage-endpoint.{name} in {}", file.path.display()))?;
    }
    for (key, url) in env::vars_os() {
        let Some(name) = key.to_str().and_then(|key| key.strip_prefix(VARIABLE)) else { continue };
        let setting = format!("{VARIABLE}{name}");
        let url = url.to_str().ok_or_else(|| ConfigError::new(&setting, "it is not UTF-8"))?;
        if !url.is_empty() {
            add(&mut endpoints, &name.to_ascii_lowercase().replace('_', "-"), url, &setting)?;
        }
    }
    for flag in flags {
        let wrong = || ConfigError::new("--storage-endpoint", format!("`{flag}` is not written NAME=URL"));
        let (name, url) = flag.split_once('=').ok_or_else(wrong)?;
        add(&mut endpoints, name, url, &format!("--storage-endpoint {name}"))?;
    }
    Ok(endpoints)
}

fn add(endpoints: &mut BTreeMap<String, String>, name: &str, url: &str, setting: &str) -> Result<(), ConfigError> {
    if !ENDPOINTS.contains(&name) {
        let known = ENDPOINTS.join(", ");
        return Err(ConfigError::new(setting, format!("there is no endpoint `{name}`; there are {known}")));
    }
    let usable = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none());
    if !usable {
        // It is not shown: it may hold a password.
        return Err(ConfigError::new(setting, "it is not an address like https://s3.example.com"));
    }
    endpoints.insert(name.to_owned(), url.to_owned());
    Ok(())
}
