//! The pages: the dashboard and GraphiQL, built by Vite into `web/dist` and embedded, so that nothing comes from elsewhere.

use axum::{
    Router,
    extract::Path,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rust_embed::RustEmbed;
use tower_http::{compression::CompressionLayer, set_header::SetResponseHeaderLayer};

use super::App;
use crate::secret;

/// What the dashboard may do: load from here and talk to here. Styles that its code makes carry the nonce of the page.
const DASHBOARD: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-NONCE'; font-src 'self'; \
    img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What GraphiQL may do. Monaco, its editor, sets its styles from its code without a nonce and marks errors with `data:`
/// images. Workers take the policy of their own script, so it goes out with every file.
const GRAPHIQL: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; \
    img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// What stands in the built pages where each answer has a nonce of its own.
const PLACEHOLDER: &str = "CARRYALL-NONCE";

#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Dist;

/// The pages, what they load, and the licences of what is bundled in them.
pub(super) fn router() -> Router<App> {
    let policy =
        SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(GRAPHIQL));
    let dashboard = get(async || page("index.html", DASHBOARD));
    Router::new()
        .route("/", dashboard.clone())
        .route("/exports/{id}", dashboard)
        .route("/graphiql", get(async || page("graphiql/index.html", GRAPHIQL)))
        .route("/third-party-licenses.md", get(async || file("third-party-licenses.md", "no-cache")))
        .route("/assets/{*path}", get(asset))
        .layer((policy, CompressionLayer::new()))
}

/// A page, which is made anew each time: with a nonce (CSP Level 3, section 7.1) that nobody can foresee.
fn page(path: &str, policy: &str) -> Response {
    let Some(found) = Dist::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(nonce) = secret::salt::<16>().map(|random| STANDARD.encode(random)) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let page = String::from_utf8_lossy(&found.data).replace(PLACEHOLDER, &nonce);
    let headers: [(HeaderName, String); 3] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy.replace("NONCE", &nonce)),
    ];
    (headers, page).into_response()
}

/// Assets have a hash of their content in their name, so they can be kept for ever.
async fn asset(Path(path): Path<String>) -> Response {
    file(&format!("assets/{path}"), "public, max-age=31536000, immutable")
}

fn file(path: &str, cache: &'static str) -> Response {
    let Some(found) = Dist::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    let headers =
        [(header::CONTENT_TYPE, found.metadata.mimetype().to_owned()), (header::CACHE_CONTROL, cache.to_owned())];
    (headers, found.data.into_owned()).into_response()
}
