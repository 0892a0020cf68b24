//! One container of an object store that speaks Swift v1. A token that is not taken any more is renewed once for each request.

mod bring;

use bytes::Bytes;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use super::{
    failure,
    identity::{Identity, Session},
};
use crate::storage::{
    StorageError,
    http_client::{Answer, Http, Outgoing},
};

/// What a server takes that does not say: so does Rackspace.
const LARGEST_OBJECT: u64 = 5 << 30;
const MOST_SEGMENTS: u64 = 1000;
/// How many names are listed at once.
const PAGE: usize = 1000;

/// The container, and the way there.
pub(super) struct Swift {
    http: Http,
    pub(super) identity: Identity,
    container: String,
    capacity: OnceCell<Capacity>,
}

/// What the server takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capacity {
    pub(super) object: u64,
    pub(super) segments: u64,
}

/// A request but for its body.
pub(super) struct Ask<'a> {
    method: Method,
    /// None: of the container itself.
    object: Option<&'a str>,
    query: &'a [(&'a str, &'a str)],
}

/// How a request failed.
enum Failure {
    /// The token is not taken any more.
    Lapsed(StorageError),
    Storage(StorageError),
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl<'a> Ask<'a> {
    pub(super) fn object(method: Method, object: &'a str) -> Self {
        Self { method, object: Some(object), query: &[] }
    }

    pub(super) fn query(self, query: &'a [(&'a str, &'a str)]) -> Self {
        Self { query, ..self }
    }
}

impl Swift {
    pub(super) fn new(http: Http, identity: Identity, container: String) -> Self {
        Self { http, identity, container, capacity: OnceCell::new() }
    }

    /// The name of an object as manifests write it.
    pub(super) fn in_container(&self, object: &str) -> String {
        format!("/{}/{object}", self.container)
    }

    /// The object that a manifest names, if it lies in this container.
    pub(super) fn object_of<'a>(&self, name: &'a str) -> Option<&'a str> {
        name.strip_prefix('/')?.strip_prefix(self.container.as_str())?.strip_prefix('/')
    }

    /// Asks, again if need be. That it is not there (404) is an answer.
    pub(super) async fn ask(&self, ask: &Ask<'_>, body: Option<Bytes>) -> Result<Answer, StorageError> {
        let (mut tries, mut renewed) = (self.http.tries(), false);
        loop {
            let outgoing = body.clone().map(|body| Outgoing {
                bytes: body.len() as u64,
                pieces: Box::pin(futures_util::stream::iter([Ok(body)])),
            });
            match self.once(ask, outgoing).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Lapsed(_)) if !renewed => renewed = true,
                Err(Failure::Lapsed(error)) => return Err(error),
                Err(Failure::Storage(error)) => tries.after(error).await?,
            }
        }
    }

    async fn once(&self, ask: &Ask<'_>, body: Option<Outgoing>) -> Result<Answer, Failure> {
        let session = self.identity.session().await?;
        let url = self.url(&session, ask)?;
        let request = self.http.request(ask.method.clone(), url);
        // Without it, what is stored is given a type by its name, and answers come as plain text.
        let request = match body {
            Some(_) => request.header("content-type", "application/octet-stream"),
            None => request,
        };
        let request = request.header("x-auth-token", session.token.expose()).header("accept", "application/json");
        let answer = self.http.send(request, body).await?;
        if answer.status.is_success() || answer.status == StatusCode::NOT_FOUND {
            return Ok(answer);
        }
        let error = failure::of(&answer, &self.what(ask));
        if answer.status == StatusCode::UNAUTHORIZED {
            self.identity.forget(&session.token).await;
            return Err(Failure::Lapsed(error));
        }
        Err(Failure::Storage(error))
    }

    fn url(&self, session: &Session, ask: &Ask<'_>) -> Result<Url, StorageError> {
        let mut url = session.account.clone();
        let object = ask.object.into_iter().flat_map(|object| object.split('/'));
        url.path_segments_mut()
            .map_err(|()| StorageError::Rejected("the catalogue's address takes no path".into()))?
            .pop_if_empty()
            .push(&self.container)
            .extend(object);
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(ask.query);
        }
        Ok(url)
    }

    fn what(&self, ask: &Ask<'_>) -> String {
        match ask.object {
            Some(object) => format!("{} {}/{object} at Rackspace", ask.method, self.container),
            None => format!("{} container {} at Rackspace", ask.method, self.container),
        }
    }

    pub(super) fn not_there(&self, object: &str) -> StorageError {
        StorageError::NotFound(format!("{}/{object} is not at Rackspace", self.container))
    }

    /// What the server takes, as it says itself.
    pub(super) async fn capacity(&self) -> Result<Capacity, StorageError> {
        let ask = async || -> Result<Capacity, StorageError> {
            let mut url = self.identity.session().await?.account;
            let path = url.path().split("/v1/").next().unwrap_or_default().to_owned();
            url.set_path(&format!("{path}/info"));
            let mut tries = self.http.tries();
            loop {
                match self.http.send(self.http.request(Method::GET, url.clone()), None).await {
                    Ok(answer) if answer.status.is_server_error() => tries.after(failure::of(&answer, "/info")).await?,
                    Ok(answer) => return Ok(capacity_of(&serde_json::from_slice(&answer.body).unwrap_or(Value::Null))),
                    Err(error) => tries.after(error).await?,
                }
            }
        };
        self.capacity.get_or_try_init(ask).await.copied()
    }

    /// Makes the container. That it is there already is no error.
    pub(super) async fn make_container(&self) -> Result<(), StorageError> {
        let ask = Ask { method: Method::PUT, object: None, query: &[] };
        let answer = self.ask(&ask, Some(Bytes::new())).await?;
        if answer.status.is_success() { Ok(()) } else { Err(failure::of(&answer, &self.what(&ask))) }
    }

    /// Removes an object; whether it was there.
    pub(super) async fn remove(&self, object: &str) -> Result<bool, StorageError> {
        Ok(self.ask(&Ask::object(Method::DELETE, object), None).await?.status.is_success())
    }

    /// The names of all objects that begin so.
    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        let (mut names, limit) = (Vec::<String>::new(), PAGE.to_string());
        loop {
            let marker = names.last().cloned().unwrap_or_default();
            let query = [("format", "json"), ("prefix", prefix), ("marker", &marker), ("limit", &limit)];
            let ask = Ask { method: Method::GET, object: None, query: &query };
            let answer = self.ask(&ask, None).await?;
            let page: Vec<Value> = serde_json::from_slice(&answer.body).unwrap_or_default();
            names.extend(page.iter().filter_map(|entry| entry["name"].as_str().map(str::to_owned)));
            if page.len() < PAGE || !answer.status.is_success() {
                return Ok(names);
            }
        }
    }
}

/// A server without segments says of everything else what it takes, and nothing of them.
fn capacity_of(info: &Value) -> Capacity {
    let object = info["swift"]["max_file_size"].as_u64().unwrap_or(LARGEST_OBJECT);
    let segments = match &info["slo"] {
        Value::Null if info["swift"].is_object() => 0,
        slo => slo["max_manifest_segments"].as_u64().unwrap_or(MOST_SEGMENTS),
    };
    Capacity { object, segments }
}

/// What Swift says of an object's content: its MD5, or the MD5 of its segments'.
pub(super) fn etag(answer: &Answer) -> &str {
    answer.header("etag").unwrap_or_default().trim_matches('"')
}
