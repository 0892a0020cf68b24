//! From where a request comes: the address of its connection, or what a proxy that is trusted says.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;

use super::Reach;

/// Who sends a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client {
    pub(super) address: IpAddr,
    /// Whether nobody on the way can read it: it came by TLS, here or to the proxy.
    pub(super) secure: bool,
}

impl Client {
    pub(super) fn of(peer: Option<IpAddr>, headers: &HeaderMap, reach: &Reach) -> Self {
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.to_canonical());
        let trusted = reach.trusts(peer);
        let proxied_securely = || headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
        let secure = reach.tls || reach.is_public_secure() || trusted && proxied_securely();
        Self { address: if trusted { forwarded(peer, headers, reach) } else { peer }, secure }
    }
}

/// What counts as one address: of IPv6, whoever has one has 2^64.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// The last address in `X-Forwarded-For` that is none of a trusted proxy: what stands before it, anybody may have written.
fn forwarded(peer: IpAddr, headers: &HeaderMap, reach: &Reach) -> IpAddr {
    let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<_> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut last = peer;
    for hop in hops.into_iter().rev() {
        let with_port = || hop.parse::<SocketAddr>().map(|address| address.ip());
        let Ok(address) = hop.parse::<IpAddr>().or_else(|_| with_port()) else { break };
        last = address.to_canonical();
        if !reach.trusts(last) {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_trusted_proxies_say_counts() {
        let network = |text: &str| text.parse().ok();
        let trusted_proxies = ["10.0.0.0/8", "fd00::/8"].into_iter().filter_map(network).collect();
        let reach = Reach { trusted_proxies, ..Reach::default() };
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", axum::http::HeaderValue::from_static("1.1.1.1, 203.0.113.9:443, 10.0.0.2"));
        headers.insert("x-forwarded-proto", axum::http::HeaderValue::from_static("https"));
        let of = |peer: [u8; 4]| Client::of(Some(peer.into()), &headers, &reach);
        assert_eq!(of([10, 0, 0, 1]).address, IpAddr::from([203, 0, 113, 9]));
        assert!(of([10, 0, 0, 1]).secure);
        assert_eq!(of([192, 0, 2, 1]).address, IpAddr::from([192, 0, 2, 1]));
        assert!(!of([192, 0, 2, 1]).secure);
    }
}
