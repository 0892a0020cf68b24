//! Puts a file on an SFTP server and verifies it there, once, and says how long each took: what `bench/sftp.sh` sets beside
//! rclone. Takes the port on this machine, the user, the folder and the file; the password is in `SFTP_PASSWORD`.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a program to measure with")]

use std::{
    fs::File,
    io::{self, Read},
    ops::Range,
    os::unix::fs::FileExt,
    path::Path,
    sync::Arc,
    time::Instant,
};

use async_trait::async_trait;
use bytes::Bytes;
use carryall::{
    secret::Secret,
    storage::{
        Content, Network, Storage,
        sftp::{Sftp, SftpSettings},
    },
};
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

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [port, username, base_path, file] = &arguments[..] else {
        println!("PORT USER FOLDER FILE are wanted: see bench/sftp.sh");
        return;
    };
    let settings = SftpSettings {
        host: "127.0.0.1".into(),
        port: port.parse().expect("a port"),
        username: username.clone(),
        password: Secret::new(std::env::var("SFTP_PASSWORD").expect("the password in SFTP_PASSWORD")),
        base_path: base_path.clone(),
        host_key_fingerprint: None,
    };
    let storage = Sftp::new(settings, &Network { allow_loopback: true, ..Network::default() }).expect("settings");
    let content = OnDisk::open(Path::new(file)).expect("a file that can be read");
    let start = Instant::now();
    let receipt = storage.put("carryall.bin", &content, &Arc::default()).await.expect("put");
    println!("put {:.2}", start.elapsed().as_secs_f64());
    let start = Instant::now();
    storage.verify("carryall.bin", &receipt).await.expect("verified");
    println!("verify {:.2}", start.elapsed().as_secs_f64());
}
