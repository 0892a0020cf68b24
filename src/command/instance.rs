//! What `carryall serve` and `carryall worker` have in common: the parts of an instance, opened, and how a process ends.

use std::{path::Path, sync::Arc, time::Duration};

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

/// How long all that runs may take to end after it was told to end at once. With what comes after it, less than the half minute
/// by which a service manager waits longer than for the running export.
const LAST_WORK: Duration = Duration::from_secs(15);
/// How long it may take then to take leave of the others and to close the database.
const LEAVE: Duration = Duration::from_secs(6);

/// An instance whose parts are there.
pub(super) struct Opened {
    pub(super) engine: Arc<Engine>,
    pub(super) db: DatabaseConnection,
    /// The time that all processes over the database have.
    pub(super) clock: Clock,
    pub(super) grace: Duration,
    /// What is said when its key is not, or no longer, the instance's.
    pub(super) wrong_key: CommandError,
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
    let (keys, wrong_key) = match state.secret_key {
        SecretKey::File(path) => {
            (Arc::new(key_of_file(&path, &db, state.database.is_shared()).await?), CommandError::KeyWrong(path))
        }
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
        return Err(wrong_key);
    }
    Ok(Opened { engine, db, clock, grace, wrong_key })
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
/// given back. Returns when that, too, takes longer than it may: something hangs, and the process ends all the same.
pub(super) async fn stop_by(mut signals: StopSignals, stop: &Stop, grace: Duration) {
    signals.next().await;
    info!("stopping: a running export may go on for {} seconds; a second signal ends it at once", grace.as_secs());
    stop.taking.cancel();
    tokio::select! { () = tokio::time::sleep(grace) => {}, () = signals.next() => info!("stopping at once") }
    stop.running.cancel();
    tokio::time::sleep(LAST_WORK).await;
    warn!("not everything came to its end in {} seconds; stopping all the same", LAST_WORK.as_secs());
}

/// Takes leave of the other processes and closes the database: that writes SQLite's log back into its file. Over a line that is cut
/// neither would end for many minutes; then the others find out by themselves.
pub(super) async fn leave(engine: &Engine, db: DatabaseConnection) -> Result<(), CommandError> {
    let left = async {
        engine.leave().await;
        db.close().await
    };
    match tokio::time::timeout(LEAVE, left).await {
        Ok(closed) => Ok(closed?),
        Err(_) => {
            warn!("the database does not answer; ending without it");
            Ok(())
        }
    }
}

async fn make_demo(folder: &Path) -> Result<(), CommandError> {
    let path = folder.join(format!("{DEMO}.db"));
    let made = spawn_blocking(move || demo::create(&path)).await.map_err(carryall::secret::died)?;
    Ok(made?)
}

/// The key in the file at `path`; a new one only if there is nothing yet that the old one has sealed.
async fn key_of_file(path: &Path, db: &DatabaseConnection, is_shared: bool) -> Result<Keyring, CommandError> {
    if path.exists() {
        return Ok(Keyring::load(path)?);
    }
    if any_sealed(db).await? {
        let path = path.to_owned();
        return Err(if is_shared { CommandError::KeyElsewhere(path) } else { CommandError::KeyMissing(path) });
    }
    if is_shared {
        let place = path.display();
        warn!("a key was made in {place}: every other process needs the same one, by CARRYALL_SECRET_KEY say");
    }
    Ok(Keyring::create(path)?)
}
