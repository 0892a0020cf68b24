//! Where the server's own state is, its archives, and the key of both.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use carryall::{
    database,
    files::{Files, FilesError},
};
use clap::Args;
use url::Url;

use super::{ConfigError, SecretKey, file::File, given, limits::number, path};

/// The settings of commands that use the server's own state.
#[derive(Args, Debug)]
pub(crate) struct StateArgs {
    /// The file with settings [default: carryall.toml, if there is one]
    #[arg(long, env = "CARRYALL_CONFIG", value_parser = path(), value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// The folder for everything that Carryall keeps [default: ./carryall-data]
    #[arg(long, env = "CARRYALL_DATA_DIR", value_parser = path(), value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// Carryall's own database, as sqlite://FILE or postgres://USER@HOST/DATABASE [default: a SQLite file in the data folder]
    #[arg(long, env = "CARRYALL_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Connections to Carryall's own database at most [default: 10]
    #[arg(long, env = "CARRYALL_DATABASE_CONNECTIONS", value_name = "NUMBER")]
    database_connections: Option<String>,
    /// Seconds that a connection to Carryall's own database, or one statement there, may take [default: 30]
    #[arg(long, env = "CARRYALL_DATABASE_TIMEOUT", value_name = "SECONDS")]
    database_timeout: Option<String>,
    /// Where finished archives are kept: file:///FOLDER, or s3://BUCKET/FOLDER, az://CONTAINER/FOLDER, gs://BUCKET/FOLDER with the
    /// credentials in the variables that the provider's tools read [default: a folder in the data folder]
    #[arg(long, env = "CARRYALL_FILES_URL", value_name = "URL", hide_env_values = true)]
    files_url: Option<String>,
    /// The file with the key that seals secrets [default: secret.key in the data folder, made at the first start]; or the
    /// variable CARRYALL_SECRET_KEY holds the key itself
    #[arg(long, env = "CARRYALL_SECRET_KEY_FILE", value_parser = path(), value_name = "FILE")]
    secret_key_file: Option<PathBuf>,
}

/// Where the server's own state is.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) data_dir: PathBuf,
    pub(crate) database: database::Address,
    /// How it is used.
    pub(crate) pool: database::Pool,
    pub(crate) files_url: Url,
    pub(crate) secret_key: SecretKey,
}

impl StateArgs {
    /// The settings, with the file's and the defaults filled in.
    pub(crate) fn resolve(self) -> Result<State, ConfigError> {
        let file = File::read(given(self.config.clone()).as_deref())?;
        self.resolve_with(&file)
    }

    pub(super) fn resolve_with(self, file: &File) -> Result<State, ConfigError> {
        let data_dir = given(self.data_dir).or(file.data_dir.clone()).unwrap_or_else(|| "carryall-data".into());
        // Absolute, so that links to it in URLs do not depend on where the process stands.
        let data_dir = std::path::absolute(&data_dir).map_err(|cause| ConfigError::new("--data-dir", cause))?;
        let database_url = match given(self.database_url).or(file.database_url.clone()) {
            Some(url) => url,
            None => sqlite_url(&data_dir.join("carryall.db"))?,
        };
        let database = database::Address::parse(&database_url);
        let database = database.map_err(|cause| ConfigError::new("--database-url", cause))?;
        let default = database::Pool::default();
        // One is held by whoever has a right for itself, and one is needed to do something with it.
        let connections = number(
            "--database-connections",
            self.database_connections,
            file.database_connections,
            default.connections.into(),
            4..=1000,
        )?;
        let timeout = default.timeout.as_secs();
        let timeout = number("--database-timeout", self.database_timeout, file.database_timeout, timeout, 5..=600)?;
        let pool = database::Pool {
            connections: connections.try_into().unwrap_or(default.connections),
            timeout: Duration::from_secs(timeout),
        };
        let files_url = match given(self.files_url).or(file.files_url.clone()) {
            Some(url) => checked_files_url(&url)?,
            None => Url::from_directory_path(data_dir.join("files"))
                .map_err(|()| ConfigError::new("--data-dir", "it is not a path that an address can be made of"))?,
        };
        let secret_key = SecretKey::find(given(self.secret_key_file).or(file.secret_key_file.clone()), &data_dir)?;
        Ok(State { data_dir, database, pool, files_url, secret_key })
    }
}

fn sqlite_url(path: &Path) -> Result<String, ConfigError> {
    match path.to_str() {
        // The one character that would begin the URL's parameters, and the one that escapes it.
        Some(path) => Ok(format!("sqlite://{}", path.replace('%', "%25").replace('?', "%3F"))),
        None => Err(ConfigError::new("--data-dir", "its path is not UTF-8")),
    }
}

fn checked_files_url(url: &str) -> Result<Url, ConfigError> {
    // It is not shown: it may hold a password.
    let url = Url::parse(url).map_err(|_| ConfigError::new("--files-url", FilesError::Address))?;
    Files::check_address(&url).map_err(|cause| ConfigError::new("--files-url", cause))?;
    Ok(url)
}
