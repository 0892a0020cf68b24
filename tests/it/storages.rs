//! Storages, each on a real server, read back by somebody else's client.

mod behind_proxy;
mod buckets;
mod buckets_broken;
mod conformance;
mod content;
mod dropbox;
pub mod fault_proxy;
mod faulty;
mod outgoing;
mod rackspace;
mod sftp;
