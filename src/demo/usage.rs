//! Two weeks of measurements of every running line.

use chrono::{NaiveTime, TimeDelta};
use rusqlite::{CachedStatement, Connection, Result, params};

use super::{
    calendar::{self, TODAY, days_ago},
    dice::Dice,
    services::Service,
};

const DAYS: i64 = 14;

/// What a double can count to.
const DOUBLE: i64 = 1 << 53;

/// Every so many lines, one has counted past what a double can hold.
const BIG_EVERY: i64 = 40;

/// Fills `usage_samples`.
pub(super) fn fill(db: &Connection, services: &[Vec<Service>]) -> Result<()> {
    let mut dice = Dice::of("usage");
    let mut insert = db.prepare_cached(
        "INSERT INTO usage_samples (service_id, taken_at, bytes_down, bytes_up, correction_bytes, is_online,
             signal_dbm, latency_ms, error_rate) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for service in services.iter().flatten() {
        if service.carries_data() && service.runs_on(TODAY) {
            sample(&mut insert, &mut dice, service)?;
        }
    }
    // The two ends of a 64-bit integer: a saturated counter, and the correction that takes it all back.
    db.execute(
        "UPDATE usage_samples SET bytes_down = ?1, correction_bytes = ?2
         WHERE (service_id, taken_at) = (SELECT service_id, taken_at FROM usage_samples ORDER BY 1 DESC, 2 DESC LIMIT 1)",
        params![i64::MAX, i64::MIN],
    )?;
    Ok(())
}

fn sample(insert: &mut CachedStatement<'_>, dice: &mut Dice, service: &Service) -> Result<()> {
    let mut down = first_count(dice, service.id);
    let mut up = dice.between(0, 900_000_000_000);
    for day in (0..DAYS).rev().map(days_ago).filter(|day| *day >= service.starts) {
        let online = dice.chance(97);
        down += dice.between(0, 90_000_000_000);
        up += dice.between(0, 9_000_000_000);
        let moment = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(service.id % 60);
        let correction = -dice.between(1, 5_000_000_000);
        let latency = match service.plan.technology {
            "fibre" => dice.real(800, 9_000, 1000),
            "satellite" => dice.real(480_000, 690_000, 1000),
            _ => dice.real(9_000, 65_000, 1000),
        };
        let signal = dice.real(-350, -80, 10);
        insert.execute(params![
            service.id,
            calendar::utc(moment),
            down,
            up,
            dice.maybe(3, correction),
            online,
            dice.maybe(95, signal).filter(|_| online),
            online.then_some(latency),
            error_rate(dice).filter(|_| online),
        ])?;
    }
    Ok(())
}

fn first_count(dice: &mut Dice, service: i64) -> i64 {
    if service % BIG_EVERY == 0 {
        // Odd, so that a double would round it.
        DOUBLE + 1 + 2 * dice.between(0, 1 << 61)
    } else {
        dice.between(0, 90_000_000_000_000)
    }
}

/// Bits in error for bits received: mostly none, else a few in ten million.
fn error_rate(dice: &mut Dice) -> Option<f64> {
    match dice.below(10) {
        0 => None,
        1..=5 => Some(0.0),
        _ => Some(dice.real(1, 40_000, 10_000_000)),
    }
}
