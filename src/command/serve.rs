//! `carryall serve`.

use std::{
    io::{self, Write},
    path::Path,
    sync::Arc,
    time::Duration,
};

use carryall::{
    clock::Clock,
    database, demo,
    export::{Engine, Parts},
    files::{Files, make_private_folder},
    graphql,
    http::{self, App},
    secret::Key,
    token,
};
use entity::api_token::Role;
use sea_orm::{DatabaseConnection, TransactionTrait};
use tokio::{net::TcpListener, task::spawn_blocking};
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::{CommandError, clock, healthcheck::reachable, stop_signal};
use crate::config::{DEMO, ServeArgs, Sources, State};

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
    let (engine, db) = open(&server.state, server.sources, &clock).await?;
    engine.repair().await?;
    let address = reachable(listener.local_addr()?);
    let url = server.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    first_token(&db, &clock, &url).await?;
    let stop = CancellationToken::new();
    let app = App {
        schema: graphql::schema(Arc::clone(&engine), db.clone()),
        engine: Arc::clone(&engine),
        db,
        public_url: server.public_url.map(Arc::from),
        stop: stop.clone(),
    };
    info!("exporting {}", names.join(", "));
    info!("listening at http://{address}");
    let ended = run(app.clone(), listener, &engine, &stop).await;
    // Closing writes SQLite's log back into its file.
    app.db.close().await?;
    ended
}

/// Serves and works until a signal, then lets downloads end and ends the running export.
async fn run(app: App, listener: TcpListener, engine: &Engine, stop: &CancellationToken) -> Result<(), CommandError> {
    let serving = axum::serve(listener, http::router(app)).with_graceful_shutdown(stop.clone().cancelled_owned());
    let stopping = async {
        let stopped = stop_signal().await;
        info!("stopping");
        stop.cancel();
        stopped
    };
    let bounded = async {
        tokio::select! {
            served = serving.into_future() => served,
            () = async { stop.cancelled().await; tokio::time::sleep(LAST_DOWNLOADS).await } => Ok(()),
        }
    };
    let (served, (), stopped) = tokio::join!(bounded, engine.work(stop), stopping);
    served?;
    Ok(stopped?)
}

async fn make_demo(folder: &Path) -> Result<(), CommandError> {
    let path = folder.join(format!("{DEMO}.db"));
    let made = spawn_blocking(move || demo::create(&path)).await.map_err(io::Error::other)?;
    Ok(made?)
}

async fn open(
    state: &State,
    sources: Sources,
    clock: &Clock,
) -> Result<(Arc<Engine>, DatabaseConnection), CommandError> {
    let db = database::open(&state.database_url).await?;
    let parts = Parts {
        db: db.clone(),
        key: Arc::new(key(state, &db).await?),
        files: Arc::new(Files::open(&state.files_url)?),
        sources: sources.into_named(),
        clock: clock.clone(),
    };
    let engine = Engine::new(parts);
    if !engine.has_right_key().await? {
        return Err(CommandError::KeyWrong(state.secret_key_file.clone()));
    }
    Ok((Arc::new(engine), db))
}

/// The key; a new one only if there is nothing yet that the old one has sealed.
async fn key(state: &State, db: &DatabaseConnection) -> Result<Key, CommandError> {
    let path = &state.secret_key_file;
    if path.exists() {
        return Ok(Key::load(path)?);
    }
    if carryall::export::any(db).await? {
        return Err(CommandError::KeyMissing(path.clone()));
    }
    Ok(Key::create(path)?)
}

/// Makes a token at the first start and shows it, on stdout alone: the log never has it.
async fn first_token(db: &DatabaseConnection, clock: &Clock, url: &str) -> Result<(), CommandError> {
    if !token::none_yet(db).await? {
        return Ok(());
    }
    // Shown before it is stored: one that nobody saw would be good for nobody, and keep the next start from making one.
    let transaction = db.begin().await?;
    let token = token::create(&transaction, "admin", Role::Admin, clock.now()).await?;
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
