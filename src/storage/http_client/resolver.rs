//! Looks names up, and hands out only addresses that storages may have. The connection is made to those very addresses, so that
//! a name that changes its mind gains nothing.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use crate::storage::{Network, network::look_up};

pub(super) struct Resolver {
    network: Network,
}

impl Resolver {
    pub(super) fn new(network: &Network) -> Self {
        Self { network: network.clone() }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (network, name) = (self.network.clone(), name.as_str().to_owned());
        Box::pin(async move {
            let found = if is_proxy(&name) { look_up(&name, 0).await } else { network.resolve(&name, 0).await };
            Ok(Box::new(found?.into_iter()) as Addrs)
        })
    }
}

/// Whether this is the host of a proxy of the environment: the operator chose it, wherever it is.
pub(super) fn is_proxy(host: &str) -> bool {
    proxies().iter().any(|proxy| proxy.eq_ignore_ascii_case(host))
}

/// The hosts of the environment's proxies.
pub(in crate::storage) fn proxies() -> Vec<String> {
    let set = ["https_proxy", "http_proxy", "all_proxy"].into_iter();
    let set = set.flat_map(|name| [std::env::var(name).ok(), std::env::var(name.to_uppercase()).ok()]).flatten();
    let with_scheme = |text: String| if text.contains("://") { text } else { format!("http://{text}") };
    set.filter_map(|text| Url::parse(&with_scheme(text)).ok()?.host_str().map(str::to_owned)).collect()
}
