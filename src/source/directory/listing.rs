//! What is in a directory, all the way down.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
};

use rustix::fs::{AtFlags, Dir, FileType, fstat, statat};

use super::open;
use crate::source::{Contents, File, LeftOut};

/// The files, in the order of their paths. What is no file is named as left out. A folder that changed meanwhile is told of:
/// something that was moved may have been seen nowhere. An error tells at which path below the root it happened.
pub(super) fn contents(root: &OwnedFd) -> Result<Contents, (Vec<u8>, io::Error)> {
    let mut contents = Contents::default();
    let (mut folders, mut listed) = (vec![Vec::new()], Vec::new());
    while let Some(folder) = folders.pop() {
        match list(root, &folder, &mut contents, &mut folders) {
            Ok(at) => listed.push((folder, Some(at))),
            // The root was there a moment ago, and is open.
            Err(cause) if !folder.is_empty() && super::is_gone(&cause) => listed.push((folder, None)),
            Err(cause) => return Err((folder, cause)),
        }
    }
    for (folder, at) in listed {
        if at.is_none() || changed_at(root, &folder).ok() != at {
            let shown = if folder.is_empty() { ".".into() } else { String::from_utf8_lossy(&folder) };
            contents.warnings.push(format!(
                "folder {shown} changed while the directory was listed: what was moved or made meanwhile may be missing"
            ));
        }
    }
    contents.files.sort_by(|one, other| one.locator.cmp(&other.locator));
    contents.left_out.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(contents)
}

/// When something was last made, moved or removed in a folder.
fn changed_at(root: &OwnedFd, folder: &[u8]) -> io::Result<(i64, u64)> {
    let found = fstat(if folder.is_empty() { root.try_clone()? } else { open(root, folder)? })?;
    Ok((found.st_mtime, found.st_mtime_nsec))
}

/// Adds what is in one folder; its own folders come later, so that no more than one is open. Returns
/// when it had last changed.
fn list(root: &OwnedFd, folder: &[u8], contents: &mut Contents, folders: &mut Vec<Vec<u8>>) -> io::Result<(i64, u64)> {
    let opened = if folder.is_empty() { root.try_clone()? } else { open(root, folder)? };
    let before = fstat(&opened)?;
    for entry in Dir::read_from(opened.as_fd())? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if matches!(name, b"." | b"..") {
            continue;
        }
        let found = match statat(&opened, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
            Err(rustix::io::Errno::NOENT) => continue,
            found => found?,
        };
        let path = if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() };
        // A name need not be a text; its bytes are kept for opening it.
        let shown = String::from_utf8_lossy(&path).into_owned();
        let reason = match FileType::from_raw_mode(found.st_mode) {
            FileType::Directory => {
                folders.push(path);
                continue;
            }
            FileType::RegularFile => {
                contents.files.push(File { path: shown, locator: path, bytes: u64::try_from(found.st_size).ok() });
                continue;
            }
            FileType::Symlink => "symbolic link",
            _ => "not a regular file",
        };
        contents.left_out.push(LeftOut { schema: None, name: shown, reason });
    }
    Ok((before.st_mtime, before.st_mtime_nsec))
}
