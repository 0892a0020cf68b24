//! A file being written: it has no name that anybody would take for a finished one, and it is gone when
//! it is dropped. It lies on this machine, wherever the finished one is kept.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};

/// A file that is not offered yet, readable by its owner only.
#[derive(Debug)]
pub struct Draft(NamedTempFile);

impl Draft {
    /// A draft that lies at `path` itself, where nothing may be.
    pub(super) fn named(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        Builder::new().prefix(name).rand_bytes(0).tempfile_in(folder_of(path)).map(Self)
    }

    /// A draft in the folder of `path`, under a random name.
    pub fn beside(path: &Path) -> io::Result<Self> {
        let mut name = OsStr::new(".").to_owned();
        name.push(path.file_name().ok_or(io::ErrorKind::InvalidInput)?);
        name.push(".");
        Builder::new().prefix(&name).suffix(".part").tempfile_in(folder_of(path)).map(Self)
    }

    /// The file, to be written.
    pub fn file(&self) -> io::Result<File> {
        self.0.as_file().try_clone()
    }

    /// The file, opened anew to be read from its start.
    pub fn reopen(&self) -> io::Result<File> {
        self.0.reopen()
    }

    /// Waits until the disk has all of it.
    pub fn sync(&self) -> io::Result<()> {
        self.0.as_file().sync_all()
    }

    /// Gives the file its name, in one step, and waits until the disk has the name too. Refuses to replace
    /// a file. After an error neither the draft nor the name is there. Blocks.
    pub fn publish(self, path: &Path) -> io::Result<()> {
        self.sync()?;
        self.name(path)?;
        sync_name(path)
    }

    /// Gives the file its name, in one step. Refuses to replace a file.
    pub(super) fn name(self, path: &Path) -> io::Result<()> {
        self.0.persist_noclobber(path).map(drop).map_err(|refused| refused.error)
    }
}

/// Waits until the disk has the name of a file, which is gone after an error.
pub(super) fn sync_name(path: &Path) -> io::Result<()> {
    File::open(folder_of(path)).and_then(|folder| folder.sync_all()).or_else(|cause| {
        std::fs::remove_file(path)?;
        Err(cause)
    })
}

/// The name under which `name` is written until it is whole.
pub(super) fn draft_name(name: &str) -> String {
    format!(".{name}.part")
}

/// What `name` will be called when it is whole, if it is a draft's.
pub(super) fn whole_name(name: &str) -> Option<&str> {
    name.strip_prefix('.')?.strip_suffix(".part")
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use super::*;

    #[test]
    fn a_draft_is_published_whole_and_replaces_nothing() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a.zip");
        let draft = Draft::beside(&path)?;
        draft.file()?.write_all(b"one")?;
        draft.publish(&path)?;
        let second = Draft::beside(&path)?.publish(&path);
        assert_eq!(second.map_err(|cause| cause.kind()), Err(io::ErrorKind::AlreadyExists));
        assert_eq!(fs::read(&path)?, b"one");
        assert_eq!(fs::read_dir(folder.path())?.count(), 1, "the refused draft is gone");
        Ok(())
    }

    #[test]
    fn a_draft_that_is_dropped_leaves_nothing() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        drop(Draft::named(&folder.path().join(".a.zip.part"))?);
        assert_eq!(fs::read_dir(folder.path())?.count(), 0);
        Ok(())
    }
}
