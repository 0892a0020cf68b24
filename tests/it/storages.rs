//! Storages, each on a real server, read back by somebody else's client.

mod buckets;
mod buckets_broken;
mod conformance;
mod content;
mod dropbox;
pub mod fault_proxy;
mod faulty;
mod rackspace;
mod sftp;
