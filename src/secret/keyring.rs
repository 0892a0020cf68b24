//! The keys of an instance. There is one, but while it is replaced by another.

use std::{fmt, io, path::PathBuf};

use zeroize::Zeroizing;

use super::{
    Secret,
    key::{Key, KeyId},
};

/// What a sealed value begins with. It is followed by the id of the key, the nonce, the cipher text and the tag.
const VERSION: u8 = 1;
/// Bytes of the version and the id.
const HEADER: usize = 1 + size_of::<KeyId>();

/// The keys of an instance: the first, the active one, seals and signs; the former ones only open and verify what they did.
pub struct Keyring {
    active: Key,
    former: Vec<Key>,
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
    #[error("the key file {0} cannot be used: {1}")]
    Malformed(PathBuf, #[source] KeyTextError),
    /// The operating system gives no randomness.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// Sealed by another key, for another use, or damaged.
    #[error("a sealed value cannot be opened: it was sealed with another key, or is damaged")]
    Sealed,
}

/// Why a text is no keyring. Shows nothing of it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyTextError {
    /// There is nothing in it.
    #[error("it is empty: 32 bytes in base64 were expected")]
    Empty,
    /// The word of this number is no key.
    #[error("word {0} of it is not a key: 32 bytes in base64 were expected")]
    NotAKey(usize),
    /// The word of this number is a key that was there before.
    #[error("word {0} of it is a key that stands before it already")]
    Twice(usize),
}

impl Keyring {
    /// A keyring with one new key.
    pub fn generate() -> Result<Self, getrandom::Error> {
        Ok(Self { active: Key::generate()?, former: Vec::new() })
    }

    /// Takes keys in base64, with white space between them, of which the first is the active one.
    pub fn parse(text: &str) -> Result<Self, KeyTextError> {
        let mut keys = Vec::<Key>::new();
        for (place, word) in (1..).zip(text.split_whitespace()) {
            let key = Key::parse(word).ok_or(KeyTextError::NotAKey(place))?;
            if keys.iter().any(|other| other.id() == key.id()) {
                return Err(KeyTextError::Twice(place));
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let active = keys.next().ok_or(KeyTextError::Empty)?;
        Ok(Self { active, former: keys.collect() })
    }

    /// What [`parse`](Self::parse) takes: a line a key.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64 * (1 + self.former.len())));
        for key in self.keys() {
            text.push_str(&key.text());
            text.push('\n');
        }
        text
    }

    /// Whether there are former keys, and so perhaps something that only they open.
    pub fn has_former(&self) -> bool {
        !self.former.is_empty()
    }

    /// Makes a new key the active one, and the active one a former one.
    pub fn turn(self) -> Result<Self, getrandom::Error> {
        let former = std::iter::once(self.active).chain(self.former).collect();
        Ok(Self { active: Key::generate()?, former })
    }

    /// Lets the former keys go.
    pub fn without_former(self) -> Self {
        Self { active: self.active, former: Vec::new() }
    }

    /// What the keys are told apart by, which tells nothing of them: that of the active one first.
    pub fn marks(&self) -> Vec<String> {
        self.keys().map(|key| key.id().iter().map(|byte| format!("{byte:02x}")).collect()).collect()
    }

    /// Seals `plain` for `context`: it opens only for the same context, so that a sealed value moved to
    /// another row or column is refused.
    pub fn seal(&self, plain: &Secret, context: &str) -> Result<Vec<u8>, KeyError> {
        let header = header(&self.active);
        let sealed = self.active.seal(plain, &additional(&header, context))?;
        Ok([header.as_slice(), &sealed].concat())
    }

    /// Opens what [`seal`](Self::seal) made for the same context.
    pub fn open(&self, sealed: &[u8], context: &str) -> Result<Secret, KeyError> {
        let opened = self.keys().find_map(|key| open_with(key, sealed, context));
        // What was sealed before keys had ids has no header, and begins with the nonce.
        let opened = opened.or_else(|| self.keys().find_map(|key| key.open(sealed, context.as_bytes())));
        opened.ok_or(KeyError::Sealed)
    }

    /// Seals what [`open`](Self::open) opens with the active key; None if it is sealed so already.
    pub fn reseal(&self, sealed: &[u8], context: &str) -> Result<Option<Vec<u8>>, KeyError> {
        if open_with(&self.active, sealed, context).is_some() {
            return Ok(None);
        }
        self.seal(&self.open(sealed, context)?, context).map(Some)
    }

    /// HMAC-SHA-256 over `message`.
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        self.active.sign(message)
    }

    /// Whether `signature` is one of these keys' over `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.keys().any(|key| key.verify(message, signature))
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.active).chain(&self.former)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(…)")
    }
}

fn header(key: &Key) -> [u8; HEADER] {
    let [a, b, c, d] = key.id();
    [VERSION, a, b, c, d]
}

/// What is proven together with a sealed value.
fn additional(header: &[u8; HEADER], context: &str) -> Vec<u8> {
    [header, context.as_bytes()].concat()
}

