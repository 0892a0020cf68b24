//! Puts a file at a storage and verifies it there, once each, and says what each took: what `bench/storages.sh` sets beside rclone.
//! Takes the name to put it under, and the file; `STORAGE` holds the settings as they are kept, `STORAGE_ENDPOINT`, if it is
//! there, `PROVIDER ADDRESS` in place of a public one. What it took is a line of JSON for each step: wall seconds, CPU seconds of
//! this process, and its peak resident memory so far.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a program to measure with")]

use std::{
    fs::{self, File},
    io::{self, Read},
    ops::Range,
    os::unix::fs::FileExt,
    path::Path,
    sync::Arc,
    time::Instant,
};

use async_trait::async_trait;
use bytes::Bytes;
use carryall::storage::{Config, Content, Network};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use sha2::{Digest, Sha256};

/// Bytes that are read at a time.
const PIECE: u64 = 256 * 1024;

/// A file.
struct OnDisk {
    file: Arc<File>,
    bytes: u64,
    sha256: [u8; 32],
}

impl OnDisk {
    fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE as usize]);
        loop {
            match file.read(&mut piece)? {
                0 => break,
                read => hash.update(&piece[..read]),
            }
        }
        Ok(Self { bytes: file.metadata()?.len(), file: Arc::new(file), sha256: hash.finalize().into() })
    }
}

#[async_trait]
impl Content for OnDisk {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    async fn read(&self, range: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let file = Arc::clone(&self.file);
        let (to, from) = tokio::sync::mpsc::channel(4);
        tokio::task::spawn_blocking(move || {
            for at in range.clone().step_by(PIECE as usize) {
                let mut piece = vec![0; (range.end - at).min(PIECE) as usize];
                let read = file.read_exact_at(&mut piece, at).map(|()| Bytes::from(piece));
                if to.blocking_send(read).is_err() {
                    return;
                }
            }
        });
        Ok(stream::unfold(from, |mut from| async { from.recv().await.map(|piece| (piece, from)) }).boxed())
    }
}

/// What a step has taken.
struct Watch {
    start: Instant,
    cpu: f64,
}

impl Watch {
    fn start() -> Self {
        Self { start: Instant::now(), cpu: cpu_seconds() }
    }

    fn tell(&self, step: &str) {
        let (seconds, cpu) = (self.start.elapsed().as_secs_f64(), cpu_seconds() - self.cpu);
        let line = serde_json::json!({"step": step, "seconds": seconds, "cpu": cpu, "peak": peak_bytes()});
        println!("{line}");
    }
}

/// CPU time of this process so far, its own and the system's on its behalf.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    // Linux counts in hundredths here, whatever the clock of the kernel.
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory that this process has had.
fn peak_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() * 1024
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let ([name, file], Ok(settings)) = (&arguments[..], std::env::var("STORAGE")) else {
        println!("NAME FILE are wanted, and settings in STORAGE: see bench/storages.sh");
        return;
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut network = Network { allow_loopback: true, ..Network::default() };
    if let Ok(endpoint) = std::env::var("STORAGE_ENDPOINT") {
        let (provider, address) = endpoint.split_once(' ').expect("PROVIDER ADDRESS in STORAGE_ENDPOINT");
        network.endpoints.insert(provider.into(), address.into());
    }
    let settings: Config = serde_json::from_str(&settings).expect("settings in STORAGE");
    // Carryall knows the SHA-256 of what it has made: it does not count.
    let content = OnDisk::open(Path::new(file)).expect("a file that can be read");
    let watch = Watch::start();
    let storage = settings.open(&network).expect("settings that can work");
    let receipt = storage.put(name, &content, &Arc::default()).await.expect("put");
    watch.tell("put");
    let watch = Watch::start();
    storage.verify(name, &receipt).await.expect("verified");
    watch.tell("verify");
}
