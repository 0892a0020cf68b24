//! How far a run is as a whole, how fast it is, and when it will be done: worked out from its counters as they are read.

use std::time::Duration;

use entity::data_export::Phase;

use super::progress::Reading;

/// What reading the sources and writing the archive are of the whole; the rest is reading the archive back.
const EXPORTING: f64 = 0.85;
/// Before so much is done, how long the rest takes is a guess that nobody should see.
const TOO_EARLY: f64 = 0.02;
/// How much the newest reading counts in the rate.
const NEWEST: f64 = 0.3;

/// What can be told of a run beside its counters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Told {
    /// Hundredths of a percent; never less than told before.
    pub(super) progress: Option<i32>,
    pub(super) bytes_per_second: Option<i64>,
    pub(super) eta_seconds: Option<i32>,
}

/// The pace of one run.
#[derive(Debug, Default)]
pub(super) struct Pace {
    told: Told,
    /// When it was read last, and the bytes then.
    last: Option<(Duration, Phase, i64)>,
    rate: Option<f64>,
    /// When the first row was there.
    began: Option<Duration>,
}

impl Pace {
    /// Takes the counters as they are `elapsed` after the run began.
    pub(super) fn take(&mut self, reading: &Reading, elapsed: Duration) -> Told {
        let done = done(reading);
        self.take_rate(reading, elapsed);
        let progress = done.map(|done| (done * 10_000.0) as i32);
        self.told.progress = self.told.progress.max(progress);
        self.told.bytes_per_second = self.rate.map(|rate| rate as i64);
        if done.is_some_and(|done| done > 0.0) {
            let began = *self.began.get_or_insert(elapsed);
            self.told.eta_seconds = self.eta(elapsed.saturating_sub(began));
        }
        self.told
    }

    fn eta(&self, running: Duration) -> Option<i32> {
        let done = f64::from(self.told.progress?) / 10_000.0;
        (done > TOO_EARLY).then(|| (running.as_secs_f64() * (1.0 - done) / done).ceil() as i32)
    }

    fn take_rate(&mut self, reading: &Reading, elapsed: Duration) {
        let bytes = if reading.phase == Phase::Verifying { reading.bytes_verified } else { reading.bytes_read };
        match self.last {
            Some((before, phase, last)) if phase == reading.phase => {
                let seconds = elapsed.saturating_sub(before).as_secs_f64();
                if seconds > 0.0 {
                    let newest = (bytes - last) as f64 / seconds;
                    let rate = self.rate.map_or(newest, |rate| rate + (newest - rate) * NEWEST);
                    self.rate = Some(rate);
                }
            }
            // A rate of the phase before says nothing of this one.
            _ => self.rate = None,
        }
        self.last = Some((elapsed, reading.phase, bytes));
    }
}

/// How much is done, from 0 to 1, if that can be told.
fn done(reading: &Reading) -> Option<f64> {
    match reading.phase {
        Phase::Queued | Phase::Connecting => None,
        Phase::Exporting => Some(EXPORTING * exported(reading)?),
        Phase::Verifying => Some(EXPORTING + (1.0 - EXPORTING) * part(reading.bytes_verified, reading.bytes_written)?),
        Phase::Done => Some(1.0),
    }
}

fn exported(reading: &Reading) -> Option<f64> {
    let rows = reading.rows_estimated.filter(|rows| *rows > 0).and_then(|rows| part(reading.rows_done, rows));
    // Without an estimate, the tables tell.
    rows.or_else(|| part(reading.tables_done.into(), reading.tables_total.into()))
}

fn part(done: i64, of: i64) -> Option<f64> {
    (of > 0).then(|| (done as f64 / of as f64).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(rows_done: i64, rows_estimated: Option<i64>) -> Reading {
        Reading {
            phase: Phase::Exporting,
            current_table: None,
            tables_done: 1,
            tables_total: 4,
            rows_done,
            rows_estimated,
            bytes_read: rows_done * 100,
            bytes_written: 1000,
            bytes_verified: 0,
        }
    }

    #[test]
    fn it_never_goes_back_and_ends_at_the_end() {
        let mut pace = Pace::default();
        let second = Duration::from_secs(1);
        assert_eq!(pace.take(&reading(50, Some(100)), second).progress, Some(4250));
        assert_eq!(pace.take(&reading(60, Some(1000)), second * 2).progress, Some(4250), "the estimate was put right");
        assert_eq!(pace.take(&reading(5000, Some(1000)), second * 3).progress, Some(8500), "more than was expected");
        let verifying = Reading { phase: Phase::Verifying, bytes_verified: 500, ..reading(5000, Some(1000)) };
        assert_eq!(pace.take(&verifying, second * 4).progress, Some(9250));
        let done = Reading { phase: Phase::Done, ..verifying };
        assert_eq!(pace.take(&done, second * 5).progress, Some(10_000));
    }

    #[test]
    fn without_an_estimate_the_tables_tell_and_before_they_are_known_nothing_is_told() {
        let mut pace = Pace::default();
        let connecting = Reading { phase: Phase::Connecting, tables_total: 0, tables_done: 0, ..reading(0, None) };
        assert_eq!(pace.take(&connecting, Duration::ZERO), Told::default());
        assert_eq!(pace.take(&reading(7, None), Duration::from_secs(1)).progress, Some(2125));
    }

    #[test]
    fn the_rate_is_that_of_the_phase_and_the_time_left_follows_from_what_is_done() {
        let mut pace = Pace::default();
        pace.take(&reading(0, Some(100)), Duration::from_secs(10));
        pace.take(&reading(1, Some(100)), Duration::from_secs(11));
        let told = pace.take(&reading(50, Some(100)), Duration::from_secs(21));
        assert!(told.bytes_per_second.is_some_and(|rate| (100..500).contains(&rate)), "{told:?}");
        assert_eq!(told.eta_seconds, Some(14), "42.5 % took 10 s");
        let verifying = Reading { phase: Phase::Verifying, ..reading(100, Some(100)) };
        assert_eq!(pace.take(&verifying, Duration::from_secs(30)).bytes_per_second, None);
    }
}
