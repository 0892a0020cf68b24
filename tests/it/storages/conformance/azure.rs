//! Azure Blob Storage: containers of an Azurite.

use carryall::{
    secret::Secret,
    storage::{AzureBlob, Storage, StorageError},
};

use super::{
    super::buckets::{azure, azure_network},
    Denied, Missing, Place,
};
use crate::{
    foreign::python_with,
    servers::{
        azurite::{ACCOUNT, Azurite, KEY},
        rclone::Rclone,
    },
};

/// A folder in a container of its own.
pub struct AzurePlace {
    container: String,
    rclone: Rclone,
}

const FOLDER: &str = "exports/of ü 漢";
const NOWHERE: &str = "there-is-none";

impl AzurePlace {
    pub fn new() -> Self {
        let (container, rclone) = Azurite::shared().container();
        Self { container, rclone }
    }

    fn storage(&self, settings: AzureBlob, base_path: &str) -> Box<dyn Storage> {
        AzureBlob { base_path: base_path.into(), ..settings }.open(&azure_network()).unwrap()
    }
}

impl Place for AzurePlace {
    fn described(&self) -> [&'static str; 2] {
        ["Azurite, Microsoft's emulator", "rclone"]
    }

    fn folder(&self) -> String {
        FOLDER.into()
    }

    fn open(&self, base_path: &str) -> Box<dyn Storage> {
        self.storage(azure(&self.container), base_path)
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.rclone.read(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        self.rclone.write(path, bytes);
    }

    fn list(&self) -> Vec<String> {
        self.rclone.folder(FOLDER).list()
    }

    fn wrong_secrets(&self) -> Vec<(Box<dyn Storage>, &'static str)> {
        let wrong = AzureBlob { account_key: Secret::new("d3Jvbmc="), ..azure(&self.container) };
        vec![(self.storage(wrong, FOLDER), "AuthorizationFailure")]
    }

    fn denied(&self) -> Denied {
        let address = Azurite::shared().address();
        let path = format!("{FOLDER}/a.zip");
        python_with("azure_lease.py", &[&address, ACCOUNT, &self.container, &path], KEY);
        Denied {
            storage: self.open(FOLDER),
            expected: |error| matches!(error, StorageError::Rejected(words) if words.contains("LeaseIdMissing")),
            step: None,
            note: Some(
                "An account's key may do everything in its account, so that there is none without rights. What is tried is a \
                 blob on which somebody else holds a lease: it is not replaced, and the provider's code is told.",
            ),
        }
    }

    fn missing(&self) -> Missing {
        Missing::Told(self.storage(azure(NOWHERE), FOLDER), NOWHERE)
    }
}
