//! `carryall serve`.

use std::{
    convert::Infallible,
    io::{self, Write},
    net::TcpListener,
    path::Path,
    sync::Arc,
    time::Duration,
};

use carryall::{
    audit::{self, Action, Actor, Event},
    clock::Clock,
    database, demo,
    export::{Engine, Limits, Parts, Stop, any_sealed},
    files::{Files, make_private_folder},
    graphql,
    http::{self, App, Reach, RustlsConfig},
    secret::Keyring,
    storage::{Environment, Network},
    token,
};
use entity::api_token::Role;
use sea_orm::{DatabaseConnection, TransactionTrait};
use tokio::task::spawn_blocking;
use tracing::{info, warn};
use url::Url;

use super::{CommandError, StopSignals, clock, healthcheck::reachable, tls};
use crate::config::{DEMO, SecretKey, ServeArgs, Sources, State};

/// Who makes the first token.
const FIRST_START: Actor<'_> = Actor { name: "(the first start)", token: None };

/// Runs the server until it is asked to stop.
pub(super) async fn serve(args: ServeArgs) -> Result<(), CommandError> {
    let server = args.resolve()?;
    let folder = &server.state.data_dir;
    make_private_folder(folder).map_err(|cause| CommandError::DataFolder(folder.clone(), cause))?;
    let _lock = database::lock(&server.state.database_url)?;
    let clock = clock();
    let listener = TcpListener::bind(server.listen).map_err(|cause| CommandError::Listen(server.listen, cause))?;
    let tls = match server.certificate {
        Some(certificate) => Some(tls::open(certificate)?),
        None => None,
    };
    if server.demo {
        make_demo(folder).await?;
    }
    let names = server.sources.names().into_iter().map(str::to_owned).collect::<Vec<_>>();
    let files = open_files(&server.state, &server.network, server.presigned_downloads).await?;
    let (engine, db) = open(server.state, files, server.sources, (server.limits, server.network), &clock).await?;
    engine.repair().await?;
    let url = address(&listener, &server.reach)?;
    let public_url = server.reach.public_url.as_ref().map_or(url.as_str(), Url::as_str).trim_end_matches('/');
    first_token(&db, &clock, public_url).await?;
    let stop = Stop::default();
    let signals = StopSignals::listen()?;
    info!("exporting {}", names.join(", "));
    warn_of_clear_text(&server.reach);
    info!("listening at {url}");
    let limits = Arc::new(server.api_limits);
    let schema = graphql::schema(Arc::clone(&engine), db.clone(), &limits);
    let app = App::new(schema, (Arc::clone(&engine), db.clone()), server.reach, limits, stop.taking.clone());
    let ended = tokio::select! {
        ended = run(app, listener, tls, &engine, &stop) => ended,
        never = stop_by(signals, &stop, server.grace) => match never {},
    };
    // Closing writes SQLite's log back into its file.
    db.close().await?;
    ended
}

/// Where the server is reached from its own machine.
fn address(listener: &TcpListener, reach: &Reach) -> io::Result<String> {
    let scheme = if reach.tls { "https" } else { "http" };
    Ok(format!("{scheme}://{}", reachable(listener.local_addr()?)))
}

/// Says so if tokens and passwords go over a network where others can read them.
fn warn_of_clear_text(reach: &Reach) {
    let proxied = reach.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    if !reach.loopback && !reach.tls && !proxied {
        warn!(
            "listening beyond this machine without TLS: whoever is on the way can read tokens, passwords and archives. Give \
             --tls-certificate-file and --tls-key-file, or put a proxy with TLS in front and give --public-url https://…"
        );
    }
}

/// Serves and works until `stop`, then lets downloads end.
async fn run(
    app: App,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    engine: &Engine,
    stop: &Stop,
) -> Result<(), CommandError> {
    let (served, ()) = tokio::join!(http::serve(app, listener, tls, stop.running.clone()), engine.work(stop));
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

/// The place for archives, after it was tried out.
async fn open_files(state: &State, network: &Network, presigned: bool) -> Result<Files, CommandError> {
    let environment = Environment::of(std::env::vars_os());
    let files = Files::open(&state.files_url, &state.data_dir.join("drafts"), &environment, network)?;
    let files = if presigned { files.with_presigned_downloads() } else { files };
    files.check().await.map_err(CommandError::FilesUnusable)?;
    Ok(files)
}

async fn open(
    state: State,
    files: Files,
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
        files: Arc::new(files),
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
    let now = clock.now();
    let (token, row) = token::create(&transaction, "admin", Role::Admin, None, now).await?;
    let detail = Some(format!("{}, {:?}", row.name, row.role));
    audit::record(&transaction, Event { detail, ..FIRST_START.did(Action::CreatedToken, row.id) }, now).await?;
    let token = token.expose();
    let shown = format!(
        "\nThis is the first start, so an admin token was made. It is shown this once:\n\n    {token}\n\n\
         The Data Exports page opens with it at:\n\n    {url}/#token={token}\n\n"
    );
    let mut stdout = io::stdout();
    stdout.write_all(shown.as_bytes())?;
    stdout.flush()?;
    Ok(transaction.commit().await?)
}
