//! The doors: which address leads where, and who may come in.
//!
//! Everything but `/healthz`, the static pages and signed downloads asks for a token, or for the session that one began.

mod admission;
mod auth;
mod body;
mod client;
mod download;
mod event_stream;
mod graphql;
mod headers;
mod health;
mod media_type;
mod operation;
mod pages;
mod problem;
mod rates;
mod reach;
mod request_id;
mod server;
mod session;
mod streams;
mod websocket;

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use sea_orm::DatabaseConnection;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::catch_panic::CatchPanicLayer;

use self::{problem::Problem, rates::Rates, streams::Streams};
use crate::{
    export::Engine,
    graphql::{Code, Schema},
    limits::Limits,
};

pub use axum_server::tls_rustls::RustlsConfig;
pub use reach::Reach;
pub use server::serve;

/// What the doors lead to.
#[derive(Clone)]
pub struct App {
    schema: Schema,
    engine: Arc<Engine>,
    db: DatabaseConnection,
    reach: Arc<Reach>,
    limits: Arc<Limits>,
    rates: Arc<Rates>,
    streams: Arc<Streams>,
    /// The WebSockets that are open, and the operations that are under way.
    tasks: TaskTracker,
    /// Ends what stays open when the server stops.
    stop: CancellationToken,
}

impl App {
    /// The API `schema` over `engine`, whose tokens are in `db`. It stops when `stop` says so.
    pub fn new(
        schema: Schema,
        (engine, db): (Arc<Engine>, DatabaseConnection),
        reach: Reach,
        limits: Arc<Limits>,
        stop: CancellationToken,
    ) -> Self {
        let (rates, streams) = (Arc::new(Rates::new(&limits)), Arc::default());
        Self { schema, engine, db, reach: Arc::new(reach), limits, rates, streams, tasks: TaskTracker::new(), stop }
    }
}

/// All routes.
fn router(app: App) -> Router {
    let graphql = Router::new().route("/graphql", get(graphql::get).post(graphql::post));
    // Before what answers the preflights of other origins.
    let graphql = graphql.method_not_allowed_fallback(other_method);
    let graphql = match app.reach.cors() {
        Some(cors) => graphql.layer(cors),
        None => graphql,
    };
    let routes = Router::new()
        .merge(graphql)
        .route("/session", post(session::sign_in).delete(session::sign_out))
        .route("/downloads/{id}/{file_name}", get(download::download))
        .route("/healthz", get(health::health))
        .merge(pages::router())
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, Code::NotFound, "There is nothing at this address."))
        .method_not_allowed_fallback(other_method)
        .layer(from_fn_with_state(app.clone(), in_time))
        .layer(from_fn_with_state(app.clone(), reach::check_host))
        .layer(CatchPanicLayer::custom(died))
        .layer(from_fn_with_state(app.clone(), request_id::identify));
    let tls_only = app.reach.is_public_secure() || app.reach.tls && !app.reach.loopback;
    headers::secured(routes.with_state(app), tls_only)
}

async fn other_method() -> Problem {
    let message = "The address is asked by another method: `Allow` says which.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, Code::MethodNotAllowed, message)
}

/// Answers in time, or says that it does not. An answer that was begun may take as long as the client needs.
async fn in_time(State(app): State<App>, request: Request, next: Next) -> Response {
    let seconds = app.limits.request_seconds;
    match tokio::time::timeout(Duration::from_secs(seconds), next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let message = format!("There was no answer within {seconds} seconds. What was begun is done all the same.");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, Code::RequestTimeout, message).into_response()
        }
    }
}

/// Answers in the place of something that died, and says nothing of why.
fn died(_: Box<dyn Any + Send>) -> Response {
    let message = "The server failed. Its log tells why, under the request's id.";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, message).into_response()
}
