//! Carryall's own tables: what the server remembers about exports, settings and tokens.
//!
//! One file a table. This crate knows only sea-orm; the tables themselves are made by the
//! `carryall-migration` crate. What an application's exported tables look like is not here: that is
//! read from the application's database, each time anew.

pub mod api_token;
pub mod audit_event;
pub mod data_export;
pub mod data_export_settings;
pub mod exported_table;
pub mod instance;
pub mod nightly_run;
pub mod process;
pub mod session;
pub mod source_snapshot;
pub mod state_version;
pub mod storage_location;
pub mod upload;
