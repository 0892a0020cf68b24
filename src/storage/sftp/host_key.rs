//! Which key a host must have.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use russh::{
    client::{self, DisconnectReason},
    keys::{Algorithm, EcdsaCurve, HashAlg, PublicKeyOrCertificate},
};

use crate::storage::StorageError;

/// A key's SHA-256, in OpenSSH's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    fn parse(text: &str) -> Option<Self> {
        let hash = text.trim().strip_prefix("SHA256:")?.trim_end_matches('=');
        (STANDARD_NO_PAD.decode(hash).ok()?.len() == 32).then(|| Self(format!("SHA256:{hash}")))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The kinds of keys, each as the algorithms that sign with it.
pub const KINDS: [&[Algorithm]; 3] = [
    &[Algorithm::Ed25519],
    &[
        Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 },
        Algorithm::Ecdsa { curve: EcdsaCurve::NistP384 },
        Algorithm::Ecdsa { curve: EcdsaCurve::NistP521 },
    ],
    &[
        Algorithm::Rsa { hash: Some(HashAlg::Sha512) },
        Algorithm::Rsa { hash: Some(HashAlg::Sha256) },
        Algorithm::Rsa { hash: None },
    ],
];

/// The key that is expected: the one that was set, or else the first one that is seen.
#[derive(Debug)]
pub struct Pin {
    set: Option<Fingerprint>,
    first_seen: OnceLock<Fingerprint>,
    /// The kind of key to ask for first, one of [`KINDS`]: a host has one of each, and a fingerprint does not tell its kind.
    kind: AtomicUsize,
}

impl Pin {
    pub fn new(fingerprint: Option<&str>) -> Result<Self, StorageError> {
        let set = fingerprint.filter(|text| !text.trim().is_empty()).map(|text| {
            Fingerprint::parse(text).ok_or_else(|| {
                let wanted = "the form of `ssh-keygen -l` is wanted, SHA256: and 43 characters";
                StorageError::setting("hostKeyFingerprint", wanted)
            })
        });
        Ok(Self { set: set.transpose()?, first_seen: OnceLock::new(), kind: AtomicUsize::new(0) })
    }

    /// The key that was seen first, if none was set.
    pub fn first_seen(&self) -> Option<String> {
        self.first_seen.get().map(ToString::to_string)
    }

    /// What is expected; None as long as anything is.
    pub fn expected(&self) -> Option<&Fingerprint> {
        self.set.as_ref().or_else(|| self.first_seen.get())
    }

    /// All algorithms, those of the kind that the expected key has first.
    pub fn kinds(&self) -> impl Iterator<Item = &'static [Algorithm]> {
        let first = self.kind.load(Ordering::Relaxed);
        KINDS.into_iter().cycle().skip(first).take(KINDS.len())
    }

    /// Keeps in mind that the expected key is of the kind of `algorithms`.
    pub fn is_of(&self, algorithms: &[Algorithm]) {
        let kind = KINDS.iter().position(|kind| *kind == algorithms).unwrap_or(0);
        self.kind.store(kind, Ordering::Relaxed);
    }

    fn admits(&self, seen: &Fingerprint) -> bool {
        self.set.as_ref().unwrap_or_else(|| self.first_seen.get_or_init(|| seen.clone())) == seen
    }
}

/// What is seen of a host.
#[derive(Debug, Default)]
pub struct Sight {
    /// Its key.
    pub key: OnceLock<Fingerprint>,
    /// It has closed the connection with a message that says so: nothing has broken.
    pub goodbye: OnceLock<()>,
}

/// Looks at the key of a host, which has proved by then that it holds it, before anything else is sent there.
pub struct Guard {
    pub pin: Arc<Pin>,
    pub sight: Arc<Sight>,
}

impl client::Handler for Guard {
    type Error = russh::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = key else { return Ok(false) };
        let seen = Fingerprint(key.fingerprint(HashAlg::Sha256).to_string());
        let admitted = self.pin.admits(&seen);
        let _ = self.sight.key.set(seen);
        Ok(admitted)
    }

    async fn disconnected(&mut self, reason: DisconnectReason<russh::Error>) -> Result<(), russh::Error> {
        match reason {
            DisconnectReason::ReceivedDisconnect(_) => {
                let _ = self.sight.goodbye.set(());
                Ok(())
            }
            DisconnectReason::Error(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    const OTHER: &str = "SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg";

    #[test]
    fn the_first_key_is_the_only_one_from_then_on_and_one_that_is_set_the_only_one_at_all() -> Result<(), StorageError>
    {
        let keys = [ONE, OTHER].map(|text| Fingerprint(text.into()));
        let pin = Pin::new(None)?;
        assert!(pin.admits(&keys[0]) && pin.admits(&keys[0]) && !pin.admits(&keys[1]));
        assert_eq!(pin.first_seen().as_deref(), Some(ONE));
        let pin = Pin::new(Some(&format!("{OTHER}=")))?;
        assert!(!pin.admits(&keys[0]) && pin.admits(&keys[1]));
        assert_eq!(pin.first_seen(), None);
        Ok(())
    }

    #[test]
    fn a_fingerprint_in_another_form_is_refused() {
        for text in ["MD5:aa:bb", "SHA256:short", &ONE[7..], "ssh-ed25519 AAAA"] {
            assert!(matches!(Pin::new(Some(text)), Err(StorageError::Setting { .. })), "{text}");
        }
    }
}
