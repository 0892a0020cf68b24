//! `carryall migrate-state`: from SQLite, which is for one process, to PostgreSQL, which is for many.

use std::io::{self, Write};

use carryall::database::{Address, Copied, copy};
use clap::Args;

use super::CommandError;
use crate::config::StateArgs;

/// Where everything is, and where it is to be.
#[derive(Args)]
pub(crate) struct MigrateStateArgs {
    #[command(flatten)]
    state: StateArgs,
    /// The PostgreSQL that everything is copied to, as postgres://USER@HOST/DATABASE. It holds nothing of Carryall yet. A
    /// password is better in the variable than in an argument, which others can see; PGPASSWORD and ~/.pgpass are known too
    #[arg(long, env = "CARRYALL_MIGRATE_TO", value_name = "URL", hide_env_values = true)]
    to: String,
}

/// Copies everything, and says what that was and what is to be done then.
pub(super) async fn migrate_state(args: MigrateStateArgs) -> Result<(), CommandError> {
    let to = Address::parse(&args.to).map_err(CommandError::To)?;
    let state = args.state.resolve()?;
    let copied = copy(&state.database, &to, state.pool).await?;
    Ok(io::stdout().write_all(report(&copied, &state.database.name(), &to.name()).as_bytes())?)
}

fn report(copied: &[Copied], from: &str, to: &str) -> String {
    let rows: u64 = copied.iter().map(|table| table.rows).sum();
    let replaced: u64 = copied.iter().map(|table| table.replaced).sum();
    let mut report =
        format!("Copied {} tables with {rows} rows from {from} to {to}, and compared them:\n", copied.len());
    for Copied { table, rows, .. } in copied {
        report += &format!("{rows:>10}  {table}\n");
    }
    if replaced > 0 {
        report += &format!(
            "In {replaced} texts there were NUL characters, which PostgreSQL does not keep: U+FFFD stands in their place.\n"
        );
    }
    report
        + &format!(
            "Now start the server with its --database-url there, and with the same key, --files-url and sources. {from} is as it \
             was, and is the way back; no server may run over it beside the new one, since both have the same archives.\n"
        )
}
