//! Where and when the data of an export was read.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use entity::source_snapshot;

/// When, and from which server, one source was read.
#[derive(Clone, Debug, SimpleObject)]
pub struct SourceSnapshot {
    /// The name of the source in the server's settings.
    source: String,
    /// The kind of database, as in the archive's descriptor: `sqlite`, `postgresql`, `mysql`, `mariadb`, `directory`.
    engine: String,
    /// What the database says its version is.
    server_version: String,
    /// The data is as it was then.
    taken_at: DateTime<Utc>,
    /// What those who use the export should know of it; also in the archive's descriptor.
    warnings: Vec<String>,
    /// How many tables, views and files of the source are not in the archive; its descriptor names them.
    left_out: i32,
}

impl From<source_snapshot::Model> for SourceSnapshot {
    fn from(row: source_snapshot::Model) -> Self {
        Self {
            source: row.source,
            engine: row.engine,
            server_version: row.server_version,
            taken_at: row.taken_at,
            // Written by `export::queue`, as an array of texts.
            warnings: serde_json::from_str(&row.warnings).unwrap_or_default(),
            left_out: row.left_out,
        }
    }
}
