//! The listener: connections are counted, bounded in time, and closed in order when the server stops.
//!
//! It speaks HTTP/1.1, with TLS if there is a certificate. In HTTP/2 a client has many requests open on one connection and
//! decides itself how much it takes of each, which none of the limits on connections would see.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use axum_server::{
    Handle, Server,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto::Builder,
};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::{App, admission::Admission, router, streams};
use crate::limits::Limits;

/// How long answers and downloads may go on after the server was asked to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(10);
/// Most bytes of a request's head.
const HEAD_MAXIMUM: usize = 32 * 1024;

/// Serves until the app's `stop`; what is under way may end, but not after `now`.
pub async fn serve(
    app: App,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    now: CancellationToken,
) -> io::Result<()> {
    let handle = Handle::new();
    let stopping = {
        let (app, handle) = (app.clone(), handle.clone());
        async move {
            app.stop.cancelled().await;
            handle.graceful_shutdown(Some(LAST_ANSWERS));
            now.cancelled().await;
            handle.shutdown();
            std::future::pending().await
        }
    };
    let admission = Admission::new(Arc::clone(&app.reach), Arc::clone(&app.limits));
    let watching = streams::watch(app.clone());
    let (tasks, engine) = (app.tasks.clone(), Arc::clone(&app.engine));
    let server = bounded(axum_server::from_tcp(listener)?.handle(handle), &app.limits);
    let handshake = Limits::seconds(app.limits.header_seconds);
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let serving = async {
        match tls {
            Some(tls) => {
                let acceptor = RustlsAcceptor::new(tls).handshake_timeout(handshake).acceptor(admission);
                server.acceptor(acceptor).serve(service).await
            }
            None => server.acceptor(admission).serve(service).await,
        }
    };
    let served = tokio::select! { served = serving => served, () = stopping => Ok(()), () = watching => Ok(()) };
    tasks.close();
    // What watches may be over before what it watches.
    let ended = async { tokio::join!(tasks.wait(), engine.all_checked()) };
    let _ = tokio::time::timeout(LAST_ANSWERS, ended).await;
    served
}

/// A server with the limits of this module.
fn bounded<A>(server: Server<SocketAddr, A>, limits: &Limits) -> Server<SocketAddr, A> {
    let head = Limits::seconds(limits.header_seconds);
    let mut server = server.first_request_timeout(head).accept_error_handler(refused);
    // What would switch HTTP/2 off would switch WebSockets off too: so it is taken up, and nothing can be asked by it.
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http2().max_concurrent_streams(0);
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(HEAD_MAXIMUM);
    *server.http_builder() = builder;
    server
}

/// Tells of each connection that is not taken, or whose TLS fails, at a level that is off: whoever makes many could fill the log.
fn refused(peer: Option<&SocketAddr>, cause: &io::Error) {
    let peer = peer.map(SocketAddr::ip);
    debug!(?peer, %cause, "a connection was not taken");
}
