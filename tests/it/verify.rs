//! `carryall verify`: an archive found anywhere, proven with its password alone.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Arc, atomic::AtomicU64},
};

use carryall::{
    archive::ArchiveWriter,
    format::{Csv, Jsonl},
    secret::Secret,
};
use serde_json::{Value, json};

use crate::{
    app::database_of,
    foreign::seven_zip,
    packed::{Archive, PASSWORD, packed_as},
    process::{carryall, stderr, stdout},
};

const TABLES: &str = "CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, NULL), (3, 'two\nlines'); \
    CREATE TABLE empty (a)";

async fn archive() -> Archive {
    let (_folder, database) = database_of(TABLES);
    packed_as(&[("app", &format!("sqlite:{}", database.display()))], &Csv).await.unwrap()
}

async fn verify(archive: &Path, password: &str) -> Output {
    carryall().arg("verify").arg(archive).env("CARRYALL_EXPORT_PASSWORD", password).output().await.unwrap()
}

#[tokio::test]
async fn an_archive_that_is_whole_is_said_to_be_whatever_its_format() {
    let (_folder, database) = database_of(TABLES);
    let address = format!("sqlite:{}", database.display());
    for format in [&Csv as &dyn carryall::format::Format, &Jsonl] {
        let archive = packed_as(&[("app", &address)], format).await.unwrap();
        let output = verify(&archive.path, PASSWORD).await;
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stdout(&output).contains("2 tables with 3 rows"), "{}", stdout(&output));
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_from_damage() {
    let archive = archive().await;
    let output = verify(&archive.path, "another horse battery").await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("the password is wrong"), "{}", stderr(&output));
}

#[tokio::test]
async fn an_archive_in_which_a_byte_of_an_entry_is_another_is_refused() {
    let archive = archive().await;
    let bytes = fs::read(&archive.path).unwrap();
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    // The records before the entries are not what is verified: the directory says all that they do.
    let start = bytes.windows(9).position(|window| window == b"app/t.csv").unwrap() + 9 + 31;
    let end = start + 16 + 2 + 20;
    assert!(end < directory);
    for place in start..end {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        fs::write(&archive.path, &changed).unwrap();
        let output = verify(&archive.path, PASSWORD).await;
        assert_eq!(output.status.code(), Some(1), "byte {place} was changed unseen");
    }
}

#[tokio::test]
async fn an_archive_that_was_cut_short_is_refused() {
    let archive = archive().await;
    let bytes = fs::read(&archive.path).unwrap();
    for length in [0, 10, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&archive.path, &bytes[..length]).unwrap();
        let output = verify(&archive.path, PASSWORD).await;
        assert_eq!(output.status.code(), Some(1), "{length} bytes");
    }
}

#[tokio::test]
async fn an_archive_behind_which_something_stands_is_refused() {
    let archive = archive().await;
    let bytes = fs::read(&archive.path).unwrap();
    // Or the end once more, behind whatever somebody has put there.
    let again = [b"whatever", &bytes[bytes.len() - 22..]].concat();
    for more in [&b"\0"[..], b"PK", &[0; 22], &again] {
        fs::write(&archive.path, [&bytes, more].concat()).unwrap();
        let output = verify(&archive.path, PASSWORD).await;
        assert_eq!(output.status.code(), Some(1), "{} bytes more", more.len());
        assert!(stderr(&output).contains("behind its end"), "{}", stderr(&output));
    }
}

/// An archive of these entries, made by somebody who knows the password.
fn forged(folder: &Path, entries: &[(&str, Vec<u8>)]) -> PathBuf {
    let path = folder.join("forged.zip");
    let written = Arc::new(AtomicU64::new(0));
    let file = fs::File::create(&path).unwrap();
    let mut writer: ArchiveWriter<io::Error> =
        ArchiveWriter::new(file, Secret::new(PASSWORD), chrono::DateTime::UNIX_EPOCH, written).unwrap();
    entries.iter().for_each(|(name, bytes)| writer.add(name, bytes.clone()).unwrap());
    writer.finish().unwrap();
    path
}

/// A table's file and what a descriptor should say of it.
fn described() -> (Vec<u8>, Value) {
    let table = b"a\n1\n2\n".to_vec();
    let hash = "sha256:d4fa155a0784a2543c083ff5c36ec7a7d4810f08946220e5acf4c1f11006216e";
    let resource = json!({"path": "app/t.csv", "bytes": 6, "hash": hash, "format": "csv", "carryall": {"rowCount": 2}});
    (table, resource)
}

fn descriptor(resources: &[Value]) -> Vec<u8> {
    json!({"resources": resources}).to_string().into_bytes()
}

