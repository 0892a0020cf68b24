//! The sub-commands, one file each, and the ways in which they end.

pub(crate) mod export;
mod healthcheck;
mod instance;
pub(crate) mod key;
pub(crate) mod migrate_state;
mod password;
mod serve;
mod tls;
pub(crate) mod token;
pub(crate) mod verify;
mod worker;

use std::{
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use carryall::{
    archive::VerifyError,
    clock::Clock,
    database::{CopyError, DatabaseError},
    demo::DemoError,
    export::{NameError, PackError, ResealError},
    files::FilesError,
    secret::{KeyError, PasswordError},
    source::{PatternError, sessions_ended},
    token::TokenError,
};
use chrono::SubsecRound;
use sea_orm::DbErr;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{Command, config::ConfigError};

/// How long threads that are in the middle of a read may take when the process ends.
const LAST_READ: Duration = Duration::from_secs(2);

/// Why a command failed: one line, which says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the data folder {0} cannot be used: {1}")]
    DataFolder(PathBuf, #[source] io::Error),
    #[error("--database-url: {0}")]
    Database(#[from] DatabaseError),
    #[error("Carryall's own database failed: {0}")]
    Query(#[from] DbErr),
    #[error("--secret-key-file: {0}")]
    Key(#[from] KeyError),
    #[error(
        "--secret-key-file: there is no {0}, but the database holds secrets that were sealed with it: put the file back"
    )]
    KeyMissing(PathBuf),
    #[error(
        "CARRYALL_SECRET_KEY: the database holds secrets that were sealed with a key that this process does not have: give it the \
         key of the other processes, by this variable, or their file by --secret-key-file (there is no {0})"
    )]
    KeyElsewhere(PathBuf),
    #[error("--secret-key-file: {0} is not the key that sealed the secrets in the database: put the right file back")]
    KeyWrong(PathBuf),
    #[error(
        "CARRYALL_SECRET_KEY: it is not the key that sealed the secrets in the database: give this process the key of all the \
         others. While a key is replaced, the old one stays in it, behind the new one, until `carryall key rotate` is done"
    )]
    KeyVariableWrong,
    #[error(
        "CARRYALL_SECRET_KEY: it holds one key: put a new one (`carryall key generate` prints one) and a space in front of it, \
         and rotate then"
    )]
    NoNewKey,
    #[error(
        "{0} processes of Carryall are running, the first of them at {1}: stop them, or give the keys by CARRYALL_SECRET_KEY, \
         the new one in front, to all of them first"
    )]
    Running(usize, String),
    #[error(
        "the process at {0} does not seal with the new key: give it CARRYALL_SECRET_KEY with the new key in front and the old one \
         behind it, and start it again"
    )]
    Unaware(String),
    #[error(
        "the process at {0} does not seal with the new key, was last seen at {1}, and did not take its leave: if it is frozen or cut off, \
         stop it; if it has ended, give --despite-silent, or wait until it was not seen for an hour"
    )]
    Silent(String, String),
    #[error("--database-url: there is no {0}, and so nothing that a key has sealed")]
    NoDatabase(PathBuf),
    #[error("--to: {0}")]
    To(#[source] DatabaseError),
    #[error("{0}")]
    Copy(#[from] CopyError),
    #[error("{0}")]
    Reseal(#[from] ResealError),
    #[error("--files-url: {0}")]
    Files(#[from] FilesError),
    #[error(
        "--files-url: archives cannot be kept there: {0}. See whether the bucket is there, and whether the credentials in the \
         environment may list it, and read, write and delete in it"
    )]
    FilesUnusable(#[source] FilesError),
    #[error("the demo database cannot be made: {0}")]
    Demo(#[from] DemoError),
    #[error("--listen: the server cannot listen at {0}: {1}")]
    Listen(std::net::SocketAddr, #[source] io::Error),
    #[error(transparent)]
    Certificate(#[from] tls::CertificateError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("{0}: {1}")]
    Password(&'static str, #[source] PasswordError),
    #[error("--ask-password: there is no terminal to ask at: {0}")]
    NoTerminal(#[source] io::Error),
    #[error("--password-file {0}: {1}")]
    PasswordFile(PathBuf, #[source] io::Error),
    #[error("there is no password: give it as {0}, by --password-file, or by --ask-password")]
    NoPassword(&'static str),
    #[error("{0}: {1}")]
    Archive(PathBuf, #[source] VerifyError),
    #[error("--exclude: {0}")]
    Exclude(#[from] PatternError),
    #[error("the two passwords are not the same")]
    PasswordsDiffer,
    #[error("--name: {0}")]
    Name(#[from] NameError),
    #[error("--output: {0} is not the name of a file")]
    OutputFolder(PathBuf),
    #[error("--output: {0} is there already, and is not overwritten")]
    OutputExists(PathBuf),
    #[error("--output: {0} cannot be written: {1}")]
    Output(PathBuf, #[source] io::Error),
    #[error("no export was made: {0}")]
    Pack(#[from] PackError),
    #[error("interrupted; no export was made")]
    Interrupted,
    #[error("the server at {0} is not well: {1}")]
    Unhealthy(std::net::SocketAddr, String),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl CommandError {
    /// 2 for wrong settings, as for wrong arguments; 1 for everything else.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::To(_)
            | Self::Password(..)
            | Self::NoPassword(_)
            | Self::Name(_)
            | Self::Exclude(_) => 2,
            Self::Files(FilesError::Store(_)) => 2,
            _ => 1,
        }
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: Command) -> Result<(), CommandError> {
    if let Command::Schema = command {
        return Ok(io::stdout().write_all(carryall::graphql::sdl().as_bytes())?);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let result = runtime.block_on(async {
        match command {
            Command::Serve(args) => serve::serve(*args).await,
            Command::Worker(args) => worker::worker(*args).await,
            Command::Export(args) => export::export(args).await,
            Command::Verify(args) => verify::verify(args).await,
            Command::Token(command) => token::run(command).await,
            Command::Key(command) => key::run(command).await,
            Command::MigrateState(args) => migrate_state::migrate_state(args).await,
            Command::Healthcheck(args) => healthcheck::healthcheck(args).await,
            Command::Schema => Ok(()),
        }
    });
    runtime.block_on(sessions_ended(LAST_READ));
    // A thread that reads a database cannot be stopped; the process does not wait for it.
    runtime.shutdown_timeout(LAST_READ);
    result
}

/// The real clock.
#[expect(clippy::disallowed_methods, reason = "this is where the time comes from")]
fn clock() -> Clock {
    let start = std::time::Instant::now();
    // Milliseconds: no client needs more, and every database keeps them.
    Clock::new(|| chrono::Utc::now().trunc_subsecs(3), move || start.elapsed())
}

/// Hears when the process is asked to stop. SIGHUP is left alone, so that `nohup` works.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Returns at the next signal.
    async fn next(&mut self) {
        tokio::select! { _ = self.terminate.recv() => {}, _ = self.interrupt.recv() => {} }
    }
}
