//! `carryall healthcheck`, for systemd and containers.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use super::CommandError;
use crate::config::ListenArgs;

/// A server that takes longer is not well.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the server at the configured address.
pub(super) async fn healthcheck(args: ListenArgs) -> Result<(), CommandError> {
    let (listen, tls) = args.resolve()?;
    let address = reachable(listen);
    let unhealthy = |cause: String| CommandError::Unhealthy(address, cause);
    // A proxy in the environment has no business between this process and its neighbour.
    // Its certificate is for a name, and it is asked by its address: what it says is no secret.
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().tls_danger_accept_invalid_certs(tls).build();
    let client = client.map_err(|cause| unhealthy(cause.to_string()))?;
    let response = client.get(format!("{}://{address}/healthz", if tls { "https" } else { "http" })).send().await;
    let hint = if tls { "" } else { " (if it speaks TLS, give --tls-certificate-file)" };
    let response = response.map_err(|cause| unhealthy(format!("{}{hint}", describe(&cause))))?;
    if response.status().is_success() { Ok(()) } else { Err(unhealthy(response.status().to_string())) }
}

/// Where a server is reached from its own machine: one that listens at every address, at the loopback one.
pub(super) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The innermost cause, which is the one that tells: "connection refused", say.
fn describe(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
