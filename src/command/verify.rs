//! `carryall verify`: reads an archive that lies anywhere, and says whether it is whole.

use std::{
    fs::File,
    io::{self, Write},
    path::PathBuf,
};

use carryall::archive::{FileAt, verify_alone};
use clap::Args;

use super::{
    CommandError,
    password::{PasswordArgs, Purpose},
};

/// Which archive. The password is taken as `carryall export` takes it.
#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The archive to read
    #[arg(value_name = "FILE.zip")]
    archive: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
}

/// Reads it.
pub(super) async fn verify(args: VerifyArgs) -> Result<(), CommandError> {
    let failed = |cause| CommandError::Archive(args.archive.clone(), cause);
    let file = File::open(&args.archive).map_err(|cause| failed(cause.into()))?;
    let password = args.password.take(Purpose::Open)?.secret;
    let verified = tokio::task::spawn_blocking(move || verify_alone(FileAt::start(file), &password));
    let verified = verified.await.map_err(carryall::secret::died)?.map_err(failed)?;
    writeln!(
        io::stdout(),
        "{}: {} tables with {} rows, and {} other files: all as its descriptor says",
        args.archive.display(),
        verified.tables,
        verified.rows,
        verified.others
    )?;
    Ok(())
}
