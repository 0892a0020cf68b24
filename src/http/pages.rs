//! The static pages: GraphiQL, built by Vite into `web/dist` and embedded, so that nothing comes from elsewhere.

use axum::{
    Router,
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use rust_embed::RustEmbed;
use tower_http::{compression::CompressionLayer, set_header::SetResponseHeaderLayer};

use super::App;

/// What the pages may do: load from here and talk to here, nothing else. Monaco, GraphiQL's editor, sets its
/// styles from its code and marks errors with `data:` images. Workers take the policy of their own script, so it
/// goes out with every file.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; \
    img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Dist;

/// The pages, what they load, and the licences of what is bundled in them.
pub(super) fn router() -> Router<App> {
    let policy =
        SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Router::new()
        .route("/", get(async || Redirect::temporary("/graphiql")))
        .route("/graphiql", get(async || file("graphiql/index.html", "no-cache")))
        .route("/third-party-licenses.md", get(async || file("third-party-licenses.md", "no-cache")))
        .route("/assets/{*path}", get(asset))
        .layer((policy, CompressionLayer::new()))
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
