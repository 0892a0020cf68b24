//! How long things may take, and how much may run at once, in this process.

use std::{ops::RangeInclusive, time::Duration};

use carryall::export::Limits;
use clap::Args;

use super::{ConfigError, file::File};

/// The settings of the process that makes exports.
#[derive(Args, Debug)]
pub(crate) struct LimitArgs {
    /// Seconds that a running export may go on after the server was asked to stop [default: 30]
    #[arg(long, env = "CARRYALL_SHUTDOWN_GRACE", value_name = "SECONDS")]
    shutdown_grace: Option<String>,
    /// Minutes without anything from its source after which an export has stalled [default: 10]
    #[arg(long, env = "CARRYALL_STALL_MINUTES", value_name = "MINUTES")]
    stall_minutes: Option<String>,
    /// Days for which failed and canceled exports stay in the history [default: 30]
    #[arg(long, env = "CARRYALL_KEEP_FAILED_DAYS", value_name = "DAYS")]
    keep_failed_days: Option<String>,
    /// Exports that run at the same time [default: 1]
    #[arg(long, env = "CARRYALL_CONCURRENT_EXPORTS", value_name = "NUMBER")]
    concurrent_exports: Option<String>,
    /// Exports that may wait, beside those of nights and restarts [default: 20]
    #[arg(long, env = "CARRYALL_QUEUED_EXPORTS", value_name = "NUMBER")]
    queued_exports: Option<String>,
}

impl LimitArgs {
    /// The limits, with the file's and the defaults filled in, and the grace.
    pub(super) fn resolve(self, file: &File) -> Result<(Limits, Duration), ConfigError> {
        let grace = number("--shutdown-grace", self.shutdown_grace, file.shutdown_grace, 30, 0..=86_400)?;
        let stall = number("--stall-minutes", self.stall_minutes, file.stall_minutes, 10, 1..=1440)?;
        let days = number("--keep-failed-days", self.keep_failed_days, file.keep_failed_days, 30, 1..=3650)?;
        let at_once = number("--concurrent-exports", self.concurrent_exports, file.concurrent_exports, 1, 1..=16)?;
        let queued = number("--queued-exports", self.queued_exports, file.queued_exports, 20, 1..=100_000)?;
        let limits = Limits {
            stall: Duration::from_secs(stall * 60),
            history: Duration::from_secs(days * 24 * 60 * 60),
            queued,
            at_once: usize::try_from(at_once).unwrap_or(1),
            ..Limits::default()
        };
        Ok((limits, Duration::from_secs(grace)))
    }
}

/// From the flag or the variable, else the file, else the default. A text, since a variable that is empty is not set.
pub(super) fn number(
    setting: &str,
    given: Option<String>,
    file: Option<u64>,
    default: u64,
    range: RangeInclusive<u64>,
) -> Result<u64, ConfigError> {
    let given = super::given(given);
    let wrong = |value: &str| {
        let (least, most) = (range.start(), range.end());
        ConfigError::new(setting, format!("`{value}` is not a number from {least} to {most}"))
    };
    let value = match &given {
        Some(text) => text.parse().map_err(|_| wrong(text))?,
        None => file.unwrap_or(default),
    };
    if range.contains(&value) { Ok(value) } else { Err(wrong(&value.to_string())) }
}
