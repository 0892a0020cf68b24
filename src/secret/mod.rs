//! What must not be seen: values that hide themselves, and the keys that seal them at rest.
//!
//! Keys, tokens and passwords are drawn here, from the operating system's randomness.

mod key;
mod key_file;
mod keyring;

use std::{fmt, io};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tokio::task::JoinError;
use zeroize::Zeroizing;

pub use keyring::{KeyError, KeyTextError, Keyring};

/// Length of a generated archive password: 24 of 56 characters are 139 bits, well above the 96 that
/// WinZip AES needs, since its key derivation is fixed at 1,000 rounds.
const PASSWORD_LENGTH: usize = 24;
/// Letters and digits that survive shells, telephones and tired eyes: no 0/O, 1/l/I, o, and no sign.
const PASSWORD_ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Shortest archive password that is taken from a person.
const PASSWORD_MINIMUM: usize = 12;
/// Longest password 7-Zip takes for a zip.
const PASSWORD_MAXIMUM: usize = 99;

/// A text that is neither printed nor logged, and wiped from memory when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself. Each call is a place to check that it goes only where it may.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Of a task that ended before its time only that is told: what it panicked with may hold a secret.
#[expect(clippy::needless_pass_by_value, reason = "it stands where an error is mapped")]
pub fn died(cause: JoinError) -> io::Error {
    io::Error::other(if cause.is_panic() { "a task panicked" } else { "a task was stopped" })
}

/// Why a person's password was not taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PasswordError {
    /// Too short or too long.
    #[error(
        "the archive's password must have {PASSWORD_MINIMUM} to {PASSWORD_MAXIMUM} characters, and this one has {0}"
    )]
    Length(usize),
    /// Zip programs do not agree on how to read anything but ASCII.
    #[error(
        "the archive's password may hold only printable ASCII characters, since zip programs read others differently"
    )]
    Characters,
}

/// Takes a person's password for an archive: printable ASCII, 12 to 99 characters.
pub fn archive_password(text: &str) -> Result<Secret, PasswordError> {
    if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(PasswordError::Characters);
    }
    if !(PASSWORD_MINIMUM..=PASSWORD_MAXIMUM).contains(&text.len()) {
        return Err(PasswordError::Length(text.len()));
    }
    Ok(Secret::new(text))
}

/// Makes a password for an archive.
pub fn generate_password() -> Result<Secret, getrandom::Error> {
    let mut password = String::with_capacity(PASSWORD_LENGTH);
    // Bytes past the last whole multiple of the alphabet are thrown away: a remainder would favour its start.
    let fair = 256 - 256 % PASSWORD_ALPHABET.len();
    while password.len() < PASSWORD_LENGTH {
        let [byte] = random::<1>()?;
        if usize::from(byte) < fair {
            password.push(char::from(PASSWORD_ALPHABET[usize::from(byte) % PASSWORD_ALPHABET.len()]));
        }
    }
    Ok(Secret::new(password))
}

/// Makes a token of the API: 256 random bits behind a prefix that scanners for leaked secrets can know.
pub fn generate_token() -> Result<Secret, getrandom::Error> {
    Ok(Secret::new(format!("carryall_{}", URL_SAFE_NO_PAD.encode(random::<32>()?))))
}

/// Makes a salt.
pub fn salt<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    random()
}

fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }

    #[tokio::test]
    async fn what_a_task_panicked_with_is_not_told() {
        let panicked = tokio::spawn(async { panic!("{}", std::hint::black_box("hunter2")) }).await.unwrap_err();
        assert!(format!("{panicked}").contains("hunter2"), "tokio tells it");
        let told = died(panicked);
        assert!(!format!("{told} {told:?}").contains("hunter2"));
    }

    #[test]
    fn a_generated_password_is_one_that_is_taken_and_no_two_are_alike() -> Result<(), Box<dyn std::error::Error>> {
        let (one, two) = (generate_password()?, generate_password()?);
        assert_eq!(archive_password(one.expose())?, one);
        assert_eq!(one.expose().len(), PASSWORD_LENGTH);
        assert_ne!(one, two);
        Ok(())
    }

    #[test]
    fn a_password_that_zip_programs_would_not_agree_on_is_refused() {
        assert_eq!(archive_password("short"), Err(PasswordError::Length(5)));
        assert_eq!(archive_password(&"x".repeat(100)), Err(PasswordError::Length(100)));
        assert_eq!(archive_password("ünïcödé ünïcödé"), Err(PasswordError::Characters));
        assert_eq!(archive_password("line\nbreak, long"), Err(PasswordError::Characters));
    }
}
