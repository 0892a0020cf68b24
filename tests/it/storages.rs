//! Storages, each on a real server, read back by somebody else's client.

mod conformance;
mod dropbox;
mod faulty;
mod rackspace;
mod sftp;
