//! How connections to an object store are made: as those of every storage, each request on one of its own.

use std::net::IpAddr;

use url::Url;

use super::Transport;
use crate::storage::{
    Network, StorageError,
    http_client::{Admission, builder, built, proxies},
    network::SILENCE,
};

/// An address that somebody typed: a server, and at most a path.
pub(in crate::storage) fn address(field: &'static str, text: &str) -> Result<Url, StorageError> {
    let wrong = || StorageError::setting(field, "it must be an address such as https://s3.example.com");
    let url = Url::parse(text.trim()).map_err(|_| wrong())?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain {
        return Err(wrong());
    }
    Ok(url)
}

/// The way to one server.
pub(super) struct Dial {
    client: reqwest::Client,
    admission: Admission,
    network: Network,
}

impl Dial {
    pub fn new(root: &Url, network: &Network) -> Result<Self, StorageError> {
        let admission = Admission::new(network);
        admission.of(root)?;
        // Each part on a connection of its own: on one, the slowest would hold up all.
        let builder = builder(network)?.tcp_user_timeout(SILENCE).pool_max_idle_per_host(8).http1_only();
        Ok(Self { client: built(builder)?, admission, network: network.clone() })
    }

    /// What carries the requests of one operation.
    pub fn transport(&self) -> Transport {
        Transport::new(self.client.clone(), self.admission.clone())
    }

    /// Looks the server up, and returns its addresses; None if that is left to a proxy.
    pub async fn resolve(&self, root: &Url) -> Result<Option<Vec<IpAddr>>, StorageError> {
        if !proxies().is_empty() {
            return Ok(None);
        }
        let host = root.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let mut addresses: Vec<_> =
            self.network.resolve(host, 0).await?.into_iter().map(|address| address.ip()).collect();
        addresses.dedup();
        Ok(Some(addresses))
    }
}
