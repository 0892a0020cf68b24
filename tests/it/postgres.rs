//! PostgreSQL sources: every value of every type, everything there is in a database, and whatever may happen meanwhile.

mod access;
mod cancel;
mod changes;
mod contents;
mod replica;
mod size;
mod types;

use std::{path::PathBuf, sync::Arc};

use carryall::{
    clock::Clock,
    export::{Failure, NamedSource, Order, Packed, Progress, pack},
    files::Draft,
    format::{Csv, Format, Jsonl},
    secret::Secret,
    source::{self, Patterns},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    foreign::{python, python_with, seven_zip},
    servers::postgres::Database,
};

const PASSWORD: &str = "correct horse battery";

/// An archive with the source `app`.
struct Archive {
    path: PathBuf,
    packed: Packed,
    _folder: TempDir,
}

/// Exports the database at `address`, and has frictionless validate the archive.
async fn exported(address: &str) -> Archive {
    sound(packed(address, &[], &Csv).await.expect("it is exported"))
}

/// Exports the database in every format, and has PostgreSQL compare every value with its own. Returns the CSV.
async fn proven(database: &Database<'_>) -> Archive {
    sound(compared(database, &Jsonl).await);
    sound(compared(database, &Csv).await)
}

/// Exports the database, and has PostgreSQL compare every value with its own.
async fn compared(database: &Database<'_>, format: &'static dyn Format) -> Archive {
    let archive = packed(&database.address(), &[], format).await.expect("it is exported");
    python_with("compare_postgres.py", &[archive.path.to_str().unwrap(), PASSWORD], &database.address());
    archive
}

/// Runs an export that must fail.
async fn failure(address: &str) -> Failure {
    packed(address, &[], &Csv).await.map(|archive| archive.packed.tables).expect_err("it fails")
}

/// Exports the database at `address`, and has 7-Zip test the archive.
async fn packed(address: &str, exclude: &[&str], format: &'static dyn Format) -> Result<Archive, Failure> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x.zip");
    let draft = Draft::beside(&path).unwrap();
    let order = order(address, exclude, format);
    let packed = pack(&order, &draft, &Arc::new(Progress::default())).await.map_err(|error| Failure::from(&error))?;
    draft.publish(&path).unwrap();
    let tested = seven_zip(&["t", &format!("-p{PASSWORD}")], &path);
    assert!(tested.status.success(), "{tested:?}");
    Ok(Archive { path, packed, _folder: folder })
}

fn order(address: &str, exclude: &[&str], format: &'static dyn Format) -> Order {
    let exclude: Vec<_> = exclude.iter().map(|pattern| (*pattern).to_owned()).collect();
    Order {
        title: "x".into(),
        sources: Arc::new([NamedSource::whole("app", Arc::from(source::open(address).unwrap()))]),
        exclude: Patterns::parse(&exclude).unwrap(),
        format,
        password: Secret::new(PASSWORD),
        clock: Clock::new(|| chrono::DateTime::UNIX_EPOCH, || std::time::Duration::ZERO),
        room: None,
    }
}

/// Has frictionless validate the archive.
fn sound(archive: Archive) -> Archive {
    python("validate.py", &[archive.path.to_str().unwrap(), PASSWORD]);
    archive
}

impl Archive {
    /// The bytes of an entry, read by 7-Zip.
    fn entry(&self, path: &str) -> Vec<u8> {
        let out = seven_zip(&["x", "-so", &format!("-p{PASSWORD}"), &format!("-ir!{path}")], &self.path);
        assert!(out.status.success(), "{out:?}");
        out.stdout
    }

    /// An entry, as text.
    fn text(&self, path: &str) -> String {
        String::from_utf8(self.entry(path)).unwrap()
    }

    fn descriptor(&self) -> Value {
        serde_json::from_slice(&self.entry("datapackage.json")).unwrap()
    }

    /// What is told of the source.
    fn source(&self) -> Value {
        self.descriptor()["carryall"]["sources"][0].clone()
    }

    /// The tables with their schemas, and how many rows each has.
    fn tables(&self) -> Vec<(String, u64)> {
        self.packed.tables.iter().map(|written| (written.table.full_name(), written.rows)).collect()
    }

    /// The rows of a table.
    fn rows(&self, table: &str) -> u64 {
        let tables = self.tables();
        tables.iter().find(|(name, _)| name == table).unwrap_or_else(|| panic!("{table} is not in {tables:?}")).1
    }
}
