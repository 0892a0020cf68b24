//! What processes over one PostgreSQL tell each other: LISTEN and NOTIFY.

use std::time::Duration;

use sea_orm::{
    DatabaseConnection, DbBackend,
    sqlx::{
        self, ConnectOptions, Connection, Executor,
        postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    },
};
use tokio::time::{sleep, timeout};
use tracing::warn;

/// What our triggers tell it on.
const NAME: &str = "carryall";
/// When nothing was heard for so long, it is asked whether there is still somebody.
const QUIET: Duration = Duration::from_secs(15);
/// How long an answer to that may take.
const ANSWER: Duration = Duration::from_secs(5);
/// How long is waited between two tries to connect, and after a connection broke, which may break again at once.
const PAUSE: Duration = Duration::from_secs(1);

/// A session that listens.
pub struct Channel {
    options: PgConnectOptions,
    listener: Option<PgListener>,
    /// It was told that it cannot listen.
    told: bool,
}

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// This was told.
    Told(String),
    /// It begins to listen, now or again: what was told before that was not heard, and must be read.
    Began,
}

impl Channel {
    /// The channel of those who use `db`; None if there is only one who does.
    pub fn of(db: &DatabaseConnection) -> Option<Self> {
        if db.get_database_backend() != DbBackend::Postgres {
            return None;
        }
        let options = db.get_postgres_connection_pool().connect_options().as_ref().clone();
        Some(Self { options, listener: None, told: false })
    }

    /// Waits for what comes next. Connects again when the connection breaks, until it can.
    pub async fn hear(&mut self) -> Heard {
        loop {
            let Some(listener) = &mut self.listener else {
                match self.connect().await {
                    Ok(listener) => (self.listener, self.told) = (Some(listener), false),
                    Err(cause) => {
                        if !std::mem::replace(&mut self.told, true) {
                            warn!(%cause, "what other processes tell cannot be heard; trying again");
                        }
                        sleep(PAUSE).await;
                        continue;
                    }
                }
                return Heard::Began;
            };
            match timeout(QUIET, listener.try_recv()).await {
                Ok(Ok(Some(told))) => return Heard::Told(told.payload().to_owned()),
                Ok(Ok(None) | Err(_)) => {}
                Err(_) if matches!(timeout(ANSWER, listener.execute("SELECT 1")).await, Ok(Ok(_))) => continue,
                Err(_) => {}
            }
            warn!("the connection over which other processes tell what they do is lost");
            self.listener = None;
            sleep(PAUSE).await;
        }
    }

    /// A session of its own, which is not taken from those who wait for one. Of a pool of its own, too: after a cut the last
    /// session keeps its place in its pool for as long as it takes to die.
    async fn connect(&self) -> Result<PgListener, sqlx::Error> {
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).acquire_timeout(QUIET);
        let pool = pool.connect_lazy_with(self.options.clone());
        let connected = timeout(QUIET, async {
            // A pool tries for as long as it may, and does not say then why it could not.
            self.options.connect().await?.close().await?;
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.eager_reconnect(false);
            listener.listen(NAME).await?;
            Ok(listener)
        });
        connected.await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }
}
