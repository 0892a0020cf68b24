//! Rackspace Cloud Files, and every other OpenStack Swift that is entered by Identity v2.0.
//!
//! What arrived is compared by the MD5 that Swift computes of it. A file that is more than the server takes in one object goes
//! in segments. Tokens last a day; one that is not taken any more is replaced in the middle of whatever goes on.

mod failure;
mod identity;
mod segments;
mod swift;

use std::sync::{Arc, atomic::AtomicU64};

use async_graphql::{InputObject, SimpleObject};
use async_trait::async_trait;
use bytes::Bytes;
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::{
    identity::Identity,
    segments::Segments,
    swift::{Ask, Swift, etag},
};
use super::{
    Content, Network, Receipt, StepKind, Steps, Storage, StorageError, base_path,
    http_client::{Http, Pace},
    kept_secret::{SecretSetting, Secrets},
    reading::Reading,
    secret_text,
};
use crate::{scalar::Url, secret::Secret};

/// A folder in a container of Cloud Files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, InputObject, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(input_name = "RackspaceInput")]
pub struct Rackspace {
    /// Where one signs in, with or without `/v2.0`: `https://identity.api.rackspacecloud.com`.
    pub identity_endpoint: Url,
    /// The user.
    pub username: String,
    /// The password, or the API key: which of them it is is found out by signing in. Left empty in a change, it stays, if
    /// `identityEndpoint` and `username` do.
    #[serde(with = "secret_text")]
    #[graphql(skip_output)]
    pub password: Secret,
    /// The region that the container is in, such as DFW; in capitals or not.
    pub region: String,
    /// The container. It is made if it is not there.
    #[serde(default = "default_container")]
    #[graphql(default = "data-exports")]
    pub container: String,
    /// The folder in the container that copies go to, such as `backups/carryall`; empty for the container itself.
    #[serde(default)]
    #[graphql(default)]
    pub base_path: String,
}

fn default_container() -> String {
    "data-exports".into()
}

/// How much is sent at once.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The largest object, if that is less than the server takes.
    pub object: u64,
    /// What goes into one segment, unless there would be too many: so much is sent again at most when a connection breaks
    /// off.
    pub segment: u64,
    /// How patient one operation is.
    pub pace: Pace,
}

impl Default for Limits {
    fn default() -> Self {
        Self { object: u64::MAX, segment: 256 << 20, pace: Pace::default() }
    }
}

/// The folder, and the way there.
pub struct RackspaceStorage {
    swift: Swift,
    http: Http,
    folders: Vec<String>,
    limits: Limits,
    network: Network,
}

impl Secrets for Rackspace {
    fn secrets(&mut self) -> Vec<SecretSetting<'_>> {
        let Self { identity_endpoint, username, password, region: _, container: _, base_path: _ } = self;
        let endpoint = identity_endpoint.0.trim().trim_end_matches('/');
        // It goes to the identity service alone, which says where the region's storage is.
        vec![SecretSetting::needed("password", password, [endpoint, username.trim()])]
    }
}

impl Rackspace {
    /// Where the files lie.
    pub fn place(&self) -> Vec<String> {
        let region = self.region.trim().to_ascii_uppercase();
        let endpoint = self.identity_endpoint.0.trim().trim_end_matches('/');
        base_path::place([endpoint, self.username.trim(), &region, self.container.trim()], &self.base_path)
    }

    /// The storage. Connects to nothing.
    ///
    /// # Errors
    ///
    /// If the settings cannot be right.
    pub fn open(&self, network: &Network) -> Result<Box<dyn Storage>, StorageError> {
        Ok(Box::new(RackspaceStorage::new(self, network, Limits::default())?))
    }
}

impl RackspaceStorage {
    /// The same, with other limits.
    pub fn new(settings: &Rackspace, network: &Network, limits: Limits) -> Result<Self, StorageError> {
        let http = Http::new(network, limits.pace.clone())?;
        let identity = Identity::new(settings, &http)?;
        let container = settings.container.trim();
        if container.is_empty() || container.len() > 256 || container.contains('/') || matches!(container, "." | "..") {
            let message = "its name has 1 to 256 bytes and no slash; folders belong into basePath";
            return Err(StorageError::setting("container", message));
        }
        let swift = Swift::new(http.clone(), identity, container.to_owned());
        let folders = base_path::folders(&settings.base_path)?;
        Ok(Self { swift, http, folders, limits, network: network.clone() })
    }

    fn object(&self, name: &str) -> Result<String, StorageError> {
        let name = base_path::file(name)?;
        Ok(self.folders.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join("/"))
    }

    /// How large the segments of so large a file are; None if it needs none.
    async fn segment(&self, bytes: u64) -> Result<Option<u64>, StorageError> {
        let capacity = self.swift.capacity().await?;
        let largest = capacity.object.min(self.limits.object);
        if bytes <= largest {
            return Ok(None);
        }
        let least = bytes.checked_div(capacity.segments).map_or(u64::MAX, |even| even + 1);
        if least > largest {
            return Err(StorageError::Rejected(format!(
                "the server takes objects of {largest} bytes and {} of them as one; the file has {bytes}",
                capacity.segments
            )));
        }
        Ok(Some(self.limits.segment.max(least).min(largest)))
    }

