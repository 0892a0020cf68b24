//! `carryall.toml`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::ConfigError;

/// The file that is read if it is there and no other is named.
const DEFAULT: &str = "carryall.toml";

/// What a file may set. The names are those of the flags; an unknown one is an error, since it is a typing error.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct File {
    pub(super) listen: Option<String>,
    pub(super) public_url: Option<String>,
    pub(super) tls_certificate_file: Option<PathBuf>,
    pub(super) tls_key_file: Option<PathBuf>,
    #[serde(default)]
    pub(super) allowed_origins: Vec<String>,
    #[serde(default)]
    pub(super) trusted_proxies: Vec<String>,
    #[serde(default)]
    pub(super) limits: BTreeMap<String, u64>,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) database_url: Option<String>,
    pub(super) database_connections: Option<u64>,
    pub(super) database_timeout: Option<u64>,
    pub(super) files_url: Option<String>,
    pub(super) secret_key_file: Option<PathBuf>,
    pub(super) shutdown_grace: Option<u64>,
    pub(super) stall_minutes: Option<u64>,
    pub(super) keep_failed_days: Option<u64>,
    pub(super) concurrent_exports: Option<u64>,
    pub(super) queued_exports: Option<u64>,
    #[serde(default)]
    pub(super) allow_loopback_storage: bool,
    pub(super) extra_ca_file: Option<PathBuf>,
    pub(super) upload_bandwidth: Option<u64>,
    #[serde(default)]
    pub(super) presigned_downloads: bool,
    #[serde(default)]
    pub(super) storage_endpoint: BTreeMap<String, String>,
    /// Where it was read from.
    #[serde(skip)]
    pub(super) path: PathBuf,
    #[serde(default)]
    pub(super) demo: bool,
    #[serde(default)]
    pub(super) no_worker: bool,
    #[serde(default)]
    pub(super) source: BTreeMap<String, SourceTable>,
}

/// `[source.NAME]`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct SourceTable {
    pub(super) url: String,
    /// Patterns for the tables to export; without any, all are.
    #[serde(default)]
    pub(super) include: Vec<String>,
    /// Patterns for the tables that are never exported.
    #[serde(default)]
    pub(super) exclude: Vec<String>,
}

impl File {
    /// The file at `path`; without a path, the one in the present folder if there is one.
    pub(super) fn read(path: Option<&Path>) -> Result<Self, ConfigError> {
        let name = path.unwrap_or(Path::new(DEFAULT));
        match std::fs::read_to_string(name) {
            Ok(text) => {
                // The parser's message quotes the line, which may hold a password: only where and what is told.
                let parsed = toml::from_str(&text).map_err(|cause: toml::de::Error| {
                    let line = cause.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
                    ConfigError::new(format!("{}, line {line}", name.display()), without_value(cause.message()))
                })?;
                Ok(Self { path: name.to_owned(), ..parsed })
            }
            Err(cause) if path.is_none() && cause.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(cause) => Err(ConfigError::new(name.display().to_string(), cause)),
        }
    }
}

/// Of a value that is of another kind, only what was expected.
fn without_value(message: &str) -> String {
    let quotes = ["invalid type: ", "invalid value: "].iter().any(|beginning| message.starts_with(beginning));
    let expected = message.rsplit_once(", expected ").filter(|_| quotes);
    expected.map_or_else(|| message.replace('\n', " "), |(_, expected)| format!("the value must be {expected}"))
}
