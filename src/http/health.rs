//! `/healthz`: whether the server can do its work, for load balancers and `carryall healthcheck`.

use axum::{extract::State, http::StatusCode};

use super::App;
use crate::database::answered;

/// 200 if the server's database answers, else 503. Says nothing else, since it asks for no token.
pub(super) async fn health(State(app): State<App>) -> (StatusCode, &'static str) {
    match answered(app.db.ping()).await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(cause) => {
            tracing::error!(%cause, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
