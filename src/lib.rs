//! Carryall: a full copy of your application's data, in a bag you can carry.
//!
//! # The walk of one export
//!
//! `createDataExport` ([`graphql`]) puts a row into the queue ([`export`]). A worker claims it, takes a
//! snapshot of every source ([`source`]), writes each table ([`format`](mod@format)) into an encrypted zip
//! ([`archive`]), reads the zip back, gives it its name among the finished files ([`files`]), and marks the row
//! completed; what is past the maximum goes. Everyone who subscribed sees each step; [`http`] hands the file out. If it is to
//! be copied, there is a row for each storage by then, and each storage ([`storage`]) is handed the archive, asked whether it
//! is whole, and freed of what is past the maximum there.
//!
//! # Layout
//!
//! The modules, lowest first: [`clock`], [`secret`], [`scalar`], [`database`], [`limits`], [`token`], [`session`], [`audit`],
//! [`demo`], [`source`], [`format`](mod@format), [`archive`], [`storage`], [`files`], [`export`], [`graphql`], [`http`]. One may name
//! only those before it, so that each can be read on its own; a test (`tests/it/layout.rs`) holds it to that.
//!
//! # Invariants
//!
//! - [`source`], [`format`](mod@format), [`archive`], [`files`] and [`storage`] know nothing of exports, settings or
//!   Carryall's own tables.
//! - [`format`](mod@format) does no I/O.
//! - `export/queue.rs` and its folder are the only ones that write an export's state, each time in one conditional UPDATE.
//! - `export/upload/copies.rs` and its folder are the only ones that write the rows of copies, in the same way.
//! - What somebody changes by the API and the audit log's event of it are stored in one transaction.
//! - `export/schedule.rs`, `export/retention.rs` and `export/upload/retry.rs` decide; they read no clock, no table and no file.
//! - What must happen at a time asks the clock that can be set; what may take so long, the one that cannot.
//! - Nothing holds a whole table or a whole archive in memory: on the way are some megabytes, or some rows where a row is
//!   larger.
//! - A row is formatted by any thread, in any order; what is written is in the order in which it was read.
//! - At a storage only that is deleted which a row of `upload` says we put there. Nothing lists a folder to decide what goes.
//! - An export stays in the history, for its password, as long as its archive may be anywhere.
//! - A file is synced, read back and then renamed into place, or put into the object store and read back from there; what has a
//!   plain name is whole.
//! - A run's file is named in its row before it exists, so that a start after a crash removes exactly what
//!   that run left, and nothing else.
//! - `graphql::Failure` does not implement `Display`, so that an internal error cannot reach a client by accident.
//! - `export/sealed.rs` lists the columns that are sealed, and is the only one that seals and opens them.
//! - The time is an argument: only `main` reads the real clock. Keys, tokens and passwords are drawn in [`secret`] alone.

pub mod audit;
pub mod clock;
pub mod database;
pub mod limits;
pub mod scalar;
pub mod secret;
pub mod session;
pub mod token;

pub mod archive;
pub mod export;
pub mod files;
pub mod format;
pub mod source;
pub mod storage;

pub mod demo;
pub mod graphql;
pub mod http;
