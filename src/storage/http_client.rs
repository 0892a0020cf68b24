//! HTTP as storages speak it: no connection to where none may go, no redirects, no silence without an end, and no limit for the
//! whole.

mod activity;
mod admission;
mod failure;
mod resolver;
mod tries;

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream::BoxStream};
use reqwest::{Body, Certificate, Client, ClientBuilder, Method, RequestBuilder, StatusCode, header};
use url::Url;

use self::{activity::Activity, resolver::Resolver};
use super::{Network, StorageError, network};

pub(super) use admission::Admission;
pub(super) use resolver::proxies;
pub use tries::Pace;
pub(super) use tries::Tries;

/// Longest answer that is read. What storages answer is short: tokens, catalogues, lists of segments.
const LONGEST_ANSWER: usize = 8 << 20;

/// A client for one storage.
#[derive(Clone, Debug)]
pub(super) struct Http {
    client: Client,
    admission: Admission,
    pace: Pace,
}

/// What is sent, as a stream that is as long as it says.
pub(super) struct Outgoing {
    pub(super) bytes: u64,
    pub(super) pieces: BoxStream<'static, Result<Bytes, StorageError>>,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: header::HeaderMap,
    pub(super) body: Bytes,
}

impl Http {
    pub(super) fn new(network: &Network, pace: Pace) -> Result<Self, StorageError> {
        Ok(Self { client: built(builder(network)?)?, admission: Admission::new(network), pace })
    }

    /// How often and how fast something is tried again.
    pub(super) fn tries(&self) -> Tries {
        self.pace.tries()
    }

    /// Takes an address that somebody gave as `field`. Names are looked at again when they are resolved.
    pub(super) fn address(&self, field: &'static str, text: &str) -> Result<Url, StorageError> {
        let wrong = |why: &str| StorageError::setting(field, why);
        let url = Url::parse(text.trim()).map_err(|_| wrong("give it as https://HOST or https://HOST/PATH"))?;
        if !matches!(url.scheme(), "https" | "http") || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("give it as https://HOST or https://HOST/PATH, without a name or a password in it"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it must not hold ? or #"));
        }
        if !url.has_host() {
            return Err(wrong("it names no host"));
        }
        self.admission.of(&url).map(|()| url)
    }

    pub(super) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends it and reads what is answered, whatever the status. Fails when nothing moves for too long.
    pub(super) async fn send(
        &self,
        mut request: RequestBuilder,
        body: Option<Outgoing>,
    ) -> Result<Answer, StorageError> {
        let activity = Arc::new(Activity::new(self.pace.silence));
        if let Some(Outgoing { bytes, pieces }) = body {
            let noted = Arc::clone(&activity);
            request = request.header(header::CONTENT_LENGTH, bytes);
            request = request.body(Body::wrap_stream(pieces.inspect(move |_| noted.note())));
        }
        let (client, request) = request.build_split();
        let request = request.map_err(failure::of)?;
        self.admission.before_request(request.url()).await?;
        activity.note();
        let response = activity.watch(client.execute(request)).await?.map_err(failure::of)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let (mut pieces, mut body) = (response.bytes_stream(), BytesMut::new());
        loop {
            activity.note();
            let Some(piece) = activity.watch(pieces.next()).await? else { break };
            body.extend_from_slice(&piece.map_err(failure::of)?);
            if body.len() > LONGEST_ANSWER {
                return Err(StorageError::Rejected("the answer is too long".into()));
            }
        }
        Ok(Answer { status, headers, body: body.freeze() })
    }
}

/// What every client of a storage begins with: who we are, how long a connection may take, no redirects, the operator's
/// certificate authorities beside the system's, the environment's proxies, and only addresses that are admitted.
pub(super) fn builder(network: &Network) -> Result<ClientBuilder, StorageError> {
    choose_cryptography();
    let builder = Client::builder()
        .user_agent(concat!("carryall/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(network::CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .dns_resolver(Arc::new(Resolver::new(network)));
    let Some(path) = &network.extra_ca_file else { return Ok(builder) };
    let wrong = |why: String| StorageError::InvalidSettings(format!("the CA file {}: {why}", path.display()));
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| wrong(failure::deepest(&error)))?;
    Ok(builder.tls_certs_merge(certificates))
}

/// What TLS is made with, which must be there before the first client is.
pub(super) fn choose_cryptography() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Nobody has chosen one yet. That somebody else does so in between is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

/// The client that `builder` makes.
pub(super) fn built(builder: ClientBuilder) -> Result<Client, StorageError> {
    builder.build().map_err(|error| {
        StorageError::unreachable(format!("no HTTPS client could be made: {}", failure::deepest(&error)))
    })
}

impl Answer {
    /// A header, if it is there and readable.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long it asks to be left alone, if it says so in seconds.
    pub(super) fn retry_after(&self) -> Option<std::time::Duration> {
        self.header("retry-after")?.trim().parse().ok().map(std::time::Duration::from_secs)
    }
}
