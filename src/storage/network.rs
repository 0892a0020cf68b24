//! How the process may reach the outside: what the operator sets, not the admins.

mod own;
mod refused;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use tokio::{net::lookup_host, time::timeout};
use url::Host;

use self::{
    own::is_own,
    refused::{Standing, is_metadata_name},
};
use super::StorageError;

/// How long a connection may take.
pub const CONNECT: Duration = Duration::from_secs(15);
/// How long nothing may come, or be taken, on a connection that was made. There is no limit for the whole: a large file over
/// a slow line takes its time.
pub const SILENCE: Duration = Duration::from_secs(60);

/// The public addresses that can be replaced.
pub const ENDPOINTS: [&str; 5] = ["amazon-s3", "azure-blob", "dropbox-api", "dropbox-content", "google-cloud-storage"];

/// What the operator of the process allows and prescribes.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// Storages may lie on this machine itself. Off: an admin of the product cannot reach what listens here.
    pub allow_loopback: bool,
    /// More certificate authorities, as a PEM file.
    pub extra_ca_file: Option<PathBuf>,
    /// Addresses in place of the providers' public ones, by the names in [`ENDPOINTS`].
    pub endpoints: std::collections::BTreeMap<String, String>,
}

impl Network {
    /// The addresses of a host. Fails if one of them is refused. Whoever connects must do so to these: looked up again, the
    /// name may mean others.
    pub(super) async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, StorageError> {
        self.admit_host(host)?;
        let found = look_up(host, port).await?;
        self.admit_all(&found)?;
        Ok(found)
    }

    /// Refuses a host whose name says already that it is none that a storage may have. The others are looked at when they are
    /// looked up.
    pub(super) fn admit_host(&self, host: &str) -> Result<(), StorageError> {
        if let Ok(address) = host.parse() {
            return self.admit(address);
        }
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        if is_metadata_name(&name) {
            return Err(metadata(host));
        }
        if name == "localhost" || name.ends_with(".localhost") {
            return self.admit(Ipv4Addr::LOCALHOST.into());
        }
        // Numbers in other forms than four, such as 2852039166 or 0xA9FEA9FE, which are taken for addresses too.
        match Host::parse(host) {
            Ok(Host::Ipv4(address)) => self.admit(address.into()),
            _ => Ok(()),
        }
    }

    /// Refuses all of these if one of them is refused.
    pub(super) fn admit_all(&self, addresses: &[SocketAddr]) -> Result<(), StorageError> {
        addresses.iter().try_for_each(|address| self.admit(address.ip()))
    }

    /// Refuses addresses that no storage may have: this machine, unless that is allowed; and always the addresses at which
    /// clouds tell their machines secrets.
    pub fn admit(&self, address: IpAddr) -> Result<(), StorageError> {
        match Standing::of(address) {
            Standing::Metadata => Err(metadata(address)),
            standing if !self.allow_loopback && (standing == Standing::Own || is_own(address)) => {
                Err(StorageError::InvalidSettings(format!(
                    "{address} is this machine itself: start the server with --allow-loopback-storage to allow storages there, or \
                 give another host"
                )))
            }
            Standing::Own | Standing::Others => Ok(()),
        }
    }
}

fn metadata(what: impl std::fmt::Display) -> StorageError {
    StorageError::InvalidSettings(format!(
        "{what} is an address at which a cloud tells its machines secrets, which no storage may have"
    ))
}

/// The addresses of a host, wherever they are.
pub(super) async fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, StorageError> {
    let found: Vec<_> = match timeout(CONNECT, lookup_host((host, port))).await {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(error)) => {
            return Err(StorageError::unreachable(format!("the name {host} cannot be looked up: {error}")));
        }
        Err(_) => return Err(StorageError::unreachable(format!("looking up the name {host} takes too long"))),
    };
    if found.is_empty() {
        return Err(StorageError::unreachable(format!("the name {host} has no address")));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the metadata service is called by those who want to get past a check.
    const METADATA: [&str; 16] = [
        "169.254.169.254",
        "169.254.169.254.",
        "2852039166",
        "0xA9FEA9FE",
        "0xa9.0xfe.0xa9.0xfe",
        "0251.0376.0251.0376",
        "025177524776",
        "169.254.43518",
        "169.16689662",
        "0xa9.254.0251.254",
        "::ffff:a9fe:a9fe",
        "metadata.google.internal",
        "Metadata.Google.Internal.",
        "instance-data",
        "１６９.254.169.254",
        "169.254.169.%32%35%34",
    ];

    fn is_refused(result: Result<(), StorageError>) -> bool {
        matches!(result, Err(StorageError::InvalidSettings(_)))
    }

    #[test]
    fn this_machine_is_refused_unless_allowed_and_metadata_addresses_always() {
        let (strict, open) = (Network::default(), Network { allow_loopback: true, ..Network::default() });
        for host in ["127.0.0.1", "127.1", "0x7f000001", "::1", "0", "localhost", "LocalHost.", "a.localhost"] {
            assert!(is_refused(strict.admit_host(host)) && open.admit_host(host).is_ok(), "{host}");
        }
        for host in METADATA {
            assert!(is_refused(open.admit_host(host)), "{host}");
        }
        for host in ["192.0.2.7", "2001:db8::7", "example.com", "metadata.example.com", "instance-data.example.com"] {
            assert!(strict.admit_host(host).is_ok(), "{host}");
        }
    }

    #[tokio::test]
    async fn what_a_name_turns_out_to_mean_is_refused_whatever_it_looks_like() {
        let open = Network { allow_loopback: true, ..Network::default() };
        for host in METADATA {
            let refused = open.resolve(host, 80).await;
            assert!(matches!(refused, Err(StorageError::InvalidSettings(_))), "{host}: {refused:?}");
        }
        // One that is refused among good ones is enough.
        let mixed = ["192.0.2.7:80", "[64:ff9b::a9fe:a9fe]:80"].map(|address| address.parse().unwrap());
        assert!(is_refused(open.admit_all(&mixed)) && open.admit_all(&mixed[..1]).is_ok());
        // The system's own resolver reads numbers in the same way, for those that are not read before.
        let found = look_up("0251.0376.0251.0376", 80).await.unwrap();
        assert!(is_refused(open.admit_all(&found)), "{found:?}");
    }
}
