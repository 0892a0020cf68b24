//! Stands between, and breaks a connection where a test says.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering},
    },
};

/// What is done to one connection.
#[derive(Clone, Copy, Debug, Default)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// It is closed after so many bytes to the server.
    CutUp(u64),
    /// It is closed after so many bytes from the server.
    CutDown(u64),
    /// Nothing passes any more, either way, after so many bytes to the server.
    Silent(u64),
}

/// A proxy. Its threads end with their connections, the first one with the test process.
pub struct Proxy {
    pub port: u16,
    /// The port that connections go to.
    pub target: Arc<AtomicU16>,
    /// What is done to the next connection.
    pub next: Arc<Mutex<Fault>>,
    /// Bytes of the last connection to the server, and from it.
    pub passed: Arc<[AtomicU64; 2]>,
    /// A connection has fallen silent.
    pub silent: Arc<AtomicBool>,
}

impl Proxy {
    pub fn start(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            target: Arc::new(AtomicU16::new(target)),
            next: Arc::default(),
            passed: Arc::default(),
            silent: Arc::default(),
        };
        let (target, next, passed) = (Arc::clone(&proxy.target), Arc::clone(&proxy.next), Arc::clone(&proxy.passed));
        let told = Arc::clone(&proxy.silent);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                let fault = std::mem::take(&mut *next.lock().unwrap());
                let server = TcpStream::connect(("127.0.0.1", target.load(Ordering::Relaxed))).unwrap();
                passed.iter().for_each(|count| count.store(0, Ordering::Relaxed));
                let silent = Arc::new(AtomicBool::new(false));
                for up in [true, false] {
                    let (from, to) = if up { (&client, &server) } else { (&server, &client) };
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let (passed, silent, told) = (Arc::clone(&passed), Arc::clone(&silent), Arc::clone(&told));
                    std::thread::spawn(move || pump(from, to, up, fault, &passed[usize::from(!up)], &silent, &told));
                }
            }
        });
        proxy
    }

    /// Does this to the next connection.
    pub fn set(&self, fault: Fault) {
        *self.next.lock().unwrap() = fault;
    }
}

fn pump(
    mut from: TcpStream,
    mut to: TcpStream,
    up: bool,
    fault: Fault,
    passed: &AtomicU64,
    silent: &AtomicBool,
    told: &AtomicBool,
) {
    let limit = match fault {
        Fault::CutUp(limit) | Fault::Silent(limit) if up => limit,
        Fault::CutDown(limit) if !up => limit,
        _ => u64::MAX,
    };
    let mut buffer = [0; 16 * 1024];
    let mut sum = 0;
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let pass = (read as u64).min(limit - sum) as usize;
        sum += pass as u64;
        // What falls silent swallows the rest.
        if !silent.load(Ordering::SeqCst) && to.write_all(&buffer[..pass]).is_err() {
            break;
        }
        passed.store(sum, Ordering::Relaxed);
        if sum == limit {
            if !matches!(fault, Fault::Silent(_)) {
                break;
            }
            silent.store(true, Ordering::SeqCst);
            told.store(true, Ordering::SeqCst);
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
