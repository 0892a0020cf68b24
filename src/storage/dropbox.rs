//! Dropbox, over its HTTP API (version 2).
//!
//! What arrived is compared by Dropbox's own `content_hash`. A token needs the scopes `files.content.write` and
//! `files.metadata.read`, no more: nothing is ever downloaded, so that a check reads its file back by that hash.

mod account;
mod argument;
mod call;
mod content_hash;
mod failure;
mod upload;

use std::sync::{Arc, atomic::AtomicU64};

use async_graphql::{InputObject, SimpleObject};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::{account::Account, call::Calls, content_hash::ContentHash, failure::Failure, upload::Upload};
use super::{
    Content, Network, Receipt, StepKind, Steps, Storage, StorageError, base_path,
    http_client::{Http, Outgoing, Pace},
    kept_secret::{SecretSetting, Secrets},
    reading::Reading,
    secret_text,
};
use crate::secret::Secret;

/// The largest file that Dropbox takes.
const LARGEST: u64 = (1 << 41) - (1 << 22);

/// A folder in a Dropbox. Tokens that are made today last four hours, so that a refresh token is what to give; an access token
/// is for those that have one which lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, InputObject, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(input_name = "DropboxInput")]
pub struct Dropbox {
    /// An access token that lasts: this, or a refresh token with the key of its app, which goes before it. Left empty in a
    /// change, it stays; null or left out, it goes.
    #[serde(default, with = "secret_text::optional", skip_serializing_if = "Option::is_none")]
    #[graphql(skip_output)]
    pub authorization_token: Option<Secret>,
    /// A refresh token, for which access tokens are had. It needs `appKey`. Left empty in a change, it stays, if `appKey` does;
    /// null or left out, it goes.
    #[serde(default, with = "secret_text::optional", skip_serializing_if = "Option::is_none")]
    #[graphql(skip_output)]
    pub refresh_token: Option<Secret>,
    /// The key of the app that the refresh token is of; null with an access token.
    #[serde(default)]
    pub app_key: Option<String>,
    /// The secret of that app. Apps that use PKCE have none. Left empty in a change, it stays, if `appKey` does; null or left
    /// out, it goes.
    #[serde(default, with = "secret_text::optional", skip_serializing_if = "Option::is_none")]
    #[graphql(skip_output)]
    pub app_secret: Option<Secret>,
    /// The folder that copies go to, within what the app may see; it is made. Empty for the top.
    #[serde(default)]
    #[graphql(default)]
    pub base_path: String,
}

/// How much is sent at once.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The largest file that goes in one request; Dropbox takes 150 MiB.
    pub single: u64,
    /// What goes in one request of a session: so much is sent again at most when a connection breaks off.
    pub chunk: u64,
    /// How patient one operation is.
    pub pace: Pace,
}

impl Default for Limits {
    fn default() -> Self {
        Self { single: 150 << 20, chunk: 64 << 20, pace: Pace::default() }
    }
}

/// The folder, and the way there.
pub struct DropboxStorage {
    calls: Calls,
    folders: Vec<String>,
    limits: Limits,
    network: Network,
}

impl Secrets for Dropbox {
    fn secrets(&mut self) -> Vec<SecretSetting<'_>> {
        let Self { authorization_token, refresh_token, app_key, app_secret, base_path: _ } = self;
        let app = app_key.as_deref().unwrap_or_default().trim();
        // All of them go to Dropbox alone. A token says itself whose it is.
        let mut secrets = vec![SecretSetting::perhaps("authorizationToken", authorization_token, [])];
        // Without an app these are of no use.
        if !app.is_empty() {
            secrets.push(SecretSetting::perhaps("refreshToken", refresh_token, [app]));
            secrets.push(SecretSetting::perhaps("appSecret", app_secret, [app]));
        }
        secrets
    }
}

impl Dropbox {
    /// Whether both are for the same account, as far as can be told: the tokens do not say whose they are.
    pub(super) fn is_same_account(&self, other: &Self) -> bool {
        let given = |token: &Option<Secret>| token.clone().filter(|token| !token.expose().is_empty());
        let tokens = |settings: &Self| (given(&settings.refresh_token), given(&settings.authorization_token));
        tokens(self) == tokens(other)
    }

    /// Where the files lie. Whose Dropbox it is cannot be told from a token; and it takes capitals for small letters.
    pub fn place(&self) -> Vec<String> {
        base_path::place([], &self.base_path.to_lowercase())
    }

    /// The storage. Connects to nothing.
    ///
    /// # Errors
    ///
    /// If the settings cannot be right.
    pub fn open(&self, network: &Network) -> Result<Box<dyn Storage>, StorageError> {
        Ok(Box::new(DropboxStorage::new(self.clone(), network, Limits::default())?))
    }
}

