//! Entries and archives beyond what a zip could once hold.

use std::{fs::File, process::Command};

use carryall::format::Csv;
use tempfile::TempDir;

use crate::{
    foreign::{python, seven_zip},
    packed::{PASSWORD, packed_as},
};

#[tokio::test]
async fn an_entry_of_more_than_4_gib_is_whole_to_7_zip_bsdtar_and_pyzipper() {
    let folder = TempDir::new().unwrap();
    let length = (4 << 30) + 1000;
    // A file of zeros that takes no room.
    File::create(folder.path().join("zeros")).unwrap().set_len(length).unwrap();
    let address = url::Url::from_directory_path(folder.path()).unwrap().to_string();
    let archive = packed_as(&[("s", &address)], &Csv).await.unwrap();
    assert_eq!(archive.packed.files[0].entry.bytes, length);
    let tested = seven_zip(&["t", &format!("-p{PASSWORD}")], &archive.path);
    assert!(tested.status.success(), "{tested:?}");
    let listed = Command::new("bsdtar").args(["--passphrase", PASSWORD, "-tvf", archive.path()]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.lines().any(|line| line.contains(&length.to_string()) && line.ends_with("s/zeros")), "{listed}");
    python("length.py", &[archive.path(), PASSWORD, "s/zeros", &length.to_string()]);
}
