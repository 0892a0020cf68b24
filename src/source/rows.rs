//! Rows on their way from a source to a format.
//!
//! A source hands over some rows at a time, as they came from the database ([`Rows`]); they are taken apart later, on
//! whichever thread formats them. So the thread that reads does nothing but read.

use std::{fmt, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::SourceError;

/// About as many bytes are handed over at a time: enough that what each time costs does not count.
pub(super) const FULL: usize = 1024 * 1024;

/// Most bytes that wait between a reader and the formatting, unless a single row is larger.
const AHEAD: usize = 8 * 1024 * 1024;

/// One value, as exact as the database gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// True or false, where the database tells them from numbers.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A whole number in decimal digits.
    Digits(Plain<'a>),
    /// An exact number in decimal digits; or `INF`, `-INF`, `NaN`.
    Decimal(Plain<'a>),
    /// A 64-bit float.
    Real(f64),
    /// A 32-bit float.
    Single(f32),
    /// Text.
    Text(&'a str),
    /// A JSON text.
    Json(&'a str),
    /// A day, as in `2026-11-23`.
    Date(Plain<'a>),
    /// A time of day, as in `13:05:00.25`.
    Time(Plain<'a>),
    /// A day and a time, as in `2026-11-23T13:05:00Z`; without the offset where the database has none.
    DateTime(Plain<'a>),
    /// Bytes.
    Binary(&'a [u8]),
}

/// A text of digits, letters, and signs such as `-`, `:` and `.`: no format has to look for what must be quoted in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Plain<'a>(&'a [u8]);

impl<'a> Plain<'a> {
    /// What was written as such a text.
    #[inline]
    pub(super) fn of_ascii(bytes: &'a [u8]) -> Self {
        debug_assert!(bytes.is_ascii());
        Self(bytes)
    }

    /// Its bytes.
    #[inline]
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for Plain<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        String::from_utf8_lossy(self.0).fmt(out)
    }
}

/// Some rows of one table.
pub trait Rows: Send {
    /// How many there are.
    fn count(&self) -> usize;

    /// Shows every value of every row, in the order of the columns, to `visitor`.
    fn visit(&self, visitor: &mut dyn Visitor) -> Result<(), RowError>;
}

/// Takes rows value by value.
pub trait Visitor {
    /// The next value of a row.
    fn value(&mut self, value: Value<'_>);

    /// The row ends.
    fn end_row(&mut self);
}

/// A value that cannot be exported as what it should be.
#[derive(Debug, PartialEq, Eq)]
pub struct RowError {
    /// The row among those handed over together, from 0.
    pub row: usize,
    /// The column, from 0.
    pub column: usize,
    /// What is wrong with it.
    pub why: String,
}

/// What a reader hands over: rows of a table, or the next bytes of a file.
pub enum Chunk {
    /// Rows.
    Rows(Box<dyn Rows>),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A chunk that holds its room in the lane until it is dropped.
pub struct Held {
    /// What was handed over.
    pub chunk: Chunk,
    /// The bytes that it takes, about.
    pub bytes: usize,
    _room: OwnedSemaphorePermit,
}

/// The way from a reader to whoever formats: bounded by bytes, so that memory does not grow with the data.
#[derive(Clone)]
pub struct Lane {
    chunks: mpsc::UnboundedSender<Held>,
    room: Arc<Semaphore>,
}

impl Lane {
    /// A lane and its other end.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Held>) {
        let (chunks, taken) = mpsc::unbounded_channel();
        (Self { chunks, room: Arc::new(Semaphore::new(AHEAD)) }, taken)
    }

    /// Hands over a chunk that takes this many bytes, when there is room. [`SourceError::Stopped`] when nobody takes it.
    pub async fn send(&self, chunk: Chunk, bytes: usize) -> Result<(), SourceError> {
        let room = Arc::clone(&self.room).acquire_many_owned(bytes.clamp(1, AHEAD) as u32);
        let room = tokio::select! {
            room = room => room.map_err(|_| SourceError::Stopped)?,
            () = self.chunks.closed() => return Err(SourceError::Stopped),
        };
        self.chunks.send(Held { chunk, bytes, _room: room }).map_err(|_| SourceError::Stopped)
    }
}
