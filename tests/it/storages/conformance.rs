//! What holds for every storage, whoever provides it: a function each, which `conformance/table.rs` runs for each provider on its
//! real server. What was put is read back by another client.

mod azure;
mod buckets;
mod dropbox;
mod place;
mod rackspace;
mod sftp;
mod table;

use carryall::storage::{Receipt, Step, StepKind, Storage, StorageError};

use super::content::{InMemory, noise, put, tried};

pub use place::{Denied, Missing, Note, Place};
pub use {azure::AzurePlace, buckets::BucketPlace, dropbox::DropboxPlace, rackspace::RackspacePlace, sftp::SftpPlace};

/// More than any provider is sent at once.
const LARGE: usize = 40 << 20;

/// A file that is small, and one that goes in parts.
const SIZES: [usize; 2] = [1000, 9 << 20];

/// Names that a shell, an address or a header would trip over.
const NAMES: [&str; 3] = ["a.zip", "with  two spaces.zip", "ü 漢 é%20+&#.zip"];

impl dyn Place + '_ {
    fn at(&self, name: &str) -> String {
        path(&self.folder(), name)
    }

    fn storage(&self) -> Box<dyn Storage> {
        self.open(&self.folder())
    }

    /// Nothing but these is there, nor on its way.
    fn holds(&self, names: &[&str]) {
        let mut list = self.list();
        list.sort();
        assert_eq!(list, names);
        assert_eq!(self.unfinished(), [""; 0]);
    }
}

