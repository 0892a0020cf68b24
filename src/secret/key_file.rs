//! The file that holds the keys: for its owner only, and never half-written.

use std::{
    fs,
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{KeyError, Keyring};

impl Keyring {
    /// Reads the keys from `path`.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let file = |cause| KeyError::File(path.to_owned(), cause);
        let mut opened = fs::File::open(path).map_err(file)?;
        let mode = opened.metadata().map_err(file)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Open(path.to_owned(), mode));
        }
        let mut text = Zeroizing::new(String::new());
        opened.read_to_string(&mut text).map_err(file)?;
        Self::parse(&text).map_err(|cause| KeyError::Malformed(path.to_owned(), cause))
    }

    /// Makes a key and keeps it at `path`, readable by its owner only. If another process was faster,
    /// its key stays and is the one returned.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let file = |cause| KeyError::File(path.to_owned(), cause);
        let folder = folder_of(path);
        // tempfile makes its files with mode 0600.
        let mut draft = tempfile::NamedTempFile::new_in(folder).map_err(file)?;
        draft.write_all(Self::generate()?.text().as_bytes()).map_err(file)?;
        draft.as_file().sync_all().map_err(file)?;
        match draft.persist_noclobber(path) {
            Ok(_) => sync(folder).map_err(file)?,
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(refused) => return Err(file(refused.error)),
        }
        Self::load(path)
    }

    /// Puts these keys in place of those in the file at `path`, which belongs to the same owner then as before. After a crash
    /// the file holds the former ones or these.
    pub fn replace(&self, path: &Path) -> Result<(), KeyError> {
        let replaced = path.canonicalize().and_then(|path| replace(&path, &self.text()));
        replaced.map_err(|cause| KeyError::File(path.to_owned(), cause))
    }
}

/// `path` is no link, so that what a link leads to is replaced, and not the link.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let before = fs::metadata(path)?;
    let draft = draft_of(path);
    // A crash may have left one. Its name is always the same, so that no keys lie about.
    match fs::remove_file(&draft) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    let renamed = write(&draft, text, &before).and_then(|()| fs::rename(&draft, path));
    if renamed.is_err() {
        // The first error says more than one about what it left.
        let _ = fs::remove_file(&draft);
    }
    renamed.and_then(|()| sync(folder_of(path)))
}

fn write(draft: &Path, text: &str, before: &fs::Metadata) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    let made = file.metadata()?;
    // Whoever runs this may be root, and the server somebody else.
    if (made.uid(), made.gid()) != (before.uid(), before.gid()) {
        fchown(&file, Some(before.uid()), Some(before.gid()))?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn draft_of(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".part");
    path.with_file_name(name)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
        names.sort();
        names
    }

    #[test]
    fn a_key_file_is_made_once_and_for_its_owner_only() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("secret.key");
        let sealed = Keyring::create(&path)?.seal(&Secret::new("x"), "")?;
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        assert_eq!(Keyring::create(&path)?.open(&sealed, "")?.expose(), "x", "the second start keeps the first key");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
        assert!(matches!(Keyring::load(&path), Err(KeyError::Open(_, 0o644))));
        Ok(())
    }

    #[test]
    fn a_key_file_is_replaced_whole_and_through_a_link_and_what_a_crash_left_goes()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let (path, link) = (folder.path().join("secret.key"), folder.path().join("link"));
        let before = Keyring::create(&path)?;
        std::os::unix::fs::symlink("secret.key", &link)?;
        fs::write(folder.path().join(".secret.key.part"), "half a k")?;
        let sealed = before.seal(&Secret::new("x"), "")?;
        let both = before.turn()?;
        both.replace(&link)?;
        assert_eq!(names(folder.path()), ["link", "secret.key"]);
        assert!(fs::symlink_metadata(&link)?.is_symlink());
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        let loaded = Keyring::load(&path)?;
        assert_eq!(*loaded.text(), *both.text());
        assert_eq!(loaded.open(&sealed, "")?.expose(), "x");
        both.without_former().replace(&path)?;
        assert!(Keyring::load(&path)?.open(&sealed, "").is_err());
        Ok(())
    }
}
