//! Where `make test` has put the programs that it installs by pip and npm.

use std::path::{Path, PathBuf};

/// The Python that has the packages of `tests/foreign/requirements.txt`.
pub fn python() -> PathBuf {
    let python = std::env::var_os("CARRYALL_TEST_PYTHON");
    python.expect("CARRYALL_TEST_PYTHON is needed: run the tests by `make test`, or see scripts/test-tools.sh").into()
}

/// A program that one of those packages brings.
pub fn beside_python(name: &str) -> PathBuf {
    python().with_file_name(name)
}

/// A file of this repository.
pub fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
