//! A provider as the checks see it: a folder, another client that looks into it, and what goes wrong there.

use carryall::storage::{StepKind, Storage, StorageError};

use super::path;

/// What is different at a provider, to be said beneath the table.
pub type Note = Option<&'static str>;

/// A folder of a test's own at a provider, and another client that looks into it.
pub trait Place: Send + Sync {
    /// What provides it here, and who looks into it.
    fn described(&self) -> [&'static str; 2];

    /// The folder, with no slash at either end.
    fn folder(&self) -> String;

    /// A storage in a folder of the same bucket, or whatever it is called there.
    fn open(&self, base_path: &str) -> Box<dyn Storage>;

    /// What lies at a path in the bucket, read by the other client; None if nothing does.
    fn read(&self, path: &str) -> Option<Vec<u8>>;

    /// Puts something at a path in the bucket, by the other client.
    fn write(&self, path: &str, bytes: &[u8]);

    /// All that lies in the folder and below, hidden or not.
    fn list(&self) -> Vec<String>;

    /// Uploads in the folder that are neither completed nor aborted, where a provider keeps those apart.
    fn unfinished(&self) -> Vec<String> {
        Vec::new()
    }

    /// Base paths as people write them, and the folders that they are.
    fn base_paths(&self) -> (Vec<(String, String)>, Note) {
        let folder = self.folder();
        let mut paths: Vec<_> = ["", "/"].map(|root| (root.to_owned(), String::new())).into();
        for (before, after) in [("", ""), ("/", ""), ("", "/"), ("//", "//"), (" ", " ")] {
            paths.push((format!("{before}{folder}{after}"), folder.clone()));
        }
        paths.push((format!("{folder}//x///y"), path(&folder, "x/y")));
        (paths, None)
    }

    /// How a large file goes, where that is not as it would go at the provider itself.
    fn parts(&self) -> Note {
        None
    }

    /// Storages in the folder that sign in by something wrong, and what is said of it.
    fn wrong_secrets(&self) -> Vec<(Box<dyn Storage>, &'static str)>;

    /// A storage in the folder that may not replace `a.zip`, which lies there.
    fn denied(&self) -> Denied;

    /// A storage in a bucket that is not there.
    fn missing(&self) -> Missing;
}

/// A storage that signs in and then may not write.
pub struct Denied {
    pub storage: Box<dyn Storage>,
    pub expected: fn(&StorageError) -> bool,
    /// At which step a check finds it; None if it finds nothing.
    pub step: Option<StepKind>,
    pub note: Note,
}

/// What becomes of a bucket that is not there.
pub enum Missing {
    /// It is told of by its name.
    Told(Box<dyn Storage>, &'static str),
    /// It is made. `a.zip` in it is read by the other client.
    Made(Box<dyn Storage>, Box<dyn Fn() -> Option<Vec<u8>> + Send + Sync>, Note),
    /// There are only folders, which are made unless a file is in the way: that is told in these words.
    Folders(&'static str, Note),
}
