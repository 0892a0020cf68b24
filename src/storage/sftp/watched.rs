//! A connection that ends when the other side has fallen silent.
//!
//! An operation that waits for one answer does not know whether the server works on it (bringing an archive to its disk can take
//! minutes) or is gone. The connection does: the session asks for a sign of life, and here nothing comes.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::storage::network::SILENCE;

/// A stream that fails after [`SILENCE`], or once it is cut.
pub struct Watched<S> {
    stream: S,
    silence: Pin<Box<Sleep>>,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
    /// The last write had to wait: when it goes on, the other side has taken something.
    blocked: bool,
}

impl<S> Watched<S> {
    /// Watches `stream`, until `cut` is canceled.
    pub fn new(stream: S, cut: CancellationToken) -> Self {
        Self { stream, silence: Box::pin(sleep(SILENCE)), cut: Box::pin(cut.cancelled_owned()), blocked: false }
    }

    fn sign_of_life(&mut self) {
        self.silence.as_mut().reset(Instant::now() + SILENCE);
    }

    /// What is to be said while nothing moves.
    fn waiting<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if self.cut.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        if self.silence.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = to.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, to) {
            Poll::Pending => self.waiting(context),
            ready => {
                if to.filled().len() > before {
                    self.sign_of_life();
                }
                ready
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Pending => {
                self.blocked = true;
                self.waiting(context)
            }
            ready => {
                // One that did not have to wait says nothing: the system takes it in for the other side.
                if std::mem::take(&mut self.blocked) {
                    self.sign_of_life();
                }
                ready
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
