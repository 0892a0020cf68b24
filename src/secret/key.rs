//! The key of an instance: seals what is stored (AES-256-GCM) and signs what is handed out (HMAC-SHA-256).

use std::{
    fs,
    io::{self, Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use aes_gcm::{
    Aes256Gcm, Nonce,
    aead::{Aead, KeyInit, Payload},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Secret, random};

/// Bytes of an AES-GCM nonce. Drawn at random for each value: far below the 2^32 values at which that wears thin.
const NONCE: usize = 12;

/// The instance's key. Made from one file; the two uses get keys of their own.
pub struct Key {
    sealing: Aes256Gcm,
    signing: Hmac<Sha256>,
}

/// Why the key, or what it sealed, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the key file {0} cannot be used: {1}")]
    File(PathBuf, #[source] io::Error),
    /// Others on this machine can read the file.
    #[error("the key file {0} can be read by others (mode {1:o}): run `chmod 600` on it")]
    Open(PathBuf, u32),
    /// The file holds something else.
    #[error("the key file {0} does not hold a key: 32 bytes in base64 were expected")]
    Malformed(PathBuf),
    /// The operating system gives no randomness.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// Sealed by another key, for another use, or damaged.
    #[error("a sealed value cannot be opened: it was sealed with another key, or is damaged")]
    Sealed,
}

impl Key {
    /// Reads the key from `path`.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let file = |cause| KeyError::File(path.to_owned(), cause);
        let mut opened = fs::File::open(path).map_err(file)?;
        let mode = opened.metadata().map_err(file)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Open(path.to_owned(), mode));
        }
        let mut text = Zeroizing::new(String::new());
        opened.read_to_string(&mut text).map_err(file)?;
        let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new);
        match bytes.as_deref().map(|bytes| <[u8; 32]>::try_from(bytes.as_slice())) {
            Ok(Ok(bytes)) => Ok(Self::new(&bytes)),
            _ => Err(KeyError::Malformed(path.to_owned())),
        }
    }

    /// Makes a key and keeps it at `path`, readable by its owner only. If another process was faster,
    /// its key stays and is the one returned.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let file = |cause| KeyError::File(path.to_owned(), cause);
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // tempfile makes its files with mode 0600.
        let mut draft = tempfile::NamedTempFile::new_in(folder).map_err(file)?;
        let text = Zeroizing::new(STANDARD.encode(Zeroizing::new(random::<32>()?)));
        writeln!(draft, "{}", *text).map_err(file)?;
        draft.as_file().sync_all().map_err(file)?;
        match draft.persist_noclobber(path) {
            Ok(_) => fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(file)?,
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(refused) => return Err(file(refused.error)),
        }
        Self::load(path)
    }

    fn new(bytes: &[u8; 32]) -> Self {
        let root = mac(bytes);
        let derive = |purpose: &[u8]| {
            Zeroizing::new(<[u8; 32]>::from(root.clone().chain_update(purpose).finalize().into_bytes()))
        };
        Self {
            sealing: Aes256Gcm::new(&(*derive(b"carryall seal 1")).into()),
            signing: mac(&derive(b"carryall sign 1")),
        }
    }

    /// Seals `plain` for `context`: it opens only for the same context, so that a sealed value moved to
    /// another row or column is refused. Returns the nonce, the cipher text and the tag in one.
    pub fn seal(&self, plain: &Secret, context: &str) -> Result<Vec<u8>, KeyError> {
        let nonce = random::<NONCE>()?;
        let payload = Payload { msg: plain.expose().as_bytes(), aad: context.as_bytes() };
        let sealed = self.sealing.encrypt(&Nonce::from(nonce), payload).map_err(|_| KeyError::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`seal`](Self::seal) made for the same context.
    pub fn open(&self, sealed: &[u8], context: &str) -> Result<Secret, KeyError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(KeyError::Sealed)?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        let plain = self.sealing.decrypt(&Nonce::from(*nonce), payload).map_err(|_| KeyError::Sealed)?;
        String::from_utf8(plain).map(Secret::new).map_err(|_| KeyError::Sealed)
    }

    /// HMAC-SHA-256 over `message`.
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        self.signing.clone().chain_update(message).finalize().into_bytes().into()
    }

    /// Whether `signature` is this key's over `message`, compared in constant time.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.signing.clone().chain_update(message).verify_slice(signature).is_ok()
    }
}

fn mac(key: &[u8; 32]) -> Hmac<Sha256> {
    // HMAC fills a short key up with zeros to the block of its hash (RFC 2104, section 2).
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    hmac::KeyInit::new(&(*block).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Key {
        Key::new(&[byte; 32])
    }

    #[test]
    fn what_was_sealed_opens_only_with_its_key_and_its_context() -> Result<(), KeyError> {
        let sealed = key(1).seal(&Secret::new("hunter2"), "row 7")?;
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(key(1).open(&sealed, "row 7")?.expose(), "hunter2");
        assert!(matches!(key(2).open(&sealed, "row 7"), Err(KeyError::Sealed)));
        assert!(matches!(key(1).open(&sealed, "row 8"), Err(KeyError::Sealed)));
        assert!(matches!(key(1).open(&sealed[..5], "row 7"), Err(KeyError::Sealed)));
        Ok(())
    }

    #[test]
    fn a_signature_is_good_for_one_message_and_one_key() {
        let signature = key(1).sign(b"message");
        assert!(key(1).verify(b"message", &signature));
        assert!(!key(1).verify(b"massage", &signature));
        assert!(!key(2).verify(b"message", &signature));
        assert!(!key(1).verify(b"message", &signature[..31]));
    }

    #[test]
    fn a_key_file_is_made_once_and_for_its_owner_only() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("secret.key");
        let sealed = Key::create(&path)?.seal(&Secret::new("x"), "")?;
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        assert_eq!(Key::create(&path)?.open(&sealed, "")?.expose(), "x", "the second start keeps the first key");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
        assert!(matches!(Key::load(&path), Err(KeyError::Open(_, 0o644))));
        Ok(())
    }
}
