//! The folder of the settings: its paths, and how it is made.

use russh_sftp::protocol::{FileAttributes, FileType};

use super::{failure, session::Session};
use crate::storage::StorageError;

/// A folder on the server, from its root or from where a session starts.
#[derive(Debug)]
pub struct Folder {
    /// What all paths begin with: a slash, or nothing.
    root: &'static str,
    levels: Vec<String>,
}

impl Folder {
    pub fn parse(base_path: &str) -> Result<Self, StorageError> {
        let refused = |message: &str| Err(StorageError::setting("basePath", message));
        let levels: Vec<String> =
            base_path.split('/').filter(|level| !level.is_empty() && *level != ".").map(Into::into).collect();
        if levels.iter().any(|level| level == "..") {
            return refused("it may not hold `..`");
        }
        if base_path.contains(char::is_control) {
            return refused("it may not hold control characters");
        }
        if levels.first().is_some_and(|level| level == "~") {
            return refused("leave `~/` out: a path without a leading slash begins where the user's session starts");
        }
        Ok(Self { root: if base_path.starts_with('/') { "/" } else { "" }, levels })
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> String {
        let mut path = self.of(self.levels.len());
        if !path.is_empty() && !path.ends_with('/') {
            path.push('/');
        }
        path + name
    }

    /// Where a file is written before it gets its name. It is the same each time, so that what an upload left that
    /// could not clear up is found without listing the folder.
    pub fn part(&self, name: &str) -> String {
        self.path(&format!(".{name}.part"))
    }

    /// Makes what is not there of it, a level at a time; returns what was made.
    pub async fn make(&self, session: &Session) -> Result<Vec<String>, StorageError> {
        let mut made = Vec::new();
        if self.levels.is_empty() || session.kind(&self.of(self.levels.len())).await? == Some(FileType::Dir) {
            return Ok(made);
        }
        for level in 1..=self.levels.len() {
            let path = self.of(level);
            if session.kind(&path).await?.is_none() {
                let answer = session.ask(session.sftp.mkdir(path.clone(), FileAttributes::empty())).await;
                match answer {
                    Ok(_) => made.push(path.clone()),
                    // It may have been made by somebody else in the meantime: servers do not tell that from other failures.
                    Err(_) if session.kind(&path).await?.is_some() => {}
                    Err(error) => return Err(failure::explain(&error, &format!("making the folder {path}"))),
                }
            }
            if session.kind(&path).await? != Some(FileType::Dir) {
                return Err(StorageError::setting("basePath", format!("{path} is no folder on the server")));
            }
        }
        Ok(made)
    }

    /// The path of the first `count` levels.
    fn of(&self, count: usize) -> String {
        format!("{}{}", self.root, self.levels.iter().take(count).map(String::as_str).collect::<Vec<_>>().join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(base_path: &str) -> Option<String> {
        Folder::parse(base_path).ok().map(|folder| folder.path("a.zip"))
    }

    #[test]
    fn slashes_too_many_do_not_matter_but_a_leading_one_does() {
        for (base_path, expected) in
            [("", "a.zip"), ("/", "/a.zip"), ("x/y", "x/y/a.zip"), ("./x//y/", "x/y/a.zip"), ("/x/y/", "/x/y/a.zip")]
        {
            assert_eq!(path(base_path).as_deref(), Some(expected), "{base_path}");
        }
        assert_eq!(Folder::parse("/x").ok().map(|folder| folder.part("a.zip")).as_deref(), Some("/x/.a.zip.part"));
        for base_path in ["..", "x/../y", "/..", "~/x", "a\nb"] {
            assert_eq!(path(base_path), None, "{base_path}");
        }
    }
}
