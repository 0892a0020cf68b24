//! Tests of the whole, in one binary: one file a promise. `app` is a server inside the test, `process` the real
//! binary, `servers` the databases that it reads, `foreign` the programs of others that must agree with what Carryall wrote.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod app;
mod foreign;
mod packed;
mod process;
mod servers;
mod socket;

mod archive;
mod attacks;
mod audited;
mod cluster;
mod command;
mod crash;
mod create;
mod directory;
mod disk_full;
mod download;
mod event_stream;
mod faults;
mod fence;
mod formats;
mod history;
mod interrupted;
mod key;
mod layout;
mod many;
mod mariadb;
mod migrate_state;
mod nightly;
mod object_store;
mod on_postgres;
mod over_http;
mod ownership;
mod packaging;
mod postgres;
mod progress;
mod queue;
mod reach;
mod readme;
mod request_ids;
mod retention;
mod roles;
mod same;
mod schema;
mod secrets;
mod selection;
mod sessions;
mod settings;
mod shutdown;
mod sign_in;
mod sources;
mod storages;
mod strays;
mod uploads;
mod verify;
mod websocket;
mod zip64;
