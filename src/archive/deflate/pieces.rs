//! Deflates a stream on all cores: it is cut into pieces, which threads deflate, and which come out in their order.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread,
};

use super::{Encoder, WINDOW};

/// Bytes of a piece: so many that what a piece costs (its dictionary, its codes) does not count.
const PIECE: usize = 1024 * 1024;

/// The threads, and the stream that they work at. Dropping it ends them.
pub(in crate::archive) struct Pieces {
    jobs: Sender<Job>,
    threads: usize,
    /// The pieces that are being deflated, in their order.
    pending: VecDeque<Receiver<Done>>,
    /// The dictionary and behind it, from `start`, what was not handed over yet.
    data: Vec<u8>,
    start: usize,
    /// Buffers to be used again.
    spare: Vec<Done>,
}

struct Job {
    data: Vec<u8>,
    start: usize,
    last: bool,
    out: Vec<u8>,
    done: SyncSender<Done>,
}

/// A deflated piece, and the buffer that its data was in.
struct Done {
    data: Vec<u8>,
    out: Vec<u8>,
}

impl Pieces {
    /// As many threads as there are cores.
    pub(in crate::archive) fn new() -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let (jobs, taken) = channel();
        let taken = Arc::new(Mutex::new(taken));
        for _ in 0..threads {
            let taken = Arc::clone(&taken);
            thread::spawn(move || deflate(&taken));
        }
        Self { jobs, threads, pending: VecDeque::new(), data: Vec::new(), start: 0, spare: Vec::new() }
    }

    /// Takes the next bytes of the stream, and hands deflated ones to `sink` as they are ready.
    pub(in crate::archive) fn write(
        &mut self,
        mut bytes: &[u8],
        sink: &mut impl FnMut(&mut [u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(self.start + PIECE - self.data.len()));
            self.data.extend_from_slice(now);
            bytes = later;
            if self.data.len() == self.start + PIECE {
                self.hand_over(false)?;
                // One more than there are threads waits, so that none of them does.
                while self.pending.len() > self.threads + 1 {
                    self.take_back(sink)?;
                }
            }
        }
        Ok(())
    }

    /// Ends the stream, and hands all the rest to `sink`. Another stream can begin.
    pub(in crate::archive) fn end(&mut self, sink: &mut impl FnMut(&mut [u8]) -> io::Result<()>) -> io::Result<()> {
        self.hand_over(true)?;
        while !self.pending.is_empty() {
            self.take_back(sink)?;
        }
        Ok(())
    }

    fn hand_over(&mut self, last: bool) -> io::Result<()> {
        let Done { data: mut next, mut out } = self.spare.pop().unwrap_or(Done { data: Vec::new(), out: Vec::new() });
        next.clear();
        out.clear();
        let before = if last { self.data.len() } else { self.data.len().saturating_sub(WINDOW) };
        next.extend_from_slice(&self.data[before..]);
        let start = std::mem::replace(&mut self.start, next.len());
        let data = std::mem::replace(&mut self.data, next);
        let (done, pending) = sync_channel(1);
        self.pending.push_back(pending);
        self.jobs.send(Job { data, start, last, out, done }).map_err(io::Error::other)
    }

    fn take_back(&mut self, sink: &mut impl FnMut(&mut [u8]) -> io::Result<()>) -> io::Result<()> {
        let Some(pending) = self.pending.pop_front() else { return Ok(()) };
        let mut done = pending.recv().map_err(io::Error::other)?;
        sink(&mut done.out)?;
        self.spare.push(done);
        Ok(())
    }
}

/// What a thread does until there are no more jobs.
fn deflate(jobs: &Mutex<Receiver<Job>>) {
    let mut encoder = Encoder::default();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { data, start, last, mut out, done }) = job else { return };
        encoder.piece(&data, start, last, &mut out);
        // An error only says that nobody waits for it any more.
        let _ = done.send(Done { data, out });
    }
}
