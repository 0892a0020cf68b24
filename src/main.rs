//! The `carryall` command: reads the settings, builds the parts, and runs one of the sub-commands. The only place
//! that reads the real clock.

mod command;
mod config;

use std::{io::IsTerminal, process::ExitCode};

use clap::{Parser, Subcommand};
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
    Serve(config::ServeArgs),
    /// Makes one export without a server
    Export(command::export::ExportArgs),
    /// Prints the schema of the API
    Schema,
    /// Tokens of the API
    #[command(subcommand)]
    Token(command::token::TokenCommand),
    /// Asks a running server whether it is well: exits with 0 if it is
    Healthcheck(config::ListenArgs),
}

fn main() -> ExitCode {
    let carryall = Carryall::parse();
    // Everything that Carryall writes is for its owner only, the database's files too.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    // RUST_LOG is the name the field knows; the log goes to stderr, so that stdout has only what was asked for.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sea_orm_migration=warn"));
    let log = std::io::stderr();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(log.is_terminal()).with_writer(std::io::stderr).init();
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
