//! A proxy that does to connections what bad lines, bad servers and bad days do.
//!
//! It passes on bytes and knows no protocol, except that it can answer in a web server's place.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    task::JoinHandle,
};

/// What befalls a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is reset.
    Reset,
    /// Nothing is passed on any more, in either direction.
    Hang,
    /// Nothing of what the client sends is passed on until another rule, or none, is armed; then all of it, whether or not the client
    /// is still there.
    Wait,
    /// A web server answers with this status, and does nothing.
    Answer(u16),
    /// What was sent is passed on whole, but only so many bytes of the answer, and then it ends.
    Truncate(u64),
    /// All is passed on, but of the answer this byte is another.
    Garble(u64),
    /// What the client sends is passed on with a pause after each 16 KiB or less.
    Slow(Duration),
}

/// When.
#[derive(Clone, Debug)]
pub struct Rule {
    pub fault: Fault,
    /// Once the client has sent this; empty: with its first byte.
    pub seen: String,
    /// So many bytes after that.
    pub after: u64,
    /// On so many connections.
    pub times: usize,
}

impl Rule {
    /// Each time that the client sends `seen`.
    pub fn always(fault: Fault, seen: &str) -> Self {
        Self { fault, seen: seen.into(), after: 0, times: usize::MAX }
    }
}

#[derive(Default)]
struct Shared {
    rule: Mutex<Option<Rule>>,
    /// How many rules there were.
    rules: AtomicUsize,
    struck: AtomicUsize,
    /// Bytes of answers that were passed on.
    answered: AtomicU64,
    open: AtomicUsize,
}

/// What befalls the answers on a connection.
struct Answers {
    /// How many more bytes may pass.
    left: AtomicU64,
    /// How many more bytes pass before one that is changed.
    garbled: AtomicU64,
}

impl Shared {
    /// Takes the rule's fault for one connection, if it is still due.
    fn strike(&self, place: &mut Seen, data: &[u8]) -> Option<Fault> {
        let mut rule = self.rule.lock().unwrap();
        let armed = rule.as_mut().filter(|rule| rule.times > 0)?;
        if !place.reached(armed, data) {
            return None;
        }
        armed.times -= 1;
        self.struck.fetch_add(1, Ordering::Relaxed);
        Some(armed.fault)
    }
}

/// How far a connection is in what a rule waits for.
#[derive(Default)]
struct Seen {
    tail: Vec<u8>,
    since: Option<u64>,
}

impl Seen {
    fn reached(&mut self, rule: &Rule, data: &[u8]) -> bool {
        if let Some(since) = &mut self.since {
            *since += data.len() as u64;
        } else {
            let kept = self.tail.len();
            self.tail.extend_from_slice(data);
            let wanted = rule.seen.as_bytes();
            let found = match wanted.len() {
                0 => Some(0),
                length => self.tail.windows(length).position(|window| window == wanted).map(|at| at + length),
            };
            match found {
                Some(end) => self.since = Some((kept + data.len() - end) as u64),
                None => drop(self.tail.drain(..self.tail.len().saturating_sub(wanted.len()))),
            }
        }
        let reached = self.since.is_some_and(|since| since >= rule.after);
        if reached {
            *self = Self::default();
        }
        reached
    }
}

