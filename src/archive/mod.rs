//! The archive: a zip that 7-Zip opens, every entry AES-256 encrypted, with a descriptor inside that
//! says what each column is.
//!
//! [`ArchiveWriter`] writes it in one pass, [`verify`](fn@verify) reads it back and compares, [`verify_alone`] does so with the
//! password alone, and
//! [`descriptor`](descriptor::Described) and [`readme`](readme::readme) make its two own entries.
//! Nothing here knows where the bytes come from or where the file goes.

pub mod ae2;
mod clear;
pub mod deflate;
pub mod descriptor;
mod entry_names;
mod file_at;
mod form;
mod pieces;
mod reader;
pub mod readme;
mod records;
mod verify;
mod writer;

pub use entry_names::EntryNames;
pub use file_at::FileAt;
pub use pieces::Fill;
pub use reader::{Expected, Verified, VerifyError, verify, verify_file};
pub use verify::{described, verify_alone};
pub use writer::{ArchiveWriter, Check, Sealed};

/// One finished entry: what its bytes were before they were compressed and encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path in the archive, with `/`.
    pub path: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

/// A SHA-256 out of its hexadecimal digits; None if it is none.
pub(crate) fn sha256_of(hexadecimal: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hexadecimal.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    (hexadecimal.len() == 64).then_some(bytes)
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
