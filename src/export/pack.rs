//! One archive from several sources: every table read in its source's snapshot, formatted, compressed,
//! encrypted, and then read back. It knows nothing of the history; `run` and `carryall export` call it.
//!
//! The async side ([`read`](mod@read)) reads, over several connections where a source has them; one blocking thread
//! ([`write`](mod@write)) puts the archive together, with threads of its own that format and deflate. Between them stand
//! lanes bounded by bytes, so that memory does not grow with the data. At last everything is read back
//! ([`prove`](mod@prove)).

mod prove;
mod read;
mod selection;
mod write;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{failure::PackError, progress::Progress};
use crate::{
    archive::{
        Sealed, Verified,
        descriptor::{FileWritten, SourceRead, TableWritten},
    },
    clock::Clock,
    files::Draft,
    format::Format,
    secret::Secret,
    source::{Contents, Patterns, Size, Snapshot, Source},
};

/// A source and the name it has in the settings, which is also its folder in the archive.
#[derive(Clone)]
pub struct NamedSource {
    /// Lower-case letters, digits, `-` and `_`.
    pub name: String,
    /// Where the data is.
    pub source: Arc<dyn Source>,
    /// The tables to export; if there are no patterns, all.
    pub include: Patterns,
    /// The tables that are never exported.
    pub exclude: Patterns,
}

impl NamedSource {
    /// The source with all its tables.
    pub fn whole(name: &str, source: Arc<dyn Source>) -> Self {
        Self { name: name.to_owned(), source, include: Patterns::default(), exclude: Patterns::default() }
    }
}

/// What is to be packed, and how.
#[derive(Clone)]
pub struct Order {
    /// The export's name, as it stands in the archive.
    pub title: String,
    /// The sources, in the order in which they are written.
    pub sources: Arc<[NamedSource]>,
    /// The tables that this export leaves out, of any source.
    pub exclude: Patterns,
    /// How tables are written.
    pub format: &'static dyn Format,
    /// The archive's password.
    pub password: Secret,
    /// Tells when each snapshot was taken.
    pub clock: Clock,
    /// The room for the archive; None: it is not looked at.
    pub room: Option<Room>,
}

/// The room where an archive is to lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes that are free.
    pub free: u64,
    /// Bytes that an archive like it took the last time.
    pub needed: Option<u64>,
}

impl Room {
    /// An error if the archive will not fit: it takes about as much as the last time, but hardly more than twice what its
    /// sources take now, as they may have shrunk. What an archive takes of which there was none cannot be told: the same rows take a half of
    /// what the database takes for them, or a fiftieth.
    fn check(self, sources: Option<u64>) -> Result<(), PackError> {
        let most = |needed: u64| sources.map_or(needed, |sources| needed.min(sources.saturating_mul(2)));
        let needed = self.needed.map(most);
        match needed {
            Some(needed) if needed > self.free => return Err(PackError::NoRoom { needed, free: self.free }),
            None if sources.is_some_and(|sources| sources > self.free) => {
                tracing::warn!(sources, free = self.free, "there may not be enough room for the archive");
            }
            _ => {}
        }
        Ok(())
    }
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
    /// The files in it.
    pub files: Vec<FileWritten>,
    /// What the reading back counted.
    pub verified: Verified,
}

/// Packs `order` into `draft`, syncs it, and reads it back.
pub async fn pack(order: &Order, draft: &Draft, progress: &Arc<Progress>) -> Result<Packed, PackError> {
    // If this future is dropped, the threads behind it go on: this ends them at their next piece.
    let stop = CancellationToken::new();
    let _stop_on_drop = stop.clone().drop_guard();
    let (snapshots, sources) = connect(order).await?;
    let size = Size::together(snapshots.iter().map(|opened| opened.contents.size()));
    order.room.map_or(Ok(()), |room| room.check(size.bytes))?;
    size.rows.into_iter().for_each(|rows| progress.expect_rows(rows.try_into().unwrap_or(i64::MAX)));
    progress.exporting(snapshots.iter().map(|opened| opened.contents.tables.len()).sum());
    let (sender, inbox) = read::parcels();
    let writer = write::start(order, draft, progress, inbox, sources, stop.clone())?;
    let read = read::read(snapshots, sender).await;
    let written = writer.await.map_err(PackError::died)?;
    let written = match (read, written) {
        // The one that failed of itself is the cause; the other only lost its partner.
        (Err(cause), Err(other)) if cause.is_consequence() => return Err(other),
        (Err(cause), _) | (Ok(()), Err(cause)) => return Err(cause),
        (Ok(()), Ok(written)) => written,
    };
    progress.verifying();
    prove::prove(order, draft, written, progress, stop).await
}

/// A source that is ready to be read.
struct Opened {
    source: Arc<str>,
    snapshot: Box<dyn Snapshot>,
    contents: Contents,
}

/// Takes all snapshots before anything else is asked, so that they are of nearly the same moment.
async fn connect(order: &Order) -> Result<(Vec<Opened>, Vec<SourceRead>), PackError> {
    let mut snapshots = Vec::new();
    for named in order.sources.iter() {
        let snapshot = named.source.snapshot().await;
        let snapshot = snapshot.map_err(|cause| PackError::Source(named.name.clone(), cause))?;
        snapshots.push((named, snapshot, order.clock.now()));
    }
    let (mut opened, mut sources) = (Vec::new(), Vec::new());
    let mut unused = selection::Unused::of(&order.exclude);
    for (named, mut snapshot, taken_at) in snapshots {
        let contents = snapshot.contents().await;
        let mut contents = contents.map_err(|cause| PackError::Source(named.name.clone(), cause))?;
        selection::select(named, &order.exclude, &mut unused, &mut contents);
        sources.push(SourceRead {
            name: named.name.clone(),
            engine: named.source.engine(),
            server_version: snapshot.server_version().to_owned(),
            taken_at,
            left_out: std::mem::take(&mut contents.left_out),
            warnings: std::mem::take(&mut contents.warnings),
        });
        opened.push(Opened { source: named.name.as_str().into(), snapshot, contents });
    }
    if let Some(first) = sources.first_mut() {
        first.warnings.extend(unused.warning());
    }
    Ok((opened, sources))
}
