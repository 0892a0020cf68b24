//! WinZip's AES-256 in version AE-2 (<https://www.winzip.com/en/support/aes-encryption/>): the encryption of one entry, and
//! its decryption.

use aes::Aes256;
use ctr::{
    Ctr128LE,
    cipher::{KeyIvInit, StreamCipher},
};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use crate::secret::{Secret, salt};

/// Bytes before the data: the salt and what a password is checked by.
pub(super) const BEFORE: usize = SALT + CHECK;
/// Bytes behind the data: the first ten of its HMAC-SHA-1.
pub(super) const BEHIND: usize = 10;
/// The extra field that marks an entry (its section II): vendor version 2, `AE`, AES-256, and deflate as the method
/// under it.
pub(super) const EXTRA: [u8; 11] = [0x01, 0x99, 7, 0, 2, 0, b'A', b'E', 3, 8, 0];

const SALT: usize = 16;
const KEY: usize = 32;
const CHECK: usize = 2;
/// Fixed by the format.
const ROUNDS: u32 = 1000;

/// Encrypts the data of one entry.
pub struct Encryption {
    cipher: Ctr128LE<Aes256>,
    mac: Hmac<Sha1>,
}

impl Encryption {
    /// Begins an entry with a salt of its own, and returns what stands before its data.
    pub fn begin(password: &Secret) -> Result<(Self, [u8; BEFORE]), getrandom::Error> {
        let salt = salt::<SALT>()?;
        let Keys { cipher, mac, check } = Keys::derive(password, &salt);
        let mut before = [0; BEFORE];
        before[..SALT].copy_from_slice(&salt);
        before[SALT..].copy_from_slice(&check);
        Ok((Self { cipher, mac }, before))
    }

    /// Encrypts the next bytes in their place.
    pub fn encrypt(&mut self, data: &mut [u8]) {
        self.cipher.apply_keystream(data);
        self.mac.update(data);
    }

    /// What stands behind the data.
    pub fn end(self) -> [u8; BEHIND] {
        let mut behind = [0; BEHIND];
        behind.copy_from_slice(&self.mac.finalize().into_bytes()[..BEHIND]);
        behind
    }
}

/// Decrypts the data of one entry.
pub(super) struct Decryption {
    cipher: Ctr128LE<Aes256>,
    mac: Hmac<Sha1>,
}

impl Decryption {
    /// Begins with what stands before the data; nothing if the password is another.
    pub(super) fn begin(password: &Secret, before: &[u8; BEFORE]) -> Option<Self> {
        let (salt, expected) = before.split_at(SALT);
        let Keys { cipher, mac, check } = Keys::derive(password, salt);
        // Two bytes that everybody can read: how long it takes to compare them tells nobody anything.
        (check == expected).then_some(Self { cipher, mac })
    }

    /// Decrypts the next bytes in their place.
    pub(super) fn decrypt(&mut self, data: &mut [u8]) {
        self.mac.update(data);
        self.cipher.apply_keystream(data);
    }

    /// Whether all that was decrypted is what was encrypted, by what stands behind the data.
    pub(super) fn proven_by(self, behind: &[u8; BEHIND]) -> bool {
        self.mac.verify_truncated_left(behind).is_ok()
    }
}

/// What is derived from the password and the salt of an entry.
struct Keys {
    cipher: Ctr128LE<Aes256>,
    mac: Hmac<Sha1>,
    /// What a password is checked by.
    check: [u8; CHECK],
}

impl Keys {
    fn derive(password: &Secret, salt: &[u8]) -> Self {
        let mut derived = Zeroizing::new([0; KEY + KEY + CHECK]);
        pbkdf2::pbkdf2_hmac::<Sha1>(password.expose().as_bytes(), salt, ROUNDS, derived.as_mut_slice());
        let mut check = [0; CHECK];
        check.copy_from_slice(&derived[KEY + KEY..]);
        let mut key = Zeroizing::new([0; KEY]);
        key.copy_from_slice(&derived[..KEY]);
        // HMAC fills a short key up with zeros to the block of its hash (RFC 2104, section 2).
        let mut block = Zeroizing::new([0; 64]);
        block[..KEY].copy_from_slice(&derived[KEY..KEY + KEY]);
        // The counter begins at 1 and counts up from its first byte.
        let mut counter = [0; 16];
        counter[0] = 1;
        let cipher = Ctr128LE::new(&(*key).into(), &counter.into());
        Self { cipher, mac: hmac::KeyInit::new(&(*block).into()), check }
    }
}
