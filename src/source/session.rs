//! The end of a session whose work was dropped in the middle. A server that sends rows notices at once that nobody takes them;
//! one that counts or waits would go on to the end of its query. So it is told, over a connection of its own.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{runtime::Handle, time::timeout};
use tokio_util::task::TaskTracker;

use super::SourceError;

/// What is still being ended.
static ENDING: LazyLock<TaskTracker> = LazyLock::new(TaskTracker::new);

/// Waits, but not longer than `most`, until the sessions whose work was dropped are ended. For the end of a process, which
/// would cut that off.
pub async fn sessions_ended(most: Duration) {
    ENDING.close();
    // What is not ended by then its server finds out by itself.
    let _ = timeout(most, ENDING.wait()).await;
    ENDING.reopen();
}

/// A session on a server.
#[async_trait]
pub(super) trait Session: Send + Sync + 'static {
    /// Ends it, whatever it is doing.
    async fn end(&self) -> Result<(), SourceError>;
}

/// Does `work` in the session. If the work is dropped before it is done, the session is ended.
pub(super) async fn busy<T>(session: &Arc<impl Session>, work: impl Future<Output = T>) -> T {
    let mut busy = EndOnDrop(Some(Arc::clone(session)));
    let done = work.await;
    busy.0 = None;
    done
}

/// Ends the session when it is dropped, unless it was taken out.
struct EndOnDrop<S: Session>(Option<Arc<S>>);

impl<S: Session> Drop for EndOnDrop<S> {
    fn drop(&mut self) {
        let (Some(session), Ok(runtime)) = (self.0.take(), Handle::try_current()) else { return };
        let end = async move {
            if let Err(cause) = session.end().await {
                tracing::warn!(%cause, "a query that nobody needs any more could not be ended");
            }
        };
        ENDING.spawn_on(end, &runtime);
    }
}
