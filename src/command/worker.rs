//! `carryall worker`: makes exports, and serves no API.

use carryall::export::Stop;
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
    let Opened { engine, db, grace, .. } = instance::open(instance).await?;
    let (stop, introduction) = (Stop::default(), instance::introduction(true));
    let signals = StopSignals::listen()?;
    info!("working as {}", introduction.host);
    tokio::select! {
        () = engine.work(&stop) => {}
        never = engine.take_part(&introduction) => match never {},
        never = instance::stop_by(signals, &stop, grace) => match never {},
    }
    engine.leave().await;
    Ok(db.close().await?)
}
