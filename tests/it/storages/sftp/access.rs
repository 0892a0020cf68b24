//! Whom a password is sent to, and who may write.

use std::{collections::BTreeSet, os::unix::fs::PermissionsExt, sync::atomic::Ordering};

use carryall::storage::{
    Network, StepKind, Storage, StorageError,
    sftp::{Sftp, SftpSettings},
};

use super::{
    super::content::{self, noise},
    names,
    proxy::Proxy,
    refused,
};
use crate::servers::{
    free_port,
    sftp::{Kind, SftpServer, USER, open},
};

#[tokio::test]
async fn the_key_that_is_set_may_be_any_of_the_hosts_keys() {
    let server = SftpServer::shared(Kind::OpenSsh);
    for kind in ["ed25519", "rsa"] {
        let fingerprint = Some(server.fingerprint(kind));
        let storage = open(SftpSettings { host_key_fingerprint: fingerprint.clone(), ..server.settings("keys") });
        content::put(&storage, "a.zip", &noise(10, 1)).await;
        content::put(&storage, "a.zip", &noise(20, 1)).await;
        assert_eq!(storage.to_pin(), None, "it is in the settings");
        assert_eq!(content::tried(&storage).await[2].detail, fingerprint);
    }
}

#[tokio::test]
async fn a_host_with_another_key_is_sent_nothing() {
    let (server, other) = (SftpServer::start(Kind::OpenSsh), SftpServer::shared(Kind::OpenSsh));
    let pinned = other.fingerprint("ed25519");
    let storage = open(SftpSettings { host_key_fingerprint: Some(pinned.clone()), ..server.settings("") });
    let error = refused(&storage).await;
    let StorageError::HostKeyChanged(said) = &error else { panic!("{error:?}") };
    assert!(said.contains(&pinned) && said.contains(&server.fingerprint("ed25519")), "{said}");
    assert!(!error.is_retryable());
    let last = content::tried(&storage).await.pop().unwrap();
    assert_eq!((last.kind, last.error), (StepKind::Identify, Some(error)));
    for outcome in [storage.delete("a.zip").await, storage.verify("a.zip", &receipt()).await] {
        assert!(matches!(outcome, Err(StorageError::HostKeyChanged(_))), "{outcome:?}");
    }
    assert!(!server.log().contains("userauth-request") && !server.log().contains(USER), "{}", server.log());
    content::put(&server.storage(""), "a.zip", &noise(10, 1)).await;
    assert!(server.log().contains(&format!("userauth-request for user {USER}")), "that is how it would look");
}

#[tokio::test]
async fn without_a_pin_the_first_key_is_told_and_the_only_one_from_then_on() {
    let (server, other) = (SftpServer::shared(Kind::OpenSsh), SftpServer::start(Kind::OpenSsh));
    let proxy = Proxy::start(server.port);
    let storage = open(SftpSettings { port: proxy.port, ..server.settings("first") });
    assert_eq!(storage.to_pin(), None, "nothing was seen yet");
    content::put(&storage, "a.zip", &noise(10, 1)).await;
    assert_eq!(storage.to_pin(), Some(server.fingerprint("ed25519")));
    proxy.target.store(other.port, Ordering::Relaxed);
    assert!(matches!(refused(&storage).await, StorageError::HostKeyChanged(_)));
    assert!(!other.log().contains("userauth-request"), "{}", other.log());
    assert_eq!(storage.to_pin(), Some(server.fingerprint("ed25519")), "the first, still");
}

#[tokio::test]
async fn a_folder_in_which_the_user_may_not_write_is_no_room_for_uploads() {
    let server = SftpServer::start(Kind::OpenSsh);
    let folder = server.home().join("read-only");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o555)).unwrap();
    for base_path in ["read-only", "read-only/below"] {
        let storage = server.storage(base_path);
        let error = refused(&storage).await;
        assert!(matches!(error, StorageError::Unauthorized(_)), "{error:?}");
        let last = content::tried(&storage).await.pop().unwrap();
        assert_eq!(last.kind, StepKind::Write);
        assert!(matches!(last.error, Some(StorageError::Unauthorized(_))), "{last:?}");
    }
    assert_eq!(names(&folder), BTreeSet::new());
}

#[tokio::test]
async fn a_check_ends_at_the_step_that_fails() {
    let server = SftpServer::shared(Kind::OpenSsh);
    let elsewhere = |host: &str, port| open(SftpSettings { host: host.into(), port, ..server.settings("") });
    let http = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let http_port = http.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in http.incoming() {
            let _ = std::io::Write::write_all(&mut stream.unwrap(), b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    for host in ["127.0.0.1", "localhost"] {
        let settings = SftpSettings { host: host.into(), ..server.settings("") };
        assert!(Sftp::new(settings, &Network::default()).is_err(), "{host} is refused at once");
    }
    // A name of this machine's that does not look like one is known when it has been looked up.
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let found = tokio::net::lookup_host((name.trim(), 22)).await;
    if found.is_ok_and(|mut found| found.any(|address| address.ip().is_loopback())) {
        let settings = SftpSettings { host: name.trim().into(), ..server.settings("") };
        let storage = Sftp::new(settings, &Network::default()).unwrap();
        let last = content::tried(&storage).await.pop().unwrap();
        assert_eq!(last.kind, StepKind::Resolve);
        assert!(matches!(last.error, Some(StorageError::InvalidSettings(_))), "{last:?}");
    }
    for (storage, kind, retryable) in [
        (elsewhere("no-such-host.invalid", 22), StepKind::Resolve, true),
        (elsewhere("127.0.0.1", free_port()), StepKind::Connect, true),
        (elsewhere("127.0.0.1", http_port), StepKind::Identify, true),
    ] {
        let last = content::tried(&storage).await.pop().unwrap();
        let error = last.error.unwrap();
        assert_eq!((last.kind, error.is_retryable()), (kind, retryable), "{error:?}");
    }
}

fn receipt() -> carryall::storage::Receipt {
    carryall::storage::Receipt { bytes: 1, sha256: "0".repeat(64), remote: None }
}
