//! `carryall serve`.

use std::{
    io::{self, Write},
    net::TcpListener,
    sync::Arc,
};

use carryall::{
    audit::{self, Action, Actor, Event},
    clock::Clock,
    database::{Right, in_turn},
    export::{Retired, Stop},
    graphql,
    http::{self, App, Reach},
    token,
};
use entity::api_token::Role;
use sea_orm::{DatabaseConnection, TransactionTrait};
use tracing::{info, warn};
use url::Url;

use super::{
    CommandError, StopSignals,
    healthcheck::reachable,
    instance::{self, Opened},
    tls,
};
use crate::config::ServeArgs;

/// Who makes the first token.
const FIRST_START: Actor<'_> = Actor { name: "(the first start)", token: None };

/// Runs the server until it is asked to stop.
pub(super) async fn serve(args: ServeArgs) -> Result<(), CommandError> {
    let (instance, server) = args.resolve()?;
    let _lock = instance::enter(&instance.state)?;
    let listener = TcpListener::bind(server.listen).map_err(|cause| CommandError::Listen(server.listen, cause))?;
    let tls = match server.certificate {
        Some(certificate) => Some(tls::open(certificate)?),
        None => None,
    };
    let Opened { engine, db, clock, grace, wrong_key } = instance::open(instance).await?;
    engine.repair().await?;
    let url = address(&listener, &server.reach)?;
    let public_url = server.reach.public_url.as_ref().map_or(url.as_str(), Url::as_str).trim_end_matches('/');
    first_token(&db, &clock, public_url).await?;
    let (stop, introduction) = (Stop::default(), instance::introduction(server.worker));
    let signals = StopSignals::listen()?;
    warn_of_clear_text(&server.reach);
    info!("listening at {url}");
    let limits = Arc::new(server.api_limits);
    let schema = graphql::schema(Arc::clone(&engine), db.clone(), &limits);
    let app = App::new(schema, (Arc::clone(&engine), db.clone()), server.reach, limits, stop.taking.clone());
    let serve = http::serve(app, listener, tls, stop.running.clone());
    let work = async {
        if introduction.worker {
            engine.work(&stop).await;
        }
    };
    // It serves, and works if it is a worker, until it is stopped; then downloads may end.
    let ended = tokio::select! {
        (served, ()) = async { tokio::join!(serve, work) } => served.map_err(CommandError::from),
        Retired = engine.take_part(&introduction) => Err(wrong_key),
        () = instance::stop_by(signals, &stop, grace) => Ok(()),
    };
    let left = instance::leave(&engine, db).await;
    ended.and(left)
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

/// Makes a token at the first start and shows it, on stdout alone: the log never has it.
async fn first_token(db: &DatabaseConnection, clock: &Clock, url: &str) -> Result<(), CommandError> {
    if !token::none_yet(db).await? {
        return Ok(());
    }
    let transaction = db.begin().await?;
    in_turn(&transaction, Right::FirstStart).await?;
    // Another process may have been quicker.
    if !token::none_yet(&transaction).await? {
        return Ok(());
    }
    // Shown before it is stored: one that nobody saw would be good for nobody, and keep the next start from making one.
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
