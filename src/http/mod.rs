//! The doors: which address leads where, and who may come in.
//!
//! Everything but `/healthz`, the static pages and signed downloads asks for a token.

mod auth;
mod download;
mod graphql;
mod health;
mod media_type;
mod pages;
mod public_url;
mod websocket;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, header},
    routing::get,
};
use sea_orm::DatabaseConnection;
use tokio_util::sync::CancellationToken;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{export::Engine, graphql::Schema};

/// Most bytes of a request: operations are short, and nothing is uploaded.
const BODY_MAXIMUM: usize = 1024 * 1024;

/// What the doors lead to.
#[derive(Clone)]
pub struct App {
    /// The API.
    pub schema: Schema,
    /// Hands the archives out.
    pub engine: Arc<Engine>,
    /// Holds the tokens.
    pub db: DatabaseConnection,
    /// Where the server is reached from outside; None: as the request says.
    pub public_url: Option<Arc<str>>,
    /// Ends open subscriptions when the server stops.
    pub stop: CancellationToken,
}

/// All routes.
pub fn router(app: App) -> Router {
    let no_sniffing =
        SetResponseHeaderLayer::if_not_present(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let no_referrer =
        SetResponseHeaderLayer::if_not_present(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/downloads/{id}/{file_name}", get(download::download))
        .route("/healthz", get(health::health))
        .merge(pages::router())
        .layer((DefaultBodyLimit::max(BODY_MAXIMUM), no_sniffing, no_referrer))
        .with_state(app)
}
