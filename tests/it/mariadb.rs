//! MariaDB sources, read from a real server.

mod access;
mod change;
mod contents;
mod server;
mod settings;
mod texts;
mod values;

use std::{path::PathBuf, sync::Arc};

use carryall::{
    clock::Clock,
    export::{NamedSource, Order, PackError, Packed, Progress, pack},
    files::Draft,
    format::Format,
    secret::Secret,
    source::{self, Patterns},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::foreign::{python, seven_zip};

const PASSWORD: &str = "correct horse battery";

/// An archive that was made of a source named `app`.
struct Export {
    packed: Packed,
    archive: PathBuf,
    _folder: TempDir,
}

/// Exports what is at `address`.
async fn export(address: &str, format: &'static dyn Format) -> Result<Export, PackError> {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("x.zip");
    let draft = Draft::beside(&archive).unwrap();
    let packed = pack(&order(address, format), &draft, &Arc::new(Progress::default())).await?;
    draft.publish(&archive).unwrap();
    Ok(Export { packed, archive, _folder: folder })
}

fn order(address: &str, format: &'static dyn Format) -> Order {
    Order {
        title: "x".into(),
        sources: Arc::new([NamedSource::whole("app", Arc::from(source::open(address).unwrap()))]),
        exclude: Patterns::default(),
        format,
        password: Secret::new(PASSWORD),
        clock: Clock::new(|| chrono::DateTime::UNIX_EPOCH),
    }
}

impl Export {
    /// Has programs of others compare every value with the database at `address` and check the archive and its descriptor.
    fn prove(&self, address: &str) {
        let tested = seven_zip(&["t", &format!("-p{PASSWORD}")], &self.archive);
        assert!(tested.status.success(), "{tested:?}");
        python("validate.py", &[self.archive.to_str().unwrap(), PASSWORD]);
        self.compare(address);
    }

    /// Has every value compared with the database at `address`.
    fn compare(&self, address: &str) {
        python("compare_mariadb.py", &[self.archive.to_str().unwrap(), PASSWORD, address]);
    }

    /// Has every table loaded into one like it, and both compared.
    fn reload(&self, address: &str) {
        python("reload_mariadb.py", &[self.archive.to_str().unwrap(), PASSWORD, address]);
    }

    /// The rows of a table, as the archive counts them.
    fn rows(&self, table: &str) -> u64 {
        self.packed.tables.iter().find(|written| written.table.name == table).unwrap().rows
    }

    /// An entry of the archive, read by 7-Zip.
    fn entry(&self, path: &str) -> String {
        let out = seven_zip(&["x", "-so", &format!("-p{PASSWORD}"), &format!("-ir!{path}")], &self.archive);
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).unwrap()
    }

    fn descriptor(&self) -> Value {
        serde_json::from_str(&self.entry("datapackage.json")).unwrap()
    }

    /// What the descriptor warns of.
    fn warnings(&self) -> String {
        self.descriptor()["carryall"]["sources"][0]["warnings"].to_string()
    }
}
