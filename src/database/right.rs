//! What only one may do at a time, of all processes over one database: advisory locks of PostgreSQL, each of which is a
//! transaction's. What is done by a right is written by the transaction that has it: if its process was frozen or cut off in
//! between, so that the server has ended the session, nothing of that is stored. So nothing but the database is waited for
//! meanwhile.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr};

/// What one process does at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Changing the shape of the database.
    Migration = 1,
    /// What is done once, when a database is new.
    FirstStart = 2,
    /// Adding to the queue.
    Queue = 3,
    /// Deciding what goes, or changing what that is decided by.
    Retention = 4,
    /// Taking a token away, of which one must stay.
    Tokens = 5,
    /// Replacing the key: a session's, not a transaction's.
    Rotation = 6,
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
