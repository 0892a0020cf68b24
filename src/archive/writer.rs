//! Writes the archive in one pass and never seeks: deflate on all cores, encryption, the records of a zip around them.
//!
//! The `zip` crate, which reads the archives back, does not write them: its writer deflates one entry on one core, and has
//! no way to be handed deflated data for an encrypted entry.

use std::{
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
    ae2::Encryption,
    deflate::Pieces,
    hexadecimal,
    records::{self, DosTime, Record},
};
use crate::secret::Secret;

/// An archive being written. Dropped before it is finished it has no directory, so that nobody takes what is there for an
/// archive.
pub struct ArchiveWriter {
    output: Output,
    pieces: Pieces,
    password: Secret,
    modified: DosTime,
    entry: Option<OpenEntry>,
    /// The entries that are written.
    records: Vec<Record>,
}

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

impl ArchiveWriter {
    /// Begins an archive at the start of `file`. Its entries carry the time `at`; `written` is kept at
    /// the bytes of the archive so far.
    pub fn new(file: File, password: Secret, at: DateTime<Utc>, written: Arc<AtomicU64>) -> Self {
        let file = BufWriter::with_capacity(256 * 1024, file);
        let output = Output { file, hash: Sha256::new(), written };
        let modified = DosTime::of(at);
        Self { output, pieces: Pieces::new(), password, modified, entry: None, records: Vec::new() }
    }

    /// Begins an entry; the one before must have been ended. The path takes up to 65,535 bytes.
    pub fn begin(&mut self, path: &str) -> io::Result<()> {
        if self.entry.is_some() || path.len() > usize::from(u16::MAX) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let offset = self.output.bytes();
        let (encryption, before) = Encryption::begin(&self.password).map_err(io::Error::other)?;
        self.output.write_all(&records::local_header(path, self.modified))?;
        let data = self.output.bytes();
        self.output.write_all(&before)?;
        self.entry = Some(OpenEntry { path: path.to_owned(), offset, data, bytes: 0, hash: Sha256::new(), encryption });
        Ok(())
    }

    /// Appends to the entry that was begun.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let entry = self.entry.as_mut().ok_or(io::ErrorKind::InvalidInput)?;
        entry.hash.update(bytes);
        entry.bytes += bytes.len() as u64;
        self.pieces.write(bytes, &mut |deflated| self.output.write_encrypted(&mut entry.encryption, deflated))
    }

    /// Ends the entry that was begun.
    pub fn end(&mut self) -> io::Result<Entry> {
        let mut entry = self.entry.take().ok_or(io::ErrorKind::InvalidInput)?;
        self.pieces.end(&mut |deflated| self.output.write_encrypted(&mut entry.encryption, deflated))?;
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

    /// Writes one whole entry.
    pub fn add(&mut self, path: &str, contents: &[u8]) -> io::Result<Entry> {
        self.begin(path)?;
        self.write(contents)?;
        self.end()
    }

    /// Writes the directory and hands everything to the operating system. It is the caller who syncs the file.
    pub fn finish(mut self) -> io::Result<Sealed> {
        let offset = self.output.bytes();
        for record in &self.records {
            self.output.write_all(&records::directory_entry(record, self.modified))?;
        }
        let size = self.output.bytes() - offset;
        self.output.write_all(&records::end_of_directory(self.records.len() as u64, size, offset))?;
        self.output.flush()?;
        Ok(Sealed { bytes: self.output.bytes(), sha256: hexadecimal(&self.output.hash.finalize()) })
    }
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
