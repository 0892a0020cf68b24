//! Directories as sources: files as they are, and nothing from outside.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use carryall::{
    format::Csv,
    source::{self, Chunk, Contents, Lane, Reader, SourceError},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    app::database_of,
    packed::{Archive, PASSWORD, packed_as},
};

/// A folder with these files in it.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn address(folder: &TempDir) -> String {
    url::Url::from_directory_path(folder.path()).unwrap().to_string()
}

async fn archive(folder: &TempDir) -> Archive {
    packed_as(&[("uploads", &address(folder))], &Csv).await.unwrap()
}

/// What 7-Zip extracts of the source, by path.
fn extracted(archive: &Archive) -> BTreeMap<String, Vec<u8>> {
    let to = archive.folder.path().join("out");
    let arguments = ["x", &format!("-p{PASSWORD}"), &format!("-o{}", to.display())];
    let out = crate::foreign::seven_zip(&arguments, &archive.path);
    assert!(out.status.success(), "{out:?}");
    let (mut files, mut folders) = (BTreeMap::new(), vec![to.join("uploads")]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(to.join("uploads")).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files
}

fn left_out(archive: &Archive) -> Value {
    archive.descriptor()["carryall"]["sources"][0]["leftOut"].clone()
}

/// A listed directory, and its reader.
async fn listed(folder: &TempDir) -> (Contents, Box<dyn Reader>) {
    let mut snapshot = source::open(&address(folder)).unwrap().snapshot().await.unwrap();
    let contents = snapshot.contents().await.unwrap();
    (contents, snapshot.readers(&[], 2).await.unwrap().remove(0))
}

#[tokio::test]
async fn files_of_any_name_and_length_are_copied_byte_for_byte() {
    let long = vec![7; 3 * 1024 * 1024 + 1];
    let exact = vec![8; 1024 * 1024];
    let files: [(&str, &[u8]); 7] = [
        ("empty", b""),
        ("a/b/c/photo (1).jpg", b"\xff\xd8\0"),
        ("Ünïts 🎒.txt", "ü".as_bytes()),
        (".hidden", b"."),
        ("a b/c+d@e", b"x"),
        ("long.bin", &long),
        ("exact.bin", &exact),
    ];
    let archive = archive(&folder(&files)).await;
    archive.validate();
    let expected: BTreeMap<_, _> = files.map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).into();
    assert!(extracted(&archive) == expected);
    assert_eq!((left_out(&archive), archive.packed.files.len()), (json!([]), 7));
}

#[tokio::test]
async fn a_name_that_not_every_system_takes_is_replaced_and_its_exact_path_is_in_the_descriptor() {
    let folder = folder(&[("a:b?.txt", b"1"), ("A_b_.txt", b"2"), ("nul", b"3")]);
    fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"\xff.bin")), "4").unwrap();
    let archive = archive(&folder).await;
    archive.validate();
    let descriptor = archive.descriptor();
    let resources = descriptor["resources"].as_array().unwrap();
    let file = |exact: &str| {
        let found = resources.iter().find(|resource| resource["carryall"]["file"] == exact).unwrap();
        archive.entry(found["path"].as_str().unwrap())
    };
    let odd = resources.iter().find(|resource| resource["carryall"]["file"] == "\u{fffd}.bin").unwrap();
    assert_eq!(odd["carryall"]["fileBase64"], "/y5iaW4=", "the bytes of a name that is no text");
    assert_eq!([file("a:b?.txt"), file("A_b_.txt"), file("nul"), file("\u{fffd}.bin")], [b"1", b"2", b"3", b"4"]);
}

