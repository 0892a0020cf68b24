//! The listener: connections are counted, bounded in time, and closed in order when the server stops. HTTP/1.1 and HTTP/2, with
//! TLS if there is a certificate.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use axum_server::{
    Handle, Server,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use tokio_util::sync::CancellationToken;

use super::{App, admission::Admission, router, streams};
use crate::limits::Limits;

/// How long answers and downloads may go on after the server was asked to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(10);
/// Most bytes of a request's head.
const HEAD_MAXIMUM: usize = 32 * 1024;
/// The same of HTTP/2, where it is counted without what stands between.
const HEAD_MAXIMUM_HTTP2: u32 = 32 * 1024;
/// Most requests at once on a connection of HTTP/2.
const REQUESTS_MAXIMUM: u32 = 100;

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
    let admission = Admission::new(&app.limits);
    let watching = streams::watch(app.clone());
    let sockets = app.sockets.clone();
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
    sockets.close();
    let _ = tokio::time::timeout(LAST_ANSWERS, sockets.wait()).await;
    served
}

/// A server with the limits of this module: HTTP/1.1's, HTTP/2's, and the first request's.
fn bounded<A>(server: Server<SocketAddr, A>, limits: &Limits) -> Server<SocketAddr, A> {
    let head = Limits::seconds(limits.header_seconds);
    let mut server = server.first_request_timeout(head);
    server.http_builder().http1().header_read_timeout(head).max_buf_size(HEAD_MAXIMUM);
    server
        .http_builder()
        .http2()
        .max_concurrent_streams(REQUESTS_MAXIMUM)
        .max_header_list_size(HEAD_MAXIMUM_HTTP2)
        .keep_alive_interval(head)
        .keep_alive_timeout(head);
    server
}
