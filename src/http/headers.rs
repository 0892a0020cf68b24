//! What every answer tells a browser: to guess nothing, to show it nowhere else, to tell nobody from where it came.

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
};
use tower_http::set_header::SetResponseHeaderLayer;

/// What no page of ours needs, and what is no page may not do at all.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// For a year, browsers that were here by TLS come by nothing else.
const TLS_ONLY: &str = "max-age=31536000";

/// Adds the headers that are not there yet.
pub(super) fn secured(router: Router, tls_only: bool) -> Router {
    let headers = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, NOTHING),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    let strict = tls_only.then_some((header::STRICT_TRANSPORT_SECURITY, TLS_ONLY));
    headers.into_iter().chain(strict).fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)))
    })
}
