//! `carryall serve`.

use std::{
    convert::Infallible,
    io::{self, Write},
    path::Path,
    sync::Arc,
    time::Duration,
};

use carryall::{
    clock::Clock,
    database, demo,
    export::{Engine, Limits, Parts, Stop, any_sealed},
    files::{Files, make_private_folder},
    graphql,
    http::{self, App},
    secret::Keyring,
    storage::Network,
    token,
};
use entity::api_token::Role;
use sea_orm::{DatabaseConnection, TransactionTrait};
use tokio::{net::TcpListener, task::spawn_blocking};
use tracing::info;

use super::{CommandError, StopSignals, clock, healthcheck::reachable};
use crate::config::{DEMO, SecretKey, ServeArgs, Sources, State};

/// How long downloads may go on after the server was asked to stop.
const LAST_DOWNLOADS: Duration = Duration::from_secs(10);

/// Runs the server until it is asked to stop.
pub(super) async fn serve(args: ServeArgs) -> Result<(), CommandError> {
    let server = args.resolve()?;
    let folder = &server.state.data_dir;
    make_private_folder(folder).map_err(|cause| CommandError::DataFolder(folder.clone(), cause))?;
    let _lock = database::lock(&server.state.database_url)?;
    let clock = clock();
    let listener =
        TcpListener::bind(server.listen).await.map_err(|cause| CommandError::Listen(server.listen, cause))?;
    if server.demo {
        make_demo(folder).await?;
    }
    let names = server.sources.names().into_iter().map(str::to_owned).collect::<Vec<_>>();
    let (engine, db) = open(server.state, server.sources, (server.limits, server.network), &clock).await?;
    engine.repair().await?;
    let address = reachable(listener.local_addr()?);
    let url = server.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    first_token(&db, &clock, &url).await?;
    let stop = Stop::default();
    let signals = StopSignals::listen()?;
    let app = App {
        schema: graphql::schema(Arc::clone(&engine), db.clone()),
        engine: Arc::clone(&engine),
        db,
        public_url: server.public_url.map(Arc::from),
        stop: stop.taking.clone(),
    };
    info!("exporting {}", names.join(", "));
    info!("listening at http://{address}");
    let ended = tokio::select! {
        ended = run(app.clone(), listener, &engine, &stop) => ended,
        never = stop_by(signals, &stop, server.grace) => match never {},
    };
    // Closing writes SQLite's log back into its file.
    app.db.close().await?;
    ended
}

/// Serves and works until `stop`, then lets downloads end.
async fn run(app: App, listener: TcpListener, engine: &Engine, stop: &Stop) -> Result<(), CommandError> {
    let stopping = stop.taking.clone().cancelled_owned();
    let serving = axum::serve(listener, http::router(app)).with_graceful_shutdown(stopping);
    let bounded = async {
        tokio::select! {
            served = serving.into_future() => served,
            () = async { stop.taking.cancelled().await; tokio::time::sleep(LAST_DOWNLOADS).await } => Ok(()),
            () = stop.running.cancelled() => Ok(()),
        }
    };
    let (served, ()) = tokio::join!(bounded, engine.work(stop));
    Ok(served?)
}

/// At the first signal nothing new is begun, and a running export may go on for a while; then, or at the second signal, it is
/// given back. Never returns.
async fn stop_by(mut signals: StopSignals, stop: &Stop, grace: Duration) -> Infallible {
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

async fn open(
    state: State,
    sources: Sources,
    (limits, network): (Limits, Network),
    clock: &Clock,
) -> Result<(Arc<Engine>, DatabaseConnection), CommandError> {
    let db = database::open(&state.database_url).await?;
    let (keys, wrong) = match state.secret_key {
        SecretKey::File(path) => (Arc::new(key_of_file(&path, &db).await?), CommandError::KeyWrong(path)),
        SecretKey::Variable(keys) => (keys, CommandError::KeyVariableWrong),
    };
    let parts = Parts {
        db: db.clone(),
        keys,
        files: Arc::new(Files::open(&state.files_url)?),
        sources: sources.into_named(),
        clock: clock.clone(),
        limits,
        network,
    };
    let engine = Engine::new(parts);
    if !engine.has_right_keys().await? {
        return Err(wrong);
    }
    Ok((Arc::new(engine), db))
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

/// Makes a token at the first start and shows it, on stdout alone: the log never has it.
async fn first_token(db: &DatabaseConnection, clock: &Clock, url: &str) -> Result<(), CommandError> {
    if !token::none_yet(db).await? {
        return Ok(());
    }
    // Shown before it is stored: one that nobody saw would be good for nobody, and keep the next start from making one.
    let transaction = db.begin().await?;
    let (token, _) = token::create(&transaction, "admin", Role::Admin, None, clock.now()).await?;
    let token = token.expose();
    let shown = format!(
        "\nThis is the first start, so an admin token was made. It is shown this once:\n\n    {token}\n\n\
         GraphiQL opens with it at:\n\n    {url}/graphiql#token={token}\n\n"
    );
    let mut stdout = io::stdout();
    stdout.write_all(shown.as_bytes())?;
    stdout.flush()?;
    Ok(transaction.commit().await?)
}
