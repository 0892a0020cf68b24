//! How the process may reach the outside: what the operator sets, not the admins.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use tokio::{net::lookup_host, time::timeout};

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
    /// The addresses of a host. Fails if one of them is refused.
    pub(super) async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, StorageError> {
        let found = look_up(host, port).await?;
        found.iter().try_for_each(|address| self.admit(address.ip()))?;
        Ok(found)
    }

    /// Refuses addresses that no storage may have: this machine, unless that is allowed; and always the addresses at which
    /// clouds tell their machines secrets.
    pub fn admit(&self, address: IpAddr) -> Result<(), StorageError> {
        let address = address.to_canonical();
        if is_metadata(address) {
            return Err(StorageError::InvalidSettings(format!(
                "{address} is an address at which a cloud tells its machines secrets, which no storage may have"
            )));
        }
        if (address.is_loopback() || address.is_unspecified()) && !self.allow_loopback {
            return Err(StorageError::InvalidSettings(format!(
                "{address} is this machine itself: start the server with --allow-loopback-storage to allow storages there, or \
                 give another host"
            )));
        }
        Ok(())
    }
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

/// 169.254.0.0/16 and fe80::/10 hold the metadata services of AWS, Azure, Google, Scaleway and others; fd00:ec2::254 is AWS's in
/// IPv6, 168.63.129.16 is Azure's, 100.100.100.200 is Alibaba's.
fn is_metadata(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local() || matches!(v4.octets(), [168, 63, 129, 16] | [100, 100, 100, 200]),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(network: &Network, address: &str) -> bool {
        network.admit(address.parse().unwrap_or(IpAddr::from([0, 0, 0, 0]))).is_ok()
    }

    #[test]
    fn this_machine_is_refused_unless_allowed_and_metadata_addresses_always() {
        let (strict, open) = (Network::default(), Network { allow_loopback: true, ..Network::default() });
        for address in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::"] {
            assert!(!admitted(&strict, address) && admitted(&open, address), "{address}");
        }
        for address in ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "168.63.129.16", "fe80::1"] {
            assert!(!admitted(&open, address), "{address}");
        }
        assert!(admitted(&strict, "192.0.2.7") && admitted(&strict, "2001:db8::7"));
    }
}
