//! Who may read a database file, and how, so that its application is not harmed.
//!
//! In WAL mode SQLite makes two files beside the database unless the application has it open. Left behind by another user,
//! they would lock the application out of its own database. So the owner (and root, for whom SQLite gives such files to the
//! owner) opens it as the application would, which also undoes what a crash left half-done; and nobody else opens it alone.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Read, Seek},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
};

use rusqlite::OpenFlags;

/// What makes a file the same under any name: its device and its number there.
type Inode = (u64, u64);

/// How a file is to be opened.
pub(super) struct Access {
    /// Where it really lies: SQLite's own files lie beside it.
    pub(super) path: PathBuf,
    pub(super) flags: OpenFlags,
    /// Must be closed after the connection: see [`opened`].
    _header: Option<Arc<File>>,
}

impl Access {
    /// To the database at `path`, or why there is none.
    pub(super) fn to(path: &Path) -> io::Result<Self> {
        let path = fs::canonicalize(path)?;
        let found = fs::metadata(&path)?;
        if !found.is_file() {
            return Err(io::Error::other("it is not a file"));
        }
        if found.len() == 0 {
            return Err(io::Error::other("the file is empty, so it is no database"));
        }
        rustix::fs::access(&path, rustix::fs::Access::READ_OK)?;
        let user = rustix::process::geteuid();
        if user.is_root() || user.as_raw() == found.uid() {
            return Ok(Self { path, flags: OpenFlags::SQLITE_OPEN_READ_WRITE, _header: None });
        }
        let header = opened(&path, (found.dev(), found.ino()))?;
        if is_wal(&header)? && !beside(&path, "-shm").exists() {
            let why = "it is in WAL mode and its application is not running; reading it now would leave files beside it \
                       that the application cannot write: run Carryall as the owner of the database, or start the \
                       application";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        }
        Ok(Self { path, flags: OpenFlags::SQLITE_OPEN_READ_ONLY, _header: Some(header) })
    }
}

/// The file, opened once for all who read it now. Closing any descriptor of a file ends all locks that the process has on
/// it (POSIX, `fcntl`), those of SQLite's connections too: so it is closed when the last of them is gone.
fn opened(path: &Path, inode: Inode) -> io::Result<Arc<File>> {
    static OPENED: LazyLock<Mutex<HashMap<Inode, Weak<File>>>> = LazyLock::new(Mutex::default);
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = opened.get(&inode).and_then(Weak::upgrade) {
        return Ok(file);
    }
    let file = Arc::new(File::open(path)?);
    opened.retain(|_, file| file.strong_count() > 0);
    opened.insert(inode, Arc::downgrade(&file));
    Ok(file)
}

/// Whether the format's version for writing is that of WAL (<https://www.sqlite.org/fileformat2.html>, section 1.3).
fn is_wal(mut file: &File) -> io::Result<bool> {
    let mut header = Vec::new();
    file.rewind()?;
    file.take(20).read_to_end(&mut header)?;
    Ok(header.get(18) == Some(&2))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
