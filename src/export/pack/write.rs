//! The writing side: parcels in, archive out.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU16, AtomicU64, Ordering::Relaxed},
    },
};

use chrono::{DateTime, Utc};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};
use tokio_util::sync::CancellationToken;

use super::{
    Order,
    read::{Delivery, Parcel},
};
use crate::{
    archive::{
        ArchiveWriter, Entry, EntryNames, Fill, Sealed,
        descriptor::{self, Described, FileWritten, SourceRead, TableWritten},
        readme,
    },
    export::{failure::PackError, progress::Progress},
    files::Draft,
    format::Observed,
    source::{Chunk, File, Held, RowError, Rows, SourceError, Table},
};

/// Resources of the descriptor that are put into words at a time.
const DESCRIBED: usize = 500;

/// An archive that is written, but not proven.
pub(super) struct Written {
    pub(super) sealed: Sealed,
    pub(super) sources: Vec<SourceRead>,
    pub(super) tables: Vec<TableWritten>,
    pub(super) files: Vec<FileWritten>,
    /// The archive's own entries.
    pub(super) own: Vec<Entry>,
}

/// Starts the thread that writes.
pub(super) fn start(
    order: &Order,
    draft: &Draft,
    progress: &Arc<Progress>,
    inbox: mpsc::Receiver<Parcel>,
    sources: Vec<SourceRead>,
    stop: CancellationToken,
) -> io::Result<JoinHandle<Result<Written, PackError>>> {
    let at = order.clock.now();
    let writer = Writer {
        archive: ArchiveWriter::new(draft.file()?, order.password.clone(), at, progress.bytes_written())?,
        order: order.clone(),
        at,
        progress: Arc::clone(progress),
        names: EntryNames::default(),
        stop,
        sources,
        items: Vec::new(),
    };
    Ok(spawn_blocking(move || writer.write(inbox)))
}

struct Writer {
    archive: ArchiveWriter<PackError>,
    order: Order,
    at: DateTime<Utc>,
    progress: Arc<Progress>,
    names: EntryNames,
    stop: CancellationToken,
    sources: Vec<SourceRead>,
    /// What is in the archive, in the order of its entries.
    items: Vec<Item>,
}

/// What an entry is.
enum Item {
    Table { source: Arc<str>, table: Arc<Table>, tally: Arc<Tally> },
    File { source: Arc<str>, file: File },
}

/// What the threads that format have seen of a table.
struct Tally {
    rows: AtomicU64,
    seen: Vec<AtomicU16>,
}

impl Writer {
    fn write(mut self, mut inbox: mpsc::Receiver<Parcel>) -> Result<Written, PackError> {
        loop {
            match inbox.blocking_recv().ok_or(PackError::Abandoned)? {
                Parcel::Table { source, table } => self.table(&source, table, &mut inbox)?,
                Parcel::File { source, file, bytes } => self.file(source, file, bytes)?,
                Parcel::End => return self.finish(),
                // These stand between a table and the next.
                Parcel::Rows(_) | Parcel::Count(_) => return Err(PackError::Abandoned),
            }
        }
    }

    fn table(
        &mut self,
        source: &Arc<str>,
        table: Arc<Table>,
        inbox: &mut mpsc::Receiver<Parcel>,
    ) -> Result<(), PackError> {
        let format = self.order.format;
        self.progress.table(&table.full_name());
        let path = self.names.claim(source, table.schema.as_deref(), &table.name, format.extension());
        self.archive.begin(&path)?;
        let begun = Arc::clone(&table);
        let head = move |out: &mut Vec<u8>| {
            format.begin(&begun, out);
            Ok(())
        };
        self.archive.write(0, Box::new(head))?;
        let tally = Arc::new(Tally::of(&table));
        self.items.push(Item::Table {
            source: Arc::clone(source),
            table: Arc::clone(&table),
            tally: Arc::clone(&tally),
        });
        let mut number = 0;
        loop {
            match inbox.blocking_recv() {
                Some(Parcel::Rows(delivery)) => {
                    self.take(delivery, |writer, held| writer.rows(source, &table, &tally, &mut number, held))?;
                }
                Some(Parcel::Count(counted)) => {
                    let counted = counted.blocking_recv().map_err(|_| PackError::Abandoned)?;
                    let progress = Arc::clone(&self.progress);
                    self.archive.end(Box::new(move |_| {
                        tally.compare(&table, counted)?;
                        progress.table_done();
                        Ok(())
                    }));
                    return Ok(());
                }
                _ => return Err(PackError::Abandoned),
            }
        }
    }

    /// Hands every chunk of a delivery to `put`, until the word that it was all.
    fn take<T>(
        &mut self,
        mut delivery: Delivery<T>,
        mut put: impl FnMut(&mut Self, Held) -> Result<(), PackError>,
    ) -> Result<T, PackError> {
        while let Some(held) = delivery.chunks.blocking_recv() {
            if self.stop.is_cancelled() {
                return Err(PackError::Abandoned);
            }
            put(self, held)?;
        }
        delivery.whole.blocking_recv().map_err(|_| PackError::Abandoned)
    }

