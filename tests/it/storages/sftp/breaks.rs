//! Connections that break: the file is whole or not there, and nothing else is left.

use std::{
    collections::BTreeSet,
    io,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use carryall::storage::{
    Content, Storage, StorageError,
    sftp::{Sftp, SftpSettings},
};
use futures_util::{StreamExt, stream, stream::BoxStream};

use super::{
    super::content::{self, InMemory, noise},
    LARGE, names,
    proxy::{Fault, Proxy},
};
use crate::servers::sftp::{Kind, SftpServer, open};

/// A folder of a server behind a proxy.
fn behind(server: &SftpServer, base_path: &str) -> (Proxy, Sftp) {
    let proxy = Proxy::start(server.port);
    let storage = open(SftpSettings { port: proxy.port, ..server.settings(base_path) });
    (proxy, storage)
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_middle_leaves_nothing_and_the_next_try_succeeds() {
    for kind in [Kind::OpenSsh, Kind::Rclone] {
        let server = SftpServer::shared(kind);
        let (proxy, storage) = behind(server, "middle");
        let (before, content) = (noise(100, 1), noise(LARGE, 2));
        content::put(&storage, "a.zip", &before).await;
        proxy.set(Fault::CutUp(5_000_000));
        let sent = Arc::new(AtomicU64::new(0));
        let error = storage.put("a.zip", &content, &sent).await.unwrap_err();
        assert!(error.is_retryable(), "{error:?}");
        assert!((1_000_000..5_000_000).contains(&sent.load(Ordering::Relaxed)), "{sent:?}");
        let folder = server.home().join("middle");
        assert_eq!(names(&folder), BTreeSet::from(["a.zip".into()]), "{kind:?}");
        assert_eq!(std::fs::read(folder.join("a.zip")).unwrap(), before.0, "what was there is there still");
        let receipt = content::put(&storage, "a.zip", &content).await;
        storage.verify("a.zip", &receipt).await.unwrap();
    }
}

#[tokio::test]
async fn wherever_a_connection_breaks_the_file_is_whole_or_not_there() {
    for kind in [Kind::OpenSsh, Kind::Plain] {
        let server = SftpServer::shared(kind);
        let (proxy, storage) = behind(server, "wherever");
        let content = noise(50_000, 3);
        content::put(&storage, "a.zip", &content).await;
        let [up, down] = [0, 1].map(|way| proxy.passed[way].load(Ordering::Relaxed));
        storage.delete("a.zip").await.unwrap();
        let folder = server.home().join("wherever");
        let ups = (0..12).map(|step| Fault::CutUp(up - 700 + step * 70));
        let downs = (0..12).map(|step| Fault::CutDown(down - 1200 + step * 110));
        let (mut arrived, mut failed) = (0, 0);
        for fault in ups.chain(downs).chain([Fault::CutUp(30_000), Fault::CutUp(3), Fault::CutDown(0)]) {
            proxy.set(fault);
            let outcome = storage.put("a.zip", &content, &Arc::default()).await;
            let expected = match &outcome {
                Ok(_) => BTreeSet::from(["a.zip".to_owned()]),
                Err(error) => {
                    assert!(error.is_retryable(), "{fault:?}: {error:?}");
                    BTreeSet::new()
                }
            };
            assert_eq!(names(&folder), expected, "{kind:?} {fault:?} {outcome:?}");
            if outcome.is_ok() {
                assert!(std::fs::read(folder.join("a.zip")).unwrap() == content.0, "{fault:?}");
                std::fs::remove_file(folder.join("a.zip")).unwrap();
                arrived += 1;
            } else {
                failed += 1;
            }
        }
        assert!(arrived > 3 && failed > 8, "{kind:?}: {arrived} arrived, {failed} failed");
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up_and_nothing_is_left() {
    let server = SftpServer::shared(Kind::OpenSsh);
    let (proxy, storage) = behind(server, "silent");
    let content = noise(LARGE, 4);
    content::put(&storage, "b.zip", &noise(100, 1)).await;
    proxy.set(Fault::Silent(3_000_000));
    let silent = Arc::clone(&proxy.silent);
    let meanwhile = async {
        while !silent.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::pause();
        // Longer than nothing may come.
        tokio::time::advance(Duration::from_secs(61)).await;
        tokio::time::resume();
    };
    let sent = Arc::default();
    let (outcome, ()) = tokio::join!(storage.put("a.zip", &content, &sent), meanwhile);
    let error = outcome.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    assert_eq!(names(&server.home().join("silent")), BTreeSet::from(["b.zip".into()]));
    content::put(&storage, "a.zip", &content).await;
}

#[tokio::test]
async fn a_verification_that_breaks_off_says_nothing_of_the_file() {
    let server = SftpServer::shared(Kind::OpenSsh);
    let (proxy, storage) = behind(server, "verify");
    let receipt = content::put(&storage, "a.zip", &noise(LARGE, 5)).await;
    proxy.set(Fault::CutDown(3_000_000));
    let error = storage.verify("a.zip", &receipt).await.unwrap_err();
    assert!(matches!(error, StorageError::Unreachable { .. }), "{error:?}");
    storage.verify("a.zip", &receipt).await.unwrap();
}

#[tokio::test]
async fn an_archive_that_cannot_be_read_to_its_end_is_not_put() {
    for kind in [Kind::OpenSsh, Kind::Rclone] {
        let server = SftpServer::shared(kind);
        let storage = server.storage("unreadable");
        for broken in [Broken::Fails, Broken::Short, Broken::Long] {
            let error = storage.put("a.zip", &Unreadable(noise(LARGE, 6), broken), &Arc::default()).await.unwrap_err();
            assert!(matches!(error, StorageError::Content(_)), "{error:?}");
            assert_eq!(names(&server.home().join("unreadable")), BTreeSet::new(), "{kind:?}");
        }
    }
}

/// How a content is other than it says.
#[derive(Clone, Copy)]
enum Broken {
    Fails,
    Short,
    Long,
}

/// A content that is.
struct Unreadable(InMemory, Broken);

#[async_trait]
impl Content for Unreadable {
    fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    fn sha256(&self) -> [u8; 32] {
        self.0.sha256()
    }

    async fn read(&self, range: Range<u64>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let last: Vec<io::Result<Bytes>> = match self.1 {
            Broken::Fails => vec![Err(io::Error::other("a disk with a fault"))],
            Broken::Short => Vec::new(),
            Broken::Long => vec![Ok(Bytes::from(vec![0; LARGE]))],
        };
        let half = self.0.read(range.start..range.end / 2).await?;
        Ok(half.chain(stream::iter(last)).boxed())
    }
}
