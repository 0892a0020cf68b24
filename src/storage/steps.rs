//! The steps of a check, each tried only if those before it worked, and told of as they pass.

use std::{future::Future, time::Duration};

use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};
use url::Url;

use super::{
    Network, Step, StepKind, StorageError,
    http_client::{Http, proxies},
    network::CONNECT,
};

/// Who is told: the steps that have come to their ends, and the one that is tried now.
type Told<'a> = Box<dyn FnMut(&[Step], Option<StepKind>) + Send + 'a>;

/// What was tried so far, and who is told of it.
pub struct Steps<'a> {
    done: Vec<Step>,
    told: Told<'a>,
}

impl Default for Steps<'_> {
    /// Nobody is told.
    fn default() -> Self {
        Self::told(|_, _| {})
    }
}

impl<'a> Steps<'a> {
    /// None yet. `told` is called when a step begins, with those that have ended before it, and at once when one has failed.
    pub fn told(told: impl FnMut(&[Step], Option<StepKind>) + Send + 'a) -> Self {
        Self { done: Vec::new(), told: Box::new(told) }
    }

    /// Those that have come to their ends, in their order.
    pub fn done(self) -> Vec<Step> {
        self.done
    }

    /// Tries one; None if it failed.
    pub(super) async fn run<T>(
        &mut self,
        kind: StepKind,
        attempt: impl Future<Output = Result<(T, Option<String>), StorageError>>,
    ) -> Option<T> {
        let start = self.begin(kind);
        let result = attempt.await;
        self.note(kind, start, result)
    }

    /// Tells that one is tried from now on, for [`note`](Self::note).
    pub(super) fn begin(&mut self, kind: StepKind) -> Instant {
        (self.told)(&self.done, Some(kind));
        Instant::now()
    }

    /// Adds one that was tried since `start`; None if it failed.
    pub(super) fn note<T>(
        &mut self,
        kind: StepKind,
        start: Instant,
        result: Result<(T, Option<String>), StorageError>,
    ) -> Option<T> {
        let (value, error, detail) = match result {
            Ok((value, detail)) => (Some(value), None, detail),
            Err(error) => (None, Some(error), None),
        };
        let millis = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.done.push(Step { kind, error, detail, millis });
        if value.is_none() {
            // What is cleared away behind it is no step, and can take long. After one that worked the next begins at once.
            (self.told)(&self.done, None);
        }
        value
    }

    /// The way to an HTTP server: its name, a connection, its certificate. Behind a proxy the first two are the proxy's matter.
    pub(super) async fn reach(&mut self, http: &Http, network: &Network, url: &Url) -> Option<()> {
        if proxies().is_empty() {
            let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
            // The brackets of IPv6 addresses belong to URLs.
            let host = host.trim_matches(['[', ']']);
            let found = self.run(StepKind::Resolve, async {
                let found = network.resolve(host, port).await?;
                let detail = found.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>().join(", ");
                Ok((found, Some(detail)))
            });
            let found = found.await?;
            self.run(StepKind::Connect, async {
                let refused =
                    |why: String| StorageError::unreachable(format!("{host}:{port} cannot be reached: {why}"));
                match timeout(CONNECT, TcpStream::connect(&found[..])).await {
                    Ok(Ok(_)) => Ok(((), None)),
                    Ok(Err(error)) => Err(refused(error.to_string())),
                    Err(_) => Err(refused(format!("it did not answer for {} s", Duration::as_secs(&CONNECT)))),
                }
            })
            .await?;
        }
        let kind = if url.scheme() == "https" { StepKind::Identify } else { StepKind::Connect };
        if kind == StepKind::Connect && proxies().is_empty() {
            return Some(());
        }
        // Whatever it answers, it has shown its certificate by then.
        let request = http.request(reqwest::Method::HEAD, url.clone());
        self.run(kind, async { http.send(request, None).await.map(|_| ((), None)) }).await
    }
}
