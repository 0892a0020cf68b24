//! `carryall verify`: an archive found anywhere, proven with its password alone.

use std::{fs, path::Path, process::Output};

use carryall::format::{Csv, Jsonl};

use crate::{
    app::database_of,
    foreign::python,
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
async fn archives_that_lie_about_what_is_in_them_are_refused() {
    let archive = archive().await;
    for (change, said) in [
        ("add", "should not be there"),
        ("remove", "is missing"),
        ("other", "another SHA-256"),
        ("rows", "has 3 rows, not 4"),
        ("twice", "twice"),
        ("nothing", "no datapackage.json"),
        ("nonsense", "cannot be understood"),
    ] {
        let lying = archive.folder.path().join(format!("{change}.zip"));
        python("rewrite.py", &[archive.path(), PASSWORD, lying.to_str().unwrap(), change]);
        let output = verify(&lying, PASSWORD).await;
        assert_eq!(output.status.code(), Some(1), "{change}: {}", stdout(&output));
        assert!(stderr(&output).contains(said), "{change}: {}", stderr(&output));
    }
}

#[tokio::test]
async fn a_bomb_is_not_inflated_beyond_what_the_descriptor_says() {
    let archive = archive().await;
    let bomb = archive.folder.path().join("bomb.zip");
    python("rewrite.py", &[archive.path(), PASSWORD, bomb.to_str().unwrap(), "bomb"]);
    let output = verify(&bomb, PASSWORD).await;
    assert!(stderr(&output).contains("app/t.csv has"), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test]
async fn without_a_password_it_says_where_to_give_one() {
    let archive = archive().await;
    let output = carryall().arg("verify").arg(&archive.path).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("CARRYALL_EXPORT_PASSWORD"), "{}", stderr(&output));
}
