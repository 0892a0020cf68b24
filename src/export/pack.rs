//! One archive from several sources: every table read in its source's snapshot, formatted, compressed,
//! encrypted, and then read back. It knows nothing of the history; `run` and `carryall export` call it.
//!
//! The async side reads; one blocking thread formats and writes. Between them stand bounded channels,
//! so that memory does not grow with the data.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use tokio::{
    sync::{mpsc, oneshot},
    task::spawn_blocking,
};
use tokio_util::sync::CancellationToken;

use super::{failure::PackError, progress::Progress};
use crate::{
    archive::{
        self, ArchiveWriter, Entry, EntryNames, Observed, Sealed, Verified,
        descriptor::{self, SourceRead, TableWritten},
        readme,
    },
    clock::Clock,
    files::Draft,
    format::Format,
    secret::Secret,
    source::{Batch, Snapshot, Source, SourceError, Table},
};

/// Batches that wait between the reader and the writer.
const BATCHES_AHEAD: usize = 4;

/// A source and the name it has in the settings, which is also its folder in the archive.
#[derive(Clone)]
pub struct NamedSource {
    /// Lower-case letters, digits, `-` and `_`.
    pub name: String,
    /// Where the data is.
    pub source: Arc<dyn Source>,
}

/// What is to be packed, and how.
#[derive(Clone)]
pub struct Order {
    /// The export's name, as it stands in the archive.
    pub title: String,
    /// The sources, in the order in which they are written.
    pub sources: Arc<[NamedSource]>,
    /// How tables are written.
    pub format: Arc<dyn Format>,
    /// The archive's password.
    pub password: Secret,
    /// Tells when each snapshot was taken.
    pub clock: Clock,
}

/// A packed and proven archive.
#[derive(Debug)]
pub struct Packed {
    /// Its length and hash.
    pub sealed: Sealed,
    /// The sources as they were read.
    pub sources: Vec<SourceRead>,
    /// The tables in it.
    pub tables: Vec<TableWritten>,
    /// What the reading back counted.
    pub verified: Verified,
}

/// Packs `order` into `draft`, syncs it, and reads it back.
pub async fn pack(order: &Order, draft: &Draft, progress: &Arc<Progress>) -> Result<Packed, PackError> {
    // If this future is dropped, the threads behind it go on: this ends them at their next batch.
    let stop = CancellationToken::new();
    let _stop_on_drop = stop.clone().drop_guard();
    let (snapshots, sources) = connect(order).await?;
    progress.exporting(snapshots.iter().map(|opened| opened.tables.len()).sum());
    let written = write(order, draft, progress, snapshots, sources, &stop).await?;
    progress.verifying();
    let (written, verified) = prove(order, draft, written, stop).await?;
    Ok(Packed { sealed: written.sealed, sources: written.sources, tables: written.tables, verified })
}

struct Opened {
    source: String,
    snapshot: Box<dyn Snapshot>,
    tables: Vec<Table>,
}

/// Takes all snapshots before anything else is asked, so that they are of nearly the same moment.
async fn connect(order: &Order) -> Result<(Vec<Opened>, Vec<SourceRead>), PackError> {
    let mut snapshots = Vec::new();
    for named in order.sources.iter() {
        let snapshot = named.source.snapshot().await;
        snapshots.push((
            named,
            snapshot.map_err(|cause| PackError::Source(named.name.clone(), cause))?,
            order.clock.now(),
        ));
    }
    let (mut opened, mut sources) = (Vec::new(), Vec::new());
    for (NamedSource { name, source }, mut snapshot, taken_at) in snapshots {
        let failed = |cause| PackError::Source(name.clone(), cause);
        let contents = snapshot.contents().await.map_err(failed)?;
        sources.push(SourceRead {
            name: name.clone(),
            engine: source.engine(),
            server_version: snapshot.server_version().to_owned(),
            taken_at,
            left_out: contents.left_out,
        });
        opened.push(Opened { source: name.clone(), snapshot, tables: contents.tables });
    }
    Ok((opened, sources))
}

/// What the reader hands to the writer.
enum Parcel {
    /// A table: its rows, and after them their count by the database. Without a count the rows are not all.
    Table { source: String, table: Table, rows: mpsc::Receiver<Batch>, counted: oneshot::Receiver<u64> },
    /// There are no more tables. Without it the archive is not whole.
    End,
}

struct Written {
    sealed: Sealed,
    sources: Vec<SourceRead>,
    tables: Vec<TableWritten>,
    own: Vec<Entry>,
}

