//! Where and when the data of an export was read.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use entity::source_snapshot;

/// When, and from which server, one source was read.
#[derive(Clone, Debug, SimpleObject)]
pub struct SourceSnapshot {
    /// The name of the source in the server's settings.
    source: String,
    /// The kind of database, as in the archive's descriptor: `sqlite`.
    engine: String,
    /// What the database says its version is.
    server_version: String,
    /// The data is as it was then.
    taken_at: DateTime<Utc>,
}

impl From<source_snapshot::Model> for SourceSnapshot {
    fn from(row: source_snapshot::Model) -> Self {
        Self { source: row.source, engine: row.engine, server_version: row.server_version, taken_at: row.taken_at }
    }
}
