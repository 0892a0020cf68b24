//! The end of a session whose work was dropped in the middle. A server that sends rows notices at once that nobody takes them;
//! one that counts or waits would go on to the end of its query. So it is told, over a connection of its own.

use std::sync::Arc;

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::runtime::Handle;

use super::{connect, query, texts, unreachable};
use crate::source::SourceError;

/// A session on the server, as the server knows it.
pub(super) struct Session {
    options: PgConnectOptions,
    pid: i32,
    /// Process ids are used again: with its start, this is that session and no other.
    started: String,
}

impl Session {
    /// The session of `connection`.
    pub(super) async fn of(
        connection: &mut PgConnection,
        options: &PgConnectOptions,
    ) -> Result<Arc<Self>, SourceError> {
        let own = "SELECT pid::text, backend_start::text FROM pg_catalog.pg_stat_activity \
            WHERE pid = pg_catalog.pg_backend_pid()";
        let row = query(connection, own).await.map_err(|cause| unreachable(&cause))?;
        let [pid, started] = texts(&row, "session")?;
        let pid = pid.parse().map_err(|_| SourceError::Unreachable("PostgreSQL gives no process id".into()))?;
        Ok(Arc::new(Self { options: options.clone(), pid, started }))
    }

    /// Does `work` in the session. If the work is dropped before it is done, the session is ended.
    pub(super) async fn busy<T>(self: &Arc<Self>, work: impl Future<Output = T>) -> T {
        let mut busy = EndOnDrop(Some(Arc::clone(self)));
        let done = work.await;
        busy.0 = None;
        done
    }

    async fn end(&self) -> Result<(), SourceError> {
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

/// Ends the session when it is dropped, unless it was taken out.
struct EndOnDrop(Option<Arc<Session>>);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        let (Some(session), Ok(runtime)) = (self.0.take(), Handle::try_current()) else { return };
        runtime.spawn(async move {
            if let Err(cause) = session.end().await {
                tracing::warn!(pid = session.pid, %cause, "a query that nobody needs could not be ended in PostgreSQL");
            }
        });
    }
}
