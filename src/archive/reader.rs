//! Reads an archive back and compares it with what was meant to be in it: the proof before an export is
//! offered. It decrypts, checks each entry's HMAC, inflates, hashes and counts, several entries at a time, and the hashing of
//! a large one beside its inflating.

use std::{
    collections::HashMap,
    io::{self, Read, Seek},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use sha2::{Digest, Sha256};
use zip::{ZipArchive, result::ZipError};

use super::{Entry, Sealed, clear, form, hexadecimal};
use crate::{
    format::{Format, RowCounter},
    secret::Secret,
};

/// Most differences that are told: the first few say enough.
const TOLD: usize = 10;
/// Bytes that are read at a time.
const PIECE: usize = 256 * 1024;
/// From this size on an entry is hashed on a thread of its own.
const LARGE: u64 = 4 * 1024 * 1024;

/// What was read back, all of it as expected.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries whose rows were counted.
    pub tables: u64,
    /// Rows in them.
    pub rows: u64,
    /// Other entries.
    pub others: u64,
}

/// Why an archive is not the one that was meant.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The file cannot be read.
    #[error("the archive cannot be read back: {0}")]
    Io(#[from] io::Error),
    /// The file can be read, and holds something else.
    #[error("the archive is not what was written: {}", .0.join("; "))]
    Mismatch(Vec<String>),
    /// The password is not that of the archive.
    #[error("the password is wrong")]
    Password,
    /// The file says nothing of what should be in it.
    #[error("this is no archive of Carryall: {0}")]
    Foreign(String),
}

/// What one entry should be.
pub struct Expected<'a> {
    /// Its path, length and hash.
    pub entry: Entry,
    /// If it is a table: its rows, and the format in which they are counted.
    pub table: Option<(u64, &'a dyn Format)>,
}

/// Reads all of `file` and compares it with `expected`, which must name every entry.
pub fn verify<F: Read + Seek + Clone + Send + Sync>(
    file: F,
    password: &Secret,
    expected: Vec<Expected<'_>>,
) -> Result<Verified, VerifyError> {
    let archive = ZipArchive::new(file).map_err(broken)?;
    form::check(&archive)?;
    let found = Found::new(&archive, password, expected);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(found.entries.len());
    thread::scope(|scope| {
        let readers: Vec<_> = (0..threads)
            .map(|_| {
                let (archive, found) = (archive.clone(), &found);
                scope.spawn(move || found.read(archive))
            })
            .collect();
        readers.into_iter().try_for_each(|reader| reader.join().map_err(|_| died())?)
    })?;
    found.outcome()
}

/// The entries of an archive, what they should be, and what came of them.
struct Found<'a> {
    password: &'a Secret,
    /// Place and size; the largest first, so that no thread is left with one of those at the end.
    entries: Vec<(usize, u64)>,
    next: AtomicUsize,
    expected: Mutex<HashMap<String, Expected<'a>>>,
    outcome: Mutex<(Verified, Vec<String>)>,
}

impl<'a> Found<'a> {
    fn new<F: Read + Seek>(archive: &ZipArchive<F>, password: &'a Secret, expected: Vec<Expected<'a>>) -> Self {
        let size = |index| archive.by_index_data(index).map_or(0, |data| data.compressed_size());
        let mut entries: Vec<_> = (0..archive.len()).map(|index| (index, size(index))).collect();
        entries.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
        let (mut by_path, mut twice) = (HashMap::new(), Vec::new());
        for expected in expected {
            if let Some(other) = by_path.insert(expected.entry.path.clone(), expected) {
                twice.push(format!("{:?} is described twice", other.entry.path));
            }
        }
        Self {
            password,
            entries,
            next: AtomicUsize::new(0),
            expected: Mutex::new(by_path),
            outcome: Mutex::new((Verified::default(), twice)),
        }
    }

