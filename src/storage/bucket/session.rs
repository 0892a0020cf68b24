//! One operation at an object store: its client, and requests of our own beside it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::StreamExt;
use object_store::{
    BackoffConfig, ObjectStoreExt, RetryConfig,
    client::{HttpRequest, HttpRequestBody, HttpService},
    path::Path,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use sha2::{Digest, Sha256};

use super::{Client, Provider, Transport, answer::Failure};
use crate::storage::{Receipt, StorageError};

/// What is not escaped in a key, beside the slash: S3 signs it so.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PLAIN_PATH: &AsciiSet = &PLAIN.remove(b'/');
/// How often a request of our own is sent at most.
const TRIES: u32 = 3;
/// How long the first pause between two is.
const PAUSE: Duration = Duration::from_millis(300);

/// How often `object_store` repeats a request: a few times, over seconds. The caller tries again after pauses that are long.
pub(in crate::storage) fn retries() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig { init_backoff: PAUSE, max_backoff: Duration::from_secs(3), base: 3.0 },
        max_retries: TRIES as usize - 1,
        retry_timeout: Duration::from_secs(120),
    }
}

/// The client of one operation.
pub(super) struct Session {
    pub provider: Arc<dyn Provider>,
    pub client: Client,
    transport: Transport,
}

impl Session {
    pub fn new(provider: Arc<dyn Provider>, transport: Transport) -> Result<Self, StorageError> {
        let client = provider.client(transport.clone()).map_err(|cause| {
            StorageError::InvalidSettings(format!("the settings for {} do not fit: {cause}", provider.name()))
        })?;
        Ok(Self { provider, client, transport })
    }

    /// What an error of `object_store`'s means: what the transport saw tells more than the error does.
    pub fn error(&self, error: &object_store::Error) -> StorageError {
        let name = self.provider.name();
        match (self.transport.trail().take(), error) {
            (Some(failure), _) => self.explain(failure),
            (None, object_store::Error::NotFound { .. }) => {
                StorageError::NotFound(format!("{name} has no such file in {}", self.provider.bucket()))
            }
            // Not the provider's word: nobody was asked yet.
            (None, object_store::Error::Unauthenticated { source, .. }) => {
                StorageError::unreachable(format!("{name}: {source}"))
            }
            (None, object_store::Error::Generic { .. }) => {
                StorageError::unreachable(format!("{name} answers with something that cannot be understood"))
            }
            (None, _) => StorageError::Rejected(format!("{name} refuses it")),
        }
    }

    /// Takes an error that says no more than that there is no such object.
    pub fn missing(&self, error: &object_store::Error) -> Result<(), StorageError> {
        match self.transport.trail().take() {
            Some(failure) if failure.is_missing_object() => Ok(()),
            Some(failure) => Err(self.explain(failure)),
            None => Err(self.error(error)),
        }
    }

    pub fn explain(&self, failure: Failure) -> StorageError {
        failure.explain(&*self.provider)
    }

    /// Makes a request without a body, about the object `key` or about the bucket, and returns the answer's body.
    pub async fn ask(&self, method: Method, key: Option<&Path>, query: &str) -> Result<Bytes, Failure> {
        let mut pause = PAUSE;
        for _ in 1..TRIES {
            match self.ask_once(method.clone(), key, query).await {
                Err(failure) if failure.is_passing() => tokio::time::sleep(pause).await,
                result => return result,
            }
            pause *= 3;
        }
        self.ask_once(method, key, query).await
    }

    async fn ask_once(&self, method: Method, key: Option<&Path>, query: &str) -> Result<Bytes, Failure> {
        let mut request = self.request(method, key, query)?;
        self.client.signer.sign(&mut request).await.map_err(|cause| Failure::Unmade(cause.to_string()))?;
        self.send(request).await
    }

    /// Asks for an object without showing any credentials, once.
    pub async fn ask_unsigned(&self, key: &Path) -> Result<Bytes, Failure> {
        self.send(self.request(Method::GET, Some(key), "")?).await
    }

    fn request(&self, method: Method, key: Option<&Path>, query: &str) -> Result<HttpRequest, Failure> {
        let mut address = self.provider.root().as_str().trim_end_matches('/').to_owned();
        if let Some(key) = key {
            address.push('/');
            address.extend(utf8_percent_encode(key.as_ref(), PLAIN_PATH));
        }
        if !query.is_empty() {
            address.push('?');
            address.push_str(query);
        }
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.method_mut() = method;
        *request.uri_mut() = address.parse().map_err(|_| Failure::Unmade("its address is malformed".into()))?;
        Ok(request)
    }

    async fn send(&self, request: HttpRequest) -> Result<Bytes, Failure> {
        let answer = match self.transport.call(request).await {
            Ok(answer) => answer.into_body().bytes().await,
            Err(error) => Err(error),
        };
        match (self.transport.trail().take(), answer) {
            (None, Ok(body)) => Ok(body),
            (Some(failure), _) => Err(failure),
            (None, Err(error)) => Err(Failure::Broken(error.to_string())),
        }
    }

    /// Reads back what is there, and compares.
    pub async fn verify(&self, key: &Path, receipt: &Receipt) -> Result<(), StorageError> {
        let object = self.client.store.get(key).await.map_err(|error| self.error(&error))?;
        let other =
            |what: String| StorageError::Damaged(format!("what is at {} as {key} {what}", self.provider.name()));
        if object.meta.size != receipt.bytes {
            return Err(other(format!("has {} bytes instead of {}", object.meta.size, receipt.bytes)));
        }
        let (mut stream, mut hash, mut bytes) = (object.into_stream(), Sha256::new(), 0);
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|error| self.error(&error))?;
            bytes += piece.len() as u64;
            hash.update(&piece);
        }
        if bytes != receipt.bytes {
            return Err(StorageError::unreachable(format!("{} broke off while it was read", self.provider.name())));
        }
        if hex(&hash.finalize()) != receipt.sha256 {
            return Err(other("is not what was put: its SHA-256 is another".into()));
        }
        Ok(())
    }
}

/// A value within a query, escaped.
pub(super) fn escaped(value: &str) -> String {
    utf8_percent_encode(value, PLAIN).to_string()
}

/// In lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