/// The proxy. It ends when this is dropped.
pub struct FaultProxy {
    pub port: u16,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl FaultProxy {
    /// Stands before the server that listens at `port` of this machine, and is harmless at first.
    pub async fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let server = SocketAddr::from(([127, 0, 0, 1], port));
        let accepting = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    let shared = Arc::clone(&shared);
                    tokio::spawn(async move {
                        shared.open.fetch_add(1, Ordering::Relaxed);
                        pass(client, server, &shared).await;
                        shared.open.fetch_sub(1, Ordering::Relaxed);
                    });
                }
            }
        });
        Self { port: own, shared, accepting }
    }

    /// Its address for a web client.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on this happens, instead of what was said before.
    pub fn arm(&self, rule: Rule) {
        self.shared.struck.store(0, Ordering::Relaxed);
        *self.shared.rule.lock().unwrap() = Some(rule);
        self.shared.rules.fetch_add(1, Ordering::Relaxed);
    }

    /// From now on nothing happens.
    pub fn disarm(&self) {
        *self.shared.rule.lock().unwrap() = None;
        self.shared.rules.fetch_add(1, Ordering::Relaxed);
    }

    /// How often it has struck since it was armed.
    pub fn struck(&self) -> usize {
        self.shared.struck.load(Ordering::Relaxed)
    }

    /// How many bytes of answers it has passed on.
    pub fn answered(&self) -> u64 {
        self.shared.answered.load(Ordering::Relaxed)
    }

    /// How many connections there are.
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::Relaxed)
    }

    /// Waits until it has struck.
    pub async fn wait_for_strike(&self) {
        while self.struck() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(mut client: TcpStream, server: SocketAddr, shared: &Shared) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let answers = Answers { left: AtomicU64::new(u64::MAX), garbled: AtomicU64::new(u64::MAX) };
    let fault = {
        let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
        tokio::select! {
            fault = pass_requests(from_client, to_server, shared, &answers) => fault,
            () = pass_answers(from_server, to_client, shared, &answers) => None,
        }
    };
    match fault {
        Some(Fault::Reset) => client.set_zero_linger().unwrap(),
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Answer(status)) => answer(client, status).await,
        Some(Fault::Truncate(_) | Fault::Garble(_) | Fault::Slow(_) | Fault::Wait) | None => {}
    }
}

/// Returns the fault that ends the connection, or None if it ends by itself.
async fn pass_requests(
    mut client: ReadHalf<'_>,
    mut server: WriteHalf<'_>,
    shared: &Shared,
    answers: &Answers,
) -> Option<Fault> {
    let (mut buffer, mut seen, mut pause) = (vec![0; 16 * 1024], Seen::default(), Duration::ZERO);
    loop {
        let length = client.read(&mut buffer).await.ok()?;
        if length == 0 {
            server.shutdown().await.ok()?;
            return std::future::pending().await;
        }
        let rules = shared.rules.load(Ordering::Relaxed);
        match shared.strike(&mut seen, &buffer[..length]) {
            None => {}
            Some(Fault::Wait) => {
                while shared.rules.load(Ordering::Relaxed) == rules {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
            Some(Fault::Truncate(bytes)) => answers.left.store(bytes, Ordering::Relaxed),
            Some(Fault::Garble(at)) => answers.garbled.store(at, Ordering::Relaxed),
            Some(Fault::Slow(each)) => pause = each,
            fault => return fault,
        }
        server.write_all(&buffer[..length]).await.ok()?;
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
}

async fn pass_answers(mut server: ReadHalf<'_>, mut client: WriteHalf<'_>, shared: &Shared, answers: &Answers) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = server.read(&mut buffer).await {
        let may = answers.left.load(Ordering::Relaxed);
        let part = length.min(usize::try_from(may).unwrap_or(usize::MAX));
        let garbled = answers.garbled.load(Ordering::Relaxed);
        if let Some(byte) = usize::try_from(garbled).ok().and_then(|at| buffer[..part].get_mut(at)) {
            *byte ^= 1;
            answers.garbled.store(u64::MAX, Ordering::Relaxed);
        } else if garbled != u64::MAX {
            answers.garbled.store(garbled - part as u64, Ordering::Relaxed);
        }
        if client.write_all(&buffer[..part]).await.is_err() || part < length {
            break;
        }
        shared.answered.fetch_add(part as u64, Ordering::Relaxed);
        if may != u64::MAX {
            answers.left.fetch_sub(part as u64, Ordering::Relaxed);
        }
    }
}

/// Answers, and takes what the client still sends, so that it can read the answer.
async fn answer(mut client: TcpStream, status: u16) {
    let head = format!("HTTP/1.1 {status} Fault\r\nConnection: close\r\nContent-Length: 5\r\n\r\nfault");
    let _ = client.write_all(head.as_bytes()).await;
    let _ = client.shutdown().await;
    let mut buffer = vec![0; 64 * 1024];
    while client.read(&mut buffer).await.is_ok_and(|length| length > 0) {}
}
