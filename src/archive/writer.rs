//! Writes the archive in one pass and never seeks: pieces made and deflated on all cores, encryption, the records of a zip
//! around them.
//!
//! The `zip` crate, which reads the archives back, does not write them: its writer deflates one entry on one core, and has
//! no way to be handed deflated data for an encrypted entry; and what it writes seekably is AE-1, which shows the CRC of the
//! clear text.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufWriter, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{
    Entry,
    ae2::{self, Encryption},
    deflate, hexadecimal,
    pieces::{Fill, Pending, Piece, Pieces},
    records::{self, DosTime, Record},
};
use crate::secret::Secret;

/// Most bytes that are being deflated, unless there is only one piece.
const IN_FLIGHT: usize = 16 * 1024 * 1024;

/// What is done when an entry is written.
pub type Check<E> = Box<dyn FnOnce(&Entry) -> Result<(), E> + Send>;

/// An archive being written. What is asked of it is done in order, but later: several entries may be under way, and an error
/// is told by whichever call comes next. Dropped before it is finished it has no directory, so that nobody takes what is
/// there for an archive. `E` is what making a piece may fail with.
pub struct ArchiveWriter<E> {
    output: Output,
    password: Secret,
    modified: DosTime,
    pieces: Pieces,
    /// What is still to be done.
    steps: VecDeque<Step<E>>,
    /// Pieces among them, and the bytes of those.
    in_flight: (usize, usize),
    entry: Option<OpenEntry>,
    /// The entries that are written, and of them those that were not handed out yet.
    records: Vec<Record>,
    entries: Vec<Entry>,
}

enum Step<E> {
    Begin(String, Pending<Begun>),
    Piece(Pending<Result<Piece, E>>, usize),
    End(Check<E>),
}

/// The encryption of an entry, and what stands before its data.
type Begun = Result<(Encryption, [u8; ae2::BEFORE]), getrandom::Error>;

struct OpenEntry {
    path: String,
    offset: u64,
    /// Where what belongs to its compressed size begins: the salt.
    data: u64,
    bytes: u64,
    hash: Sha256,
    encryption: Encryption,
}

/// A closed archive.
#[derive(Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

