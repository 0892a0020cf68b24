//! What can be done to a storage: what a client sends for it, and gets back.

use async_graphql::{ID, InputObject, SimpleObject};

use super::{
    storage_location::{StorageFailure, StorageLocation},
    user_error::UserError,
};
use crate::{
    export::{Checked, Step},
    storage::{Config, StepKind},
};

/// A storage to be configured.
#[derive(Debug, InputObject)]
pub struct CreateStorageLocationInput {
    /// What it is to be called: 1 to 200 characters, no control characters, and no other storage's name.
    pub(super) name: String,
    /// Whether exports are copied there.
    #[graphql(default = true)]
    pub(super) enabled: bool,
    /// Whose it is, and how it is set up.
    pub(super) config: Config,
}

/// The storage, or what keeps it from being configured.
#[derive(SimpleObject)]
pub struct CreateStorageLocationPayload {
    /// The storage; null if nothing was configured.
    pub(super) storage_location: Option<StorageLocation>,
    /// What is wrong with the input.
    pub(super) user_errors: Vec<UserError>,
}

/// A change of a storage. What is left out keeps its value.
#[derive(Debug, InputObject)]
pub struct UpdateStorageLocationInput {
    /// The storage.
    pub(super) id: ID,
    /// The version the change was made for; if the storage is at another, nothing is changed. Without it, that is not
    /// asked.
    pub(super) expected_version: Option<i32>,
    /// What it is to be called: 1 to 200 characters, no control characters, and no other storage's name.
    pub(super) name: Option<String>,
    /// Whether exports are copied there. Switched off, what is on its way there is given up.
    pub(super) enabled: Option<bool>,
    /// Replaces the whole configuration, and tries again what had failed. If it is another place
    /// (another bucket, folder or host, say), the files at the former one stay there and are no longer Carryall's. A host key
    /// that was pinned stays pinned as long as host and port are the same; to accept a new one, give its fingerprint.
    /// A secret that is the empty string stays what it is, as long as the provider, and all that decides where it goes and as
    /// whom it is used, stay too: each secret says what that is. Else it must be entered again (`BLANK`).
    pub(super) config: Option<Config>,
}

/// The storage after the change, or what keeps it from being changed.
#[derive(SimpleObject)]
pub struct UpdateStorageLocationPayload {
    /// The storage; null if nothing was changed.
    pub(super) storage_location: Option<StorageLocation>,
    /// How many files were left at the former place. Carryall removes none of them any more; the exports that they are of
    /// keep their passwords in the history until somebody deletes them.
    pub(super) released_files: i32,
    /// What is wrong with the input.
    pub(super) user_errors: Vec<UserError>,
}

/// Which storage is to be removed.
#[derive(Debug, InputObject)]
pub struct DeleteStorageLocationInput {
    /// The storage.
    pub(super) id: ID,
    /// Whether the files that were copied there go too: then it stays, `deleting`, until they are gone. Otherwise they
    /// stay there, are no longer Carryall's, and the exports keep their passwords in the history until somebody deletes them.
    #[graphql(default)]
    pub(super) delete_files: bool,
}

/// What was removed, or what keeps it from being so.
#[derive(SimpleObject)]
pub struct DeleteStorageLocationPayload {
    /// The storage that nothing is copied to any more; null if nothing was removed.
    pub(super) deleted_storage_location_id: Option<ID>,
    /// How many files were left there. Carryall removes none of them any more; the exports that they are of keep their
    /// passwords in the history until somebody deletes them.
    pub(super) released_files: i32,
    /// What is wrong with the input.
    pub(super) user_errors: Vec<UserError>,
}

/// What is to be tried out: a storage by its id, a configuration that is not saved yet, or a change of a storage's that is not.
#[derive(Debug, InputObject)]
pub struct TestStorageLocationInput {
    /// The storage; without `config`, with the settings that are saved.
    pub(super) id: Option<ID>,
    /// The configuration, which need not be saved. With `id`, as if that storage were changed to it: a secret that is the empty
    /// string is the one that is saved, and the host key is the one that is pinned, where `updateStorageLocation` keeps them.
    /// Nothing is changed by it, nor noted with the storage. Without `id`, all secrets must be given.
    pub(super) config: Option<Config>,
}

/// What the test has shown. What it wrote, it has removed.
#[derive(SimpleObject, Default)]
pub struct TestStorageLocationPayload {
    /// Whether all that an upload needs has worked: true only when it has come to its end.
    ok: bool,
    /// What was tried, one after the other, up to the first that failed; while it goes on, what has come to its end.
    steps: Vec<StorageTestStep>,
    /// What is tried now; null while it waits for its turn, and when nothing more is tried.
    trying: Option<StepKind>,
    /// Whether this is the end of it. `testStorageLocation` answers nothing else; of `storageLocationTest` it is the last event.
    finished: bool,
    /// The fingerprint of the host's key, at SFTP servers: compare it with what the server's owner says, and save it. Null
    /// at all others, and if no key was seen.
    host_key_fingerprint: Option<String>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// A step of a test.
#[derive(SimpleObject)]
pub struct StorageTestStep {
    /// What was tried.
    name: StepKind,
    /// Whether it worked.
    ok: bool,
    /// Why it did not; or what is to be seen of it, such as the addresses of a host; null if there is nothing to say.
    message: Option<String>,
    /// Why it did not, for programs; null if it worked.
    failure: Option<StorageFailure>,
    /// How long it took, in milliseconds.
    duration_ms: i32,
}

impl TestStorageLocationPayload {
    /// Nothing was tried.
    pub(super) fn refused(user_error: UserError) -> Self {
        Self { finished: true, user_errors: vec![user_error], ..Self::default() }
    }
}

impl From<Checked> for TestStorageLocationPayload {
    fn from(checked: Checked) -> Self {
        Self {
            ok: checked.is_good(),
            trying: checked.trying,
            finished: checked.finished,
            steps: checked.steps.into_iter().map(StorageTestStep::from).collect(),
            host_key_fingerprint: checked.host_key,
            user_errors: Vec::new(),
        }
    }
}

impl From<Step> for StorageTestStep {
    fn from(step: Step) -> Self {
        let Step { kind, failure, detail, millis } = step;
        Self {
            name: kind,
            ok: failure.is_none(),
            message: failure.as_ref().map(|failure| failure.message.clone()).or(detail),
            failure: failure.map(StorageFailure::from),
            duration_ms: millis.try_into().unwrap_or(i32::MAX),
        }
    }
}
