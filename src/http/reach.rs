//! How the server is reached, and from which pages: its public address, the origins that may ask, the proxies in between.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use ipnet::IpNet;
use tower_http::cors::CorsLayer;
use url::{Host, Url};

use super::{App, client::Client, problem::Problem, request_id};
use crate::graphql::{Code, PublicUrl};

/// How the server is reached.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Where it is reached from outside; None: as each request says.
    pub public_url: Option<Url>,
    /// Other origins whose pages may ask (CORS): scheme, host and port, without a slash.
    pub allowed_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether it listens for this machine alone.
    pub loopback: bool,
    /// Whether it speaks TLS itself.
    pub tls: bool,
}

/// From where a browser says that a request comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// From a page of this server.
    Own,
    /// From a page of somebody else.
    Foreign,
    /// It does not say, so that it is no browser, or an old one.
    Unknown,
}

impl Reach {
    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(&address))
    }

    pub(super) fn is_public_secure(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    /// The page that a request comes from.
    pub(super) fn page(&self, headers: &HeaderMap, client: Client) -> Page {
        // The browser knows best, and no page can set this.
        if let Some(site) = headers.get("sec-fetch-site") {
            return if site == "same-origin" { Page::Own } else { Page::Foreign };
        }
        let Some(origin) = headers.get(header::ORIGIN) else { return Page::Unknown };
        let Some(origin) = origin.to_str().ok().and_then(|origin| Url::parse(origin).ok()) else {
            return Page::Foreign;
        };
        let is_public = self.public_url.as_ref().is_some_and(|url| url.origin() == origin.origin());
        // Whoever is on the way can make up pages without TLS.
        let downgraded = client.secure && origin.scheme() == "http";
        if is_public || is_at(&origin, headers) && !downgraded { Page::Own } else { Page::Foreign }
    }

    /// Whether a request comes from a page that may not ask.
    pub(super) fn is_barred(&self, headers: &HeaderMap, client: Client) -> bool {
        self.page(headers, client) == Page::Foreign
            && !headers.get(header::ORIGIN).is_some_and(|origin| {
                self.allowed_origins.iter().any(|allowed| origin.as_bytes() == allowed.as_bytes())
            })
    }

    /// The address in front of the links of an answer to a request with these headers.
    pub(super) fn public_url(&self, headers: &HeaderMap, secure: bool) -> PublicUrl {
        if let Some(url) = &self.public_url {
            return PublicUrl(url.as_str().trim_end_matches('/').to_owned());
        }
        let scheme = if secure { "https" } else { "http" };
        // Without a host (in HTTP/1.0, say) a link needs it put right.
        PublicUrl(host(headers).map_or_else(|| format!("{scheme}://localhost"), |host| format!("{scheme}://{host}")))
    }

    /// What lets pages of the allowed origins ask, by a token alone: no cookie comes with it.
    pub(super) fn cors(&self) -> Option<CorsLayer> {
        let origins: Vec<_> =
            self.allowed_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
        let headers = [header::ACCEPT, header::AUTHORIZATION, header::CONTENT_TYPE];
        let layer = || {
            let exposed = [request_id::HEADER, header::RETRY_AFTER];
            CorsLayer::new().allow_methods([Method::GET, Method::POST]).allow_headers(headers).expose_headers(exposed)
        };
        (!origins.is_empty()).then(|| layer().allow_origin(origins))
    }
}

/// The port that a request was sent to, if it is not the scheme's own.
pub(super) fn port(headers: &HeaderMap) -> Option<u16> {
    host(headers)?.port_u16()
}

/// A name and a port, nothing else.
fn host(headers: &HeaderMap) -> Option<Authority> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok())?;
    host.parse::<Authority>().ok().filter(|authority| !authority.as_str().contains('@'))
}

/// Whether a page's address is the one that its request was sent to.
fn is_at(origin: &Url, headers: &HeaderMap) -> bool {
    let Some(host) = host(headers) else { return false };
    let same_host = origin.host_str().is_some_and(|name| name.eq_ignore_ascii_case(host.host()));
    // A browser leaves the scheme's own port out in both.
    same_host && origin.port() == host.port_u16().filter(|port| Some(*port) != default_port(origin))
}

fn default_port(url: &Url) -> Option<u16> {
    match url.scheme() {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// Refuses requests to another host than this machine, if it is this machine alone that is listened for: a page elsewhere
/// whose name is made to lead here (DNS rebinding) has its own name in them.
pub(super) async fn check_host(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.reach.loopback && !is_here(request.uri(), request.headers(), &app.reach) {
        let message = "The server listens for this machine alone, and this is not its name. If it is reached by that name \
            through a proxy, start it with --public-url.";
        return Problem::new(StatusCode::MISDIRECTED_REQUEST, Code::Misdirected, message).into_response();
    }
    next.run(request).await
}

fn is_here(uri: &Uri, headers: &HeaderMap, reach: &Reach) -> bool {
    let Some(host) = host(headers) else { return false };
    // In a request to a proxy the address has a host too, which counts for more (RFC 9112, section 3.2.2); browsers send us none.
    if uri.authority().is_some_and(|authority| *authority != host) {
        return false;
    }
    match Host::parse(host.host()) {
        Ok(Host::Ipv4(v4)) => v4.is_loopback(),
        Ok(Host::Ipv6(v6)) => v6.is_loopback(),
        Ok(Host::Domain(name)) => {
            let public = reach.public_url.as_ref().and_then(Url::host_str);
            name == "localhost" || name.ends_with(".localhost") || public == Some(name.as_str())
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(reach: &Reach, secure: bool, headers: &[(&'static str, &'static str)]) -> Page {
        let headers = headers
            .iter()
            .map(|(name, value)| (axum::http::HeaderName::from_static(name), HeaderValue::from_static(value)));
        reach.page(&headers.collect(), Client { address: IpAddr::from([127, 0, 0, 1]), secure })
    }

    #[test]
    fn a_page_is_own_only_at_the_same_host_and_port() {
        let reach = Reach { public_url: Url::parse("https://carryall.example.com").ok(), ..Reach::default() };
        let at = |origin| page(&reach, false, &[("host", "localhost:8080"), ("origin", origin)]);
        assert_eq!(at("http://localhost:8080"), Page::Own);
        assert_eq!(at("https://carryall.example.com"), Page::Own);
        for foreign in ["http://localhost:8081", "http://localhost", "http://localhost:8080.evil.example", "null", ""] {
            assert_eq!(at(foreign), Page::Foreign, "{foreign}");
        }
        assert_eq!(at("http://carryall.example.com"), Page::Foreign);
        let at_default = |origin| page(&reach, false, &[("host", "example.com"), ("origin", origin)]);
        assert_eq!(
            (at_default("https://example.com"), at_default("https://example.com:444")),
            (Page::Own, Page::Foreign)
        );
        assert_eq!(page(&reach, false, &[("host", "localhost:8080")]), Page::Unknown);
        let at_tls = |origin| page(&reach, true, &[("host", "localhost:8080"), ("origin", origin)]);
        assert_eq!((at_tls("https://localhost:8080"), at_tls("http://localhost:8080")), (Page::Own, Page::Foreign));
        let lies = [("host", "a.example"), ("origin", "http://a.example"), ("sec-fetch-site", "cross-site")];
        assert_eq!(page(&reach, false, &lies), Page::Foreign);
    }
}
