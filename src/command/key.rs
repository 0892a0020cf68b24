//! `carryall key …`: replaces the key by another, and draws one for those who keep it themselves.

use std::{
    io::{self, Write},
    path::Path,
};

use carryall::{
    database::{self, Address},
    export::{any_sealed, ensure_opens, present, reseal},
    secret::{KeyError, Keyring},
};
use clap::Subcommand;
use entity::process::Model as Process;
use sea_orm::DatabaseConnection;

use super::{CommandError, clock};
use crate::config::{SecretKey, State, StateArgs};

/// What can be done with the key.
#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Replaces the key in the file by a new one, and seals everything anew; no server may run. With CARRYALL_SECRET_KEY, seals
    /// everything with the first of its keys. May be interrupted at any time, and run again
    Rotate(StateArgs),
    /// Prints a new key, for CARRYALL_SECRET_KEY
    Generate,
}

/// Runs one of them.
pub(super) async fn run(command: KeyCommand) -> Result<(), CommandError> {
    match command {
        KeyCommand::Rotate(args) => rotate(args.resolve()?).await,
        KeyCommand::Generate => {
            let key = Keyring::generate().map_err(KeyError::from)?;
            Ok(io::stdout().write_all(key.text().as_bytes())?)
        }
    }
}

async fn rotate(state: State) -> Result<(), CommandError> {
    if let Address::Sqlite(file, _) = &state.database
        && !file.exists()
    {
        return Err(CommandError::NoDatabase(file.clone()));
    }
    // A server that runs would go on sealing with the key that it has.
    let _lock = state.database.lock()?;
    let db = state.database.open(state.pool).await?;
    let done = replace(&state, &db).await;
    // Closing writes SQLite's log, which holds what was sealed before, back into its file.
    db.close().await?;
    let said = done?;
    Ok(writeln!(io::stdout(), "{said}")?)
}

async fn replace(state: &State, db: &DatabaseConnection) -> Result<String, CommandError> {
    match &state.secret_key {
        SecretKey::File(path) => {
            nobody_is_there(state, db).await?;
            rotate_file(db, path).await
        }
        SecretKey::Variable(keys) => {
            all_know(state, db, keys).await?;
            rotate_variable(db, keys).await
        }
    }
}

/// Processes that have a file of their own would not know the new key.
async fn nobody_is_there(state: &State, db: &DatabaseConnection) -> Result<(), CommandError> {
    // Where there can be only one, the lock says whether there is.
    let there = if state.database.is_shared() { processes(db).await? } else { Vec::new() };
    match there.first() {
        Some(first) => Err(CommandError::Running(there.len(), first.host.clone())),
        None => Ok(()),
    }
}

/// Processes that do not have the new key could not open what it seals.
async fn all_know(state: &State, db: &DatabaseConnection, keys: &Keyring) -> Result<(), CommandError> {
    if !state.database.is_shared() {
        return Ok(());
    }
    let new = keys.marks().into_iter().next().unwrap_or_default();
    let knows =
        |process: &Process| serde_json::from_str::<Vec<String>>(&process.keys).is_ok_and(|keys| keys.contains(&new));
    match processes(db).await?.into_iter().find(|process| !knows(process)) {
        Some(unaware) => Err(CommandError::Unaware(unaware.host)),
        None => Ok(()),
    }
}

/// The processes that work over the database.
async fn processes(db: &DatabaseConnection) -> Result<Vec<Process>, CommandError> {
    Ok(present(db, database::clock(db, &clock()).await?.now()).await?)
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

async fn rotate_variable(db: &DatabaseConnection, keys: &Keyring) -> Result<String, CommandError> {
    if !keys.has_former() {
        return Err(CommandError::NoNewKey);
    }
    ensure_opens(db, keys).await?;
    let resealed = reseal(db, keys).await?;
    Ok(format!(
        "{resealed} secrets were sealed anew with the first key of CARRYALL_SECRET_KEY. The others can be taken out of it now."
    ))
}
