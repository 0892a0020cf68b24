//! The folder at a provider, as people write it: with or without slashes around it, several folders deep, or empty.

use super::StorageError;

/// The folders of `text`, outermost first.
pub(super) fn folders(text: &str) -> Result<Vec<String>, StorageError> {
    let folders: Vec<_> = text.trim().split('/').filter(|folder| !folder.is_empty()).map(str::to_owned).collect();
    let refused = |folder: &&String| matches!(folder.as_str(), "." | "..") || folder.chars().any(char::is_control);
    match folders.iter().find(refused) {
        None => Ok(folders),
        Some(folder) => Err(StorageError::setting(
            "basePath",
            format!("{folder:?} is not a name of a folder; write it like backups/customers, or leave it empty"),
        )),
    }
}

/// What tells one place from another: what the folder is `within`, and the folder, however many slashes it is written with.
pub(super) fn place<const N: usize>(within: [&str; N], base_path: &str) -> Vec<String> {
    // One that is no folder is not opened either.
    let folder = folders(base_path).map_or_else(|_| base_path.to_owned(), |folders| folders.join("/"));
    within.into_iter().map(str::to_owned).chain([folder]).collect()
}

/// Takes a name of a file in the folder: of no other one.
pub(super) fn file(name: &str) -> Result<&str, StorageError> {
    if matches!(name, "" | "." | "..") || name.contains('/') || name.chars().any(char::is_control) {
        return Err(StorageError::Rejected(format!("{name:?} is not a name of a file")));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_around_and_between_do_not_matter_and_nothing_leads_out() {
        for text in ["a b/ü", "/a b/ü", "a b/ü/", "//a b//ü//", " a b/ü "] {
            assert_eq!(folders(text), Ok(vec!["a b".to_owned(), "ü".to_owned()]), "{text}");
        }
        assert_eq!(folders("/"), Ok(Vec::new()));
        assert!(
            file("ü 漢 é%20+&#.zip").is_ok() && ["", "..", "a/b", "/a", "a\nb"].iter().all(|name| file(name).is_err())
        );
        for text in ["..", "a/../b", "./a", "a\nb"] {
            assert!(matches!(folders(text), Err(StorageError::Setting { field: "basePath", .. })), "{text}");
        }
    }
}
