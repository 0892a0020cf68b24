//! Where the password of an archive comes from on the command line: never from an argument, which others can read.

use std::{
    env, fs,
    io::{self, IsTerminal},
    path::PathBuf,
};

use carryall::secret::{KeyError, PasswordError, Secret, archive_password, generate_password};
use clap::Args;

use super::CommandError;

/// The variable that may hold it.
const VARIABLE: &str = "CARRYALL_EXPORT_PASSWORD";

/// Where to take it from.
#[derive(Args)]
pub(super) struct PasswordArgs {
    /// The file whose first line is the archive's password; without it the variable CARRYALL_EXPORT_PASSWORD is taken
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Asks for the archive's password
    #[arg(long, conflicts_with = "password_file")]
    ask_password: bool,
}

/// What it is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A new archive: it must be strong enough, is asked for twice, and is made if there is none.
    Make,
    /// An archive that is there.
    Open,
}

/// A password.
pub(super) struct Password {
    pub(super) secret: Secret,
    /// It was made here, and so must be shown.
    pub(super) generated: bool,
}

impl PasswordArgs {
    /// Takes the password from the file, else the terminal if asked to, else the variable, else the last resort of the
    /// purpose.
    pub(super) fn take(&self, purpose: Purpose) -> Result<Password, CommandError> {
        let given = |text: &str, setting| match purpose {
            Purpose::Make => archive_password(text).map_err(|why| CommandError::Password(setting, why)),
            Purpose::Open => Ok(Secret::new(text)),
        };
        let secret = if let Some(file) = &self.password_file {
            let text = fs::read_to_string(file).map_err(|cause| CommandError::PasswordFile(file.clone(), cause))?;
            given(text.lines().next().unwrap_or_default(), "--password-file")?
        } else if self.ask_password {
            given(&ask(purpose)?, "--ask-password")?
        } else if let Some(text) = env::var_os(VARIABLE) {
            let text = text.to_str().ok_or(CommandError::Password(VARIABLE, PasswordError::Characters))?;
            given(text, VARIABLE)?
        } else if purpose == Purpose::Make {
            return Ok(Password { secret: generate_password().map_err(KeyError::from)?, generated: true });
        } else if io::stdin().is_terminal() {
            given(&ask(purpose)?, "--ask-password")?
        } else {
            return Err(CommandError::NoPassword(VARIABLE));
        };
        Ok(Password { secret, generated: false })
    }
}

fn ask(purpose: Purpose) -> Result<String, CommandError> {
    let first = rpassword::prompt_password("Password of the archive: ").map_err(CommandError::NoTerminal)?;
    let make = purpose == Purpose::Make;
    if make && rpassword::prompt_password("The same again: ").map_err(CommandError::NoTerminal)? != first {
        return Err(CommandError::PasswordsDiffer);
    }
    Ok(first)
}