    async fn send(&self, object: &str, reading: &Reading<'_, ()>, bytes: u64) -> Result<String, StorageError> {
        let (sum, keep) = match self.segment(bytes).await? {
            None => (self.swift.bring(object, reading, 0..bytes).await?, None),
            Some(size) => {
                let segments = Segments::new(&self.swift, object, size);
                (segments.put(reading, bytes).await?, Some(segments.prefix))
            }
        };
        // Those of what was there before, and of puts that broke off.
        if let Err(error) = segments::sweep(&self.swift, object, keep.as_deref()).await {
            tracing::warn!(%error, "old segments stay until their file is put again or deleted");
        }
        Ok(sum)
    }

    async fn remove(&self, object: &str) -> Result<(), StorageError> {
        let head = self.swift.ask(&Ask::object(Method::HEAD, object), None).await?;
        if head.status.is_success() && head.header("x-static-large-object").is_some() {
            let query = [("multipart-manifest", "delete")];
            let answer = self.swift.ask(&Ask::object(Method::DELETE, object).query(&query), None).await?;
            let said: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
            // It answers 200 and says here what did not work.
            let wrong = said["Errors"].as_array().is_some_and(|errors| !errors.is_empty());
            if wrong {
                let status = said["Response Status"].as_str().unwrap_or("no reason");
                return Err(StorageError::unreachable(format!(
                    "not all segments of {object} could be deleted: {status}"
                )));
            }
        }
        self.swift.remove(object).await?;
        segments::sweep(&self.swift, object, None).await
    }

    async fn try_all(&self, steps: &mut Steps<'_>) -> Option<()> {
        let name = format!(".carryall-check-{}", uuid::Uuid::new_v4().simple());
        let (object, probe) = (self.object(&name).ok()?, Bytes::from(name));
        steps.reach(&self.http, &self.network, &self.swift.identity.endpoint).await?;
        let signed_in = steps.run(StepKind::SignIn, async {
            let session = self.swift.identity.session().await?;
            Ok(((), session.account.host_str().map(str::to_owned)))
        });
        signed_in.await?;
        let written = steps.run(StepKind::Write, async {
            let put = Ask::object(Method::PUT, &object);
            let mut answer = self.swift.ask(&put, Some(probe.clone())).await?;
            if answer.status == StatusCode::NOT_FOUND {
                self.swift.make_container().await?;
                answer = self.swift.ask(&put, Some(probe.clone())).await?;
            }
            if answer.status.is_success() { Ok(((), None)) } else { Err(self.swift.not_there(&object)) }
        });
        if written.await.is_none() {
            // It may be there all the same, if only the answer was lost.
            if let Err(error) = self.swift.remove(&object).await {
                tracing::debug!(%error, "the file of a check could not be removed");
            }
            return None;
        }
        steps
            .run(StepKind::Read, async {
                let answer = self.swift.ask(&Ask::object(Method::GET, &object), None).await?;
                if answer.body == probe { Ok(((), None)) } else { Err(different(&object)) }
            })
            .await;
        steps.run(StepKind::Delete, async { Ok((self.swift.remove(&object).await.map(drop)?, None)) }).await
    }
}

#[async_trait]
impl Storage for RackspaceStorage {
    async fn put(&self, name: &str, content: &dyn Content, sent: &Arc<AtomicU64>) -> Result<Receipt, StorageError> {
        let reading = Reading::new(content, sent, ());
        let sum = self.send(&self.object(name)?, &reading, content.bytes()).await;
        Ok(reading.receipt(sum.map_err(|error| reading.trouble().unwrap_or(error))?))
    }

    async fn verify(&self, name: &str, receipt: &Receipt) -> Result<(), StorageError> {
        let object = self.object(name)?;
        let head = self.swift.ask(&Ask::object(Method::HEAD, &object), None).await?;
        if head.status == StatusCode::NOT_FOUND {
            return Err(self.swift.not_there(&object));
        }
        let there = match head.header("x-static-large-object") {
            None => (etag(&head).to_owned(), segments::length(&head)),
            // What is said of the whole is what was said when it was put together: it is asked of each segment.
            Some(_) => segments::verify(&self.swift, &object).await?,
        };
        let expected = (receipt.remote.as_deref().unwrap_or_default(), receipt.bytes);
        if (there.0.as_str(), there.1) == expected { Ok(()) } else { Err(different(&object)) }
    }

    async fn delete(&self, name: &str) -> Result<(), StorageError> {
        self.remove(&self.object(name)?).await
    }

    async fn check(&self, steps: &mut Steps<'_>) {
        // Running out of it ends the check: the steps so far are the answer.
        let _ = self.try_all(steps).await;
    }
}

fn different(object: &str) -> StorageError {
    StorageError::Damaged(format!("{object} at Rackspace is not what was put: its size or its ETag differs"))
}
