//! Makes and deflates the pieces of entries on all cores. They come out in the order in which they were asked for, and
//! those of one entry are one stream (see [`deflate`](super::deflate)).

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread,
};

use super::deflate::Encoder;

/// A buffer that grew larger than this, for a row of many megabytes, is not kept.
const KEPT: usize = 4 * 1024 * 1024;

/// Appends the bytes of a piece to a buffer.
pub type Fill<E> = Box<dyn FnOnce(&mut Vec<u8>) -> Result<(), E> + Send>;

/// The threads. Dropping it ends them.
pub(super) struct Pieces<E> {
    jobs: Sender<Job<E>>,
    threads: usize,
    /// Buffers to be used again.
    spare: Vec<Piece>,
}

/// A piece that is being made.
pub(super) struct Pending<E>(Receiver<Result<Piece, E>>);

/// A piece as it is, and deflated.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) plain: Vec<u8>,
    pub(super) deflated: Vec<u8>,
}

struct Job<E> {
    fill: Fill<E>,
    piece: Piece,
    done: SyncSender<Result<Piece, E>>,
}

impl<E: From<io::Error> + Send + 'static> Pieces<E> {
    /// As many threads as there are cores.
    pub(super) fn new() -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let (jobs, taken) = channel();
        let taken = Arc::new(Mutex::new(taken));
        for _ in 0..threads {
            let taken = Arc::clone(&taken);
            thread::spawn(move || work(&taken));
        }
        Self { jobs, threads, spare: Vec::new() }
    }

    /// How many pieces must be asked for so that no thread waits.
    pub(super) fn threads(&self) -> usize {
        self.threads
    }

    /// Asks for a piece.
    pub(super) fn ask(&mut self, fill: Fill<E>) -> Result<Pending<E>, E> {
        let piece = self.spare.pop().unwrap_or_default();
        let (done, pending) = sync_channel(1);
        self.jobs.send(Job { fill, piece, done }).map_err(|_| died())?;
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

impl<E: From<io::Error>> Pending<E> {
    /// Waits for the piece.
    pub(super) fn wait(self) -> Result<Piece, E> {
        self.0.recv().map_err(|_| died())?
    }
}

fn died<E: From<io::Error>>() -> E {
    io::Error::other("a thread that deflates died").into()
}

/// What a thread does until there are no more jobs.
fn work<E>(jobs: &Mutex<Receiver<Job<E>>>) {
    let mut encoder = Encoder::default();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { fill, mut piece, done }) = job else { return };
        let filled = fill(&mut piece.plain).map(|()| {
            encoder.pieces(&piece.plain, &mut piece.deflated);
            piece
        });
        // An error only says that nobody waits for it any more.
        let _ = done.send(filled);
    }
}
