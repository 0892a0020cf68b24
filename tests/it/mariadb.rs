//! MariaDB sources, read from a real server.

mod access;
mod change;
mod contents;
mod settings;
mod texts;
mod values;

use carryall::{
    export::{Order, PackError},
    format::Format,
};
use serde_json::Value;

use crate::{
    foreign::python,
    packed::{self, Archive, PASSWORD, packed_as},
};

/// An archive that was made of a source named `app`.
struct Export(Archive);

/// Exports what is at `address`.
async fn export(address: &str, format: &'static dyn Format) -> Result<Export, PackError> {
    packed_as(&[("app", address)], format).await.map(Export)
}

fn order(address: &str, format: &'static dyn Format) -> Order {
    Order { format, ..packed::order(packed::sources(&[("app", address)])) }
}

impl Export {
    /// Has programs of others compare every value with the database at `address` and check the archive and its descriptor.
    fn prove(&self, address: &str) {
        self.0.validate();
        self.compare(address);
    }

    /// Has every value compared with the database at `address`.
    fn compare(&self, address: &str) {
        python("compare_mariadb.py", &[self.0.path(), PASSWORD, address]);
    }

    /// Has every table loaded into one like it, and both compared.
    fn reload(&self, address: &str) {
        python("reload_mariadb.py", &[self.0.path(), PASSWORD, address]);
    }

    /// The rows of a table, as the archive counts them.
    fn rows(&self, table: &str) -> u64 {
        self.0.packed.tables.iter().find(|written| written.table.name == table).unwrap().rows
    }

    /// An entry of the archive, read by 7-Zip.
    fn entry(&self, path: &str) -> String {
        String::from_utf8(self.0.entry(path)).unwrap()
    }

    fn descriptor(&self) -> Value {
        self.0.descriptor()
    }

    /// What the descriptor warns of.
    fn warnings(&self) -> String {
        self.descriptor()["carryall"]["sources"][0]["warnings"].to_string()
    }
}
