//! `carryall export`: one archive, without a server and without a trace of it anywhere else.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use carryall::{
    export::{Order, Packed, Progress, checked_name, pack},
    files::Draft,
    format::Csv,
    secret::{KeyError, PasswordError, Secret, archive_password, generate_password},
};
use clap::Args;

use super::{CommandError, clock, stop_signal};
use crate::config::{SourceArgs, Sources};

/// The variable that may hold the archive's password.
const PASSWORD_VARIABLE: &str = "CARRYALL_EXPORT_PASSWORD";

/// The settings of one export. The password is taken from the file, else from the variable
/// CARRYALL_EXPORT_PASSWORD, else asked for, else made and printed to stderr.
#[derive(Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    sources: SourceArgs,
    /// The archive to write; a file that is there is not overwritten
    #[arg(long, value_name = "FILE.zip")]
    output: PathBuf,
    /// What the export is called in the archive [default: the name of the file]
    #[arg(long)]
    name: Option<String>,
    /// The file whose first line is the archive's password; without it CARRYALL_EXPORT_PASSWORD is taken, and without
    /// that one is made and printed to stderr
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Asks for the archive's password
    #[arg(long, conflicts_with = "password_file")]
    ask_password: bool,
}

/// Makes the archive.
pub(super) async fn export(args: ExportArgs) -> Result<(), CommandError> {
    let name = args.output.file_name();
    if name.is_none_or(|name| name == "-") || args.output.to_string_lossy().ends_with('/') {
        return Err(CommandError::OutputFolder(args.output));
    }
    let folder = args.output.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(CommandError::Output(folder.to_owned(), io::ErrorKind::NotFound.into()));
    }
    let title = args.name.clone().unwrap_or_else(|| stem(&args.output));
    let title = checked_name(&title)?.to_owned();
    let sources = Sources::of_command(args.sources)?;
    if args.output.symlink_metadata().is_ok() {
        return Err(CommandError::OutputExists(args.output));
    }
    let (password, generated) = password(args.password_file.as_deref(), args.ask_password)?;
    let draft = Draft::beside(&args.output).map_err(|cause| CommandError::Output(args.output.clone(), cause))?;
    let order = Order {
        title,
        sources: sources.into_named(),
        format: Arc::new(Csv),
        password: password.clone(),
        clock: clock(),
    };
    let progress = Arc::new(Progress::default());
    let packed = tokio::select! {
        packed = pack(&order, &draft, &progress) => packed?,
        _ = stop_signal() => return Err(CommandError::Interrupted),
    };
    // Shown before there is a file: one whose password nobody saw would be good for nobody.
    if generated {
        writeln!(io::stderr(), "Password: {}", password.expose())?;
    }
    draft.publish(&args.output).map_err(|cause| CommandError::Output(args.output.clone(), cause))?;
    Ok(summarize(&args.output, &packed)?)
}

fn summarize(output: &Path, packed: &Packed) -> io::Result<()> {
    writeln!(
        io::stderr(),
        "{}: {} tables, {} rows, {} bytes, read back and verified\nSHA-256: {}",
        output.display(),
        packed.verified.tables,
        packed.verified.rows,
        packed.sealed.bytes,
        packed.sealed.sha256
    )
}

/// The archive's password, and whether it was made here and so must be shown.
fn password(file: Option<&Path>, ask: bool) -> Result<(Secret, bool), CommandError> {
    if let Some(file) = file {
        let text = fs::read_to_string(file).map_err(|cause| CommandError::PasswordFile(file.to_owned(), cause))?;
        let line = text.lines().next().unwrap_or_default();
        return Ok((archive_password(line).map_err(|why| CommandError::Password("--password-file", why))?, false));
    }
    if ask {
        let first = rpassword::prompt_password("Password for the archive: ").map_err(CommandError::NoTerminal)?;
        if rpassword::prompt_password("The same again: ").map_err(CommandError::NoTerminal)? != first {
            return Err(CommandError::PasswordsDiffer);
        }
        return Ok((archive_password(&first).map_err(|why| CommandError::Password("--ask-password", why))?, false));
    }
    let Some(text) = env::var_os(PASSWORD_VARIABLE) else {
        return Ok((generate_password().map_err(KeyError::from)?, true));
    };
    let taken = text.to_str().ok_or(PasswordError::Characters).and_then(archive_password);
    Ok((taken.map_err(|why| CommandError::Password(PASSWORD_VARIABLE, why))?, false))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
