//! A session, as the server knows it.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{Connection, MySqlConnection, mysql::MySqlConnectOptions};

use super::{connect, decode, number, query, unreachable};
use crate::source::{SourceError, session::Session};

/// The error for a session that is not there.
const GONE: u16 = 1094;

/// A session of MySQL or MariaDB. Another connection may lead to another server, where its number is somebody else's: only
/// together with our own address and port it is this one.
pub(super) struct MySqlSession {
    options: MySqlConnectOptions,
    id: u64,
    host: String,
}

impl MySqlSession {
    /// The session of `connection`.
    pub(super) async fn of(
        connection: &mut MySqlConnection,
        options: &MySqlConnectOptions,
    ) -> Result<Arc<Self>, SourceError> {
        let own = "SELECT CAST(id AS CHAR), host FROM information_schema.processlist WHERE id = connection_id()";
        let row = query(connection, own).await.map_err(|cause| unreachable(&cause))?;
        // Where the server does not say, there is nothing to end by.
        let (id, host) = row.first().map(|row| (decode::text(row, 0), decode::text(row, 1))).unwrap_or_default();
        Ok(Arc::new(Self { options: options.clone(), id: id.parse().unwrap_or(0), host }))
    }
}

#[async_trait]
impl Session for MySqlSession {
    async fn end(&self) -> Result<(), SourceError> {
        if self.host.is_empty() {
            return Ok(());
        }
        let mut connection = connect(&self.options).await?;
        let there = format!("SELECT host FROM information_schema.processlist WHERE id = {}", self.id);
        let there = query(&mut connection, &there).await.map_err(|cause| unreachable(&cause))?;
        if there.first().map(|row| decode::text(row, 0)).as_ref() != Some(&self.host) {
            return Ok(());
        }
        match query(&mut connection, &format!("KILL {}", self.id)).await {
            Err(cause) if number(&cause) != Some(GONE) => Err(unreachable(&cause)),
            _ => connection.close().await.map_err(|cause| unreachable(&cause)),
        }
    }
}