async fn write(
    order: &Order,
    draft: &Draft,
    progress: &Arc<Progress>,
    snapshots: Vec<Opened>,
    sources: Vec<SourceRead>,
    stop: &CancellationToken,
) -> Result<Written, PackError> {
    let (parcels, inbox) = mpsc::channel(1);
    let at = order.clock.now();
    let archive = ArchiveWriter::new(draft.file()?, order.password.clone(), at, progress.bytes_written());
    let writer = Writer {
        archive,
        order: order.clone(),
        at,
        progress: Arc::clone(progress),
        names: EntryNames::default(),
        stop: stop.clone(),
    };
    let writer = spawn_blocking(move || writer.write(inbox, sources));
    let read = read(snapshots, parcels).await;
    let written = writer.await.map_err(PackError::died)?;
    match (read, written) {
        // The one that failed of itself is the cause; the other only lost its partner.
        (Err(PackError::Source(_, SourceError::Stopped) | PackError::Abandoned) | Ok(()), Err(cause))
        | (Err(cause), _) => Err(cause),
        (Ok(()), Ok(written)) => Ok(written),
    }
}

async fn read(snapshots: Vec<Opened>, parcels: mpsc::Sender<Parcel>) -> Result<(), PackError> {
    for Opened { source, mut snapshot, tables } in snapshots {
        let failed = |cause| PackError::Source(source.clone(), cause);
        for table in tables {
            let (rows, taken) = mpsc::channel(BATCHES_AHEAD);
            let (count, counted) = oneshot::channel();
            let parcel = Parcel::Table { source: source.clone(), table: table.clone(), rows: taken, counted };
            parcels.send(parcel).await.map_err(|_| failed(SourceError::Stopped))?;
            let number = snapshot.read(&table, rows).await.map_err(failed)?;
            count.send(number).map_err(|_| failed(SourceError::Stopped))?;
        }
    }
    parcels.send(Parcel::End).await.map_err(|_| PackError::Abandoned)
}

/// The blocking side: rows in, archive out.
struct Writer {
    archive: ArchiveWriter,
    order: Order,
    at: DateTime<Utc>,
    progress: Arc<Progress>,
    names: EntryNames,
    stop: CancellationToken,
}

impl Writer {
    fn write(mut self, mut inbox: mpsc::Receiver<Parcel>, sources: Vec<SourceRead>) -> Result<Written, PackError> {
        let mut tables = Vec::new();
        while let Parcel::Table { source, table, rows, counted } = inbox.blocking_recv().ok_or(PackError::Abandoned)? {
            tables.push(self.table(source, table, rows, counted)?);
        }
        let format = (self.order.format.extension(), self.order.format.media_type());
        let descriptor = descriptor::descriptor(&self.order.title, self.at, format, &sources, &tables);
        let descriptor = serde_json::to_vec_pretty(&descriptor).map_err(io::Error::from)?;
        let readme = readme::readme(&self.order.title, tables.len(), self.at);
        let own =
            vec![self.archive.add(descriptor::PATH, &descriptor)?, self.archive.add(readme::PATH, readme.as_bytes())?];
        Ok(Written { sealed: self.archive.finish()?, sources, tables, own })
    }

    fn table(
        &mut self,
        source: String,
        table: Table,
        mut rows: mpsc::Receiver<Batch>,
        counted: oneshot::Receiver<u64>,
    ) -> Result<TableWritten, PackError> {
        let format = Arc::clone(&self.order.format);
        self.progress.table(&table.name);
        self.archive.begin(&self.names.claim(&source, table.schema.as_deref(), &table.name, format.extension()))?;
        let mut out = Vec::new();
        format.begin(&table, &mut out);
        self.archive.write(&out)?;
        let mut observed = vec![Observed::default(); table.columns.len()];
        let mut number = 0;
        while let Some(batch) = rows.blocking_recv() {
            if self.stop.is_cancelled() {
                return Err(PackError::Abandoned);
            }
            out.clear();
            Observed::add(&mut observed, &batch);
            format.rows(&batch, &mut out);
            self.archive.write(&out)?;
            self.progress.rows(batch.row_count(), out.len());
            number += batch.row_count() as u64;
        }
        let counted = counted.blocking_recv().map_err(|_| PackError::Abandoned)?;
        if counted != number {
            return Err(PackError::Count { table: table.name, counted, written: number });
        }
        self.progress.table_done();
        Ok(TableWritten { source, table, entry: self.archive.end()?, rows: number, observed })
    }
}

/// Syncs the file and reads all of it back.
async fn prove(
    order: &Order,
    draft: &Draft,
    written: Written,
    stop: CancellationToken,
) -> Result<(Written, Verified), PackError> {
    let (file, mut reopened) = (draft.file()?, UntilStopped(draft.reopen()?, stop));
    let Order { format, password, .. } = order.clone();
    spawn_blocking(move || {
        file.sync_all()?;
        let tables = written.tables.iter().map(|table| {
            // A table without columns has no lines to count.
            let rows = if table.table.columns.is_empty() { 0 } else { table.rows };
            (&table.entry, Some((rows, format.counter())))
        });
        let expected = tables.chain(written.own.iter().map(|entry| (entry, None))).collect();
        let verified = archive::verify(&mut reopened, &password, expected)?;
        reopened.rewind()?;
        archive::verify_file(reopened, &written.sealed)?;
        Ok((written, verified))
    })
    .await
    .map_err(PackError::died)?
}

/// A file that cannot be read any more once the run is stopped.
struct UntilStopped(File, CancellationToken);

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
