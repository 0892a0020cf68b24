//! What `carryall serve` and `carryall worker` have in common: the parts of an instance, opened, and how a process ends.

use std::{convert::Infallible, path::Path, sync::Arc, time::Duration};

use carryall::{
    clock::Clock,
    database::{self, ServerLock},
    demo,
    export::{Engine, Introduction, Parts, Stop, any_sealed},
    files::{Files, make_private_folder},
    secret::Keyring,
    storage::{Environment, Network},
};
use sea_orm::DatabaseConnection;
use tokio::task::spawn_blocking;
use tracing::{info, warn};

use super::{CommandError, StopSignals, clock};
use crate::config::{DEMO, Instance, SecretKey, State};

/// An instance whose parts are there.
pub(super) struct Opened {
    pub(super) engine: Arc<Engine>,
    pub(super) db: DatabaseConnection,
    /// The time that all processes over the database have.
    pub(super) clock: Clock,
    pub(super) grace: Duration,
}

/// The right to be here, beside whoever else may be.
pub(super) fn enter(state: &State) -> Result<Option<ServerLock>, CommandError> {
    let folder = &state.data_dir;
    make_private_folder(folder).map_err(|cause| CommandError::DataFolder(folder.clone(), cause))?;
    Ok(state.database.lock()?)
}

/// Opens the database, the key, and the folder of the files.
pub(super) async fn open(instance: Instance) -> Result<Opened, CommandError> {
    let Instance { state, sources, limits, network, presigned_downloads, grace, demo } = instance;
    if demo {
        make_demo(&state.data_dir).await?;
    }
    info!("exporting {}", sources.names().join(", "));
    let files = open_files(&state, &network, presigned_downloads).await?;
    let db = state.database.open(state.pool).await?;
    let clock = database::clock(&db, &clock()).await?;
    let (keys, wrong) = match state.secret_key {
        SecretKey::File(path) => (Arc::new(key_of_file(&path, &db).await?), CommandError::KeyWrong(path)),
        SecretKey::Variable(keys) => (keys, CommandError::KeyVariableWrong),
    };
    if state.database.is_shared() && state.files_url.scheme() == "file" {
        warn!("archives are kept in a folder: every process must see the same one at {}", state.files_url);
    }
    let parts = Parts {
        db: db.clone(),
        keys,
        files: Arc::new(files),
        sources: sources.into_named(),
        clock: clock.clone(),
        limits,
        network,
    };
    let engine = Arc::new(Engine::new(parts));
    if !engine.has_right_keys().await? {
        return Err(wrong);
    }
    Ok(Opened { engine, db, clock, grace })
}

/// The place for archives, after it was tried out.
async fn open_files(state: &State, network: &Network, presigned: bool) -> Result<Files, CommandError> {
    let environment = Environment::of(std::env::vars_os());
    let files = Files::open(&state.files_url, &state.data_dir.join("drafts"), &environment, network)?;
    let files = if presigned { files.with_presigned_downloads() } else { files };
    files.check().await.map_err(CommandError::FilesUnusable)?;
    Ok(files)
}

/// What this process says of itself to the others.
pub(super) fn introduction(worker: bool) -> Introduction {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    Introduction { host: format!("{host}, {}", std::process::id()), worker }
}

/// At the first signal nothing new is begun, and a running export may go on for a while; then, or at the second signal, it is
/// given back. Never returns.
pub(super) async fn stop_by(mut signals: StopSignals, stop: &Stop, grace: Duration) -> Infallible {
    signals.next().await;
    info!("stopping: a running export may go on for {} seconds; a second signal ends it at once", grace.as_secs());
    stop.taking.cancel();
    tokio::select! { () = tokio::time::sleep(grace) => {}, () = signals.next() => info!("stopping at once") }
    stop.running.cancel();
    std::future::pending().await
}

async fn make_demo(folder: &Path) -> Result<(), CommandError> {
    let path = folder.join(format!("{DEMO}.db"));
    let made = spawn_blocking(move || demo::create(&path)).await.map_err(carryall::secret::died)?;
    Ok(made?)
}

/// The key in the file at `path`; a new one only if there is nothing yet that the old one has sealed.
async fn key_of_file(path: &Path, db: &DatabaseConnection) -> Result<Keyring, CommandError> {
    if path.exists() {
        return Ok(Keyring::load(path)?);
    }
    if any_sealed(db).await? {
        return Err(CommandError::KeyMissing(path.to_owned()));
    }
    Ok(Keyring::create(path)?)
}