    fn rows(
        &mut self,
        source: &Arc<str>,
        table: &Arc<Table>,
        tally: &Arc<Tally>,
        number: &mut u64,
        held: Held,
    ) -> Result<(), PackError> {
        let Chunk::Rows(rows) = &held.chunk else { return Err(PackError::Abandoned) };
        let before = *number;
        *number += rows.count() as u64;
        let bytes = held.bytes;
        let (format, progress) = (self.order.format, Arc::clone(&self.progress));
        let (source, table, tally) = (Arc::clone(source), Arc::clone(table), Arc::clone(tally));
        let fill: Fill<PackError> = Box::new(move |out| {
            let Chunk::Rows(rows) = &held.chunk else { return Err(PackError::Abandoned) };
            let mut seen = vec![Observed::default(); table.columns.len()];
            let formatted = format.rows(&table.columns, rows.as_ref(), &mut seen, out);
            formatted.map_err(|cause| PackError::Source(source.to_string(), unreadable(&table, before, &cause)))?;
            tally.add(rows.as_ref(), &seen);
            progress.rows(rows.count(), out.len());
            Ok(())
        });
        self.archive.write(bytes, fill)
    }

    /// A file that was gone before it could be opened makes no entry.
    fn file(&mut self, source: Arc<str>, file: File, bytes: Delivery<Option<String>>) -> Result<(), PackError> {
        self.progress.table(&file.path);
        let mut path = Some(self.names.claim_file(&source, &file.path));
        let note = self.take(bytes, |writer, held| {
            if let Some(path) = path.take() {
                writer.archive.begin(&path)?;
            }
            let (bytes, progress) = (held.bytes, Arc::clone(&writer.progress));
            let fill: Fill<PackError> = Box::new(move |out| {
                let Chunk::Bytes(bytes) = &held.chunk else { return Err(PackError::Abandoned) };
                out.extend_from_slice(bytes);
                progress.rows(0, bytes.len());
                Ok(())
            });
            writer.archive.write(bytes, fill)
        })?;
        let read = self.sources.iter_mut().find(|read| *read.name == *source);
        read.into_iter().for_each(|read| read.warnings.extend(note.clone()));
        if path.is_none() {
            self.archive.end(Box::new(|_| Ok(())));
            self.items.push(Item::File { source, file });
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Written, PackError> {
        let entries = self.archive.settle()?;
        let (mut tables, mut files) = (Vec::new(), Vec::new());
        for (item, entry) in self.items.into_iter().zip(entries) {
            match item {
                Item::File { source, file } => files.push(FileWritten { source, file, entry }),
                Item::Table { source, table, tally } => {
                    let (rows, observed) = tally.read();
                    tables.push(TableWritten { source, table, entry, rows, observed });
                }
            }
        }
        let readme = readme::readme(&self.order.title, tables.len(), files.len(), self.at, self.order.format);
        self.archive.add(readme::PATH, readme.into_bytes())?;
        let mut own = self.archive.settle()?;
        let described = Described {
            title: &self.order.title,
            created: self.at,
            format: self.order.format,
            sources: &self.sources,
            tables: &tables,
            files: &files,
            own: &own,
        };
        self.archive.begin(descriptor::PATH)?;
        for text in described.texts(DESCRIBED) {
            self.archive.append(text.map_err(io::Error::from)?)?;
        }
        self.archive.end(Box::new(|_| Ok(())));
        let (sealed, last) = self.archive.finish()?;
        own.extend(last);
        Ok(Written { sealed, sources: self.sources, tables, files, own })
    }
}

impl Tally {
    fn of(table: &Table) -> Self {
        Self { rows: AtomicU64::new(0), seen: table.columns.iter().map(|_| AtomicU16::new(0)).collect() }
    }

    fn add(&self, rows: &dyn Rows, seen: &[Observed]) {
        self.rows.fetch_add(rows.count() as u64, Relaxed);
        for (all, seen) in self.seen.iter().zip(seen) {
            all.fetch_or(seen.bits(), Relaxed);
        }
    }

    fn read(&self) -> (u64, Vec<Observed>) {
        (self.rows.load(Relaxed), self.seen.iter().map(|seen| Observed::from_bits(seen.load(Relaxed))).collect())
    }

    fn compare(&self, table: &Table, counted: u64) -> Result<(), PackError> {
        let written = self.rows.load(Relaxed);
        if counted == written { Ok(()) } else { Err(PackError::Count { table: table.full_name(), counted, written }) }
    }
}

fn unreadable(table: &Table, before: u64, error: &RowError) -> SourceError {
    let column = table.columns.get(error.column).map_or("", |column| &column.name);
    let why = format!("row {}, column {column}: {}", before + error.row as u64 + 1, error.why);
    SourceError::Unreadable { table: table.full_name(), why }
}
