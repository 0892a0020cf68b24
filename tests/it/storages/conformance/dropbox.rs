//! Dropbox: folders of a server of our own, looked into by Dropbox's client.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use carryall::storage::{StepKind, Storage, StorageError, dropbox::Dropbox};

use super::{
    super::dropbox::{lasting, refreshed, storage, wrong_app},
    Denied, Missing, Note, Place,
};
use crate::servers::dropbox::DropboxServer;

/// A folder of its own, by a token.
pub struct DropboxPlace {
    settings: Dropbox,
    folder: String,
}

impl DropboxPlace {
    /// By a token that lasts.
    pub fn new() -> Self {
        Self::with(lasting("long-lived", ""))
    }

    /// By this token.
    pub fn with(settings: Dropbox) -> Self {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        Self { settings, folder: format!("conform {}/ü 漢", FOLDERS.fetch_add(1, Relaxed)) }
    }

    fn opened(settings: Dropbox, base_path: &str) -> Box<dyn Storage> {
        let settings = Dropbox { base_path: base_path.into(), ..settings };
        Box::new(storage(DropboxServer::shared(), settings))
    }
}

impl Place for DropboxPlace {
    fn described(&self) -> [&'static str; 2] {
        [
            "a server of ours, strict by the validators that Dropbox generates from its API's specification: there is no other to run",
            "Dropbox's own for Python",
        ]
    }

    fn folder(&self) -> String {
        self.folder.clone()
    }

    fn open(&self, base_path: &str) -> Box<dyn Storage> {
        Self::opened(self.settings.clone(), base_path)
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        DropboxServer::shared().read(&format!("/{path}"))
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        DropboxServer::shared().write(&format!("/{path}"), bytes);
    }

    fn list(&self) -> Vec<String> {
        let all = DropboxServer::shared().list();
        let all = all.as_array().unwrap().iter().map(|path| path.as_str().unwrap());
        all.filter_map(|path| path.strip_prefix(&format!("/{}/", self.folder))).map(str::to_owned).collect()
    }

    fn parts(&self) -> Note {
        Some(
            "In a session of requests of 1 MiB. Of its own accord one is begun beyond 150 MiB, which another test tries.",
        )
    }

    fn wrong_secrets(&self) -> Vec<(Box<dyn Storage>, &'static str)> {
        vec![
            (Self::opened(lasting("wrong", ""), &self.folder), "invalid_access_token"),
            (Self::opened(wrong_app(), &self.folder), "app secret"),
            (Self::opened(Dropbox { app_key: Some("other".into()), ..refreshed() }, &self.folder), "app key"),
        ]
    }

    fn denied(&self) -> Denied {
        Denied {
            storage: Self::opened(lasting("reader", ""), &self.folder),
            expected: |error| matches!(error, StorageError::Unauthorized(words) if words.contains("files.content.write")),
            step: Some(StepKind::Write),
            note: None,
        }
    }

    fn missing(&self) -> Missing {
        Missing::Folders("file_ancestor", FOLDERS)
    }
}

/// Also what holds for SFTP.
pub const FOLDERS: Note = Some(
    "There is no bucket, but folders, which are made where they are not there. A file in the way of one is told of, and is left \
     as it is.",
);
