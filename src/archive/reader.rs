//! Reads an archive back and compares it with what was meant to be in it: the proof before an export is
//! offered. It decrypts (the library checks each entry's HMAC), inflates, hashes and counts.

use std::{
    collections::BTreeMap,
    io::{self, BufReader, Read, Seek},
};

use sha2::{Digest, Sha256};
use zip::{ZipArchive, read::ZipFile, result::ZipError};

use super::{Entry, Sealed, hexadecimal};
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
pub fn verify<F: Read + Seek>(
    file: F,
    password: &Secret,
    expected: Vec<Expected<'_>>,
) -> Result<Verified, VerifyError> {
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

/// Reads all of `file` and compares its length and its SHA-256 with what was written: this covers what [`verify`] has no
/// use for, the headers in front of the entries.
pub fn verify_file(mut file: impl Read, sealed: &Sealed) -> Result<(), VerifyError> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; 256 * 1024];
    let mut bytes = 0;
    loop {
        match file.read(&mut piece)? {
            0 => break,
            length => {
                hash.update(&piece[..length]);
                bytes += length as u64;
            }
        }
    }
    if (bytes, hexadecimal(&hash.finalize())) == (sealed.bytes, sealed.sha256.clone()) {
        return Ok(());
    }
    Err(VerifyError::Mismatch(vec!["the file has another SHA-256".into()]))
}

/// Reads one entry, notes where it differs, and returns the rows counted in it if it is a table.
fn check<F: Read>(
    mut found: ZipFile<'_, BufReader<F>>,
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

#[cfg(test)]
mod tests {
    use std::{
        io::Cursor,
        sync::{Arc, atomic::AtomicU64},
    };

    use super::*;
    use crate::{
        archive::ArchiveWriter,
        format::{Csv, Format},
    };

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn password() -> Secret {
        Secret::new("correct horse battery")
    }

    /// An archive of one table with three rows and one other entry, in bytes, and its entries.
    fn archive() -> io::Result<(Vec<u8>, Vec<Entry>)> {
        let mut file = tempfile::tempfile()?;
        let written = Arc::new(AtomicU64::new(0));
        let mut writer =
            ArchiveWriter::new(file.try_clone()?, password(), chrono::DateTime::UNIX_EPOCH, Arc::clone(&written));
        let entries = vec![writer.add("s/t.csv", b"a\n1\n2\n\"3\n\"\n")?, writer.add("README.txt", b"read me")?];
        let sealed = writer.finish()?;
        let mut bytes = Vec::new();
        file.seek(io::SeekFrom::Start(0))?;
        file.read_to_end(&mut bytes)?;
        assert_eq!(sealed.bytes, bytes.len() as u64);
        assert_eq!(sealed.sha256, hexadecimal(&Sha256::digest(&bytes)));
        Ok((bytes, entries))
    }

    fn read(bytes: &[u8], password: &Secret, entries: &[Entry], rows: u64) -> Result<Verified, VerifyError> {
        let table = |entry: &Entry| entry.path.ends_with(".csv").then(|| (rows, Csv.counter()));
        verify(Cursor::new(bytes), password, entries.iter().map(|entry| (entry, table(entry))).collect())
    }

    fn is_mismatch(outcome: &Result<Verified, VerifyError>) -> bool {
        matches!(outcome, Err(VerifyError::Mismatch(_)))
    }

    #[test]
    fn an_archive_that_is_whole_passes() -> Outcome {
        let (bytes, entries) = archive()?;
        assert_eq!(read(&bytes, &password(), &entries, 3)?, Verified { tables: 1, rows: 3 });
        Ok(())
    }

    #[test]
    fn a_byte_of_the_data_that_is_another_is_found() -> Outcome {
        let (bytes, entries) = archive()?;
        let first = bytes.windows(7).position(|window| window == b"s/t.csv").ok_or("no entry")?;
        // Behind the name and the 11 + 20 bytes of extra fields: the salt, the password's check, the data, the HMAC.
        for place in first + 7 + 31..first + 7 + 31 + 16 + 2 + 10 {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(is_mismatch(&read(&changed, &password(), &entries, 3)), "byte {place} was changed unseen");
        }
        Ok(())
    }

    #[test]
    fn a_byte_of_the_file_that_is_another_is_found_by_its_hash() -> Outcome {
        let (bytes, _) = archive()?;
        let sealed = Sealed { bytes: bytes.len() as u64, sha256: hexadecimal(&Sha256::digest(&bytes)) };
        verify_file(Cursor::new(&bytes), &sealed)?;
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(verify_file(Cursor::new(&changed), &sealed).is_err(), "byte {place} was changed unseen");
        }
        assert!(verify_file(Cursor::new(&bytes[1..]), &sealed).is_err());
        Ok(())
    }

    #[test]
    fn an_archive_that_was_cut_short_is_found() -> Outcome {
        let (bytes, entries) = archive()?;
        for length in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            assert!(is_mismatch(&read(&bytes[..length], &password(), &entries, 3)), "{length} bytes passed");
        }
        Ok(())
    }

    #[test]
    fn a_wrong_password_a_missing_or_an_unknown_entry_and_a_wrong_count_are_found() -> Outcome {
        let (bytes, entries) = archive()?;
        assert!(is_mismatch(&read(&bytes, &Secret::new("another horse battery"), &entries, 3)));
        assert!(is_mismatch(&read(&bytes, &password(), &entries[..1], 3)));
        let more = Entry { path: "s/more.csv".into(), ..entries[0].clone() };
        assert!(is_mismatch(&read(&bytes, &password(), &[entries.clone(), vec![more]].concat(), 3)));
        assert!(is_mismatch(&read(&bytes, &password(), &entries, 4)));
        let mut other = entries.clone();
        other[0].sha256 = other[1].sha256.clone();
        assert!(is_mismatch(&read(&bytes, &password(), &other, 3)));
        Ok(())
    }
}
