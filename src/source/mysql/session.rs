//! A session, as the server knows it.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{Connection, MySqlConnection, mysql::MySqlConnectOptions};

use super::{connect, decode, number, query, unreachable};
use crate::source::{SourceError, session::Session};

/// The error for a session that is not there.
const GONE: u16 = 1094;

/// A session of MySQL or MariaDB. Until the server is restarted no other has its number.
pub(super) struct MySqlSession {
    options: MySqlConnectOptions,
    id: u64,
}

impl MySqlSession {
    /// The session of `connection`.
    pub(super) async fn of(
        connection: &mut MySqlConnection,
        options: &MySqlConnectOptions,
    ) -> Result<Arc<Self>, SourceError> {
        let row = query(connection, "SELECT CAST(connection_id() AS CHAR)").await;
        let row = row.map_err(|cause| unreachable(&cause))?;
        let id = row.first().and_then(|row| decode::text(row, 0).parse().ok());
        let id = id.ok_or_else(|| SourceError::Unreachable("MySQL gives no number of the connection".into()))?;
        Ok(Arc::new(Self { options: options.clone(), id }))
    }
}

#[async_trait]
impl Session for MySqlSession {
    async fn end(&self) -> Result<(), SourceError> {
        let mut connection = connect(&self.options).await?;
        match query(&mut connection, &format!("KILL {}", self.id)).await {
            Err(cause) if number(&cause) != Some(GONE) => Err(unreachable(&cause)),
            _ => connection.close().await.map_err(|cause| unreachable(&cause)),
        }
    }
}
