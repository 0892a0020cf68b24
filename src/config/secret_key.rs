//! Where the key is: in a file, or in a variable. Never in a flag, which others can read, nor in `carryall.toml`.

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use carryall::secret::{KeyTextError, Keyring, Secret};

use super::ConfigError;

/// The variable that may hold the key itself.
pub(super) const VARIABLE: &str = "CARRYALL_SECRET_KEY";
/// What the file is called if no other is named.
const FILE: &str = "secret.key";

/// Where the key is.
#[derive(Debug)]
pub(crate) enum SecretKey {
    /// In this file, which may not be there yet.
    File(PathBuf),
    /// In the variable.
    Variable(Arc<Keyring>),
}

impl SecretKey {
    /// The variable, else `file`, else the one in the data folder.
    pub(super) fn find(file: Option<PathBuf>, data_dir: &Path) -> Result<Self, ConfigError> {
        // One that is set to nothing is not set.
        match (env::var_os(VARIABLE).filter(|text| !text.is_empty()), file) {
            (None, file) => Ok(Self::File(file.unwrap_or_else(|| data_dir.join(FILE)))),
            (Some(_), Some(_)) => {
                let why = "the key is given both here and by --secret-key-file: take one of them away";
                Err(ConfigError::new(VARIABLE, why))
            }
            (Some(text), None) => {
                let text = text.into_string().map(Secret::new).map_err(|_| KeyTextError::NotAKey(1));
                let keys = text.and_then(|text| Keyring::parse(text.expose())).map(Arc::new);
                Ok(Self::Variable(keys.map_err(|cause| ConfigError::new(VARIABLE, cause))?))
            }
        }
    }
}