    /// What a thread does until there are no more entries.
    fn read<F: Read + Seek>(&self, mut archive: ZipArchive<F>) -> Result<(), VerifyError> {
        while let Some((index, _)) = self.entries.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let entry = archive.by_index_raw(*index).map_err(broken)?;
            let path = entry.name().map_err(broken)?.into_owned();
            let size = entry.size();
            let entry = clear::open(entry, self.password).map_err(|cause| match cause {
                VerifyError::Password => VerifyError::Mismatch(vec![format!("{path:?} has another password")]),
                other => other,
            })?;
            let expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner).remove(&path);
            let checked = match expected {
                // Readers may take the length from the directory.
                Some(expected) if expected.entry.bytes != size => Err(Difference::Wrong(vec![format!(
                    "{path:?} is said to have {size} bytes, not {}",
                    expected.entry.bytes
                )])),
                Some(expected) => check(entry, size >= LARGE, &expected),
                None => Err(Difference::Wrong(vec![format!("{path:?} should not be there")])),
            };
            let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
            match checked {
                Ok(Some(rows)) => (outcome.0.tables, outcome.0.rows) = (outcome.0.tables + 1, outcome.0.rows + rows),
                Ok(None) => outcome.0.others += 1,
                Err(Difference::Wrong(differences)) => outcome.1.extend(differences),
                Err(Difference::Io(cause)) => return Err(VerifyError::Io(cause)),
            }
        }
        Ok(())
    }

    fn outcome(self) -> Result<Verified, VerifyError> {
        let (verified, mut differences) = self.outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
        let missing = self.expected.into_inner().unwrap_or_else(PoisonError::into_inner);
        differences.extend(missing.keys().map(|path| format!("{path:?} is missing")));
        differences.truncate(TOLD);
        if differences.is_empty() { Ok(verified) } else { Err(VerifyError::Mismatch(differences)) }
    }
}

