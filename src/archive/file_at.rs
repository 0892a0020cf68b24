//! A file that several threads read at the same time, each at a place of its own.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    sync::Arc,
};

/// A place in an open file. A clone has a place of its own.
#[derive(Clone, Debug)]
pub struct FileAt {
    file: Arc<File>,
    place: u64,
}

impl FileAt {
    /// The start of `file`.
    pub fn start(file: File) -> Self {
        Self { file: Arc::new(file), place: 0 }
    }
}

impl Read for FileAt {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read_at(bytes, self.place)?;
        self.place += length as u64;
        Ok(length)
    }
}

impl Seek for FileAt {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(place) => (place, 0),
            SeekFrom::Current(offset) => (self.place, offset),
            SeekFrom::End(offset) => (self.file.metadata()?.len(), offset),
        };
        self.place = base.checked_add_signed(offset).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.place)
    }
}