impl<E: From<io::Error> + Send + 'static> ArchiveWriter<E> {
    /// Begins an archive at the start of `file`. Its entries carry the time `at`; `written` is kept at
    /// the bytes of the archive so far.
    pub fn new(file: File, password: Secret, at: DateTime<Utc>, written: Arc<AtomicU64>) -> io::Result<Self> {
        let file = BufWriter::with_capacity(256 * 1024, file);
        Ok(Self {
            output: Output { file, hash: Sha256::new(), written },
            password,
            modified: DosTime::of(at),
            pieces: Pieces::new()?,
            steps: VecDeque::new(),
            in_flight: (0, 0),
            entry: None,
            records: Vec::new(),
            entries: Vec::new(),
        })
    }

    /// Begins an entry; the one before must have been ended. The path takes up to 65,535 bytes.
    pub fn begin(&mut self, path: &str) -> Result<(), E> {
        let password = self.password.clone();
        // Deriving its keys takes thousands of hashes, which counts where there are thousands of entries.
        let begun = self.pieces.run(move |_| Encryption::begin(&password))?;
        self.steps.push_back(Step::Begin(path.to_owned(), begun));
        Ok(())
    }

    /// Appends a piece of about so many `bytes` to the entry that was begun.
    pub fn write(&mut self, bytes: usize, fill: Fill<E>) -> Result<(), E> {
        let piece = self.pieces.ask(fill)?;
        self.steps.push_back(Step::Piece(piece, bytes));
        self.in_flight = (self.in_flight.0 + 1, self.in_flight.1 + bytes);
        // One more than there are threads waits, so that none of them does.
        let most = self.pieces.threads() + 1;
        while self.in_flight.0 > most || (self.in_flight.0 > 1 && self.in_flight.1 > IN_FLIGHT) {
            self.step()?;
        }
        Ok(())
    }

    /// Appends what is there already to the entry that was begun.
    pub fn append(&mut self, contents: Vec<u8>) -> Result<(), E> {
        let fill = move |out: &mut Vec<u8>| {
            out.extend_from_slice(&contents);
            Ok(())
        };
        self.write(0, Box::new(fill))
    }

    /// Ends the entry that was begun. When it is written, `check` is asked whether it is right.
    pub fn end(&mut self, check: Check<E>) {
        self.steps.push_back(Step::End(check));
    }

    /// Adds one whole entry.
    pub fn add(&mut self, path: &str, contents: Vec<u8>) -> Result<(), E> {
        self.begin(path)?;
        self.append(contents)?;
        self.end(Box::new(|_| Ok(())));
        Ok(())
    }

    /// Does all that was asked for, and returns the entries written since the last time.
    pub fn settle(&mut self) -> Result<Vec<Entry>, E> {
        while !self.steps.is_empty() {
            self.step()?;
        }
        Ok(std::mem::take(&mut self.entries))
    }

    /// Writes the directory and hands everything to the operating system. It is the caller who syncs the file. Returns the
    /// entries written since the last time too.
    pub fn finish(mut self) -> Result<(Sealed, Vec<Entry>), E> {
        let entries = self.settle()?;
        let offset = self.output.bytes();
        for record in &self.records {
            self.output.write_all(&records::directory_entry(record, self.modified))?;
        }
        let size = self.output.bytes() - offset;
        self.output.write_all(&records::end_of_directory(self.records.len() as u64, size, offset))?;
        self.output.flush()?;
        Ok((Sealed { bytes: self.output.bytes(), sha256: hexadecimal(&self.output.hash.finalize()) }, entries))
    }

    fn step(&mut self) -> Result<(), E> {
        match self.steps.pop_front() {
            None => Ok(()),
            Some(Step::Begin(path, begun)) => Ok(self.open(path, begun.wait()?)?),
            Some(Step::Piece(piece, bytes)) => {
                self.in_flight = (self.in_flight.0 - 1, self.in_flight.1 - bytes);
                let mut piece = piece.wait()??;
                let entry = self.entry.as_mut().ok_or_else(misused)?;
                entry.hash.update(&piece.plain);
                entry.bytes += piece.plain.len() as u64;
                self.output.write_encrypted(&mut entry.encryption, &mut piece.deflated)?;
                self.pieces.give_back(piece);
                Ok(())
            }
            Some(Step::End(check)) => {
                let entry = self.close()?;
                check(&entry)?;
                self.entries.push(entry);
                Ok(())
            }
        }
    }

    fn open(&mut self, path: String, begun: Begun) -> io::Result<()> {
        if self.entry.is_some() || path.len() > usize::from(u16::MAX) {
            return Err(misused());
        }
        let offset = self.output.bytes();
        let (encryption, before) = begun.map_err(io::Error::other)?;
        self.output.write_all(&records::local_header(&path, self.modified))?;
        let data = self.output.bytes();
        self.output.write_all(&before)?;
        self.entry = Some(OpenEntry { path, offset, data, bytes: 0, hash: Sha256::new(), encryption });
        Ok(())
    }

    fn close(&mut self) -> io::Result<Entry> {
        let mut entry = self.entry.take().ok_or_else(misused)?;
        self.output.write_encrypted(&mut entry.encryption, &mut deflate::END.clone())?;
        self.output.write_all(&entry.encryption.end())?;
        let record = Record {
            name: entry.path.clone(),
            compressed: self.output.bytes() - entry.data,
            uncompressed: entry.bytes,
            offset: entry.offset,
        };
        self.output.write_all(&records::data_descriptor(&record))?;
        self.records.push(record);
        Ok(Entry { path: entry.path, bytes: entry.bytes, sha256: hexadecimal(&entry.hash.finalize()) })
    }
}

/// Begun twice, ended without a beginning, or a path that no zip can hold.
fn misused() -> io::Error {
    io::ErrorKind::InvalidInput.into()
}

/// The file, with a hash and a count of what went into it.
struct Output {
    file: BufWriter<File>,
    hash: Sha256,
    written: Arc<AtomicU64>,
}

impl Output {
    fn bytes(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    fn write_encrypted(&mut self, encryption: &mut Encryption, data: &mut [u8]) -> io::Result<()> {
        encryption.encrypt(data);
        self.write_all(data)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.file.write(bytes)?;
        self.hash.update(&bytes[..taken]);
        self.written.fetch_add(taken as u64, Ordering::Relaxed);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
