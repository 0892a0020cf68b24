//! Bodies that tell when something of them has moved, so that silence can be told from slowness.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use object_store::client::{HttpError, HttpErrorKind, HttpRequestBody};
use tokio::time::{Instant, Sleep};

use super::{
    answer::Failure,
    transport::{Trail, failure_of},
};

/// What is handed to a connection at a time.
const PIECE: usize = 64 * 1024;

/// When something of a request was last taken.
pub(super) struct Activity {
    start: Instant,
    /// Microseconds after the start.
    last: AtomicU64,
    /// The same, of the moment at which its last byte was taken; 0 before.
    end: AtomicU64,
}

impl Activity {
    pub fn new() -> Self {
        Self { start: Instant::now(), last: AtomicU64::new(0), end: AtomicU64::new(0) }
    }

    fn note(&self, at_end: bool) {
        let now = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
        if at_end {
            self.end.store(now, Ordering::Relaxed);
        }
    }

    /// Returns once nothing has moved for so long. What was taken last may still wait in the buffers below, for as long as all
    /// of it took at most.
    pub async fn silence(&self, silence: Duration) {
        loop {
            let micros = self.last.load(Ordering::Relaxed).saturating_add(self.end.load(Ordering::Relaxed));
            let due = self.start + Duration::from_micros(micros) + silence;
            if due <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(due).await;
        }
    }
}

/// A request's body.
pub(super) struct Sent {
    inner: HttpRequestBody,
    rest: Bytes,
    activity: Arc<Activity>,
}

impl Sent {
    pub fn new(inner: HttpRequestBody, activity: Arc<Activity>) -> Self {
        Self { inner, rest: Bytes::new(), activity }
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        while self.rest.is_empty() {
            match Pin::new(&mut self.inner).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => self.rest = frame.into_data().unwrap_or_default(),
                other => {
                    self.activity.note(true);
                    return other;
                }
            }
        }
        let length = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(length);
        self.activity.note(self.is_end_stream());
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.inner.size_hint().exact().unwrap_or_default();
        SizeHint::with_exact(inner + self.rest.len() as u64)
    }
}

/// An answer's body. What breaks it off is noted.
pub(super) struct Received {
    inner: reqwest::Body,
    silence: Duration,
    due: Pin<Box<Sleep>>,
    /// It is waited for since it was asked for last: who takes a pause before asking on does not make it silent.
    awaited: bool,
    trail: Arc<Trail>,
}

impl Received {
    pub fn new(inner: reqwest::Body, silence: Duration, trail: Arc<Trail>) -> Self {
        Self { inner, silence, due: Box::pin(tokio::time::sleep(silence)), awaited: false, trail }
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        let failure = match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Err(error))) => failure_of(&error),
            Poll::Ready(other) => {
                self.awaited = false;
                return Poll::Ready(
                    other.map(|frame| frame.map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))),
                );
            }
            Poll::Pending => {
                if !self.awaited {
                    self.awaited = true;
                    let due = Instant::now() + self.silence;
                    self.due.as_mut().reset(due);
                }
                match self.due.as_mut().poll(cx) {
                    Poll::Ready(()) => Failure::Silent,
                    Poll::Pending => return Poll::Pending,
                }
            }
        };
        self.trail.note(failure.clone());
        Poll::Ready(Some(Err(failure.into_http())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use tokio::{join, sync::mpsc, time::sleep};
    use tokio_stream::wrappers::ReceiverStream;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_takes_a_pause_before_reading_on_does_not_make_it_silent() {
        let silence = Duration::from_secs(60);
        let (sender, receiver) = mpsc::channel(1);
        let trail = Arc::new(Trail::default());
        let body = reqwest::Body::wrap_stream(ReceiverStream::new(receiver));
        let mut received = Received::new(body, silence, Arc::clone(&trail));
        let piece = || Ok::<_, std::io::Error>(Bytes::from_static(b"a"));
        for _ in 0..3 {
            sleep(silence * 2).await;
            let send = async {
                sleep(silence / 2).await;
                sender.send(piece()).await
            };
            let (frame, sent) = join!(received.frame(), send);
            assert!(frame.is_some_and(|frame| frame.is_ok()) && sent.is_ok());
        }
        assert!(received.frame().await.is_some_and(|frame| frame.is_err()), "nothing comes for too long");
        assert!(matches!(trail.take(), Some(Failure::Silent)));
    }
}
