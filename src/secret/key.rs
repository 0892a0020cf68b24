//! One key: seals what is stored (AES-256-GCM) and signs what is handed out (HMAC-SHA-256).

use aes_gcm::{
    Aes256Gcm, Nonce,
    aead::{Aead, KeyInit, Payload},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{KeyError, Secret, random};

/// Bytes of an AES-GCM nonce. Drawn at random for each value: far below the 2^32 values at which that wears thin.
const NONCE: usize = 12;

/// What tells keys apart. It is derived from the key, and says nothing about it.
pub(super) type KeyId = [u8; 4];

/// A key. Each of its uses gets a key of its own, derived from it.
pub(super) struct Key {
    bytes: Zeroizing<[u8; 32]>,
    id: KeyId,
    sealing: Aes256Gcm,
    signing: Hmac<Sha256>,
}

impl Key {
    pub(super) fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        let root = mac(&bytes);
        let derive = |purpose: &[u8]| {
            Zeroizing::new(<[u8; 32]>::from(root.clone().chain_update(purpose).finalize().into_bytes()))
        };
        let [a, b, c, d, ..] = *derive(b"carryall id 1");
        Self {
            id: [a, b, c, d],
            sealing: Aes256Gcm::new(&(*derive(b"carryall seal 1")).into()),
            signing: mac(&derive(b"carryall sign 1")),
            bytes,
        }
    }

    /// Draws a new one.
    pub(super) fn generate() -> Result<Self, getrandom::Error> {
        Ok(Self::new(Zeroizing::new(random::<32>()?)))
    }

    /// The key that `text` holds, 32 bytes in base64; None if it holds something else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).map(Zeroizing::new).ok()?;
        <[u8; 32]>::try_from(bytes.as_slice()).ok().map(|bytes| Self::new(Zeroizing::new(bytes)))
    }

    /// What [`parse`](Self::parse) takes.
    pub(super) fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(*self.bytes))
    }

    pub(super) fn id(&self) -> KeyId {
        self.id
    }

    /// Returns the nonce, the cipher text and the tag in one.
    pub(super) fn seal(&self, plain: &Secret, additional: &[u8]) -> Result<Vec<u8>, KeyError> {
        let nonce = random::<NONCE>()?;
        let payload = Payload { msg: plain.expose().as_bytes(), aad: additional };
        let sealed = self.sealing.encrypt(&Nonce::from(nonce), payload).map_err(|_| KeyError::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`seal`](Self::seal) made with the same additional data.
    pub(super) fn open(&self, sealed: &[u8], additional: &[u8]) -> Option<Secret> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: additional };
        let plain = self.sealing.decrypt(&Nonce::from(*nonce), payload).ok()?;
        String::from_utf8(plain).ok().map(Secret::new)
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 32] {
        self.signing.clone().chain_update(message).finalize().into_bytes().into()
    }

    /// Compares in constant time.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.signing.clone().chain_update(message).verify_slice(signature).is_ok()
    }
}

fn mac(key: &[u8; 32]) -> Hmac<Sha256> {
    // HMAC fills a short key up with zeros to the block of its hash (RFC 2104, section 2).
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    hmac::KeyInit::new(&(*block).into())
}
