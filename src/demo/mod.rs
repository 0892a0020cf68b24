//! The demo source: `carryall serve --demo` has something to export at once.
//!
//! [`create`] makes the SQLite database of an invented internet provider: customers in sixteen countries, a year of
//! bills, tickets, notes, measurements and scans, about 100,000 rows. It is the same on every machine and in every
//! run: all chance comes from one seed, all reals are a whole number divided once, and the present is 2026-11-01.
//! It is also meant to be awkward, as real data is: see `hostile.rs` for what is sown between the ordinary rows.
//!
//! One file makes one noun's tables, in the order of `fill`; each is handed what the earlier ones made and has a
//! stream of chance of its own. The words are tables in `words/`.

mod accounts;
mod addresses;
mod calendar;
mod contacts;
mod dice;
mod documents;
mod exchange;
mod hostile;
mod image;
mod invoices;
mod notes;
mod payments;
mod prose;
mod services;
mod settings;
mod staff;
mod tickets;
mod usage;
mod vocabulary;

#[cfg(test)]
mod tests;

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use vocabulary::Vocabulary;

/// Temporary files are named so; what a killed run left behind is known by it.
const PREFIX: &str = ".carryall-demo-";

/// Why there is no demo database.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The file or its folder cannot be written.
    #[error("{}: {source}", path.display())]
    Write {
        /// Where it should be.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// SQLite refused: a full disk, as a rule.
    #[error("SQLite: {0}")]
    Fill(#[from] rusqlite::Error),
    /// A table of words in this program does not parse.
    #[error("its words are damaged: {0}")]
    Words(#[from] toml::de::Error),
}

/// Makes the demo database at `path`, unless something is there already.
///
/// Whole or not at all: it is filled under a temporary name in the same folder, which must exist, and renamed when it is
/// safe on the disk. Of two processes that do this at the same time, one wins and both succeed. It takes a second or
/// so and blocks.
///
/// # Errors
///
/// When the folder cannot be written or the disk is full. Then nothing is left behind.
pub fn create(path: &Path) -> Result<(), DemoError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let failed = |source| DemoError::Write { path: path.to_owned(), source };
    if !path.try_exists().map_err(failed)? {
        let file = tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder).map_err(failed)?;
        fill(file.path())?;
        file.as_file().sync_all().map_err(failed)?;
        match file.persist_noclobber(path) {
            Err(error) if !path.exists() => return Err(failed(error.error)),
            _ => File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?,
        }
    }
    sweep(folder);
    Ok(())
}

/// Removes what killed runs left. Only now that the database is in its place: even a run that is still busy does not
/// miss its temporary file any more. What cannot be removed does no harm.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Fills an empty file. No journal and no syncs: a half-filled file is thrown away, a full one is synced by the caller.
fn fill(path: &Path) -> Result<(), DemoError> {
    let words = Vocabulary::load()?;
    let mut db = Connection::open(path)?;
    db.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000;",
    )?;
    let tx = db.transaction()?;
    tx.execute_batch(include_str!("schema.sql"))?;
    let users = staff::fill(&tx, &words)?;
    settings::fill(&tx, &words, &users)?;
    exchange::fill(&tx, &words)?;
    let accounts = accounts::fill(&tx, &words)?;
    let contacts = contacts::fill(&tx, &accounts)?;
    let sites = addresses::fill(&tx, &accounts)?;
    let services = services::fill(&tx, &accounts, &sites)?;
    usage::fill(&tx, &services)?;
    let invoices = invoices::fill(&tx, &words.prose, &accounts, &services)?;
    payments::fill(&tx, &invoices, &accounts)?;
    let desk = tickets::Desk { words: &words, users: &users, accounts: &accounts, contacts: &contacts };
    tickets::fill(&tx, &desk)?;
    notes::fill(&tx, &words, &users, &accounts)?;
    documents::fill(&tx, &words, &users, &accounts)?;
    tx.commit()?;
    db.close().map_err(|(_, error)| error)?;
    Ok(())
}
