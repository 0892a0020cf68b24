//! What only one may do at a time, of all processes over one database: advisory locks of PostgreSQL, which end with the session
//! that holds them. Over SQLite there is one process, and a mutex is enough.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, TransactionTrait};
use tokio::sync::{Mutex, MutexGuard, oneshot};

/// So often the holder of a right says that it is still there: well before the server ends a silent session.
const BEAT: Duration = Duration::from_secs(4);

/// What one process does at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Changing the shape of the database.
    Migration = 1,
    /// What is done once, when a database is new.
    FirstStart = 2,
    /// Adding to the queue.
    Queue = 3,
    /// Deciding what goes, and letting it go.
    Retention = 4,
}

impl Right {
    /// Its key among the advisory locks of a database, which others may use too.
    pub(super) fn key(self) -> String {
        format!("{}, {}", i32::from_be_bytes(*b"Cary"), self as i32)
    }
}

/// Waits for a right, which is the transaction's until its end. Asked for before the transaction has read anything.
pub async fn in_turn(transaction: &DatabaseTransaction, right: Right) -> Result<(), DbErr> {
    let taken = match transaction.get_database_backend() {
        DbBackend::Postgres => format!("SELECT pg_advisory_xact_lock({})", right.key()),
        // The first to write is the only one who writes until its end.
        _ => "UPDATE state_version SET oldest = oldest".to_owned(),
    };
    transaction.execute_unprepared(&taken).await.map(drop)
}

/// A right that is held for longer than a transaction of its holder.
pub struct Rights {
    right: Right,
    db: DatabaseConnection,
    /// So that of this process at most one waits at the database, with a connection that others may need.
    here: Mutex<()>,
}

/// The right, until this is dropped.
pub struct Held<'a> {
    _here: MutexGuard<'a, ()>,
    there: Option<There>,
}

struct There {
    lost: Arc<AtomicBool>,
    _release: oneshot::Sender<()>,
}

impl Rights {
    /// A way to the `right` among those who use `db`.
    pub fn new(right: Right, db: DatabaseConnection) -> Self {
        Self { right, db, here: Mutex::new(()) }
    }

    /// Waits until the right is free.
    pub async fn hold(&self) -> Result<Held<'_>, DbErr> {
        let here = self.here.lock().await;
        let there = match self.db.get_database_backend() {
            DbBackend::Postgres => Some(self.hold_there().await?),
            _ => None,
        };
        Ok(Held { _here: here, there })
    }

    async fn hold_there(&self) -> Result<There, DbErr> {
        let transaction = self.db.begin().await?;
        in_turn(&transaction, self.right).await?;
        let (release, released) = oneshot::channel();
        let lost = Arc::new(AtomicBool::new(false));
        tokio::spawn(keep(transaction, released, Arc::clone(&lost)));
        Ok(There { lost, _release: release })
    }
}

impl Held<'_> {
    /// Whether another may have the right by now: this process was cut off or frozen.
    pub fn is_lost(&self) -> bool {
        self.there.as_ref().is_some_and(|there| there.lost.load(Ordering::SeqCst))
    }
}

/// Keeps the transaction that holds a right, until it is released.
async fn keep(transaction: DatabaseTransaction, mut released: oneshot::Receiver<()>, lost: Arc<AtomicBool>) {
    loop {
        tokio::select! {
            _ = &mut released => break,
            () = tokio::time::sleep(BEAT) => {
                if transaction.execute_unprepared("SELECT 1").await.is_err() {
                    lost.store(true, Ordering::SeqCst);
                    return;
                }
            }
        }
    }
    // An error says that the session is gone, and the right with it.
    let _ = transaction.rollback().await;
}
