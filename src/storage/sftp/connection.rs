//! From the name of a host to a connection to the host that it should be.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use russh::{
    Preferred, SshId, cipher,
    client::{self, Handle},
    compression,
    keys::Algorithm,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    host_key::{Fingerprint, Guard, Pin, Sight},
    watched::Watched,
};
use crate::storage::{StorageError, network::CONNECT};

/// How often the server is asked for a sign of life while nothing comes from it.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// A connection to a host that has proved to be the right one. Nothing was sent there yet.
pub struct Identified {
    pub handle: Handle<Guard>,
    pub sight: Arc<Sight>,
    /// Cuts the connection when it is dropped.
    pub cut: DropGuard,
}

/// A connection to the first address that takes one.
pub async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, StorageError> {
    let mut last = StorageError::unreachable("the host has no address");
    for address in addresses {
        let cause = match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => match stream.set_nodelay(true) {
                Ok(()) => return Ok(stream),
                Err(error) => error.to_string(),
            },
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} seconds", CONNECT.as_secs()),
        };
        last = StorageError::unreachable(format!(
            "{address} cannot be reached: {cause}; check the host, the port and the firewall"
        ));
    }
    Err(last)
}

/// Agrees on keys with the host over `stream`, and refuses it if its own key is not the pinned one.
///
/// A host has a key of each kind and shows the one that is asked for first, so that before a key counts as changed, those of the
/// other kinds are looked at, over connections to `addresses`: the one that was pinned may be among them.
pub async fn identify(stream: TcpStream, addresses: &[SocketAddr], pin: &Arc<Pin>) -> Result<Identified, StorageError> {
    let all: Vec<Algorithm> = pin.kinds().flatten().cloned().collect();
    let shown = match shake_hands(stream, pin, all).await? {
        Shown::Expected(identified) => return Ok(identified),
        Shown::Other(fingerprint) => fingerprint,
    };
    for kind in pin.kinds() {
        let stream = connect(addresses).await?;
        // A host without a key of this kind breaks off.
        if let Ok(Shown::Expected(identified)) = shake_hands(stream, pin, kind.to_vec()).await {
            pin.is_of(kind);
            return Ok(identified);
        }
    }
    let expected = pin.expected().map(ToString::to_string).unwrap_or_default();
    Err(StorageError::HostKeyChanged(format!(
        "the server shows a host key with the fingerprint {shown}, and the one that is pinned is {expected}; no password was \
         sent. If the server was set up anew, pin the new one; else somebody may be listening in between"
    )))
}

/// The key that a host shows.
enum Shown {
    Expected(Identified),
    Other(Fingerprint),
}

async fn shake_hands(stream: TcpStream, pin: &Arc<Pin>, keys: Vec<Algorithm>) -> Result<Shown, StorageError> {
    let cut = CancellationToken::new();
    let sight = Arc::new(Sight::default());
    let guard = Guard { pin: Arc::clone(pin), sight: Arc::clone(&sight) };
    let stream = Watched::new(stream, cut.clone());
    let cut = cut.drop_guard();
    let outcome = timeout(CONNECT, client::connect_stream(Arc::new(config(keys)), stream, guard)).await;
    let shown = sight.key.get();
    let expected = shown.is_some() && shown == pin.expected();
    match (outcome, shown) {
        (_, Some(shown)) if !expected => Ok(Shown::Other(shown.clone())),
        (Ok(Ok(handle)), Some(_)) => Ok(Shown::Expected(Identified { handle, sight, cut })),
        (Ok(Err(error)), _) => Err(not_agreed(&error)),
        _ => Err(StorageError::unreachable("the server does not answer in SSH's protocol")),
    }
}

fn not_agreed(error: &russh::Error) -> StorageError {
    match error {
        russh::Error::NoCommonAlgo { kind, theirs, .. } => StorageError::Rejected(format!(
            "the server offers no {kind:?} algorithm that is safe: {}",
            theirs.join(", ")
        )),
        russh::Error::Version => StorageError::unreachable("what answers there is no SSH server"),
        error => StorageError::unreachable(format!(
            "the server broke off before a session began: {error}; is this the port of SSH?"
        )),
    }
}

fn config(keys: Vec<Algorithm>) -> client::Config {
    client::Config {
        client_id: SshId::Standard(concat!("SSH-2.0-Carryall_", env!("CARGO_PKG_VERSION")).into()),
        keepalive_interval: Some(SIGN_OF_LIFE),
        // That nothing comes is seen by `Watched`.
        keepalive_max: 0,
        preferred: Preferred {
            key: keys.into(),
            // The processor's own AES is several times as fast as ChaCha20.
            cipher: vec![
                cipher::AES_256_GCM,
                cipher::CHACHA20_POLY1305,
                cipher::AES_256_CTR,
                cipher::AES_192_CTR,
                cipher::AES_128_CTR,
            ]
            .into(),
            // Archives are compressed.
            compression: vec![compression::NONE].into(),
            ..Preferred::DEFAULT
        },
        ..client::Config::default()
    }
}
