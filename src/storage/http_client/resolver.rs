//! Looks names up, and hands out only addresses that storages may have. The connection is made to those very addresses, so that
//! a name that changes its mind gains nothing.

use std::net::SocketAddr;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use crate::storage::{Network, StorageError, network::look_up};

/// What looks a name up.
type LookUp = fn(String) -> BoxFuture<'static, Result<Vec<SocketAddr>, StorageError>>;

pub(super) struct Resolver {
    network: Network,
    look_up: LookUp,
}

impl Resolver {
    pub(super) fn new(network: &Network) -> Self {
        Self { network: network.clone(), look_up: |name| Box::pin(async move { look_up(&name, 0).await }) }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (network, look_up, name) = (self.network.clone(), self.look_up, name.as_str().to_owned());
        Box::pin(async move {
            let proxy = is_proxy(&name);
            let found = look_up(name).await?;
            // The operator chose where the proxy is.
            if !proxy {
                network.admit_all(&found)?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
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

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    };

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// How often the name was looked up.
    static LOOKED_UP: AtomicUsize = AtomicUsize::new(0);

    /// A name that leads to this machine when it is looked up for the first time, and then to a cloud's secrets.
    fn rebinding(_: String) -> BoxFuture<'static, Result<Vec<SocketAddr>, StorageError>> {
        let first = LOOKED_UP.fetch_add(1, SeqCst) == 0;
        let address = if first { [127, 0, 0, 1] } else { [169, 254, 169, 254] };
        Box::pin(async move { Ok(vec![SocketAddr::from((address, 0))]) })
    }

    #[tokio::test]
    async fn a_connection_goes_to_the_address_that_was_admitted_and_another_lookup_is_judged_anew() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            let _ = connection.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
            connection.write_all(answer).await.unwrap();
        });
        let _ = rustls::crypto::ring::default_provider().install_default();
        let network = Network { allow_loopback: true, ..Network::default() };
        let resolver = Arc::new(Resolver { network, look_up: rebinding });
        let client = reqwest::Client::builder().no_proxy().dns_resolver(resolver).build().unwrap();
        let ask = || client.get(format!("http://storage.example:{port}/")).send();
        assert_eq!(ask().await.unwrap().text().await.unwrap(), "ok");
        assert_eq!(LOOKED_UP.load(SeqCst), 1, "what was admitted is what was connected to");
        let refused = super::super::failure::of(ask().await.unwrap_err());
        assert!(matches!(refused, StorageError::InvalidSettings(_)), "{refused:?}");
        assert_eq!(LOOKED_UP.load(SeqCst), 2);
    }
}
