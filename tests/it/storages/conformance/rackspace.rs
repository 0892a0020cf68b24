//! Rackspace Cloud Files: containers of an OpenStack Swift, with Rackspace's Identity before it.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use carryall::{
    secret::Secret,
    storage::{StepKind, Storage, StorageError, rackspace::Rackspace},
};

use super::{
    super::rackspace::{settings, storage},
    Denied, Missing, Note, Place, path,
};
use crate::servers::swift::Swift;

/// A folder in a container of its own.
pub struct RackspacePlace {
    container: String,
    folder: &'static str,
}

impl RackspacePlace {
    pub fn new() -> Self {
        Self::with("a b/ü 漢")
    }

    /// In this folder, or in none.
    pub fn with(folder: &'static str) -> Self {
        static CONTAINERS: AtomicU32 = AtomicU32::new(0);
        let container = format!("conform 漢 {}", CONTAINERS.fetch_add(1, Relaxed));
        Self { container, folder }
    }

    fn opened(&self, settings: Rackspace) -> Box<dyn Storage> {
        Box::new(storage(&Rackspace { base_path: self.folder.into(), ..settings }))
    }

    fn settings(&self) -> Rackspace {
        settings(&self.container)
    }
}

impl Place for RackspacePlace {
    fn described(&self) -> [&'static str; 2] {
        ["OpenStack Swift, behind an Identity of ours which asks it whether the password is right", "rclone"]
    }

    fn folder(&self) -> String {
        self.folder.into()
    }

    fn open(&self, base_path: &str) -> Box<dyn Storage> {
        Box::new(storage(&Rackspace { base_path: base_path.into(), ..self.settings() }))
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        Swift::shared().read(&format!("{}/{path}", self.container))
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        Swift::shared().write(&format!("{}/{path}", self.container), bytes);
    }

    fn list(&self) -> Vec<String> {
        let listed = Swift::shared().list(&format!("{}/{}", self.container, self.folder));
        // Those of a large file are its own.
        listed.into_iter().filter(|name| !self.is_segment(name)).collect()
    }

    /// Segments of which no file is made.
    fn unfinished(&self) -> Vec<String> {
        let listed = Swift::shared().list(&format!("{}/{}", self.container, self.folder));
        let of = |segment: &str| segment.split("/.segments/").next().unwrap_or_default().to_owned();
        let large: Vec<_> = listed.iter().filter(|name| !self.is_segment(name)).cloned().collect();
        listed.into_iter().filter(|name| self.is_segment(name) && !large.contains(&of(name))).collect()
    }

    fn parts(&self) -> Note {
        Some("In segments of 1 MiB instead of 256, at a server that takes 4 MiB as one object instead of 5 GB.")
    }

    fn wrong_secrets(&self) -> Vec<(Box<dyn Storage>, &'static str)> {
        let wrong = |secret: &str| Rackspace { password: Secret::new(secret), ..self.settings() };
        let nobody = Rackspace { username: "nobody".into(), ..self.settings() };
        // One that looks like a password, and one that looks like an API key.
        let all = [wrong("wrong"), wrong(&"0".repeat(32)), nobody];
        all.into_iter().map(|settings| (self.opened(settings), "the secret is wrong")).collect()
    }

    fn denied(&self) -> Denied {
        let password = Secret::new("reader-password");
        Denied {
            storage: self.opened(Rackspace { username: "reader".into(), password, ..self.settings() }),
            expected: |error| matches!(error, StorageError::Unauthorized(words) if words.contains("forbidden (403)")),
            step: Some(StepKind::Write),
            note: None,
        }
    }

    fn missing(&self) -> Missing {
        let container = format!("{} that is not there", self.container);
        let storage = self.opened(settings(&container));
        let path = path(&container, &path(self.folder, "a.zip"));
        let note = "A container that is not there is made.";
        Missing::Made(storage, Box::new(move || Swift::shared().read(&path)), Some(note))
    }
}

impl RackspacePlace {
    fn is_segment(&self, name: &str) -> bool {
        name.contains("/.segments/")
    }
}
