//! Programs of others that read what Carryall wrote: 7-Zip, and Python's pyzipper, DuckDB, frictionless and psycopg.
//! `make test` installs them and says in `CARRYALL_TEST_PYTHON` which Python has the packages.

use std::{
    path::Path,
    process::{Command, Output},
};

/// Runs 7-Zip; its output, whatever it says.
pub fn seven_zip(arguments: &[&str], archive: &Path) -> Output {
    let mut command = Command::new("7z");
    command.args(arguments).arg(archive);
    command.output().expect("7z is needed: `make test` installs it")
}

/// Runs a script of `tests/foreign/`; fails the test with its output if it fails.
pub fn python(script: &str, arguments: &[&str]) {
    run(script, arguments, None);
}

/// The same, for a script that connects to the database at `address`, which is no argument, since it holds a password.
pub fn python_with(script: &str, arguments: &[&str], address: &str) {
    run(script, arguments, Some(address));
}

fn run(script: &str, arguments: &[&str], address: Option<&str>) {
    let python = std::env::var("CARRYALL_TEST_PYTHON")
        .expect("CARRYALL_TEST_PYTHON is needed: run the tests by `make test`, or see scripts/test-tools.sh");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign").join(script);
    let mut command = Command::new(python);
    command.arg(script).args(arguments).envs(address.map(|address| ("CARRYALL_TEST_DATABASE", address)));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
