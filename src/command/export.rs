//! `carryall export`: one archive, without a server and without a trace of it anywhere else.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use carryall::{
    export::{Order, Packed, Progress, Room, checked_name, pack},
    files::{Draft, room_at},
    format::{Csv, FORMATS, Format, by_name},
    source::Patterns,
};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::{
    CommandError, StopSignals, clock,
    password::{PasswordArgs, Purpose},
};
use crate::config::{SourceArgs, Sources};

/// The settings of one export. Without any password one is made, and printed to stderr.
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
    /// How tables are written
    #[arg(long, value_parser = formats(), default_value = Csv.extension())]
    format: &'static dyn Format,
    /// Leaves out the tables that a pattern such as `*_log` fits; may be given several times
    #[arg(long = "exclude", value_name = "PATTERN")]
    exclude: Vec<String>,
    #[command(flatten)]
    password: PasswordArgs,
}

/// The formats, by their names.
fn formats() -> impl TypedValueParser<Value = &'static dyn Format> {
    // The parser lets no other name through.
    PossibleValuesParser::new(FORMATS.map(Format::extension)).map(|name| by_name(&name).unwrap_or(&Csv))
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
    let exclude = Patterns::parse(&args.exclude)?;
    let password = args.password.take(Purpose::Make)?;
    let draft = Draft::beside(&args.output).map_err(|cause| CommandError::Output(args.output.clone(), cause))?;
    let order = Order {
        title,
        sources: sources.into_named(),
        exclude,
        format: args.format,
        password: password.secret.clone(),
        clock: clock(),
        room: Some(Room { free: room_at(folder.unwrap_or(Path::new(".")))?, needed: None }),
    };
    let progress = Arc::new(Progress::default());
    let mut signals = StopSignals::listen()?;
    let packed = tokio::select! {
        packed = pack(&order, &draft, &progress) => packed?,
        () = signals.next() => return Err(CommandError::Interrupted),
    };
    // Shown before there is a file: one whose password nobody saw would be good for nobody.
    if password.generated {
        writeln!(io::stderr(), "Password: {}", password.secret.expose())?;
    }
    draft.publish(&args.output).map_err(|cause| CommandError::Output(args.output.clone(), cause))?;
    Ok(summarize(&args.output, &packed)?)
}

fn summarize(output: &Path, packed: &Packed) -> io::Result<()> {
    for read in &packed.sources {
        read.warnings.iter().try_for_each(|warning| writeln!(io::stderr(), "Source {}: {warning}", read.name))?;
        if !read.left_out.is_empty() {
            let count = read.left_out.len();
            writeln!(
                io::stderr(),
                "Source {}: {count} left out; the archive's datapackage.json names them",
                read.name
            )?;
        }
    }
    writeln!(
        io::stderr(),
        "{}: {} tables, {} rows, {} files, {} bytes, read back and verified\nSHA-256: {}",
        output.display(),
        packed.verified.tables,
        packed.verified.rows,
        packed.files.len(),
        packed.sealed.bytes,
        packed.sealed.sha256
    )
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
