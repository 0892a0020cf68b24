//! `carryall worker`: makes exports, and serves no API.

use carryall::export::{Retired, Stop};
use tracing::info;

use super::{
    CommandError, StopSignals,
    instance::{self, Opened},
};
use crate::config::WorkerArgs;

/// Works until it is asked to stop.
pub(super) async fn worker(args: WorkerArgs) -> Result<(), CommandError> {
    let instance = args.resolve()?;
    let _lock = instance::enter(&instance.state)?;
    let Opened { engine, db, grace, wrong_key, .. } = instance::open(instance).await?;
    let (stop, introduction) = (Stop::default(), instance::introduction(true));
    let signals = StopSignals::listen()?;
    info!("working as {}", introduction.host);
    let ended = tokio::select! {
        () = engine.work(&stop) => Ok(()),
        Retired = engine.take_part(&introduction) => Err(wrong_key),
        () = instance::stop_by(signals, &stop, grace) => Ok(()),
    };
    let left = instance::leave(&engine, db).await;
    ended.and(left)
}
