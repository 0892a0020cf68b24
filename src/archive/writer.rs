//! Writes the archive in one pass: deflate (RFC 1951), then WinZip AES-256 in version AE-2
//! (<https://www.winzip.com/en/support/aes-encryption/>), which leaves no checksum of the clear text to be read.
//!
//! The `zip` crate's streaming mode serves: it is the mode in which that crate writes AE-2, and it never
//! seeks. Each entry is announced as ZIP64, since its size is not known when it begins.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use chrono::{DateTime, Datelike, Timelike, Utc};
use sha2::{Digest, Sha256};
use zip::{
    AesMode, CompressionMethod, ZipWriter,
    result::ZipError,
    write::{SimpleFileOptions, StreamWriter},
};

use super::{Entry, hexadecimal};
use crate::secret::Secret;

/// zlib-rs at level 2: a quarter smaller than level 1 at two thirds of its speed.
const LEVEL: i64 = 2;

/// An archive being written. Dropped before it is finished, it leaves no directory, so that nobody takes what is there
/// for an archive.
pub struct ArchiveWriter {
    /// Stands first, so that it is dropped first: the library writes a directory when it is dropped.
    abandon: AbandonOnDrop,
    zip: ZipWriter<StreamWriter<Output>>,
    password: Secret,
    modified: zip::DateTime,
    entry: Option<OpenEntry>,
}

struct OpenEntry {
    path: String,
    bytes: u64,
    hash: Sha256,
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
        let abandon = AbandonOnDrop::default();
        let file = BufWriter::with_capacity(256 * 1024, file);
        let output = Output { file, hash: Sha256::new(), written, abandoned: Arc::clone(&abandon.0) };
        Self { abandon, zip: ZipWriter::new_stream(output), password, modified: dos_time(at), entry: None }
    }

    /// Begins an entry; the one before must have been ended.
    pub fn begin(&mut self, path: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL))
            .last_modified_time(self.modified)
            .large_file(true)
            .with_aes_encryption(AesMode::Aes256, self.password.expose());
        self.zip.start_file(path, options).map_err(into_io)?;
        self.entry = Some(OpenEntry { path: path.to_owned(), bytes: 0, hash: Sha256::new() });
        Ok(())
    }

    /// Appends to the entry that was begun.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let entry = self.entry.as_mut().ok_or(io::ErrorKind::InvalidInput)?;
        self.zip.write_all(bytes)?;
        entry.hash.update(bytes);
        entry.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Ends the entry that was begun.
    pub fn end(&mut self) -> io::Result<Entry> {
        let entry = self.entry.take().ok_or(io::ErrorKind::InvalidInput)?;
        Ok(Entry { path: entry.path, bytes: entry.bytes, sha256: hexadecimal(&entry.hash.finalize()) })
    }

    /// Writes one whole entry.
    pub fn add(&mut self, path: &str, contents: &[u8]) -> io::Result<Entry> {
        self.begin(path)?;
        self.write(contents)?;
        self.end()
    }

    /// Writes the directory and hands everything to the operating system. It is the caller who syncs the file.
    pub fn finish(self) -> io::Result<Sealed> {
        let Self { abandon, zip, .. } = self;
        let mut output = zip.finish().map_err(into_io)?.into_inner();
        drop(abandon);
        output.flush()?;
        Ok(Sealed { bytes: output.written.load(Ordering::Relaxed), sha256: hexadecimal(&output.hash.finalize()) })
    }
}

#[derive(Default)]
struct AbandonOnDrop(Arc<AtomicBool>);

impl Drop for AbandonOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The file, with a hash and a count of what went into it.
struct Output {
    file: BufWriter<File>,
    hash: Sha256,
    written: Arc<AtomicU64>,
    /// Once set, what is written goes nowhere.
    abandoned: Arc<AtomicBool>,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.abandoned.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        let taken = self.file.write(bytes)?;
        self.hash.update(&bytes[..taken]);
        self.written.fetch_add(taken as u64, Ordering::Relaxed);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.abandoned.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.file.flush()
    }
}

/// The cause where the zip library only wraps one, so that a full disk is seen as such.
fn into_io(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(cause) => cause,
        other => io::Error::other(other),
    }
}

/// MS-DOS time (APPNOTE 4.4.6), which ends in 2107 and counts in steps of two seconds.
fn dos_time(at: DateTime<Utc>) -> zip::DateTime {
    let part = |number: u32| u8::try_from(number).unwrap_or(0);
    u16::try_from(at.year())
        .ok()
        .and_then(|year| {
            zip::DateTime::from_date_and_time(
                year,
                part(at.month()),
                part(at.day()),
                part(at.hour()),
                part(at.minute()),
                part(at.second()),
            )
            .ok()
        })
        .unwrap_or_default()
}
