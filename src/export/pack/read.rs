//! The reading side: what a source holds, cut into jobs, which its readers take in their order.

use std::{sync::Arc, thread, vec};

use futures_util::future::try_join_all;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::Opened;
use crate::{
    export::failure::PackError,
    source::{Contents, File, Held, Lane, Part, Reader, SourceError, Table},
};

/// Most connections to one source.
const READERS: usize = 4;

/// What is handed to the writing side, in the order in which it is written.
pub(super) enum Parcel {
    /// A table begins. Its rows and their count follow.
    Table { source: Arc<str>, table: Arc<Table> },
    /// The rows of the table, or of a part of it.
    Rows(Delivery<()>),
    /// How many rows the table has by the database's count. The table ends.
    Count(oneshot::Receiver<u64>),
    /// A file: its bytes, and what is to be said of it.
    File { source: Arc<str>, file: File, bytes: Delivery<Option<String>> },
    /// There is nothing more. Without it the archive is not whole.
    End,
}

/// What comes along a lane, and the word that it was all. Without the word it was not.
pub(super) struct Delivery<T> {
    pub(super) chunks: mpsc::UnboundedReceiver<Held>,
    pub(super) whole: oneshot::Receiver<T>,
}

/// The way from the reading to the writing side.
pub(super) fn parcels() -> (mpsc::Sender<Parcel>, mpsc::Receiver<Parcel>) {
    mpsc::channel(2)
}

/// Reads all sources, one after the other.
pub(super) async fn read(snapshots: Vec<Opened>, parcels: mpsc::Sender<Parcel>) -> Result<(), PackError> {
    let wanted = thread::available_parallelism().map_or(1, usize::from).min(READERS);
    for Opened { source, snapshot, contents } in snapshots {
        let failed = |cause| PackError::Source(source.to_string(), cause);
        let readers = snapshot.readers(&contents.tables, wanted).await.map_err(failed)?;
        let jobs = Mutex::new(Jobs::of(Arc::clone(&source), contents, &parcels));
        let readers = readers.into_iter().map(|reader| work(reader, &jobs));
        // A writer that fails takes no more parcels: whatever is being asked of the source then is asked for nothing.
        tokio::select! {
            read = try_join_all(readers) => read.map(drop),
            () = parcels.closed() => Err(SourceError::Stopped),
        }
        .map_err(failed)?;
    }
    parcels.send(Parcel::End).await.map_err(|_| PackError::Abandoned)
}

/// What a reader does until there are no more jobs.
async fn work(mut reader: Box<dyn Reader>, jobs: &Mutex<Jobs<'_>>) -> Result<(), SourceError> {
    loop {
        // Held until the parcel is handed over, so that parcels come in the order of the jobs.
        let job = jobs.lock().await.next().await?;
        match job {
            None => return Ok(()),
            Some(Job::Rows { table, part, lane, whole }) => {
                reader.read(&table, part.as_ref(), &lane).await?;
                whole.send(()).map_err(|()| SourceError::Stopped)?;
            }
            Some(Job::Count { table, counted }) => {
                let number = reader.count(&table).await?;
                counted.send(number).map_err(|_| SourceError::Stopped)?;
            }
            Some(Job::File { file, lane, whole }) => {
                let note = reader.read_file(&file, &lane).await?;
                whole.send(note).map_err(|_| SourceError::Stopped)?;
            }
        }
    }
}

/// What a reader is to do.
enum Job {
    Rows { table: Arc<Table>, part: Option<Part>, lane: Lane, whole: oneshot::Sender<()> },
    Count { table: Arc<Table>, counted: oneshot::Sender<u64> },
    File { file: File, lane: Lane, whole: oneshot::Sender<Option<String>> },
}

/// The jobs of one source that nobody has taken yet.
struct Jobs<'a> {
    source: Arc<str>,
    tables: vec::IntoIter<Table>,
    files: vec::IntoIter<File>,
    /// The table that was begun, and those of its parts that are still to be read.
    begun: Option<(Arc<Table>, vec::IntoIter<Option<Part>>)>,
    parcels: &'a mpsc::Sender<Parcel>,
}

impl<'a> Jobs<'a> {
    fn of(source: Arc<str>, contents: Contents, parcels: &'a mpsc::Sender<Parcel>) -> Self {
        let (tables, files) = (contents.tables.into_iter(), contents.files.into_iter());
        Self { source, tables, files, begun: None, parcels }
    }

    /// Announces the next job to the writing side, and returns it.
    async fn next(&mut self) -> Result<Option<Job>, SourceError> {
        if self.begun.is_none()
            && let Some(table) = self.tables.next()
        {
            let parts: Vec<_> = match &table.parts[..] {
                [] => vec![None],
                parts => parts.iter().cloned().map(Some).collect(),
            };
            let table = Arc::new(table);
            self.hand_over(Parcel::Table { source: Arc::clone(&self.source), table: Arc::clone(&table) }).await?;
            self.begun = Some((table, parts.into_iter()));
        }
        let Some((table, parts)) = &mut self.begun else { return self.next_file().await };
        let table = Arc::clone(table);
        let Some(part) = parts.next() else {
            self.begun = None;
            let (counted, count) = oneshot::channel();
            self.hand_over(Parcel::Count(count)).await?;
            return Ok(Some(Job::Count { table, counted }));
        };
        let (lane, whole, delivery) = delivery();
        self.hand_over(Parcel::Rows(delivery)).await?;
        Ok(Some(Job::Rows { table, part, lane, whole }))
    }

    async fn next_file(&mut self) -> Result<Option<Job>, SourceError> {
        let Some(file) = self.files.next() else { return Ok(None) };
        let (lane, whole, bytes) = delivery();
        self.hand_over(Parcel::File { source: Arc::clone(&self.source), file: file.clone(), bytes }).await?;
        Ok(Some(Job::File { file, lane, whole }))
    }

    async fn hand_over(&self, parcel: Parcel) -> Result<(), SourceError> {
        self.parcels.send(parcel).await.map_err(|_| SourceError::Stopped)
    }
}

fn delivery<T>() -> (Lane, oneshot::Sender<T>, Delivery<T>) {
    let (lane, chunks) = Lane::new();
    let (whole, told) = oneshot::channel();
    (lane, whole, Delivery { chunks, whole: told })
}