#[tokio::test]
async fn symbolic_links_and_pipes_are_not_followed_but_named() {
    let (folder, outside) = (folder(&[("kept", b"k")]), folder(&[("secret", b"s")]));
    symlink(outside.path().join("secret"), folder.path().join("to a file")).unwrap();
    symlink(outside.path(), folder.path().join("to a folder")).unwrap();
    symlink(folder.path(), folder.path().join("to itself")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
    let archive = archive(&folder).await;
    archive.validate();
    assert_eq!(extracted(&archive), BTreeMap::from([("kept".to_owned(), b"k".to_vec())]));
    let link = |name: &str| json!({"name": name, "reason": "symbolic link"});
    let expected = json!([
        {"name": "pipe", "reason": "not a regular file"}, link("to a file"), link("to a folder"), link("to itself"),
    ]);
    assert_eq!(left_out(&archive), expected);
}

#[tokio::test]
async fn a_file_or_a_folder_that_is_swapped_for_a_link_after_the_listing_is_not_followed() {
    let (folder, outside) = (folder(&[("file", b"mine"), ("sub/file", b"mine")]), folder(&[("file", b"secret")]));
    let (contents, mut reader) = listed(&folder).await;
    fs::remove_file(folder.path().join("file")).unwrap();
    symlink(outside.path().join("file"), folder.path().join("file")).unwrap();
    fs::remove_dir_all(folder.path().join("sub")).unwrap();
    symlink(outside.path(), folder.path().join("sub")).unwrap();
    assert_eq!(contents.files.len(), 2);
    for file in &contents.files {
        let (lane, mut taken) = Lane::new();
        let note = reader.read_file(file, &lane).await.unwrap();
        assert!(note.as_ref().is_some_and(|note| note.contains(&file.path) && note.contains("gone")), "{note:?}");
        drop(lane);
        assert!(taken.recv().await.is_none(), "nothing was read");
    }
}

#[tokio::test]
async fn a_file_that_is_gone_before_it_is_read_is_told_of_and_the_others_are_exported() {
    let folder = folder(&[("a", b"1"), ("b", b"2")]);
    let (contents, mut reader) = listed(&folder).await;
    fs::remove_file(folder.path().join("a")).unwrap();
    let (lane, _taken) = Lane::new();
    let note = reader.read_file(&contents.files[0], &lane).await.unwrap();
    assert!(note.is_some_and(|note| note.contains("file a was gone")));
    assert_eq!(reader.read_file(&contents.files[1], &lane).await.unwrap(), None);
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_is_told_of() {
    let folder = folder(&[("grows", &[1; 9 * 1024 * 1024])]);
    let (contents, mut reader) = listed(&folder).await;
    let (lane, mut taken) = Lane::new();
    // Nobody takes its pieces, so that the reading stops in the middle.
    let reading = tokio::spawn(async move { reader.read_file(&contents.files[0], &lane).await });
    let first = taken.recv().await.unwrap();
    assert!(matches!(&first.chunk, Chunk::Bytes(bytes) if bytes.len() == 1024 * 1024));
    let path = folder.path().join("grows");
    fs::write(&path, [&fs::read(&path).unwrap()[..], b"more"].concat()).unwrap();
    drop(first);
    while taken.recv().await.is_some() {}
    let note = reading.await.unwrap().unwrap();
    assert!(note.is_some_and(|note| note.contains("grows changed while it was read")));
}

#[tokio::test]
async fn a_folder_in_which_files_are_moved_while_it_is_listed_is_told_of() {
    let folder = folder(&[("a/precious", b"1"), ("b/other", b"2")]);
    let (stop, path) = (Arc::new(AtomicBool::new(false)), folder.path().to_owned());
    let seen = Arc::clone(&stop);
    let mover = std::thread::spawn(move || {
        while !seen.load(Ordering::SeqCst) {
            fs::rename(path.join("a/precious"), path.join("b/precious")).unwrap();
            fs::rename(path.join("b/precious"), path.join("a/precious")).unwrap();
        }
    });
    for _ in 0..50 {
        let (contents, _) = listed(&folder).await;
        let precious = contents.files.iter().filter(|file| file.path.ends_with("precious")).count();
        assert!(precious == 1 || !contents.warnings.is_empty(), "{precious} seen, and not a word");
    }
    stop.store(true, Ordering::SeqCst);
    mover.join().unwrap();
    assert_eq!(listed(&folder).await.0.warnings, Vec::<String>::new(), "nothing moves any more");
}

#[tokio::test]
async fn a_directory_that_is_not_there_or_is_a_file_fails_the_export_and_is_named() {
    let folder = folder(&[("file", b"")]);
    for path in [folder.path().join("gone"), folder.path().join("file")] {
        let address = url::Url::from_file_path(&path).unwrap().to_string();
        let failed = source::open(&address).unwrap().snapshot().await.err();
        let shown = path.display().to_string();
        assert!(matches!(&failed, Some(SourceError::Unreachable(why)) if why.contains(&shown)), "{failed:?}");
    }
}

#[tokio::test]
async fn a_database_and_a_directory_make_one_archive_each_under_its_name() {
    let (_folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    let uploads = folder(&[("t.csv", b"not the table")]);
    let database = format!("sqlite:{}", database.display());
    let archive = packed_as(&[("app", &database), ("uploads", &address(&uploads))], &Csv).await.unwrap();
    archive.validate();
    assert_eq!(archive.entry("app/t.csv"), b"a\n1\n");
    assert_eq!(archive.entry("uploads/t.csv"), b"not the table");
    let sources = archive.descriptor()["carryall"]["sources"].clone();
    assert_eq!((&sources[0]["engine"], &sources[1]["engine"]), (&json!("sqlite"), &json!("directory")));
}

/// A file that its owner may not read is unreadable to everyone but root, who reads all.
#[tokio::test]
async fn a_file_that_may_not_be_read_fails_the_export_and_is_named() {
    let folder = folder(&[("private", b"")]);
    fs::set_permissions(folder.path().join("private"), std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_carryall"));
    let copy = folder.path().join("../carryall-for-nobody");
    // Nobody can enter the folder that the test was built in.
    let root = rustix::process::geteuid().is_root();
    let (program, arguments) = if root {
        fs::copy(binary, &copy).unwrap();
        ("setpriv", vec!["--reuid=nobody", "--regid=nogroup", "--clear-groups", copy.to_str().unwrap()])
    } else {
        (binary.to_str().unwrap(), vec![])
    };
    let out = TempDir::new().unwrap();
    fs::set_permissions(out.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let output = std::process::Command::new(program)
        .args(arguments)
        .args(["export", "--source", &format!("uploads={}", address(&folder)), "--output"])
        .arg(out.path().join("x.zip"))
        .output()
        .unwrap();
    if root {
        fs::remove_file(copy).unwrap();
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("private") && said.contains("ermission"), "{said}");
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "nothing is left");
}
