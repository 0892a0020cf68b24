//! Whether something may be sent to an address: asked when it is given, and again before each request, whoever made it up.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::timeout;
use url::{Host, Url};

use super::resolver::{is_proxy, proxies};
use crate::storage::{Network, StorageError, network::look_up};

/// How long a name may take to be looked up that is the proxy's to look up.
const QUICKLY: Duration = Duration::from_secs(5);

/// The admissions of one client.
#[derive(Clone, Debug)]
pub(in crate::storage) struct Admission {
    network: Network,
    /// Names that a proxy is to look up, and that were looked up here before: once for a client, since it can take long to learn
    /// that nobody here knows them.
    seen: Arc<Mutex<HashSet<String>>>,
}

impl Admission {
    pub(in crate::storage) fn new(network: &Network) -> Self {
        Self { network: network.clone(), seen: Arc::default() }
    }

    /// Refuses an address that is said in numbers, which no resolver is asked about, or by a name that no storage may have.
    pub(in crate::storage) fn of(&self, url: &Url) -> Result<(), StorageError> {
        match url.host() {
            Some(Host::Ipv4(address)) => self.network.admit(address.into()),
            Some(Host::Ipv6(address)) => self.network.admit(address.into()),
            Some(Host::Domain(name)) => {
                self.network.admit_host(name)?;
                // The operator chose where the proxy is. It is none of a storage's.
                let own = is_proxy(name.trim_end_matches('.'));
                if own { self.network.admit([127, 0, 0, 1].into()) } else { Ok(()) }
            }
            None => Ok(()),
        }
    }

    /// The same before a request. Behind a proxy the names are the proxy's to look up, and a connection to it is all that is made
    /// here; but one that is known here too, and leads to where no storage may be, is not handed to it.
    pub(in crate::storage) async fn before_request(&self, url: &Url) -> Result<(), StorageError> {
        self.of(url)?;
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        let seen = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if proxies().is_empty() || seen().contains(name) {
            return Ok(());
        }
        if let Ok(Ok(found)) = timeout(QUICKLY, look_up(name, 0)).await {
            self.network.admit_all(&found)?;
        }
        seen().insert(name.to_owned());
        Ok(())
    }
}
