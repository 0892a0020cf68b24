//! The folder in a bucket: a prefix of keys.

use object_store::path::Path;

use crate::storage::{StorageError, base_path};

/// Longest key that S3, Azure and Google take, in bytes.
const LONGEST: usize = 1024;

/// A prefix of keys, without a slash at either end; empty for the bucket itself.
#[derive(Clone)]
pub(in crate::storage) struct Folder(String);

impl Folder {
    /// Takes a base path as people write it: with or without slashes at its ends.
    pub fn new(base_path: &str) -> Result<Self, StorageError> {
        let path = base_path::folders(base_path)?.join("/");
        if path.len() > LONGEST - 256 {
            return Err(StorageError::setting("basePath", "it is too long"));
        }
        Ok(Self(path))
    }

    /// What the keys of files in it begin with whose names begin with `start`.
    pub fn prefix(&self, start: &str) -> String {
        if self.0.is_empty() { start.to_owned() } else { format!("{}/{start}", self.0) }
    }

    /// The key of the file `name` in it, as it is: nothing in it is a character to escape.
    pub fn key(&self, name: &str) -> Result<Path, StorageError> {
        let name = base_path::file(name)?;
        let key = if self.0.is_empty() { name.to_owned() } else { format!("{}/{name}", self.0) };
        match Path::parse(&key) {
            Ok(path) if key.len() <= LONGEST => Ok(path),
            _ => Err(StorageError::Rejected(format!("{name:?} cannot be the name of a file there"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(base_path: &str, name: &str) -> Option<String> {
        Folder::new(base_path).ok()?.key(name).ok().map(|key| key.to_string())
    }

    #[test]
    fn slashes_at_the_ends_of_a_base_path_make_no_difference_and_no_key_leaves_it() {
        for base_path in ["a b/ü", "/a b/ü", "a b/ü/", "//a b//ü//"] {
            assert_eq!(key(base_path, "é%20+.zip").as_deref(), Some("a b/ü/é%20+.zip"), "{base_path}");
        }
        for base_path in ["", "/", "//"] {
            assert_eq!(key(base_path, "a.zip").as_deref(), Some("a.zip"), "{base_path}");
        }
        for base_path in ["..", "a/../b", "a/.", "a\nb", &"a".repeat(2000)] {
            assert_eq!(key(base_path, "a.zip"), None, "{base_path}");
        }
        for name in ["", "..", "a/b", "/", "a\0"] {
            assert_eq!(key("a", name), None, "{name}");
        }
    }
}
