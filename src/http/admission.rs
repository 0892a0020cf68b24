//! Which connections are taken: no more than there may be, of all and of one address, and none whose client takes nothing of
//! what it is sent.

use std::{
    collections::HashMap,
    future::{Ready, ready},
    io,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum_server::accept::Accept;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_io_timeout::TimeoutStream;

use super::{Reach, client::network};
use crate::limits::Limits;

/// So often it is told of at most that connections are not taken.
const TOLD: Duration = Duration::from_secs(60);

/// Admits connections.
#[derive(Clone)]
pub(super) struct Admission {
    reach: Arc<Reach>,
    limits: Arc<Limits>,
    taken: Arc<Taken>,
}

/// How many are open.
#[derive(Default)]
struct Taken(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    all: u64,
    of_networks: HashMap<IpAddr, u64>,
    /// When it was last told that one was not taken.
    told: Option<Instant>,
}

/// The place of a connection; free when it is dropped.
struct Place {
    taken: Arc<Taken>,
    /// None for a proxy, behind which there are many.
    network: Option<IpAddr>,
}

/// A connection that was admitted. It keeps its place until it is closed, also when it has become a WebSocket.
pub(super) struct Admitted {
    stream: Pin<Box<TimeoutStream<TcpStream>>>,
    _place: Place,
}

impl Admission {
    pub(super) fn new(reach: Arc<Reach>, limits: Arc<Limits>) -> Self {
        Self { reach, limits, taken: Arc::default() }
    }

    fn admit(&self, stream: TcpStream) -> io::Result<Admitted> {
        let peer = stream.peer_addr()?.ip().to_canonical();
        let place = self.place((!self.reach.trusts(peer)).then(|| network(peer)))?;
        stream.set_nodelay(true)?;
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(Limits::seconds(self.limits.write_seconds)));
        Ok(Admitted { stream: Box::pin(stream), _place: place })
    }

    fn place(&self, network: Option<IpAddr>) -> io::Result<Place> {
        let mut counts = self.taken.lock();
        if counts.all >= self.limits.connections {
            return Err(counts.refused("as many connections are open as there may be (`connections`)"));
        }
        if let Some(network) = network {
            if counts.of_networks.get(&network).is_some_and(|open| *open >= self.limits.connections_per_address) {
                let why = "as many connections of one address are open as there may be (`connections-per-address`)";
                return Err(counts.refused(why));
            }
            *counts.of_networks.entry(network).or_default() += 1;
        }
        counts.all += 1;
        drop(counts);
        Ok(Place { taken: Arc::clone(&self.taken), network })
    }
}

impl Counts {
    /// Why a connection is not taken. Whoever makes many does not fill the log: it is told of once in a while.
    fn refused(&mut self, why: &'static str) -> io::Error {
        if self.told.is_none_or(|told| told.elapsed() > TOLD) {
            self.told = Some(Instant::now());
            tracing::warn!("connections are not taken: {why}");
        }
        io::Error::other(why)
    }
}

impl Taken {
    fn lock(&self) -> MutexGuard<'_, Counts> {
        // Nothing is half done in there.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.taken.lock();
        counts.all = counts.all.saturating_sub(1);
        if let Some(network) = self.network
            && let Some(of_network) = counts.of_networks.get_mut(&network)
        {
            *of_network = of_network.saturating_sub(1);
            if *of_network == 0 {
                counts.of_networks.remove(&network);
            }
        }
    }
}

impl<S> Accept<TcpStream, S> for Admission {
    type Stream = Admitted;
    type Service = S;
    type Future = Ready<io::Result<(Admitted, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.admit(stream).map(|admitted| (admitted, service)))
    }
}

impl AsyncRead for Admitted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_read(cx, buf)
    }
}

impl AsyncWrite for Admitted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
