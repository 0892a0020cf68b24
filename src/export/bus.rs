//! Tells those who wait in this process what has changed and what is to be done. What other processes over the same database
//! change, the database tells ([`Channel`]): triggers on its tables, so that every change is told, whoever makes it, and
//! none that was not committed.

use std::convert::Infallible;

use sea_orm::DatabaseConnection;
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use crate::database::{Channel, Heard};

/// Changes that a listener may be behind before it is told to read anew.
const CHANGES_KEPT: usize = 256;

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// This export, or one of its copies.
    Of(Uuid),
    /// Perhaps any: it was not heard for a while what others changed.
    Any,
}

/// The bus of one process.
pub(super) struct Bus {
    changes: broadcast::Sender<Change>,
    /// Wakes the worker when an export was queued.
    pub(super) queued: Notify,
    /// Wakes those who run an export when somebody wants one canceled.
    pub(super) cancels: Notify,
    /// Wakes those who do what is due at the storages.
    pub(super) copies_due: Notify,
    /// Wakes those who carry a copy when it may not be wanted any more.
    pub(super) copies_unwanted: Notify,
}

impl Bus {
    pub(super) fn new() -> Self {
        Self {
            changes: broadcast::Sender::new(CHANGES_KEPT),
            queued: Notify::new(),
            cancels: Notify::new(),
            copies_due: Notify::new(),
            copies_unwanted: Notify::new(),
        }
    }

    /// What changes from now on.
    pub(super) fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// An export has changed.
    pub(super) fn changed(&self, id: Uuid) {
        // An error only says that nobody listens.
        let _ = self.changes.send(Change::Of(id));
    }

    /// Copies are to be removed, or carried no further.
    pub(super) fn copies_going(&self) {
        self.copies_unwanted.notify_waiters();
        self.copies_due.notify_one();
    }

    /// Hears what other processes over `db` change; nothing, if there are none. Never returns.
    pub(super) async fn listen(&self, db: &DatabaseConnection) -> Infallible {
        let Some(mut channel) = Channel::of(db) else { return std::future::pending().await };
        loop {
            match channel.hear().await {
                Heard::Told(text) => self.heard(&text),
                Heard::Began => self.look(),
            }
        }
    }

    /// `export ID STATE CANCEL` or `upload EXPORT STATUS`, as the migration `m0010_many` has the database say it.
    fn heard(&self, text: &str) {
        let mut words = text.split(' ');
        let (kind, id, state) = (words.next(), words.next().and_then(|id| id.parse().ok()), words.next());
        match (kind, state) {
            (Some("export"), Some("QUEUED")) => self.queued.notify_one(),
            (Some("export"), Some("RUNNING")) if words.next() == Some("true") => self.cancels.notify_waiters(),
            (Some("upload"), Some("PENDING")) => self.copies_due.notify_one(),
            (Some("upload"), Some("DELETING" | "GONE")) => self.copies_going(),
            _ => {}
        }
        if let Some(id) = id {
            self.changed(id);
        }
    }

    /// Everybody looks for themselves.
    fn look(&self) {
        let _ = self.changes.send(Change::Any);
        self.queued.notify_one();
        self.cancels.notify_waiters();
        self.copies_going();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn what_others_tell_wakes_those_whom_it_concerns() {
        let bus = Bus::new();
        let mut changes = bus.changes();
        let id = Uuid::from_u128(7);
        let (cancels, unwanted) = (bus.cancels.notified(), bus.copies_unwanted.notified());
        tokio::pin!(cancels, unwanted);
        cancels.as_mut().enable();
        unwanted.as_mut().enable();
        bus.heard(&format!("export {id} RUNNING false"));
        assert!(cancels.as_mut().now_or_never().is_none(), "nobody wants it canceled");
        bus.heard(&format!("export {id} RUNNING true"));
        assert!(cancels.now_or_never().is_some());
        bus.heard(&format!("upload {id} DELETING"));
        assert!(unwanted.now_or_never().is_some());
        assert!(bus.copies_due.notified().now_or_never().is_some());
        assert!(bus.queued.notified().now_or_never().is_none());
        bus.heard(&format!("export {id} QUEUED false"));
        assert!(bus.queued.notified().now_or_never().is_some());
        for _ in 0..4 {
            assert_eq!(changes.try_recv(), Ok(Change::Of(id)));
        }
        bus.heard("something else entirely");
        assert!(changes.try_recv().is_err());
    }
}
