//! The time of those who share a database: the database's. Machines whose clocks differ would take each other's leases for over,
//! and a night for begun.

use std::{
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use tracing::warn;

use super::answered;
use crate::clock::Clock;

/// So often the database is asked for the time: no clock goes wrong by much in between.
const ASK: Duration = Duration::from_secs(30);
/// When the last answer was of no use, it is asked again after this.
const AGAIN: Duration = Duration::from_secs(3);
/// An answer that was longer on its way does not say when it was given.
const QUICK: Duration = Duration::from_secs(1);
/// So often it is asked at the start for an answer that comes quickly.
const TRIES: usize = 4;
/// From so much on it is told that the machine's clock is wrong.
const WRONG: TimeDelta = TimeDelta::seconds(5);

/// What the database's clock said, and when that was as the time goes here.
#[derive(Clone, Copy)]
struct Told {
    at: DateTime<Utc>,
    elapsed: Duration,
}

/// An answer, and how long it was on its way.
#[derive(Clone, Copy)]
struct Answer {
    told: Told,
    took: Duration,
}

/// The clock by which this process works: the database's, if it is shared, as far as it is known from having asked now and
/// then; else `own`.
pub async fn clock(db: &DatabaseConnection, own: &Clock) -> Result<Clock, DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(own.clone());
    }
    let told = best(async || ask(db, own).await).await?;
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

/// Asks again and again, as long as there is somebody who wants to know. Without an answer, or with one that was long on its way,
/// the time goes on from the last.
async fn follow(db: DatabaseConnection, own: Clock, told: Weak<RwLock<Told>>) {
    let mut pause = ASK;
    loop {
        tokio::time::sleep(pause).await;
        let Some(told) = told.upgrade() else { return };
        pause = match answered(ask(&db, &own)).await {
            Ok(answer) if answer.is_quick() => {
                *told.write().unwrap_or_else(PoisonError::into_inner) = answer.told;
                ASK
            }
            _ => AGAIN,
        };
    }
}

/// What was told by the first answer that came quickly, or else by the quickest of some.
async fn best(mut ask: impl AsyncFnMut() -> Result<Answer, DbErr>) -> Result<Told, DbErr> {
    let mut best = ask().await?;
    for _ in 1..TRIES {
        if best.is_quick() {
            break;
        }
        let next = ask().await?;
        best = if next.took < best.took { next } else { best };
    }
    Ok(best.told)
}

impl Answer {
    fn is_quick(&self) -> bool {
        self.took <= QUICK
    }
}

async fn ask(db: &DatabaseConnection, own: &Clock) -> Result<Answer, DbErr> {
    let asked = own.elapsed();
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, "SELECT clock_timestamp() AS now")).await?;
    let took = own.elapsed() - asked;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the time".into()))?;
    // It said so somewhere between the question and the answer.
    Ok(Answer { told: Told { at: row.try_get("", "now")?, elapsed: asked + took / 2 }, took })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told by answers that take so many milliseconds, and how many are asked for.
    async fn told_by(took: &[u64]) -> (Duration, usize) {
        let mut asked = 0;
        let told = best(async || {
            let took = Duration::from_millis(took[asked]);
            asked += 1;
            Ok(Answer { told: Told { at: DateTime::UNIX_EPOCH, elapsed: took }, took })
        });
        (told.await.unwrap().elapsed, asked)
    }

    #[tokio::test]
    async fn an_answer_that_was_long_on_its_way_counts_only_if_none_is_quicker() {
        assert_eq!(told_by(&[20]).await, (Duration::from_millis(20), 1));
        assert_eq!(told_by(&[30_000, 9_000, 40]).await, (Duration::from_millis(40), 3));
        assert_eq!(told_by(&[5_000, 2_000, 3_000, 4_000]).await, (Duration::from_secs(2), 4));
    }
}