/// Reads all of `file` and compares its length and its SHA-256 with what was written: this covers what [`verify`] has no
/// use for, the headers in front of the entries.
pub fn verify_file(mut file: impl Read, sealed: &Sealed) -> Result<(), VerifyError> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE];
    let mut bytes = 0;
    loop {
        match undisturbed(|| file.read(&mut piece))? {
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

/// What is wrong with an entry.
enum Difference {
    Wrong(Vec<String>),
    Io(io::Error),
}

/// Reads one entry and compares it; returns the rows counted in it if it is a table.
fn check(found: impl Read, large: bool, expected: &Expected<'_>) -> Result<Option<u64>, Difference> {
    let mut seen = Seen::of(expected);
    // One byte more than there should be is wrong already; a hostile archive may hold many more.
    let found = found.take(expected.entry.bytes.saturating_add(1));
    let read = if large { seen.read_beside(found) } else { seen.read_here(found) };
    match read {
        Ok(()) => seen.compare(expected),
        Err(cause) if is_damage(&cause) => {
            Err(Difference::Wrong(vec![format!("{:?} is damaged: {cause}", expected.entry.path)]))
        }
        Err(cause) => Err(Difference::Io(cause)),
    }
}

/// What was seen of an entry.
struct Seen {
    hash: Sha256,
    bytes: u64,
    rows: Option<Box<dyn RowCounter>>,
}

impl Seen {
    fn of(expected: &Expected<'_>) -> Self {
        Self { hash: Sha256::new(), bytes: 0, rows: expected.table.map(|(_, format)| format.counter()) }
    }

    fn add(&mut self, piece: &[u8]) {
        self.hash.update(piece);
        self.bytes += piece.len() as u64;
        if let Some(rows) = &mut self.rows {
            rows.read(piece);
        }
    }

    fn read_here(&mut self, mut from: impl Read) -> io::Result<()> {
        let mut piece = vec![0; PIECE];
        loop {
            match undisturbed(|| from.read(&mut piece))? {
                0 => return Ok(()),
                length => self.add(&piece[..length]),
            }
        }
    }

    /// Reads here, and hashes and counts on another thread.
    fn read_beside(&mut self, from: impl Read) -> io::Result<()> {
        let ((full, taken), (empty, given_back)) = (sync_channel::<(Vec<u8>, usize)>(4), sync_channel(8));
        thread::scope(|scope| {
            let hashing = scope.spawn(move || {
                for (piece, length) in taken {
                    self.add(&piece[..length]);
                    // Nobody needs it any more when all is read.
                    let _ = empty.try_send(piece);
                }
            });
            let read = read_pieces(from, &full, &given_back);
            drop(full);
            hashing.join().map_err(|_| died())?;
            read
        })
    }

    fn compare(self, expected: &Expected<'_>) -> Result<Option<u64>, Difference> {
        let Entry { path, bytes, sha256 } = &expected.entry;
        let mut differences = Vec::new();
        if self.bytes != *bytes {
            differences.push(format!("{path:?} has {} bytes, not {bytes}", self.bytes));
        }
        if hexadecimal(&self.hash.finalize()) != *sha256 {
            differences.push(format!("{path:?} has another SHA-256"));
        }
        let counted = self.rows.map(|counter| counter.rows());
        if let (Some(counted), Some((rows, _))) = (counted, expected.table)
            && counted != rows
        {
            differences.push(format!("{path:?} has {counted} rows, not {rows}"));
        }
        if differences.is_empty() { Ok(counted) } else { Err(Difference::Wrong(differences)) }
    }
}

/// Reads whole pieces, whose buffers come back.
fn read_pieces(mut from: impl Read, full: &SyncSender<(Vec<u8>, usize)>, empty: &Receiver<Vec<u8>>) -> io::Result<()> {
    loop {
        let mut piece = empty.try_recv().unwrap_or_else(|_| vec![0; PIECE]);
        match undisturbed(|| from.read(&mut piece))? {
            0 => return Ok(()),
            length => full.send((piece, length)).map_err(io::Error::other)?,
        }
    }
}

/// Reads again what a signal has broken off.
pub(super) fn undisturbed(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

fn died() -> io::Error {
    io::Error::other("a thread that reads the archive back died")
}

/// Whether an error tells of wrong bytes rather than of a disk that does not answer.
fn is_damage(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other
    )
}

pub(super) fn broken(error: ZipError) -> VerifyError {
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
    use crate::{archive::ArchiveWriter, format::Csv};

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn password() -> Secret {
        Secret::new("correct horse battery")
    }

    /// An archive of one table with three rows and one other entry, in bytes, and its entries.
    fn archive() -> io::Result<(Vec<u8>, Vec<Entry>)> {
        let mut file = tempfile::tempfile()?;
        let written = Arc::new(AtomicU64::new(0));
        let mut writer: ArchiveWriter<io::Error> =
            ArchiveWriter::new(file.try_clone()?, password(), chrono::DateTime::UNIX_EPOCH, Arc::clone(&written))?;
        writer.add("s/t.csv", b"a\n1\n2\n\"3\n\"\n".to_vec())?;
        writer.add("README.txt", b"read me".to_vec())?;
        let (sealed, entries) = writer.finish()?;
        let mut bytes = Vec::new();
        file.seek(io::SeekFrom::Start(0))?;
        file.read_to_end(&mut bytes)?;
        assert_eq!(sealed.bytes, bytes.len() as u64);
        assert_eq!(sealed.sha256, hexadecimal(&Sha256::digest(&bytes)));
        Ok((bytes, entries))
    }

    fn read(bytes: &[u8], password: &Secret, entries: &[Entry], rows: u64) -> Result<Verified, VerifyError> {
        let expected = entries.iter().map(|entry| {
            let table = entry.path.ends_with(".csv").then_some((rows, &Csv as &dyn Format));
            Expected { entry: entry.clone(), table }
        });
        verify(Cursor::new(bytes), password, expected.collect())
    }

    fn is_mismatch(outcome: &Result<Verified, VerifyError>) -> bool {
        matches!(outcome, Err(VerifyError::Mismatch(_)))
    }

    #[test]
    fn an_archive_that_is_whole_passes() -> Outcome {
        let (bytes, entries) = archive()?;
        assert_eq!(read(&bytes, &password(), &entries, 3)?, Verified { tables: 1, rows: 3, others: 1 });
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
