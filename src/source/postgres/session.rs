//! A session, as the server knows it.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use super::{connect, query, texts, unreachable};
use crate::source::{SourceError, session::Session};

/// A session of PostgreSQL.
pub(super) struct PgSession {
    options: PgConnectOptions,
    pid: i32,
    /// Process ids are used again: with its start, this is that session and no other.
    started: String,
}

impl PgSession {
    /// The session of `connection`. Where a role of other rights is set at the login, PostgreSQL does not say when it began;
    /// then nobody could end it either.
    pub(super) async fn of(
        connection: &mut PgConnection,
        options: &PgConnectOptions,
    ) -> Result<Arc<Self>, SourceError> {
        let own = "SELECT pid::text, coalesce(backend_start::text, '') FROM pg_catalog.pg_stat_activity \
            WHERE pid = pg_catalog.pg_backend_pid()";
        let row = query(connection, own).await.map_err(|cause| unreachable(&cause))?;
        let [pid, started] = texts(&row, "session")?;
        let pid = pid.parse().map_err(|_| SourceError::Unreachable("PostgreSQL gives no process id".into()))?;
        Ok(Arc::new(Self { options: options.clone(), pid, started }))
    }
}

#[async_trait]
impl Session for PgSession {
    async fn end(&self) -> Result<(), SourceError> {
        if self.started.is_empty() {
            return Ok(());
        }
        let mut connection = connect(&self.options).await?;
        // Both were told by the server: a number, and a time in digits and punctuation.
        let end = format!(
            "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity \
             WHERE pid = {} AND backend_start = '{}'",
            self.pid, self.started
        );
        query(&mut connection, &end).await.map_err(|cause| unreachable(&cause))?;
        connection.close().await.map_err(|cause| unreachable(&cause))
    }
}
