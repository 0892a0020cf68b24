//! What is promised of the queue, the nights, retention and the life of an export holds whichever database has the server's state:
//! the same tests once more, over PostgreSQL. [`TestApp`](crate::app::TestApp) knows by their names that they are these.

#![expect(clippy::duplicate_mod, reason = "that is what this is for")]

#[path = "create.rs"]
mod create;
#[path = "fence.rs"]
mod fence;
#[path = "history.rs"]
mod history;
#[path = "interrupted.rs"]
mod interrupted;
#[path = "nightly.rs"]
mod nightly;
#[path = "progress.rs"]
mod progress;
#[path = "queue.rs"]
mod queue;
#[path = "retention.rs"]
mod retention;
#[path = "settings.rs"]
mod settings;
