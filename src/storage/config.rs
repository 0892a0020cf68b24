//! Which provider it is, and how it is set up: what is sealed and kept of a storage, and what the API takes and shows of it.
//!
//! Each provider's settings are a struct in its own file, which is at the same time an input of the API (with its secrets) and
//! an output (without them), and has two functions: `open` makes the storage, `place` says where its files lie. What its secrets
//! are for it says as [`Secrets`].

use async_graphql::{Enum, OneofObject, Union};
use serde::{Deserialize, Serialize};

use super::{
    AmazonS3, AzureBlob, DigitaloceanSpaces, GoogleCloudStorage, Network, Scaleway, Storage, StorageError,
    dropbox::Dropbox,
    kept_secret::{self, SecretNeeded, SecretSetting, Secrets},
    rackspace::Rackspace,
    sftp::SftpSettings,
};

macro_rules! providers {
    ($($(#[$doc:meta])* $name:ident($settings:ident),)+) => {
        /// How a storage is set up: exactly one of these. Secrets go in and never come out.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, OneofObject, Union)]
        #[serde(rename_all = "camelCase")]
        #[graphql(name = "StorageConfig", input_name = "StorageConfigInput")]
        pub enum Config {
            $($(#[$doc])* $name($settings),)+
        }

        /// Who provides a storage.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
        #[graphql(name = "StorageProvider")]
        pub enum Provider {
            $($(#[$doc])* $name,)+
        }

        impl Config {
            /// Who provides it.
            pub fn provider(&self) -> Provider {
                match self {
                    $(Self::$name(_) => Provider::$name,)+
                }
            }

            /// The name of its settings in the API.
            pub fn field(&self) -> String {
                let name = match self {
                    $(Self::$name(_) => stringify!($name),)+
                };
                name[..1].to_ascii_lowercase() + &name[1..]
            }

            /// The storage. Connects to nothing.
            ///
            /// # Errors
            ///
            /// If a setting cannot be what it is meant to be; the error says which, and what would be right.
            pub fn open(&self, network: &Network) -> Result<Box<dyn Storage>, StorageError> {
                match self {
                    $(Self::$name(settings) => settings.open(network),)+
                }
            }

            /// Where its files lie: two that differ in nothing but their credentials are the same place.
            pub fn place(&self) -> String {
                let place = match self {
                    $(Self::$name(settings) => settings.place(),)+
                };
                format!("{:?} {place:?}", self.provider())
            }

            fn secrets(&mut self) -> Vec<SecretSetting<'_>> {
                match self {
                    $(Self::$name(settings) => Secrets::secrets(settings),)+
                }
            }

            /// The folder that the files lie in.
            pub fn base_path(&self) -> &str {
                match self {
                    $(Self::$name(settings) => &settings.base_path,)+
                }
            }
        }
    };
}

providers! {
    /// Amazon S3.
    AmazonS3(AmazonS3),
    /// Azure Blob Storage.
    AzureBlob(AzureBlob),
    /// DigitalOcean Spaces.
    DigitaloceanSpaces(DigitaloceanSpaces),
    /// Dropbox.
    Dropbox(Dropbox),
    /// Google Cloud Storage.
    GoogleCloudStorage(GoogleCloudStorage),
    /// Rackspace Cloud Files, or another OpenStack Swift with Identity v2.0.
    Rackspace(Rackspace),
    /// Scaleway Object Storage.
    Scaleway(Scaleway),
    /// SFTP server.
    Sftp(SftpSettings),
}

impl Config {
    /// Whether files of both would lie in the same folder, as far as can be told.
    pub fn shares_folder_with(&self, other: &Self) -> bool {
        self.is_same_account(other) && self.place() == other.place()
    }

    /// Whether two of the same place are of the same account, as far as can be told: most places name it.
    pub fn is_same_account(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Dropbox(one), Self::Dropbox(other)) => one.is_same_account(other),
            _ => true,
        }
    }

    /// Takes over the secrets of the settings `before` that are empty here.
    ///
    /// # Errors
    ///
    /// If one is empty that goes elsewhere with these settings, or is used as somebody else.
    pub fn with_secrets_of(mut self, before: &Self) -> Result<Self, SecretNeeded> {
        let same_provider = self.provider() == before.provider();
        let mut before = before.clone();
        let held = if same_provider { before.secrets() } else { Vec::new() };
        kept_secret::keep(self.secrets(), &held)?;
        Ok(self)
    }

    /// The path of the file `name`, as people write it.
    pub fn path(&self, name: &str) -> String {
        match self.base_path().trim().trim_end_matches('/') {
            "" => name.to_owned(),
            folder => format!("{folder}/{name}"),
        }
    }

    /// Takes over what was found out about the host, if this is the same host and the settings do not say it.
    pub fn with_host_key(mut self, key: Option<&str>) -> Self {
        if let Self::Sftp(settings) = &mut self
            && settings.host_key_fingerprint.as_deref().is_none_or(|set| set.trim().is_empty())
        {
            settings.host_key_fingerprint = key.map(str::to_owned);
        }
        self
    }

    /// The fingerprint of the host key that is expected.
    pub fn host_key(&self) -> Option<&str> {
        match self {
            Self::Sftp(settings) => settings.host_key_fingerprint.as_deref(),
            _ => None,
        }
    }

    /// The host whose key is pinned; None where hosts have certificates.
    pub fn pinned_host(&self) -> Option<(&str, u16)> {
        match self {
            Self::Sftp(settings) => Some((settings.host_name(), settings.port)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn config(provider: &str, settings: &Value) -> Config {
        serde_json::from_value(json!({provider: settings})).unwrap()
    }

    /// One of each provider, without its folder.
    fn all() -> Vec<(&'static str, Value)> {
        let s3 = json!({"key": "k", "secret": "s", "region": "eu-west-1", "apiVersion": "latest", "bucket": "b"});
        let with = |mut settings: Value, field: &str, value: &str| {
            settings[field] = json!(value);
            settings
        };
        vec![
            ("amazonS3", s3.clone()),
            ("azureBlob", json!({"accountName": "a", "accountKey": "k", "container": "c"})),
            ("digitaloceanSpaces", with(s3.clone(), "endpoint", "https://e")),
            ("dropbox", json!({"refreshToken": "t", "appKey": "k"})),
            ("googleCloudStorage", json!({"projectId": "p", "keyFile": "k", "bucket": "b"})),
            (
                "rackspace",
                json!({"identityEndpoint": "https://e", "username": "u", "password": "p", "region": "DFW", "container": "c"}),
            ),
            ("scaleway", with(s3, "endpoint", "https://e")),
            ("sftp", json!({"host": "h", "port": 22, "username": "u", "password": "p"})),
        ]
    }

    #[test]
    fn a_place_is_the_same_however_its_folder_is_written_and_another_for_another_folder() {
        for (provider, settings) in all() {
            let place = |folder: &str| {
                let mut settings = settings.clone();
                settings["basePath"] = json!(folder);
                config(provider, &settings).place()
            };
            assert_eq!(place("a/b"), place("a//b/"), "{provider}");
            assert_ne!(place("a/b"), place("a /b"), "{provider}");
            assert_ne!(place(""), place("a"), "{provider}");
            // Only SFTP servers have folders that do not begin at the top.
            assert_eq!(place("a/b") == place("/a/b"), provider != "sftp", "{provider}");
        }
    }

    #[test]
    fn credentials_make_no_other_place_and_all_else_does() {
        for (provider, settings) in all() {
            let mut settings = settings;
            settings["basePath"] = json!("x");
            let before = config(provider, &settings);
            for field in settings.as_object().unwrap().keys().cloned().collect::<Vec<_>>() {
                let mut changed = settings.clone();
                changed[&field] = if field == "port" { json!(23) } else { json!("cn-other") };
                let after = config(provider, &changed);
                let same = matches!(
                    (provider, field.as_str()),
                    ("dropbox", "refreshToken" | "appKey")
                        | ("digitaloceanSpaces" | "scaleway", "region")
                        | (_, "key" | "secret" | "accountKey" | "keyFile" | "password" | "apiVersion" | "projectId")
                );
                assert_eq!(before.place() == after.place(), same, "{provider} {field}");
            }
        }
    }
}
