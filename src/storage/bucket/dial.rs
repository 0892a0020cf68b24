//! How connections to an object store are made: only to addresses that are admitted, trusting the operator's certificate
//! authorities too, through the proxies of the environment.

use std::{net::IpAddr, sync::Arc};

use reqwest::{
    Certificate,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use url::{Host, Url};

use crate::storage::{
    Network, StorageError,
    network::{CONNECT, SILENCE},
};

/// An address that somebody typed: a server, and at most a path.
pub(in crate::storage) fn address(what: &str, text: &str) -> Result<Url, StorageError> {
    let wrong = || StorageError::InvalidSettings(format!("{what} must be an address such as https://s3.example.com"));
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
    network: Arc<Network>,
    proxied: bool,
}

impl Dial {
    pub fn new(root: &Url, network: &Network) -> Result<Self, StorageError> {
        // Numbers are connected to without asking the resolver, and a proxy asks its own.
        match root.host() {
            Some(Host::Ipv4(address)) => network.admit(IpAddr::V4(address))?,
            Some(Host::Ipv6(address)) => network.admit(IpAddr::V6(address))?,
            Some(Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost") => {
                network.admit(IpAddr::from([127, 0, 0, 1]))?;
            }
            _ => {}
        }
        let network = Arc::new(network.clone());
        let proxies = proxies(root.scheme());
        let resolver = Admitting { network: Arc::clone(&network), proxies: proxies.clone() };
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Nobody has chosen one yet. That somebody else does so in between is no error.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .tcp_user_timeout(SILENCE)
            .pool_max_idle_per_host(8)
            .redirect(Policy::none())
            .user_agent(concat!("carryall/", env!("CARGO_PKG_VERSION")))
            // Each part on a connection of its own: on one, the slowest would hold up all.
            .http1_only()
            .dns_resolver(Arc::new(resolver))
            .tls_certs_merge(more_authorities(&network)?)
            .build()
            .map_err(|cause| StorageError::InvalidSettings(format!("no client can be made: {cause}")))?;
        Ok(Self { client, network, proxied: !proxies.is_empty() })
    }

    pub fn client(&self) -> reqwest::Client {
        self.client.clone()
    }

    /// Looks the server up, and returns its addresses; None if that is left to a proxy.
    pub async fn resolve(&self, root: &Url) -> Result<Option<Vec<IpAddr>>, StorageError> {
        if self.proxied {
            return Ok(None);
        }
        let host = root.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((host, 0))).await;
        let found = found.map_err(|_| StorageError::unreachable(format!("looking up {host} takes too long")))?;
        let found = found.map_err(|cause| StorageError::unreachable(format!("{host} cannot be looked up: {cause}")))?;
        let mut addresses: Vec<_> = found.map(|address| address.ip()).collect();
        addresses.dedup();
        addresses.iter().try_for_each(|address| self.network.admit(*address))?;
        Ok(Some(addresses))
    }
}

/// The operator's certificate authorities.
fn more_authorities(network: &Network) -> Result<Vec<Certificate>, StorageError> {
    let Some(path) = &network.extra_ca_file else { return Ok(Vec::new()) };
    let wrong = |cause: String| StorageError::InvalidSettings(format!("{}: {cause}", path.display()));
    let pem = std::fs::read(path).map_err(|cause| wrong(cause.to_string()))?;
    Certificate::from_pem_bundle(&pem).map_err(|cause| wrong(cause.to_string()))
}

/// The hosts of the proxies that the environment names for addresses of this scheme.
fn proxies(scheme: &str) -> Vec<String> {
    let names = [format!("{scheme}_proxy"), "all_proxy".to_owned()];
    let values =
        names.iter().flat_map(|name| [name.clone(), name.to_uppercase()]).filter_map(|name| std::env::var(name).ok());
    let urls = values.filter_map(|value| Url::parse(&value).or_else(|_| Url::parse(&format!("http://{value}"))).ok());
    urls.filter_map(|url| url.host_str().map(str::to_owned)).collect()
}

/// Looks names up, and returns addresses only if all of them are admitted: what is looked at is what is connected to.
struct Admitting {
    network: Arc<Network>,
    proxies: Vec<String>,
}

impl Resolve for Admitting {
    fn resolve(&self, name: Name) -> Resolving {
        let network = Arc::clone(&self.network);
        // Where the proxy is has been said by the operator.
        let trusted = self.proxies.iter().any(|proxy| proxy == name.as_str());
        Box::pin(async move {
            let addresses: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !trusted {
                addresses.iter().try_for_each(|address| network.admit(address.ip()))?;
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