impl DropboxStorage {
    /// The same, with other limits.
    pub fn new(settings: Dropbox, network: &Network, limits: Limits) -> Result<Self, StorageError> {
        let http = Http::new(network, limits.pace.clone())?;
        let endpoint = |name: &'static str, default: &str| {
            http.address(name, network.endpoints.get(name).map_or(default, String::as_str))
        };
        let api = endpoint("dropbox-api", "https://api.dropboxapi.com")?;
        let content = endpoint("dropbox-content", "https://content.dropboxapi.com")?;
        let mut token_url = api.clone();
        token_url.set_path(&format!("{}/oauth2/token", api.path().trim_end_matches('/')));
        let account = Account::new(&settings, &http, token_url)?;
        let folders = base_path::folders(&settings.base_path)?;
        Ok(Self { calls: Calls { http, account, api, content }, folders, limits, network: network.clone() })
    }

    fn path(&self, name: &str) -> Result<String, StorageError> {
        let name = base_path::file(name)?;
        Ok(self.folders.iter().map(String::as_str).chain([name]).map(|part| format!("/{part}")).collect())
    }

    async fn metadata(&self, path: &str) -> Result<Value, Failure> {
        self.calls.ask("files/get_metadata", &json!({"path": path})).await
    }

    /// Whether Dropbox holds what it should.
    async fn compare(&self, path: &str, bytes: u64, hash: &str) -> Result<(), StorageError> {
        same(&self.metadata(path).await?, bytes, hash)
    }

    async fn remove(&self, path: &str) -> Result<(), StorageError> {
        match self.calls.ask("files/delete_v2", &json!({"path": path})).await {
            Err(Failure::Refused(refusal)) if refusal.has("not_found") => Ok(()),
            done => Ok(done.map(drop)?),
        }
    }

    async fn try_all(&self, steps: &mut Steps<'_>) -> Option<()> {
        let name = format!(".carryall-check-{}", uuid::Uuid::new_v4().simple());
        let (path, probe) = (self.path(&name).ok()?, name.as_bytes());
        steps.reach(&self.calls.http, &self.network, &self.calls.api).await?;
        let signed_in = steps.run(StepKind::SignIn, async {
            match self.metadata(&path).await {
                Err(Failure::Refused(refusal)) if refusal.has("not_found") => Ok(((), None)),
                done => Ok((done.map(drop)?, None)),
            }
        });
        signed_in.await?;
        let written = steps.run(StepKind::Write, async {
            let argument = json!({"path": path, "mode": "overwrite", "mute": true});
            let pieces = Box::pin(futures_util::stream::iter([Ok(bytes::Bytes::copy_from_slice(probe))]));
            let body = Outgoing { bytes: probe.len() as u64, pieces };
            Ok((self.calls.bring("files/upload", &argument, body).await.map(drop)?, None))
        });
        let written = written.await;
        if written.is_some() {
            let hash = ContentHash::of(probe);
            steps
                .run(StepKind::Read, async {
                    self.compare(&path, probe.len() as u64, &hash).await?;
                    Ok(((), Some("compared by content_hash".into())))
                })
                .await;
            return steps.run(StepKind::Delete, async { Ok((self.remove(&path).await?, None)) }).await;
        }
        // It may be there all the same, if only the answer was lost.
        if let Err(error) = self.remove(&path).await {
            tracing::debug!(%error, "the file of a check could not be removed");
        }
        None
    }
}

#[async_trait]
impl Storage for DropboxStorage {
    async fn put(&self, name: &str, content: &dyn Content, sent: &Arc<AtomicU64>) -> Result<Receipt, StorageError> {
        let (path, bytes) = (self.path(name)?, content.bytes());
        if bytes > LARGEST {
            return Err(StorageError::Rejected(format!("Dropbox takes no file of more than {LARGEST} bytes")));
        }
        let reading = Reading::new(content, sent, ContentHash::default());
        let upload = Upload { calls: &self.calls, path: &path, bytes, reading, limits: &self.limits };
        let metadata = upload.run().await?;
        let hash = upload.reading.sum(ContentHash::text);
        if let Err(error) = same(&metadata, bytes, &hash) {
            self.remove(&path).await?;
            return Err(error);
        }
        Ok(upload.reading.receipt(hash))
    }

    async fn verify(&self, name: &str, receipt: &Receipt) -> Result<(), StorageError> {
        let hash = receipt.remote.as_deref().unwrap_or_default();
        self.compare(&self.path(name)?, receipt.bytes, hash).await
    }

    async fn delete(&self, name: &str) -> Result<(), StorageError> {
        self.remove(&self.path(name)?).await
    }

    async fn check(&self, steps: &mut Steps<'_>) {
        // Running out of it ends the check: the steps so far are the answer.
        let _ = self.try_all(steps).await;
    }
}

/// Whether Dropbox says of a file what it should.
fn same(metadata: &Value, bytes: u64, hash: &str) -> Result<(), StorageError> {
    if metadata["size"] == bytes && metadata["content_hash"] == hash {
        return Ok(());
    }
    Err(StorageError::Damaged("what is at Dropbox is not what was put: its size or its content_hash differs".into()))
}
