//! The proof: what was written is on the disk, and read back it is what the sources gave.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::{Order, Packed, write::Written};
use crate::{
    archive::{self, Entry, Expected, FileAt, descriptor::TableWritten},
    export::{failure::PackError, progress::Progress},
    files::Draft,
};

/// Syncs the file and, at the same time, reads all of it back: as entries, and as a whole.
pub(super) async fn prove(
    order: &Order,
    draft: &Draft,
    written: Written,
    progress: &Progress,
    stop: CancellationToken,
) -> Result<Packed, PackError> {
    let Written { sealed, sources, tables, files, own } = written;
    let file = draft.file()?;
    let whole = UntilStopped(FileAt::start(draft.reopen()?), stop);
    // The entries take longer than the file as a whole, so that they tell how far it is.
    let entries = Counted(whole.clone(), progress.bytes_verified());
    let (format, password, all) = (order.format, order.password.clone(), sealed.bytes);
    let synced = spawn_blocking(move || file.sync_all());
    let same = spawn_blocking(move || archive::verify_file(whole, &sealed).map(|()| sealed));
    let verified = spawn_blocking(move || {
        let plain = |entry: &Entry| Expected { entry: entry.clone(), table: None };
        // A table without columns has no lines to count.
        let expected_table = |table: &TableWritten| Expected {
            entry: table.entry.clone(),
            table: Some((if table.table.columns.is_empty() { 0 } else { table.rows }, format)),
        };
        let others = files.iter().map(|file| &file.entry).chain(&own).map(plain);
        let expected = tables.iter().map(expected_table).chain(others).collect();
        Ok::<_, PackError>((archive::verify(entries, &password, expected)?, tables, files))
    });
    let (synced, same, verified) = tokio::join!(synced, same, verified);
    synced.map_err(PackError::died)??;
    let sealed = same.map_err(PackError::died)??;
    let (verified, tables, files) = verified.map_err(PackError::died)??;
    progress.verified(all);
    Ok(Packed { sealed, sources, tables, files, verified })
}

/// A file with a count of what was read of it.
#[derive(Clone)]
struct Counted<R>(R, Arc<AtomicU64>);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = self.0.read(bytes)?;
        self.1.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// A file that cannot be read any more once the run is stopped.
#[derive(Clone)]
struct UntilStopped(FileAt, CancellationToken);

impl Read for UntilStopped {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.1.is_cancelled() {
            return Err(io::Error::other("the run was stopped"));
        }
        self.0.read(bytes)
    }
}

impl Seek for UntilStopped {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}
