//! Makes and deflates the pieces of entries on all cores. They come out in the order in which they were asked for, and
//! those of one entry are one stream (see [`deflate`](super::deflate)).

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel, sync_channel},
    },
    thread,
};

use super::deflate::Encoder;

/// A buffer that grew larger than this, for a row of many megabytes, is not kept.
const KEPT: usize = 4 * 1024 * 1024;

/// Appends the bytes of a piece to a buffer.
pub type Fill<E> = Box<dyn FnOnce(&mut Vec<u8>) -> Result<(), E> + Send>;

/// What a thread is to do, with an encoder of its own.
type Job = Box<dyn FnOnce(&mut Encoder) + Send>;

/// The threads. Dropping it ends them.
pub(super) struct Pieces {
    jobs: Sender<Job>,
    threads: usize,
    /// Buffers to be used again.
    spare: Vec<Piece>,
}

/// Something that is being made.
pub(super) struct Pending<T>(Receiver<T>);

/// A piece as it is, and deflated.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) plain: Vec<u8>,
    pub(super) deflated: Vec<u8>,
}

impl Pieces {
    /// As many threads as there are cores.
    pub(super) fn new() -> io::Result<Self> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let (jobs, taken) = channel();
        let taken = Arc::new(Mutex::new(taken));
        for _ in 0..threads {
            let taken = Arc::clone(&taken);
            thread::Builder::new().name("deflate".into()).spawn(move || work(&taken))?;
        }
        Ok(Self { jobs, threads, spare: Vec::new() })
    }

    /// How many pieces must be asked for so that no thread waits.
    pub(super) fn threads(&self) -> usize {
        self.threads
    }

    /// Asks for a piece.
    pub(super) fn ask<E: Send + 'static>(&mut self, fill: Fill<E>) -> io::Result<Pending<Result<Piece, E>>> {
        let mut piece = self.spare.pop().unwrap_or_default();
        self.run(move |encoder| {
            fill(&mut piece.plain)?;
            encoder.pieces(&piece.plain, &mut piece.deflated);
            Ok(piece)
        })
    }

    /// Has something else made by one of the threads.
    pub(super) fn run<T: Send + 'static>(
        &self,
        make: impl FnOnce(&mut Encoder) -> T + Send + 'static,
    ) -> io::Result<Pending<T>> {
        let (done, pending) = sync_channel(1);
        let job = move |encoder: &mut Encoder| {
            // An error only says that nobody waits for it any more.
            let _ = done.send(make(encoder));
        };
        self.jobs.send(Box::new(job)).map_err(|_| died())?;
        Ok(Pending(pending))
    }

    /// Takes the buffers of a piece that is done with.
    pub(super) fn give_back(&mut self, mut piece: Piece) {
        piece.plain.clear();
        piece.deflated.clear();
        if piece.plain.capacity().max(piece.deflated.capacity()) <= KEPT {
            self.spare.push(piece);
        }
    }
}

impl<T> Pending<T> {
    /// Waits for it.
    pub(super) fn wait(self) -> io::Result<T> {
        self.0.recv().map_err(|_| died())
    }
}

fn died() -> io::Error {
    io::Error::other("a thread that deflates died")
}

/// What a thread does until there are no more jobs.
fn work(jobs: &Mutex<Receiver<Job>>) {
    let mut encoder = Encoder::default();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        job(&mut encoder);
    }
}
