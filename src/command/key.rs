//! `carryall key …`: replaces the key by another, and draws one for those who keep it themselves.

use std::{
    io::{self, Write},
    path::Path,
};

use carryall::{
    database::{self, Address},
    export::{any_sealed, ensure_opens, perhaps_there, reseal},
    secret::{KeyError, Keyring},
};
use clap::{Args, Subcommand};
use entity::process::Model as Process;
use sea_orm::DatabaseConnection;

use super::{CommandError, clock};
use crate::config::{SecretKey, State, StateArgs};

/// What can be done with the key.
#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Replaces the key in the file by a new one, and seals everything anew; no server may run. With CARRYALL_SECRET_KEY, seals
    /// everything with the first of its keys. May be interrupted at any time, and run again
    Rotate(RotateArgs),
    /// Prints a new key, for CARRYALL_SECRET_KEY
    Generate,
}

/// What is replaced, and beside whom.
#[derive(Args)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    state: StateArgs,
    /// Over PostgreSQL: goes on although a process has fallen silent in the last hour. It must have ended; one that is only frozen
    /// would go on with the key that it has until it finds that out, and end
    #[arg(long)]
    despite_silent: bool,
}

/// Runs one of them.
pub(super) async fn run(command: KeyCommand) -> Result<(), CommandError> {
    match command {
        KeyCommand::Rotate(args) => rotate(args.state.resolve()?, args.despite_silent).await,
        KeyCommand::Generate => {
            let key = Keyring::generate().map_err(KeyError::from)?;
            Ok(io::stdout().write_all(key.text().as_bytes())?)
        }
    }
}

async fn rotate(state: State, despite_silent: bool) -> Result<(), CommandError> {
    if let Address::Sqlite(file, _) = &state.database
        && !file.exists()
    {
        return Err(CommandError::NoDatabase(file.clone()));
    }
    // A server that runs would go on sealing with the key that it has.
    let _lock = state.database.lock()?;
    // Nor may another rotation: it would draw a key of its own, or seal with one that is taken away.
    let alone = state.database.rotate_alone(state.pool).await?;
    let db = state.database.open(state.pool).await?;
    let done = replace(&state, &db, despite_silent).await;
    // Closing writes SQLite's log, which holds what was sealed before, back into its file.
    db.close().await?;
    if let Some(alone) = alone {
        alone.end().await;
    }
    let said = done?;
    Ok(writeln!(io::stdout(), "{said}")?)
}

async fn replace(state: &State, db: &DatabaseConnection, despite_silent: bool) -> Result<String, CommandError> {
    match &state.secret_key {
        SecretKey::File(path) => {
            others_allow(state, db, despite_silent, |_| false).await?;
            rotate_file(db, path).await
        }
        SecretKey::Variable(keys) => {
            let new = keys.marks().into_iter().next().unwrap_or_default();
            let others_allow = || others_allow(state, db, despite_silent, |process| seals_with(process, &new));
            others_allow().await?;
            let resealed = rotate_variable(db, keys).await?;
            // One that began meanwhile with another key in front may have sealed with that.
            others_allow().await?;
            let resealed = resealed + reseal(db, keys).await?;
            Ok(format!(
                "{resealed} secrets were sealed anew with the first key of CARRYALL_SECRET_KEY. The others can be taken out of it \
                 now."
            ))
        }
    }
}

/// Whether a process seals with this key: the first of those that it has.
fn seals_with(process: &Process, key: &str) -> bool {
    serde_json::from_str::<Vec<String>>(&process.keys).is_ok_and(|keys| keys.first().is_some_and(|first| first == key))
}

/// A process that does not seal with the new key would go on sealing with the old one, which is thrown away after this. One with
/// a file of its own never has the new one.
async fn others_allow(
    state: &State,
    db: &DatabaseConnection,
    despite_silent: bool,
    allows: impl Fn(&Process) -> bool,
) -> Result<(), CommandError> {
    // Where there can be only one, the lock says whether there is.
    if !state.database.is_shared() {
        return Ok(());
    }
    let (mut there, mut silent) = perhaps_there(db, database::clock(db, &clock()).await?.now()).await?;
    there.retain(|process| !allows(process));
    silent.retain(|process| !allows(process));
    let by_file = matches!(state.secret_key, SecretKey::File(_));
    match (there.first(), silent.pop()) {
        (Some(first), _) if by_file => Err(CommandError::Running(there.len(), first.host.clone())),
        (Some(first), _) => Err(CommandError::Unaware(first.host.clone())),
        (None, Some(last)) if !despite_silent => {
            Err(CommandError::Silent(last.host, last.seen_at.format("%F %T UTC").to_string()))
        }
        (None, _) => Ok(()),
    }
}

/// The file holds both keys before anything is sealed with the new one, and the new one alone only when everything is: so it
/// always holds what opens everything, wherever this is cut off.
async fn rotate_file(db: &DatabaseConnection, path: &Path) -> Result<String, CommandError> {
    if !path.exists() && any_sealed(db).await? {
        return Err(CommandError::KeyMissing(path.to_owned()));
    }
    let keys = Keyring::load(path)?;
    ensure_opens(db, &keys).await?;
    let interrupted = keys.has_former();
    let keys = if interrupted { keys } else { keys.turn().map_err(KeyError::from)? };
    if !interrupted {
        keys.replace(path)?;
    }
    let resealed = reseal(db, &keys).await?;
    keys.without_former().replace(path)?;
    let place = path.display();
    Ok(if interrupted {
        format!(
            "A rotation that was cut off is done: {resealed} more secrets were sealed anew. {place} holds the new key alone."
        )
    } else {
        format!("{resealed} secrets were sealed anew. {place} holds a new key.")
    })
}

async fn rotate_variable(db: &DatabaseConnection, keys: &Keyring) -> Result<usize, CommandError> {
    if !keys.has_former() {
        return Err(CommandError::NoNewKey);
    }
    ensure_opens(db, keys).await?;
    Ok(reseal(db, keys).await?)
}
