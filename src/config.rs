//! How the process reaches things: where it listens, where its data lies, which sources it reads. What admins
//! set in the product is not here, but in the database.
//!
//! A setting is taken from the first place that has it: the flag, the variable `CARRYALL_…`, the file
//! `carryall.toml`, the default.

mod file;
mod limits;
mod reach;
mod secret_key;
mod sources;
mod state;
mod storage;
mod variables;

use std::{ffi::OsStr, net::SocketAddr, path::PathBuf, time::Duration};

use carryall::{export::Limits, http::Reach, storage::Network};
use clap::{
    Args,
    builder::{OsStringValueParser, StringValueParser, TypedValueParser},
};

pub(crate) use reach::Certificate;
pub(crate) use secret_key::SecretKey;
pub(crate) use sources::{SourceArgs, Sources};
pub(crate) use state::{State, StateArgs};
pub(crate) use variables::unknown as unknown_variables;

use file::File;
use limits::LimitArgs;
use reach::{CertificateArgs, ReachArgs};
use storage::StorageArgs;

/// The name under which `--demo` adds the demo source.
pub(crate) const DEMO: &str = "demo";

/// The settings of the server.
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    instance: WorkerArgs,
    /// The address to listen at [default: 127.0.0.1:8080]
    #[arg(long, env = "CARRYALL_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    #[command(flatten)]
    reach: ReachArgs,
    /// Serves the API alone: exports are made by `carryall worker`, or by another `carryall serve`
    #[arg(long, env = "CARRYALL_NO_WORKER", value_parser = switch())]
    no_worker: bool,
}

/// The settings of a process that makes exports.
#[derive(Args, Debug)]
pub(crate) struct WorkerArgs {
    #[command(flatten)]
    state: StateArgs,
    #[command(flatten)]
    sources: SourceArgs,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    storage: StorageArgs,
    /// Adds a source `demo`: the database of an internet provider that does not exist
    #[arg(long, env = "CARRYALL_DEMO", value_parser = switch())]
    demo: bool,
}

/// The settings of `carryall healthcheck`.
#[derive(Args, Debug)]
pub(crate) struct ListenArgs {
    /// The file with settings [default: carryall.toml, if there is one]
    #[arg(long, env = "CARRYALL_CONFIG", value_parser = path(), value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address the server listens at [default: 127.0.0.1:8080]
    #[arg(long, env = "CARRYALL_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    #[command(flatten)]
    certificate: CertificateArgs,
}

/// Why a process cannot do a part of the work over SQLite.
const ALONE: &str = "SQLite is for one process, `carryall serve`, which does everything; several need PostgreSQL: \
    --database-url postgres://USER@HOST/DATABASE";

/// A setting that cannot be used. Shown in one line.
#[derive(Debug, thiserror::Error)]
#[error("{setting}: {why}")]
pub(crate) struct ConfigError {
    setting: String,
    why: String,
}

/// What the API needs.
pub(crate) struct Server {
    pub(crate) listen: SocketAddr,
    pub(crate) reach: Reach,
    pub(crate) certificate: Option<Certificate>,
    /// How much a client may ask for.
    pub(crate) api_limits: carryall::limits::Limits,
    /// Whether the process makes exports too.
    pub(crate) worker: bool,
}

/// What every process over an instance needs.
pub(crate) struct Instance {
    pub(crate) state: State,
    pub(crate) sources: Sources,
    pub(crate) limits: Limits,
    /// How storages may be reached.
    pub(crate) network: Network,
    /// Whoever downloads is sent to the place where archives are kept.
    pub(crate) presigned_downloads: bool,
    /// How long a running export may go on after the server was asked to stop.
    pub(crate) grace: Duration,
    pub(crate) demo: bool,
}

impl ConfigError {
    fn new(setting: impl Into<String>, why: impl ToString) -> Self {
        Self { setting: setting.into(), why: why.to_string() }
    }
}

impl ServeArgs {
    /// The settings, with the file's and the defaults filled in.
    pub(crate) fn resolve(self) -> Result<(Instance, Server), ConfigError> {
        let file = File::read(given(self.instance.state.config.clone()).as_deref())?;
        let listen = listen(given(self.listen).or(file.listen.clone()))?;
        let (reach, certificate, api_limits) = self.reach.resolve(&file)?;
        let reach = Reach { loopback: listen.ip().is_loopback(), ..reach };
        let worker = !(self.no_worker || file.no_worker);
        let instance = self.instance.resolve_with(&file)?;
        if !worker && !instance.state.database.is_shared() {
            return Err(ConfigError::new("--no-worker", ALONE));
        }
        Ok((instance, Server { listen, reach, certificate, api_limits, worker }))
    }
}

impl WorkerArgs {
    /// The settings, with the file's and the defaults filled in.
    pub(crate) fn resolve(self) -> Result<Instance, ConfigError> {
        let file = File::read(given(self.state.config.clone()).as_deref())?;
        let instance = self.resolve_with(&file)?;
        if instance.state.database.is_shared() { Ok(instance) } else { Err(ConfigError::new("--database-url", ALONE)) }
    }

    fn resolve_with(self, file: &File) -> Result<Instance, ConfigError> {
        let state = self.state.resolve_with(file)?;
        let demo = self.demo || file.demo;
        let mut sources = Sources::collect(self.sources, file)?;
        if demo {
            let url = format!("sqlite:{}", state.data_dir.join("demo.db").display());
            sources.add_demo(DEMO, &url)?;
        }
        if sources.is_empty() {
            return Err(ConfigError::new("--source", sources::NONE));
        }
        let (limits, grace) = self.limits.resolve(file)?;
        let presigned_downloads = self.storage.presigned_downloads(file, &state.files_url)?;
        let (network, upload_bytes_per_second) = self.storage.resolve(file)?;
        let limits = Limits { upload_bytes_per_second, ..limits };
        Ok(Instance { state, sources, limits, network, presigned_downloads, grace, demo })
    }
}

impl ListenArgs {
    /// The address, with the file's and the default filled in, and whether TLS is spoken there.
    pub(crate) fn resolve(self) -> Result<(SocketAddr, bool), ConfigError> {
        let file = File::read(given(self.config).as_deref())?;
        let tls = self.certificate.is_given(&file);
        Ok((listen(given(self.listen).or(file.listen))?, tls))
    }
}

/// A path, which clap itself would not let be empty.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// On or off; a variable that is set to nothing is not set.
fn switch() -> impl TypedValueParser<Value = bool> {
    StringValueParser::new().try_map(|text| match text.to_ascii_lowercase().as_str() {
        "1" | "on" | "true" | "yes" => Ok(true),
        "" | "0" | "off" | "false" | "no" => Ok(false),
        _ => Err("it is neither `true` nor `false`"),
    })
}

/// A setting, unless it is empty: a variable that is set to nothing is not set.
fn given<T: AsRef<OsStr>>(setting: Option<T>) -> Option<T> {
    setting.filter(|setting| !setting.as_ref().is_empty())
}

fn listen(setting: Option<String>) -> Result<SocketAddr, ConfigError> {
    let address = setting.unwrap_or_else(|| "127.0.0.1:8080".into());
    address.parse().map_err(|_| {
        ConfigError::new("--listen", format!("`{address}` is not an IP address and a port, like 127.0.0.1:8080"))
    })
}