fn path(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// All of them but `without_rights`, at a server that is no provider's.
pub async fn all(there: &dyn Place) {
    // One after the other: each leaves the folder as it was.
    put_and_read(there).await;
    replace(there).await;
    put_of_0_bytes(there).await;
    put_of_40_mib(there).await;
    names(there).await;
    base_paths(there).await;
    delete_twice(there).await;
    wrong_secret(there).await;
    missing_bucket(there).await;
    damaged_file(there).await;
    check(there).await;
}

/// Puts it, and sees by the other client and by the storage itself that it is there.
async fn arrives(there: &dyn Place, storage: &dyn Storage, name: &str, content: &InMemory) -> Receipt {
    let receipt = put(storage, name, content).await;
    assert!(there.read(&there.at(name)).as_ref() == Some(&content.0), "{name} is what was put");
    storage.verify(name, &receipt).await.unwrap_or_else(|error| panic!("verify {name}: {error:?}"));
    receipt
}

async fn remove(there: &dyn Place, storage: &dyn Storage, name: &str) {
    storage.delete(name).await.unwrap_or_else(|error| panic!("delete {name}: {error:?}"));
    assert_eq!(there.read(&there.at(name)), None, "{name}");
}

async fn is_damaged(storage: &dyn Storage, name: &str, receipt: &Receipt) {
    let verified = storage.verify(name, receipt).await;
    assert!(matches!(verified, Err(StorageError::Damaged(_))), "{name}: {verified:?}");
}

/// A file arrives, and nothing else does.
pub async fn put_and_read(there: &dyn Place) -> Note {
    let storage = there.storage();
    arrives(there, &*storage, "a.zip", &noise(1000, 1)).await;
    there.holds(&["a.zip"]);
    remove(there, &*storage, "a.zip").await;
    there.holds(&[]);
    None
}

/// A file goes in the place of another, whichever is larger, and nothing of the other is left.
pub async fn replace(there: &dyn Place) -> Note {
    let storage = there.storage();
    let mut before: Option<Receipt> = None;
    for (length, seed) in [(1000, 1), (1000, 2), (9 << 20, 3), (7 << 20, 4), (500, 5)] {
        let receipt = arrives(there, &*storage, "a.zip", &noise(length, seed)).await;
        if let Some(before) = before.replace(receipt) {
            is_damaged(&*storage, "a.zip", &before).await;
        }
    }
    there.holds(&["a.zip"]);
    remove(there, &*storage, "a.zip").await;
    None
}

/// Nothing is something: a file that is there and empty.
pub async fn put_of_0_bytes(there: &dyn Place) -> Note {
    let storage = there.storage();
    arrives(there, &*storage, "a.zip", &noise(10, 1)).await;
    let receipt = arrives(there, &*storage, "a.zip", &InMemory(Vec::new())).await;
    there.holds(&["a.zip"]);
    there.write(&there.at("a.zip"), b"something");
    is_damaged(&*storage, "a.zip", &receipt).await;
    remove(there, &*storage, "a.zip").await;
    None
}

/// A file that goes in many parts is one, and is deleted as one.
pub async fn put_of_40_mib(there: &dyn Place) -> Note {
    let storage = there.storage();
    let receipt = arrives(there, &*storage, "a.zip", &noise(LARGE, 3)).await;
    assert_eq!(there.unfinished(), [""; 0]);
    let remote = receipt.remote.as_ref().map(|_| "0".repeat(32));
    is_damaged(&*storage, "a.zip", &Receipt { sha256: "0".repeat(64), remote, ..receipt }).await;
    remove(there, &*storage, "a.zip").await;
    there.holds(&[]);
    there.parts()
}

/// A file is called there what it is called here.
pub async fn names(there: &dyn Place) -> Note {
    let storage = there.storage();
    for name in NAMES {
        arrives(there, &*storage, name, &noise(1000, 1)).await;
    }
    let mut sorted = NAMES;
    sorted.sort_unstable();
    there.holds(&sorted);
    for name in NAMES {
        remove(there, &*storage, name).await;
    }
    there.holds(&[]);
    None
}

/// Slashes before, behind and between make no difference but that which is noted.
pub async fn base_paths(there: &dyn Place) -> Note {
    let (paths, note) = there.base_paths();
    for (index, (written, folder)) in paths.iter().enumerate() {
        let (storage, content, path) = (there.open(written), noise(1000 + index, 1), path(folder, "based.zip"));
        let receipt = put(&*storage, "based.zip", &content).await;
        assert_eq!(there.read(&path), Some(content.0), "{written:?}");
        there.open(written).verify("based.zip", &receipt).await.unwrap();
        storage.delete("based.zip").await.unwrap();
        assert_eq!(there.read(&path), None, "{written:?}");
    }
    note
}

/// What is not there any more, or never was, is deleted all the same, and nothing else is.
pub async fn delete_twice(there: &dyn Place) -> Note {
    let storage = there.storage();
    put(&*storage, "a.zip", &noise(1000, 1)).await;
    for name in ["mine.zip", "a.zip2", "a.zi"] {
        there.write(&there.at(name), b"mine");
    }
    for name in ["a.zip", "a.zip", "never.zip"] {
        remove(there, &*storage, name).await;
    }
    there.holds(&["a.zi", "a.zip2", "mine.zip"]);
    assert_eq!(there.read(&there.at("mine.zip")).as_deref(), Some(&b"mine"[..]));
    for name in ["mine.zip", "a.zip2", "a.zi"] {
        remove(there, &*storage, name).await;
    }
    None
}

/// A wrong secret is told as such, at signing in, and does nothing.
pub async fn wrong_secret(there: &dyn Place) -> Note {
    let (right, before) = (there.storage(), noise(500, 1));
    let receipt = put(&*right, "a.zip", &before).await;
    for (storage, words) in there.wrong_secrets() {
        let mut errors = put_errors(&*storage).await;
        errors
            .extend([storage.verify("a.zip", &receipt).await.unwrap_err(), storage.delete("a.zip").await.unwrap_err()]);
        for error in errors {
            assert!(matches!(&error, StorageError::Unauthorized(said) if said.contains(words)), "{words}: {error:?}");
            assert!(!error.is_retryable());
        }
        let steps = tried(&*storage).await;
        assert!(matches!(failed(&steps), Some((StepKind::SignIn, StorageError::Unauthorized(_)))), "{steps:?}");
    }
    assert_eq!(there.read(&there.at("a.zip")).as_ref(), Some(&before.0));
    there.holds(&["a.zip"]);
    remove(there, &*right, "a.zip").await;
    None
}

/// A right secret with too few rights signs in, and fails at writing; what was there is there still.
pub async fn without_rights(there: &dyn Place) -> Note {
    let before = noise(500, 1);
    there.write(&there.at("a.zip"), &before.0);
    let Denied { storage, expected, step, note } = there.denied();
    for error in put_errors(&*storage).await {
        assert!(expected(&error) && !error.is_retryable(), "{error:?}");
    }
    let steps = tried(&*storage).await;
    assert_eq!(failed(&steps).map(|(step, _)| step), step, "{steps:?}");
    assert_eq!(there.read(&there.at("a.zip")), Some(before.0));
    there.holds(&["a.zip"]);
    note
}

/// A bucket that is not there is named, or made, by what the provider is.
pub async fn missing_bucket(there: &dyn Place) -> Note {
    let told = match there.missing() {
        Missing::Made(storage, read, note) => {
            let content = noise(1000, 1);
            put(&*storage, "a.zip", &content).await;
            assert_eq!(read(), Some(content.0));
            storage.delete("a.zip").await.unwrap();
            return note;
        }
        Missing::Folders(words, note) => {
            there.write(&there.at("file"), b"mine");
            for base_path in ["file", "file/below"] {
                let storage = there.open(&there.at(base_path));
                is_told(&*storage, words, |error| {
                    matches!(error, StorageError::Setting { .. } | StorageError::Rejected(_))
                })
                .await;
            }
            assert_eq!(there.read(&there.at("file")).as_deref(), Some(&b"mine"[..]));
            there.holds(&["file"]);
            there.storage().delete("file").await.unwrap();
            return note;
        }
        Missing::Told(storage, name) => (storage, name),
    };
    let (storage, name) = told;
    is_told(&*storage, name, |error| matches!(error, StorageError::NotFound(_))).await;
    let receipt = Receipt { bytes: 1000, sha256: "0".repeat(64), remote: None };
    let verified = storage.verify("a.zip", &receipt).await;
    assert!(matches!(&verified, Err(StorageError::NotFound(words)) if words.contains(name)), "{verified:?}");
    let deleted = storage.delete("a.zip").await;
    assert!(matches!(&deleted, Err(StorageError::NotFound(words)) if words.contains(name)), "{deleted:?}");
    None
}

/// Neither a put nor a check works, and both say these words.
async fn is_told(storage: &dyn Storage, words: &str, expected: fn(&StorageError) -> bool) {
    let steps = tried(storage).await;
    let Some((StepKind::SignIn | StepKind::Write, failure)) = failed(&steps) else { panic!("{steps:?}") };
    for error in put_errors(storage).await.into_iter().chain([failure]) {
        assert!(expected(&error) && error.to_string().contains(words) && !error.is_retryable(), "{error:?}");
    }
}

/// A file that is not what was put, or is gone, is told of; it is what is there that is looked at, not what was noted.
pub async fn damaged_file(there: &dyn Place) -> Note {
    let (storage, small) = (there.storage(), noise(1000, 1));
    let receipt = put(&*storage, "a.zip", &small).await;
    let mut turned = small.0.clone();
    turned[500] ^= 1;
    for damaged in [turned, small.0[..999].to_vec(), [&small.0[..], b"x"].concat(), Vec::new()] {
        there.write(&there.at("a.zip"), &damaged);
        is_damaged(&*storage, "a.zip", &receipt).await;
    }
    there.write(&there.at("a.zip"), &small.0);
    let verified = storage.verify("a.zip", &receipt).await;
    assert_eq!(verified, Ok(()), "it is whole again");
    remove(there, &*storage, "a.zip").await;
    let verified = storage.verify("a.zip", &receipt).await;
    assert!(matches!(verified, Err(StorageError::NotFound(_))), "{verified:?}");
    None
}

/// A check goes through all its steps, and leaves nothing, nor takes anything away.
pub async fn check(there: &dyn Place) -> Note {
    let storage = there.storage();
    there.write(&there.at("mine.zip"), b"mine");
    let steps = tried(&*storage).await;
    assert!(failed(&steps).is_none() && steps.len() >= 5, "{steps:?}");
    there.holds(&["mine.zip"]);
    assert_eq!(there.read(&there.at("mine.zip")).as_deref(), Some(&b"mine"[..]));
    remove(there, &*storage, "mine.zip").await;
    None
}

async fn put_errors(storage: &dyn Storage) -> Vec<StorageError> {
    let mut errors = Vec::new();
    for bytes in SIZES {
        errors.push(storage.put("a.zip", &noise(bytes, 9), &Default::default()).await.unwrap_err());
    }
    errors
}

/// The step that failed, which is the last.
fn failed(steps: &[Step]) -> Option<(StepKind, StorageError)> {
    let (last, before) = steps.split_last().unwrap();
    assert!(before.iter().all(|step| step.error.is_none()), "{steps:?}");
    last.error.clone().map(|error| (last.kind, error))
}
