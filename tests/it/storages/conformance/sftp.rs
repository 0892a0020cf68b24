//! SFTP: folders of an OpenSSH, looked into by OpenSSH's own client; and of others, whose files are looked at themselves.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use carryall::{
    secret::Secret,
    storage::{StepKind, Storage, StorageError, sftp::SftpSettings},
};

use super::{Denied, Missing, Note, Place, dropbox::FOLDERS};
use crate::servers::sftp::{Kind, SftpServer, open};

/// A folder of its own.
pub struct SftpPlace {
    kind: Kind,
    folder: String,
}

impl SftpPlace {
    pub fn new(kind: Kind) -> Self {
        static NUMBERS: AtomicU32 = AtomicU32::new(0);
        Self { kind, folder: format!("conform {}/ü 漢", NUMBERS.fetch_add(1, Relaxed)) }
    }

    fn server(&self) -> &'static SftpServer {
        SftpServer::shared(self.kind)
    }

    fn with(&self, settings: SftpSettings) -> Box<dyn Storage> {
        Box::new(open(SftpSettings { base_path: self.folder.clone(), ..settings }))
    }

    fn on_disk(&self, path: &str) -> PathBuf {
        self.server().home().join(path)
    }
}

impl Place for SftpPlace {
    fn described(&self) -> [&'static str; 2] {
        ["OpenSSH", "OpenSSH's `sftp`"]
    }

    fn folder(&self) -> String {
        self.folder.clone()
    }

    fn open(&self, base_path: &str) -> Box<dyn Storage> {
        Box::new(self.server().storage(base_path))
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        if self.kind != Kind::OpenSsh {
            return fs::read(self.on_disk(path)).ok();
        }
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("fetched");
        // The hyphen: that nothing is there is no failure.
        self.server().foreign(&format!("-get \"{path}\" \"{}\"\n", to.display()));
        fs::read(to).ok()
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        if self.kind != Kind::OpenSsh {
            let path = self.on_disk(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            return fs::write(path, bytes).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("sent");
        fs::write(&from, bytes).unwrap();
        let parents = Path::new(path).ancestors().skip(1).filter(|parent| *parent != Path::new(""));
        let mut batch: Vec<_> = parents.map(|parent| format!("-mkdir \"{}\"\n", parent.display())).collect();
        batch.reverse();
        batch.push(format!("put \"{}\" \"{path}\"\n", from.display()));
        self.server().foreign(&batch.concat());
    }

    fn list(&self) -> Vec<String> {
        fn below(folder: &Path, prefix: &str, names: &mut Vec<String>) {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let (path, name) = (entry.as_ref().unwrap().path(), entry.unwrap().file_name());
                let name = format!("{prefix}{}", name.to_str().unwrap());
                if path.is_dir() { below(&path, &format!("{name}/"), names) } else { names.push(name) }
            }
        }
        let mut names = Vec::new();
        below(&self.on_disk(&self.folder), "", &mut names);
        names
    }

    fn base_paths(&self) -> (Vec<(String, String)>, Note) {
        // What rclone serves is its root, too.
        let root = if self.kind == Kind::Rclone { "/".into() } else { self.server().home() };
        let (folder, absolute) = (&self.folder, root.join(&self.folder).display().to_string());
        let paths = [
            (String::new(), String::new()),
            (folder.clone(), folder.clone()),
            (format!("{folder}/"), folder.clone()),
            (format!("./{folder}//x///y/"), format!("{folder}/x/y")),
            (absolute.clone(), folder.clone()),
            (format!("/{absolute}/x//"), format!("{folder}/x")),
        ];
        let note = "A base path with a slash before it begins at the server's root, any other where the user's sessions start.";
        (paths.into(), Some(note))
    }

    fn parts(&self) -> Note {
        Some("There are no parts: it goes in packets, as every file does.")
    }

    fn wrong_secrets(&self) -> Vec<(Box<dyn Storage>, &'static str)> {
        let right = self.server().settings("");
        let user = SftpSettings { username: "nobody-here".into(), ..right.clone() };
        let password = SftpSettings { password: Secret::new("another"), ..right };
        vec![(self.with(password), "the password of exporter"), (self.with(user), "the password of nobody-here")]
    }

    fn denied(&self) -> Denied {
        fs::set_permissions(self.on_disk(&self.folder), PermissionsExt::from_mode(0o555)).unwrap();
        Denied {
            storage: self.open(&self.folder),
            expected: |error| matches!(error, StorageError::Unauthorized(words) if words.contains("is not permitted to the user")),
            step: Some(StepKind::Write),
            note: None,
        }
    }

    fn missing(&self) -> Missing {
        Missing::Folders("no folder on the server", FOLDERS)
    }
}

impl Drop for SftpPlace {
    /// So that whoever it belongs to can remove it.
    fn drop(&mut self) {
        let _ = fs::set_permissions(self.on_disk(&self.folder), PermissionsExt::from_mode(0o755));
    }
}
