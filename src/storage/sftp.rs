//! A folder on a server that speaks SFTP, the file transfer of SSH.
//!
//! Each operation is a connection of its own. An archive is written under a name of our own beside the final one, brought to
//! the server's disk where it offers that, and renamed; it is verified by reading it back, since no server tells a checksum.
//!
//! Whom a password is sent to is settled before: the host's key has the fingerprint in the settings, or, where they have
//! none, is the first that this [`Sftp`] sees. [`Storage::to_pin`] tells that one, so that it is kept with the settings and
//! another is refused from then on.

mod check;
mod connection;
mod failure;
mod folder;
mod host_key;
mod read_back;
mod rename;
mod session;
mod settings;
mod sign_in;
mod upload;
mod watched;

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::timeout;

use super::{Content, Network, Receipt, Steps, Storage, StorageError, base_path};
use folder::Folder;
use host_key::Pin;
use session::Session;
pub use settings::SftpSettings;

/// How long the removal of what a failed upload left may take, the new connection that it may need included.
const CLEARING: Duration = super::network::CONNECT;

/// A folder on an SFTP server.
pub struct Sftp {
    settings: SftpSettings,
    network: Network,
    folder: Folder,
    pin: Arc<Pin>,
}

impl Sftp {
    /// Takes the settings in. Connects to nothing.
    pub fn new(settings: SftpSettings, network: &Network) -> Result<Self, StorageError> {
        settings.check()?;
        let folder = Folder::parse(&settings.base_path)?;
        let pin = Arc::new(Pin::new(settings.host_key_fingerprint.as_deref())?);
        // Names are looked at again when they are looked up.
        network.admit_host(settings.host_name())?;
        Ok(Self { settings, network: network.clone(), folder, pin })
    }

    /// Connects and signs in.
    async fn session(&self) -> Result<Session, StorageError> {
        let addresses = self.network.resolve(self.settings.host_name(), self.settings.port).await?;
        let stream = connection::connect(&addresses).await?;
        let mut identified = connection::identify(stream, &addresses, &self.pin).await?;
        sign_in::sign_in(&mut identified, &self.settings).await?;
        Session::start(identified).await
    }

    /// Removes what a failed upload left: in its own session, or if that is past hope, in a new one. True if the file has its
    /// name in truth, and only the answer was lost.
    async fn clear(&self, session: Session, failed: &upload::Failed, name: &str, bytes: u64) -> bool {
        let session = match &failed.error {
            StorageError::Unreachable { .. } => {
                drop(session);
                let Ok(session) = self.session().await else { return false };
                session
            }
            _ => session,
        };
        let was_left = session.remove(&self.folder.part(name)).await;
        // It was there, and whole, when its renaming was asked for.
        let arrived = failed.renaming
            && matches!(was_left, Ok(false))
            && matches!(session.size(&self.folder.path(name)).await, Ok(Some(size)) if size == bytes);
        session.close().await;
        arrived
    }
}

#[async_trait]
impl Storage for Sftp {
    async fn put(&self, name: &str, content: &dyn Content, sent: &Arc<AtomicU64>) -> Result<Receipt, StorageError> {
        base_path::file(name)?;
        let session = self.session().await?;
        self.folder.make(&session).await?;
        match upload::upload(&session, &self.folder, name, content, sent).await {
            Ok(()) => session.close().await,
            Err(failed) => {
                let cleared = self.clear(session, &failed, name, content.bytes());
                if !timeout(CLEARING, cleared).await.unwrap_or(false) {
                    return Err(failed.error);
                }
            }
        }
        Ok(upload::receipt(content))
    }

    async fn verify(&self, name: &str, receipt: &Receipt) -> Result<(), StorageError> {
        base_path::file(name)?;
        let session = self.session().await?;
        read_back::verify(&session, &self.folder.path(name), receipt).await?;
        session.close().await;
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), StorageError> {
        base_path::file(name)?;
        let session = self.session().await?;
        session.remove(&self.folder.part(name)).await?;
        session.remove(&self.folder.path(name)).await?;
        session.close().await;
        Ok(())
    }

    async fn check(&self, steps: &mut Steps<'_>) {
        check::check(self, steps).await;
    }

    fn to_pin(&self) -> Option<String> {
        self.pin.first_seen()
    }
}
