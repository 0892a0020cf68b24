//! What carries `object_store`'s requests: it ends those on which nothing moves any more, and keeps what went wrong last, of
//! which `object_store` itself tells too little.

use std::{
    error::Error,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use object_store::{
    ClientOptions,
    client::{HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpResponseBody, HttpService},
};
use reqwest::Body;

use super::{
    answer::Failure,
    body::{Activity, Received, Sent},
};
use crate::storage::{StorageError, http_client::Admission, network::SILENCE};

/// The most of a refusal's body that is looked at.
const REFUSAL: usize = 64 * 1024;

/// What went wrong last in an operation; nothing, if the last answer was a good one.
#[derive(Debug, Default)]
pub(super) struct Trail(Mutex<Option<Failure>>);

impl Trail {
    pub fn note(&self, failure: Failure) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
    }

    pub fn clear(&self) {
        self.take();
    }

    pub fn take(&self) -> Option<Failure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The carrier for one operation.
#[derive(Clone, Debug)]
pub(in crate::storage) struct Transport {
    client: reqwest::Client,
    admission: Admission,
    trail: Arc<Trail>,
    silence: Duration,
}

impl Transport {
    pub(super) fn new(client: reqwest::Client, admission: Admission) -> Self {
        Self { client, admission, trail: Arc::default(), silence: SILENCE }
    }

    pub(super) fn trail(&self) -> &Arc<Trail> {
        &self.trail
    }

    async fn carry(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let (parts, body) = request.into_parts();
        let url = parts.uri.to_string().parse().map_err(|_| Failure::Broken("the address is malformed".into()))?;
        self.admission.before_request(&url).await.map_err(Failure::NotAdmitted)?;
        let activity = Arc::new(Activity::new());
        let mut request = reqwest::Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.body_mut() = Some(Body::wrap(Sent::new(body, Arc::clone(&activity))));
        let response = tokio::select! {
            response = self.client.execute(request) => response.map_err(|error| failure_of(&error))?,
            () = activity.silence(self.silence) => return Err(Failure::Silent),
        };
        let (parts, body) = reqwest_parts(response);
        let body = HttpResponseBody::new(Received::new(body, self.silence, Arc::clone(&self.trail)));
        let mut response = HttpResponse::new(body);
        (*response.status_mut(), *response.headers_mut()) = parts;
        if response.status().is_success() || response.status() == reqwest::StatusCode::NOT_MODIFIED {
            self.trail.clear();
            return Ok(response);
        }
        self.refused(response).await
    }

    /// Notes a refusal, and passes it on.
    async fn refused(&self, response: HttpResponse) -> Result<HttpResponse, Failure> {
        let (parts, body) = response.into_parts();
        let text = beginning(body).await;
        self.trail.note(Failure::answered(parts.status, &parts.headers, &text));
        Ok(HttpResponse::from_parts(parts, HttpResponseBody::from(text)))
    }
}

fn reqwest_parts(response: reqwest::Response) -> ((reqwest::StatusCode, reqwest::header::HeaderMap), Body) {
    let head = (response.status(), response.headers().clone());
    (head, Body::from(response))
}

/// As much of a body as there is, up to a limit.
async fn beginning(body: HttpResponseBody) -> Bytes {
    use futures_util::StreamExt;
    let (mut stream, mut text) = (body.bytes_stream(), Vec::new());
    while let Some(Ok(piece)) = stream.next().await {
        text.extend_from_slice(&piece[..piece.len().min(REFUSAL - text.len())]);
        if text.len() == REFUSAL {
            break;
        }
    }
    text.into()
}

#[async_trait]
impl HttpService for Transport {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.carry(request).await.map_err(|failure| {
            self.trail.note(failure.clone());
            failure.into_http()
        })
    }
}

impl HttpConnector for Transport {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

/// What went wrong below HTTP.
pub(super) fn failure_of(error: &reqwest::Error) -> Failure {
    let mut innermost = String::new();
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(this) = cause {
        // An io::Error shows what it wraps only when asked in this way.
        let wrapped =
            this.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|inner| inner as &(dyn Error + 'static));
        for this in [Some(this), wrapped].into_iter().flatten() {
            if let Some(refused) = this.downcast_ref::<StorageError>() {
                return Failure::NotAdmitted(refused.clone());
            }
            if let Some(wrong) = this.downcast_ref::<rustls::Error>() {
                return Failure::Untrusted(wrong.to_string());
            }
            innermost = this.to_string();
        }
        cause = this.source();
    }
    // Never the whole address: there may be a signature in it.
    let host = error.url().and_then(|url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?)));
    let host = host.unwrap_or_else(|| "the provider".into());
    match () {
        () if error.is_timeout() && error.is_connect() => Failure::Unconnected(format!("{host}: it takes too long")),
        () if error.is_connect() => Failure::Unconnected(format!("{host}: {innermost}")),
        () => Failure::Broken(innermost),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use object_store::{PutPayload, client::HttpRequestBody};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::storage::Network;

    /// Sends `bytes` to a server that does with the connection what `serve` does, with `silence` as the limit.
    async fn send<F: Future<Output = ()> + Send + 'static>(
        bytes: usize,
        silence: Duration,
        serve: impl FnOnce(tokio::net::TcpStream) -> F + Send + 'static,
    ) -> (Result<Bytes, HttpError>, Option<Failure>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { serve(listener.accept().await.unwrap().0).await });
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let network = Network { allow_loopback: true, ..Network::default() };
        let transport = Transport { silence, ..Transport::new(client, Admission::new(&network)) };
        let payload: PutPayload = (0..bytes / 1024).map(|_| Bytes::from_static(&[7; 1024])).collect();
        let mut request = HttpRequest::new(HttpRequestBody::from(payload));
        *request.method_mut() = reqwest::Method::PUT;
        *request.uri_mut() = format!("http://{address}/a").parse().unwrap();
        let result = match transport.call(request).await {
            Ok(response) => response.into_body().bytes().await,
            Err(error) => Err(error),
        };
        server.abort();
        (result, transport.trail.take())
    }

    #[tokio::test]
    async fn silence_ends_a_request_wherever_it_falls() {
        let silence = Duration::from_millis(300);
        for bytes in [1024, 64 << 20] {
            let (result, failure) = send(bytes, silence, |connection| async move {
                std::future::pending::<()>().await;
                drop(connection);
            })
            .await;
            assert!(result.is_err() && matches!(failure, Some(Failure::Silent)), "{failure:?}");
        }
        let (result, failure) = send(1024, silence, |mut connection| async move {
            let mut taken = [0; 65536];
            let _ = connection.read(&mut taken).await;
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await.unwrap();
            std::future::pending::<()>().await;
        })
        .await;
        assert!(result.is_err() && matches!(failure, Some(Failure::Silent)), "{failure:?}");
    }

    #[tokio::test]
    async fn slowness_does_not() {
        let (start, silence) = (Instant::now(), Duration::from_millis(500));
        let (result, failure) = send(64 << 20, silence, move |mut connection| async move {
            let mut taken = vec![0; 4 << 20];
            let mut total = 0;
            while total < 64 << 20 {
                total += connection.read(&mut taken).await.unwrap();
                // The whole takes longer than the silence that is allowed.
                if start.elapsed() < silence * 3 {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
            std::future::pending::<()>().await;
        })
        .await;
        assert_eq!(result.unwrap(), "ok");
        assert!(failure.is_none());
    }
}
