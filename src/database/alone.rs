//! What one process of all over one PostgreSQL may do, while none waits for its turn: who comes second is refused.

use std::time::Duration;

use sea_orm::sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, query_scalar};
use tokio::time::timeout;

use super::{DatabaseError, Pool, Right, postgres};

/// How long it may take to end the session in good manners.
const END: Duration = Duration::from_secs(2);

/// The right, until this is dropped or the process ends, however it ends: a session of its own holds it.
pub struct Alone {
    session: PgConnection,
}

impl Alone {
    /// The right to replace the key.
    pub(super) async fn rotating(options: &postgres::Options, pool: Pool) -> Result<Self, DatabaseError> {
        let failed = |cause| postgres::failed(options, cause);
        let taken = timeout(pool.timeout, async {
            let mut session = PgConnection::connect_with(options).await?;
            session.execute(postgres::WATCHED).await?;
            let take = format!("SELECT pg_try_advisory_lock({})", Right::Rotation.key());
            let taken: bool = query_scalar(AssertSqlSafe(take)).fetch_one(&mut session).await?;
            Ok(taken.then_some(Self { session }))
        });
        let taken = taken.await.unwrap_or_else(|_| Err(sea_orm::sqlx::Error::PoolTimedOut));
        taken.map_err(failed)?.ok_or_else(|| DatabaseError::Rotating(postgres::name(options)))
    }

    /// Gives it back at once.
    pub async fn end(mut self) {
        let end = async {
            // The server may take a moment to notice that a session has ended, and somebody comes next.
            let give = format!("SELECT pg_advisory_unlock({})", Right::Rotation.key());
            self.session.execute(AssertSqlSafe(give)).await?;
            self.session.close().await
        };
        // Whatever comes of it: the session ends when it is dropped.
        let _ = timeout(END, end).await;
    }
}
