//! The `carryall` command: reads the settings, builds the parts, and runs one of the sub-commands. The only place
//! that reads the real clock.

mod command;
mod config;
mod panic_hook;

use std::{io::IsTerminal, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// A full copy of your application's data, in a bag you can carry.
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct Carryall {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server: the API, GraphiQL, and the worker that makes exports
    Serve(Box<config::ServeArgs>),
    /// Makes exports, and serves no API: as many as there are beside each other, over PostgreSQL
    Worker(Box<config::WorkerArgs>),
    /// Makes one export without a server
    Export(command::export::ExportArgs),
    /// Reads an archive anywhere, with its password, and says whether it is whole
    Verify(command::verify::VerifyArgs),
    /// Prints the schema of the API
    Schema,
    /// Tokens of the API
    #[command(subcommand)]
    Token(command::token::TokenCommand),
    /// The key that seals secrets
    #[command(subcommand)]
    Key(command::key::KeyCommand),
    /// Copies everything that Carryall keeps in its SQLite file to an empty PostgreSQL; no server may run
    MigrateState(command::migrate_state::MigrateStateArgs),
    /// Asks a running server whether it is well: exits with 0 if it is
    Healthcheck(config::ListenArgs),
}

fn main() -> ExitCode {
    let carryall = match Carryall::try_parse() {
        Ok(carryall) => carryall,
        Err(wrong) => return refuse(&wrong),
    };
    // Everything that Carryall writes is for its owner only, the database's files too.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    // A core dump would hold keys, passwords and what is being exported. If it cannot be set, things are as they were.
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    // The one provider of TLS; an error says only that it was there before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // RUST_LOG is the name the field knows; the log goes to stderr, so that stdout has only what was asked for.
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sea_orm_migration=warn,sqlx=warn"));
    // At finer levels these log what they receive, tokens and all.
    let quiet = ["tungstenite", "tokio_tungstenite", "hyper", "axum", "async_graphql"];
    let filter =
        quiet.iter().filter_map(|target| format!("{target}=info").parse().ok()).fold(filter, EnvFilter::add_directive);
    let log = std::io::stderr();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(log.is_terminal()).with_writer(std::io::stderr).init();
    panic_hook::install();
    for name in config::unknown_variables(&Carryall::command()) {
        tracing::warn!("{name} is set, but there is no such setting; it is passed over");
    }
    match command::run(carryall.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            use std::io::Write;
            // If stderr is closed, there is nowhere left to say so.
            let _ = writeln!(std::io::stderr(), "carryall: {failed}");
            ExitCode::from(failed.exit_code())
        }
    }
}

/// A wrong argument or variable in one line, as every other wrong setting; help and version as they are.
fn refuse(wrong: &clap::Error) -> ExitCode {
    use std::io::Write;
    let text = wrong.to_string();
    // If the output is closed, there is nowhere left to say so.
    let _ = match text.strip_prefix("error: ").and_then(|text| text.split("\n\n").next()) {
        Some(why) => {
            let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
            writeln!(std::io::stderr(), "carryall: {why} (see --help)")
        }
        None if wrong.use_stderr() => write!(std::io::stderr(), "{text}"),
        None => write!(std::io::stdout(), "{text}"),
    };
    ExitCode::from(if wrong.use_stderr() { 2 } else { 0 })
}
