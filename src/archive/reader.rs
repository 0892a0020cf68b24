//! Reads an archive back and compares it with what was meant to be in it: the proof before an export is
//! offered. It decrypts (the library checks each entry's HMAC), inflates, hashes and counts.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, Read},
};

use sha2::{Digest, Sha256};
use zip::{ZipArchive, read::ZipFile, result::ZipError};

use super::{Entry, hexadecimal};
use crate::{format::RowCounter, secret::Secret};

/// Most differences that are told: the first few say enough.
const TOLD: usize = 10;

/// What was read back, all of it as expected.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries whose rows were counted.
    pub tables: u64,
    /// Rows in them.
    pub rows: u64,
}

/// Why an archive is not the one that was meant.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The file cannot be read.
    #[error("the archive cannot be read back: {0}")]
    Io(#[from] io::Error),
    /// The file can be read, and holds something else.
    #[error("the archive read back is not what was written: {}", .0.join("; "))]
    Mismatch(Vec<String>),
}

/// What one entry should be, and how its rows are counted where it is a table.
pub type Expected<'a> = (&'a Entry, Option<(u64, Box<dyn RowCounter>)>);

/// Reads all of `file` and compares it with `expected`, which must name every entry.
pub fn verify(file: File, password: &Secret, expected: Vec<Expected<'_>>) -> Result<Verified, VerifyError> {
    let mut archive = ZipArchive::new(BufReader::with_capacity(256 * 1024, file)).map_err(broken)?;
    let mut expected: BTreeMap<&str, Expected<'_>> =
        expected.into_iter().map(|expected| (expected.0.path.as_str(), expected)).collect();
    let mut verified = Verified::default();
    let mut differences = Vec::new();
    for index in 0..archive.len() {
        let found = archive.by_index_decrypt(index, password.expose().as_bytes()).map_err(broken)?;
        let path = found.name().map_err(broken)?.into_owned();
        match expected.remove(path.as_str()) {
            Some((entry, table)) => {
                let rows = check(found, entry, table, &mut differences)?;
                verified.tables += u64::from(rows.is_some());
                verified.rows += rows.unwrap_or(0);
            }
            None => differences.push(format!("{path} should not be there")),
        }
    }
    differences.extend(expected.keys().map(|path| format!("{path} is missing")));
    differences.truncate(TOLD);
    if differences.is_empty() { Ok(verified) } else { Err(VerifyError::Mismatch(differences)) }
}

/// Reads one entry, notes where it differs, and returns the rows counted in it if it is a table.
fn check(
    mut found: ZipFile<'_, BufReader<File>>,
    entry: &Entry,
    mut table: Option<(u64, Box<dyn RowCounter>)>,
    differences: &mut Vec<String>,
) -> Result<Option<u64>, VerifyError> {
    let mut hash = Sha256::new();
    let mut bytes = 0;
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = match found.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => length,
            Err(cause) if is_damage(&cause) => {
                differences.push(format!("{} is damaged: {cause}", entry.path));
                return Ok(None);
            }
            Err(cause) => return Err(VerifyError::Io(cause)),
        };
        hash.update(&piece[..length]);
        bytes += length as u64;
        if let Some((_, counter)) = &mut table {
            counter.read(&piece[..length]);
        }
    }
    if bytes != entry.bytes {
        differences.push(format!("{} has {bytes} bytes, not {}", entry.path, entry.bytes));
    }
    if hexadecimal(&hash.finalize()) != entry.sha256 {
        differences.push(format!("{} has another SHA-256", entry.path));
    }
    let Some((rows, counter)) = table else { return Ok(None) };
    if counter.rows() != rows {
        differences.push(format!("{} has {} rows, not {rows}", entry.path, counter.rows()));
    }
    Ok(Some(counter.rows()))
}

/// Whether an error tells of wrong bytes rather than of a disk that does not answer.
fn is_damage(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other
    )
}

fn broken(error: ZipError) -> VerifyError {
    match error {
        ZipError::Io(cause) if !is_damage(&cause) => VerifyError::Io(cause),
        other => VerifyError::Mismatch(vec![other.to_string()]),
    }
}
