//! `carryall token …`. Works beside a running server: both use the same database.

use std::io::{self, Write};

use carryall::{
    audit::{self, Action, Actor, Event},
    database::{self, Address},
    files::make_private_folder,
    token,
};
use chrono::TimeDelta;
use clap::{Args, Subcommand, builder::PossibleValuesParser, builder::TypedValueParser};
use entity::api_token::Role;
use sea_orm::{ActiveEnum, TransactionTrait};

use super::{CommandError, clock};
use crate::config::StateArgs;

/// Who makes tokens here.
const COMMAND_LINE: Actor<'_> = Actor { name: "(the command line)", token: None };

/// What holders of tokens may do: the least first.
const ROLES: [&str; 3] = ["VIEWER", "OPERATOR", "ADMIN"];

/// What can be done with tokens.
#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Makes a token and prints it, alone, on stdout: the only time that it can be seen
    Create(CreateArgs),
}

/// A new token.
#[derive(Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    state: StateArgs,
    /// Who will hold it; stands in the history beside what its holder does
    #[arg(long)]
    name: String,
    /// What its holder may do
    #[arg(long, value_parser = PossibleValuesParser::new(ROLES).try_map(|role| Role::try_from_value(&role)))]
    role: Role,
    /// Days for which it is good [default: for ever]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: Option<u16>,
}

/// Runs one of them.
pub(super) async fn run(command: TokenCommand) -> Result<(), CommandError> {
    let TokenCommand::Create(args) = command;
    let state = args.state.resolve()?;
    let folder = &state.data_dir;
    make_private_folder(folder).map_err(|cause| CommandError::DataFolder(folder.clone(), cause))?;
    if let Address::Sqlite(file, _) = &state.database
        && !file.exists()
    {
        writeln!(io::stderr(), "There was no database at {}: a new one is made.", file.display())?;
    }
    let db = state.database.open(state.pool).await?;
    // Shown before it is stored: one that nobody saw would be good for nobody.
    let transaction = db.begin().await?;
    let now = database::clock(&db, &clock()).await?.now();
    let expires_at = args.days.map(|days| now + TimeDelta::days(days.into()));
    let (token, row) = token::create(&transaction, &args.name, args.role, expires_at, now).await?;
    let detail = Some(format!("{}, {:?}", row.name, row.role));
    audit::record(&transaction, Event { detail, ..COMMAND_LINE.did(Action::CreatedToken, row.id) }, now).await?;
    writeln!(io::stdout(), "{}", token.expose())?;
    Ok(transaction.commit().await?)
}