#[tokio::test]
async fn archives_that_lie_about_what_is_in_them_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (table, resource) = described();
    let (t, d) = ("app/t.csv", "datapackage.json");
    let with = |field: &str, value: Value| {
        let mut changed = resource.clone();
        changed[field] = value;
        vec![(t, table.clone()), (d, descriptor(&[changed]))]
    };
    let honest = descriptor(std::slice::from_ref(&resource));
    let path = forged(folder.path(), &[(t, table.clone()), (d, honest.clone())]);
    let output = verify(&path, PASSWORD).await;
    assert!(output.status.success(), "{}", stderr(&output));
    for (entries, said) in [
        (vec![(t, table.clone()), ("more.csv", vec![]), (d, honest.clone())], "\"more.csv\" should not be there"),
        (vec![("README.txt", vec![]), (d, honest.clone())], "\"app/t.csv\" is missing"),
        (vec![(t, b"a\n1\n3\n".to_vec()), (d, honest.clone())], "another SHA-256"),
        (vec![(t, vec![0; 1 << 28]), (d, honest.clone())], "is said to have 268435456 bytes, not 6"),
        (vec![(t, table.clone()), (t, table.clone()), (d, honest.clone())], "the same name"),
        (vec![(t, table.clone()), (d, descriptor(&[resource.clone(), resource.clone()]))], "described twice"),
        (
            vec![(t, table.clone()), (d, descriptor(&[resource.clone(), resource.clone(), resource.clone()]))],
            "more entries",
        ),
        (with("bytes", json!(5)), "is said to have 6 bytes, not 5"),
        (with("carryall", json!({"rowCount": 3})), "has 2 rows, not 3"),
        (with("hash", json!("md5:0")), "no SHA-256"),
        (with("format", json!("xlsx")), "unknown format"),
        (vec![(t, table.clone())], "no datapackage.json"),
        (vec![(t, table.clone()), (d, b"nonsense".to_vec())], "cannot be understood"),
        (vec![(t, table.clone()), (d, [&honest[..], b"{}"].concat())], "cannot be understood"),
    ] {
        let path = forged(folder.path(), &entries);
        let output = verify(&path, PASSWORD).await;
        assert_eq!(output.status.code(), Some(1), "{said}: {}", stdout(&output));
        assert!(stderr(&output).contains(said), "{said}: {}", stderr(&output));
    }
}

#[tokio::test]
async fn a_length_in_the_directory_that_is_not_that_of_the_entry_is_refused_whoever_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let (table, resource) = described();
    let honest = descriptor(std::slice::from_ref(&resource));
    for (content, length, said) in [
        (table, 5_u32, "is said to have 5 bytes, not 6"),
        // Of what is longer than it says, one byte more is read.
        (vec![0; 1 << 28], 6, "has 7 bytes, not 6"),
    ] {
        let path = forged(folder.path(), &[("app/t.csv", content), ("datapackage.json", honest.clone())]);
        let mut bytes = fs::read(&path).unwrap();
        // The first record of the directory, and its length uncompressed (APPNOTE 4.3.12).
        let record = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        bytes[record + 24..record + 28].copy_from_slice(&length.to_le_bytes());
        fs::write(&path, bytes).unwrap();
        let output = verify(&path, PASSWORD).await;
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(stderr(&output).contains(said), "{said}: {}", stderr(&output));
    }
}

#[tokio::test]
async fn an_archive_that_can_be_made_without_the_password_or_in_another_form_is_refused() {
    let archive = archive().await;
    let folder = archive.folder.path().join("out");
    let out = seven_zip(&["x", &format!("-p{PASSWORD}"), &format!("-o{}", folder.display())], &archive.path);
    assert!(out.status.success());
    for options in [
        vec!["-tzip"],
        vec!["-tzip", "-mem=AES256", "-pcorrect horse battery"],
        vec!["-tzip", "-mem=ZipCrypto", "-pcorrect horse battery"],
    ] {
        let again = archive.folder.path().join("again.zip");
        let _ = fs::remove_file(&again);
        let made =
            Command::new("7z").arg("a").args(&options).arg(&again).arg(".").current_dir(&folder).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let output = verify(&again, PASSWORD).await;
        assert_eq!(output.status.code(), Some(1), "{options:?}: {}", stdout(&output));
        assert!(stderr(&output).contains("no archive of Carryall"), "{options:?}: {}", stderr(&output));
    }
    let bytes = fs::read(&archive.path).unwrap();
    fs::write(&archive.path, [b"garbage", &bytes[..]].concat()).unwrap();
    assert_eq!(verify(&archive.path, PASSWORD).await.status.code(), Some(1));
}

#[tokio::test]
async fn without_a_password_it_says_where_to_give_one() {
    let archive = archive().await;
    let output = carryall().arg("verify").arg(&archive.path).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("CARRYALL_EXPORT_PASSWORD"), "{}", stderr(&output));
}
