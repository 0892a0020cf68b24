//! The processes that make exports.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::process::Model;

use super::{
    cost::{FEW, page_cost},
    data_export::DataExport,
    failure::Failure,
};
use crate::export::Engine;

/// A process that makes exports. One that ends, or was not heard of for 40 seconds (150 where the state lies in SQLite), is not
/// listed.
pub struct Worker(pub(super) Model);

/// A process that makes exports. One that ends, or was not heard of for 40 seconds (150 where the state lies in SQLite), is not
/// listed.
#[Object]
impl Worker {
    /// Drawn anew at each start.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The machine it runs on, and its number there.
    async fn host(&self) -> &str {
        &self.0.host
    }

    /// Carryall's version.
    async fn version(&self) -> &str {
        &self.0.version
    }

    /// When it started.
    async fn since(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// The exports that it makes at the moment.
    #[graphql(complexity = "page_cost(FEW, child_complexity)")]
    async fn running(&self, ctx: &Context<'_>) -> Result<Vec<DataExport>, Failure> {
        let running = ctx.data::<Arc<Engine>>()?.running_at(self.0.id).await?;
        Ok(running.into_iter().map(DataExport::alone).collect())
    }
}
