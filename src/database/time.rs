//! The time of those who share a database: the database's. Machines whose clocks differ would take each other's leases for over,
//! and a night for begun.

use std::{
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use tracing::warn;

use crate::clock::Clock;

/// So often the database is asked for the time: no clock goes wrong by much in between.
const ASK: Duration = Duration::from_secs(30);
/// From so much on it is told that the machine's clock is wrong.
const WRONG: TimeDelta = TimeDelta::seconds(5);

/// What the database's clock said, and when that was as the time goes here.
#[derive(Clone, Copy)]
struct Told {
    at: DateTime<Utc>,
    elapsed: Duration,
}

/// The clock by which this process works: the database's, if it is shared, as far as it is known from having asked now and
/// then; else `own`.
pub async fn clock(db: &DatabaseConnection, own: &Clock) -> Result<Clock, DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(own.clone());
    }
    let told = ask(db, own).await?;
    if (told.at - own.now()).abs() > WRONG {
        warn!(
            "the clock of this machine is off by {} seconds; the database's is used",
            (own.now() - told.at).num_seconds()
        );
    }
    let told = Arc::new(RwLock::new(told));
    tokio::spawn(follow(db.clone(), own.clone(), Arc::downgrade(&told)));
    let (here, elapsed) = (own.clone(), own.clone());
    let now = move || {
        let told = *told.read().unwrap_or_else(PoisonError::into_inner);
        let since = TimeDelta::from_std(here.elapsed().saturating_sub(told.elapsed)).unwrap_or_default();
        (told.at + since).trunc_subsecs(3)
    };
    Ok(Clock::new(now, move || elapsed.elapsed()))
}

/// Asks again and again, as long as there is somebody who wants to know. Without an answer the time goes on from the last.
async fn follow(db: DatabaseConnection, own: Clock, told: Weak<RwLock<Told>>) {
    loop {
        tokio::time::sleep(ASK).await;
        let Some(told) = told.upgrade() else { return };
        if let Ok(now) = ask(&db, &own).await {
            *told.write().unwrap_or_else(PoisonError::into_inner) = now;
        }
    }
}

async fn ask(db: &DatabaseConnection, own: &Clock) -> Result<Told, DbErr> {
    let asked = own.elapsed();
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, "SELECT clock_timestamp() AS now")).await?;
    let answered = own.elapsed();
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the time".into()))?;
    // It said so somewhere between the question and the answer.
    Ok(Told { at: row.try_get("", "now")?, elapsed: asked + (answered - asked) / 2 })
}
