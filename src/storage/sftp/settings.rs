//! What is set of an SFTP server.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};

use crate::{
    secret::Secret,
    storage::{
        Network, Storage, StorageError,
        kept_secret::{SecretSetting, Secrets},
        secret_text,
    },
};

use super::{Sftp, folder::Folder};

/// An SFTP server, and a folder on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, InputObject, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Sftp", input_name = "SftpInput")]
pub struct SftpSettings {
    /// The server's name or address, without a port, such as `sftp.example.com`.
    pub host: String,
    /// The port, 1 to 65535.
    #[serde(default = "ssh_port")]
    #[graphql(default = 22)]
    pub port: u16,
    /// The user to sign in as.
    pub username: String,
    /// The user's password. Left empty in a change, it stays, if `host`, `port`, `username` and the host's key do.
    #[serde(with = "secret_text")]
    #[graphql(skip_output)]
    pub password: Secret,
    /// The folder that copies go to, such as `backups/carryall`; it is made. With a leading slash from the server's root, else
    /// from where a session of the user starts; empty: there itself.
    #[serde(default)]
    #[graphql(default)]
    pub base_path: String,
    /// The host key's fingerprint as `ssh-keygen -l` prints it, `SHA256:…`. Without one, the
    /// first key that is seen is pinned, and a test of the storage shows it.
    #[serde(default)]
    pub host_key_fingerprint: Option<String>,
}

impl Secrets for SftpSettings {
    fn secrets(&mut self) -> Vec<SecretSetting<'_>> {
        let host = self.host_name().to_owned();
        let Self { host: _, port, username, password, base_path: _, host_key_fingerprint } = self;
        // Whoever has another key is another host, whatever its name.
        let key = host_key_fingerprint.as_deref().unwrap_or_default().trim();
        vec![SecretSetting::needed("password", password, [&host, &port.to_string(), username, key])]
    }
}

impl SftpSettings {
    /// Where the files lie.
    pub fn place(&self) -> Vec<String> {
        // As it is opened: with a leading slash it is another folder than without one.
        let folder = Folder::parse(&self.base_path).map_or_else(|_| self.base_path.clone(), |folder| folder.path(""));
        vec![self.host_name().to_ascii_lowercase(), self.port.to_string(), self.username.clone(), folder]
    }

    /// The storage. Connects to nothing.
    ///
    /// # Errors
    ///
    /// If the settings cannot be right.
    pub fn open(&self, network: &Network) -> Result<Box<dyn Storage>, StorageError> {
        Ok(Box::new(Sftp::new(self.clone(), network)?))
    }

    /// Refuses what cannot be right. The base path and the fingerprint are looked at where they are parsed.
    pub(super) fn check(&self) -> Result<(), StorageError> {
        let refused = |field: &'static str, message: &str| Err(StorageError::setting(field, message));
        if self.host_name().is_empty()
            || self.host_name().contains(|c: char| c.is_whitespace() || c.is_control() || "/@".contains(c))
        {
            return refused("host", "the name or address of the server alone is wanted, such as sftp.example.com");
        }
        if self.host_name().contains(':') && self.host_name().parse::<std::net::Ipv6Addr>().is_err() {
            return refused("host", "give the port as `port`, not with the host");
        }
        if self.port == 0 {
            return refused("port", "a number from 1 to 65535 is wanted; SSH's own is 22");
        }
        if self.username.is_empty() || self.username.contains(char::is_control) {
            return refused("username", "the name to sign in with is wanted");
        }
        if self.password.expose().is_empty() {
            return refused("password", "it is empty");
        }
        Ok(())
    }

    /// The host without the brackets that IPv6 addresses are written in.
    pub(in crate::storage) fn host_name(&self) -> &str {
        self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&self.host)
    }
}

fn ssh_port() -> u16 {
    22
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_with_their_defaults_and_show_no_password() -> Result<(), serde_json::Error> {
        let json = r#"{"host": "[2001:db8::7]", "username": "anna", "password": "hunter2"}"#;
        let settings: SftpSettings = serde_json::from_str(json)?;
        assert_eq!((settings.port, settings.host_name(), settings.base_path.as_str()), (22, "2001:db8::7", ""));
        assert!(!format!("{settings:?}").contains("hunter2"));
        assert_eq!(serde_json::from_str::<SftpSettings>(&serde_json::to_string(&settings)?)?, settings);
        Ok(())
    }
}