/// Opens what has the header of this key.
fn open_with(key: &Key, sealed: &[u8], context: &str) -> Option<Secret> {
    let (found, sealed) = sealed.split_first_chunk::<HEADER>()?;
    let same = *found == header(key);
    if same { key.open(sealed, &additional(found, context)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Key {
        Key::new(Zeroizing::new([byte; 32]))
    }

    /// The first is the active one.
    fn ring(bytes: &[u8]) -> Keyring {
        let mut keys = bytes.iter().map(|byte| key(*byte));
        Keyring { active: keys.next().unwrap(), former: keys.collect() }
    }

    #[test]
    fn what_was_sealed_opens_only_with_its_key_and_its_context() -> Result<(), KeyError> {
        let sealed = ring(&[1]).seal(&Secret::new("hunter2"), "row 7")?;
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(ring(&[1]).open(&sealed, "row 7")?.expose(), "hunter2");
        assert!(matches!(ring(&[2]).open(&sealed, "row 7"), Err(KeyError::Sealed)));
        assert!(matches!(ring(&[1]).open(&sealed, "row 8"), Err(KeyError::Sealed)));
        for length in 0..sealed.len() {
            assert!(matches!(ring(&[1]).open(&sealed[..length], "row 7"), Err(KeyError::Sealed)), "{length}");
        }
        Ok(())
    }

    #[test]
    fn no_byte_of_what_was_sealed_can_be_changed() -> Result<(), KeyError> {
        let sealed = ring(&[1]).seal(&Secret::new("hunter2"), "row 7")?;
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(matches!(ring(&[1, 2]).open(&changed, "row 7"), Err(KeyError::Sealed)), "byte {place}");
        }
        Ok(())
    }

    #[test]
    fn what_was_sealed_before_keys_had_ids_still_opens_whatever_it_begins_with() -> Result<(), KeyError> {
        // One in 256 begins with the byte that stands for the header's version.
        let mut versions = 0;
        while versions < 2 {
            let sealed = key(1).seal(&Secret::new("hunter2"), b"row 7")?;
            versions += usize::from(sealed[0] == VERSION);
            assert_eq!(ring(&[1]).open(&sealed, "row 7")?.expose(), "hunter2");
            assert_eq!(ring(&[2, 1]).open(&sealed, "row 7")?.expose(), "hunter2");
            assert!(matches!(ring(&[2]).open(&sealed, "row 7"), Err(KeyError::Sealed)));
        }
        Ok(())
    }

    #[test]
    fn a_former_key_opens_and_verifies_but_neither_seals_nor_signs() -> Result<(), KeyError> {
        let (before, both, after) = (ring(&[1]), ring(&[2, 1]), ring(&[2]));
        let sealed = before.seal(&Secret::new("hunter2"), "row 7")?;
        assert_eq!(both.open(&sealed, "row 7")?.expose(), "hunter2");
        assert!(both.verify(b"message", &before.sign(b"message")));
        let sealed = both.seal(&Secret::new("hunter2"), "row 7")?;
        assert_eq!(after.open(&sealed, "row 7")?.expose(), "hunter2");
        assert!(before.open(&sealed, "row 7").is_err());
        assert!(after.verify(b"message", &both.sign(b"message")));
        assert!(!before.verify(b"message", &both.sign(b"message")));
        Ok(())
    }

    #[test]
    fn a_value_is_resealed_once_whatever_form_it_has() -> Result<(), KeyError> {
        let both = ring(&[2, 1]);
        let old = key(1).seal(&Secret::new("hunter2"), b"row 7")?;
        let old_of_the_active = key(2).seal(&Secret::new("hunter2"), b"row 7")?;
        let former = ring(&[1]).seal(&Secret::new("hunter2"), "row 7")?;
        for sealed in [old, old_of_the_active, former] {
            let resealed = both.reseal(&sealed, "row 7")?.unwrap();
            assert_eq!(ring(&[2]).open(&resealed, "row 7")?.expose(), "hunter2");
            assert_eq!(both.reseal(&resealed, "row 7")?, None);
        }
        assert!(both.reseal(&ring(&[3]).seal(&Secret::new("x"), "row 7")?, "row 7").is_err());
        Ok(())
    }

    #[test]
    fn a_signature_is_good_for_one_message_and_one_key() {
        let signature = ring(&[1]).sign(b"message");
        assert!(ring(&[1]).verify(b"message", &signature));
        assert!(!ring(&[1]).verify(b"massage", &signature));
        assert!(!ring(&[2]).verify(b"message", &signature));
        assert!(!ring(&[1]).verify(b"message", &signature[..31]));
    }

    #[test]
    fn a_text_holds_one_key_or_several_and_what_is_wrong_with_it_is_said_without_it() {
        let (one, two) = (key(1).text(), key(2).text());
        let parsed = Keyring::parse(&format!(" {}\r\n\t{} \n", *one, *two)).unwrap();
        assert_eq!(*parsed.text(), format!("{}\n{}\n", *one, *two));
        assert!(parsed.has_former() && !parsed.without_former().has_former());
        for (text, wrong) in [
            (String::new(), KeyTextError::Empty),
            (" \n".to_owned(), KeyTextError::Empty),
            ("hunter2".to_owned(), KeyTextError::NotAKey(1)),
            (format!("{} {}", *one, &two[1..]), KeyTextError::NotAKey(2)),
            (format!("{} {} {}", *one, *two, *one), KeyTextError::Twice(3)),
        ] {
            let refused = Keyring::parse(&text).err().unwrap();
            assert_eq!(refused, wrong);
            assert!(!format!("{refused} {refused:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_keyring_does_not_show_itself() {
        assert_eq!(format!("{:?}", ring(&[1])), "Keyring(…)");
    }
}
