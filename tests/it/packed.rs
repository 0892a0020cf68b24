//! Archives made by the engine's core alone, without a server and a history.

use std::{path::PathBuf, sync::Arc};

use carryall::{
    clock::Clock,
    export::{NamedSource, Order, PackError, Packed, Progress, pack},
    files::Draft,
    format::{Csv, Format},
    secret::Secret,
    source::{self, Patterns},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::foreign::{python, seven_zip};

/// The password of every archive here.
pub const PASSWORD: &str = "correct horse battery";

/// An archive, which is gone when this is dropped.
pub struct Archive {
    pub folder: TempDir,
    pub path: PathBuf,
    pub packed: Packed,
}

/// Sources by name and address, all of their tables.
pub fn sources(sources: &[(&str, &str)]) -> Arc<[NamedSource]> {
    sources.iter().map(|(name, address)| NamedSource::whole(name, source::open(address).unwrap().into())).collect()
}

/// The order of an archive of these sources as CSV.
pub fn order(sources: Arc<[NamedSource]>) -> Order {
    Order {
        title: "x".into(),
        sources,
        exclude: Patterns::default(),
        format: &Csv,
        password: Secret::new(PASSWORD),
        clock: Clock::new(|| chrono::DateTime::UNIX_EPOCH, || std::time::Duration::ZERO),
        room: None,
    }
}

/// Packs what is ordered.
pub async fn packed(order: &Order) -> Result<Archive, PackError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x.zip");
    let draft = Draft::beside(&path).unwrap();
    let packed = pack(order, &draft, &Arc::new(Progress::default())).await?;
    draft.publish(&path).unwrap();
    Ok(Archive { folder, path, packed })
}

/// An archive of these sources in a format.
pub async fn packed_as(addresses: &[(&str, &str)], format: &'static dyn Format) -> Result<Archive, PackError> {
    packed(&Order { format, ..order(sources(addresses)) }).await
}

impl Archive {
    pub fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }

    /// The bytes of an entry, read by 7-Zip.
    pub fn entry(&self, path: &str) -> Vec<u8> {
        let out = seven_zip(&["x", "-so", "-spd", &format!("-p{PASSWORD}"), &format!("-i!{path}")], &self.path);
        assert!(out.status.success(), "{out:?}");
        out.stdout
    }

    /// The descriptor.
    pub fn descriptor(&self) -> Value {
        serde_json::from_slice(&self.entry("datapackage.json")).unwrap()
    }

    /// Fails unless frictionless finds it valid and 7-Zip finds it whole.
    pub fn validate(&self) {
        python("validate.py", &[self.path(), PASSWORD]);
        let tested = seven_zip(&["t", &format!("-p{PASSWORD}")], &self.path);
        assert!(tested.status.success(), "{tested:?}");
    }
}
