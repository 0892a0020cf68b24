//! SFTP, on OpenSSH in three ways and on rclone.

mod access;
mod breaks;
mod proxy;

use std::{collections::BTreeSet, path::Path};

use carryall::storage::{
    Network, Storage, StorageError,
    sftp::{Sftp, SftpSettings},
};

use super::{
    conformance::{self, SftpPlace},
    content::{self, noise},
};
use crate::servers::sftp::{Kind, SftpServer, open};

/// More than is on the way at a time, and no multiple of a packet.
const LARGE: usize = 9_000_001;

/// What lies in a folder, hidden files too.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn openssh_asking_in_a_dialogue_takes_what_a_storage_must() {
    conformance::all(&SftpPlace::new(Kind::Interactive)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_extensions_that_renames_onto_nothing_takes_what_a_storage_must() {
    conformance::all(&SftpPlace::new(Kind::Plain)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rclone_takes_what_a_storage_must() {
    conformance::all(&SftpPlace::new(Kind::Rclone)).await;
}

#[tokio::test]
async fn another_client_reads_and_lists_what_was_put() {
    for kind in [Kind::OpenSsh, Kind::Rclone] {
        let server = SftpServer::shared(kind);
        let content = noise(LARGE, 7);
        content::put(&server.storage("foreign"), "ü 1.zip", &content).await;
        let fetched = tempfile::tempdir().unwrap();
        let to = fetched.path().join("fetched.zip");
        let listed = server.foreign(&format!("ls -la foreign\nget \"foreign/ü 1.zip\" \"{}\"\n", to.display()));
        assert!(std::fs::read(to).unwrap() == content.0, "{kind:?}");
        assert!(listed.contains(" 9000001 ") && !listed.contains(".part"), "{listed}");
    }
}

#[tokio::test]
async fn a_check_tells_the_host_key_and_leaves_neither_its_file_nor_its_folders() {
    let server = SftpServer::start(Kind::OpenSsh);
    let storage = server.storage("new/folders");
    let steps = content::tried(&storage).await;
    assert!(steps.iter().all(|step| step.error.is_none()) && steps.len() == 7, "{steps:?}");
    assert_eq!(steps[2].detail, Some(server.fingerprint("ed25519")));
    assert_eq!(names(&server.home()), BTreeSet::new());
}

#[tokio::test]
async fn what_an_upload_left_that_could_not_clear_up_is_removed_by_the_next_and_by_a_deletion() {
    for kind in [Kind::OpenSsh, Kind::Rclone] {
        let server = SftpServer::shared(kind);
        let (folder, storage) = (server.home().join("left"), server.storage("left"));
        let content = noise(100, 1);
        content::put(&storage, "a.zip", &content).await;
        std::fs::write(folder.join(".a.zip.part"), noise(5000, 2).0).unwrap();
        content::put(&storage, "a.zip", &content).await;
        assert_eq!(names(&folder), BTreeSet::from(["a.zip".into()]));
        assert_eq!(std::fs::read(folder.join("a.zip")).unwrap(), content.0);
        std::fs::write(folder.join(".a.zip.part"), "left").unwrap();
        storage.delete("a.zip").await.unwrap();
        assert_eq!(names(&folder), BTreeSet::new());
    }
}

#[tokio::test]
async fn a_full_disk_is_told_from_other_failures_and_nothing_is_left() {
    let server = SftpServer::shared(Kind::Small);
    let storage = server.storage("small");
    let error = storage.put("a.zip", &noise(LARGE, 1), &Default::default()).await.unwrap_err();
    assert!(matches!(error, StorageError::QuotaExceeded(_)), "{error:?}");
    let content = noise(1_000_000, 2);
    let receipt = content::put(&storage, "b.zip", &content).await;
    storage.verify("b.zip", &receipt).await.unwrap();
    let listed = server.foreign("ls -1a small\n");
    assert!(listed.contains("b.zip") && !listed.contains("a.zip"), "{listed}");
}

#[tokio::test]
async fn a_name_that_would_lead_elsewhere_is_refused() {
    let storage = SftpServer::shared(Kind::OpenSsh).storage("names");
    for name in ["", ".", "..", "../a.zip", "/a.zip", "a/b.zip", "a\n.zip"] {
        let put = storage.put(name, &noise(10, 1), &Default::default()).await.unwrap_err();
        let deleted = storage.delete(name).await.unwrap_err();
        assert!(
            matches!((&put, &deleted), (StorageError::Rejected(_), StorageError::Rejected(_))),
            "{name:?}: {put:?}"
        );
    }
}

#[test]
fn malformed_settings_are_refused_before_anything_is_connected_to() {
    let server = SftpServer::shared(Kind::OpenSsh);
    let right = server.settings("");
    for wrong in [
        SftpSettings { host: " ".into(), ..right.clone() },
        SftpSettings { host: "anna@example.com".into(), ..right.clone() },
        SftpSettings { host: "sftp://example.com".into(), ..right.clone() },
        SftpSettings { port: 0, ..right.clone() },
        SftpSettings { username: String::new(), ..right.clone() },
        SftpSettings { base_path: "a/../b".into(), ..right.clone() },
        SftpSettings { host_key_fingerprint: Some("MD5:00".into()), ..right.clone() },
    ] {
        let refused = Sftp::new(wrong.clone(), &Network::default());
        assert!(matches!(refused, Err(StorageError::Setting { .. })), "{wrong:?}");
    }
    open(right);
}

/// The error of an upload that must fail.
async fn refused(storage: &Sftp) -> StorageError {
    storage.put("a.zip", &noise(1000, 1), &Default::default()).await.unwrap_err()
}
