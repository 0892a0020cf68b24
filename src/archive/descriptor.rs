//! `datapackage.json`: a Data Package (<https://datapackage.org>, version 2) that says what is in the archive.
//!
//! What the standard has no word for stands under `carryall`: the exact names, the engine, what was left
//! out. Types are those that hold for every value (see [`Observed`]).

use std::{collections::HashMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::Entry;
use crate::{
    format::{Format, Observed},
    source::{Column, FieldType, File, ForeignKey, LeftOut, Table},
};

/// Its path in the archive.
pub const PATH: &str = "datapackage.json";

/// One source, as it was read.
#[derive(Debug)]
pub struct SourceRead {
    /// The name it has in Carryall's settings.
    pub name: String,
    /// The kind of database.
    pub engine: &'static str,
    /// What the database says its version is.
    pub server_version: String,
    /// When the snapshot was taken.
    pub taken_at: DateTime<Utc>,
    /// What is there but not in the archive.
    pub left_out: Vec<LeftOut>,
    /// What those who use the export should know of it.
    pub warnings: Vec<String>,
}

/// One table, as it was written.
#[derive(Debug)]
pub struct TableWritten {
    /// The name of its source.
    pub source: Arc<str>,
    /// What the source says of it.
    pub table: Arc<Table>,
    /// Its file.
    pub entry: Entry,
    /// Its rows.
    pub rows: u64,
    /// What was seen in its columns.
    pub observed: Vec<Observed>,
}

/// One file, as it was copied.
#[derive(Debug)]
pub struct FileWritten {
    /// The name of its source.
    pub source: Arc<str>,
    /// What the source says of it.
    pub file: File,
    /// Its file.
    pub entry: Entry,
}

/// What a descriptor is made of.
pub struct Described<'a> {
    /// What the archive is called.
    pub title: &'a str,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// How its tables are written.
    pub format: &'a dyn Format,
    /// Where they are from.
    pub sources: &'a [SourceRead],
    /// Its tables.
    pub tables: &'a [TableWritten],
    /// Its files.
    pub files: &'a [FileWritten],
    /// The archive's other entries but for the descriptor itself.
    pub own: &'a [Entry],
}

impl Described<'_> {
    /// The descriptor, in pieces of about `step` resources each, which together are one JSON text: it may be long.
    pub fn texts(&self, step: usize) -> impl Iterator<Item = serde_json::Result<Vec<u8>>> {
        let entries = self.tables.iter().map(|table| &table.entry).chain(self.files.iter().map(|file| &file.entry));
        let names = resource_names(entries.chain(self.own).map(|entry| &entry.path));
        let index = Index::of(self.tables, &names[..self.tables.len()]);
        let count = names.len();
        let pieces = (0..count).step_by(step).map(move |from| {
            let mut text = Vec::new();
            for (place, name) in names.iter().enumerate().skip(from).take(step) {
                text.extend_from_slice(if place == 0 { b"\n" } else { b",\n" });
                serde_json::to_writer_pretty(&mut text, &self.resource(place, name, &index))?;
            }
            Ok(text)
        });
        [self.head()].into_iter().chain(pieces).chain([self.foot()])
    }

    fn head(&self) -> serde_json::Result<Vec<u8>> {
        let head = json!({
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "data-export",
            "title": self.title,
            "created": time(self.created),
            "carryall": {
                "version": env!("CARGO_PKG_VERSION"),
                "sources": self.sources.iter().map(source).collect::<Vec<_>>(),
            },
        });
        let mut text = serde_json::to_vec_pretty(&head)?;
        // The object goes on with its resources.
        text.truncate(text.len() - "\n}".len());
        text.extend_from_slice(b",\n  \"resources\": [");
        Ok(text)
    }

    fn foot(&self) -> serde_json::Result<Vec<u8>> {
        Ok(b"\n]}\n".to_vec())
    }

    fn resource(&self, place: usize, name: &str, index: &Index<'_>) -> Value {
        if let Some(table) = self.tables.get(place) {
            return resource(table, name, self.format, index);
        }
        let place = place - self.tables.len();
        if let Some(FileWritten { source, file, entry }) = self.files.get(place) {
            let mut resource = plain_resource(name, entry, &file.path);
            resource["carryall"] = json!({"source": **source, "file": file.path});
            if str::from_utf8(&file.locator).is_err() {
                resource["carryall"]["fileBase64"] = STANDARD.encode(&file.locator).into();
            }
            return resource;
        }
        let entry = &self.own[place - self.files.len()];
        plain_resource(name, entry, &entry.path)
    }
}

fn source(read: &SourceRead) -> Value {
    let left_out = read.left_out.iter().map(|left| match &left.schema {
        Some(schema) => json!({"schema": schema, "name": left.name, "reason": left.reason}),
        None => json!({"name": left.name, "reason": left.reason}),
    });
    json!({
        "name": read.name,
        "engine": read.engine,
        "serverVersion": read.server_version,
        "snapshotTakenAt": time(read.taken_at),
        "leftOut": left_out.collect::<Vec<_>>(),
        "warnings": read.warnings,
    })
}

/// A file that is no table.
fn plain_resource(name: &str, entry: &Entry, title: &str) -> Value {
    json!({
        "name": name,
        "type": "file",
        "path": entry.path,
        "title": title,
        "bytes": entry.bytes,
        "hash": format!("sha256:{}", entry.sha256),
    })
}

/// The tables by what they are called, with the names of their resources.
struct Index<'a>(HashMap<(&'a str, Option<&'a str>, &'a str), (&'a TableWritten, String)>);

impl<'a> Index<'a> {
    fn of(tables: &'a [TableWritten], names: &[String]) -> Self {
        let key = |written: &'a TableWritten| (&*written.source, written.table.schema.as_deref(), &*written.table.name);
        let tables = tables.iter().zip(names).map(|(written, name)| (key(written), (written, name.clone())));
        Self(tables.collect())
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn resource(written: &TableWritten, name: &str, format: &dyn Format, index: &Index<'_>) -> Value {
    let mut resource = plain_resource(name, &written.entry, &written.table.name);
    resource["mediatype"] = format.media_type().into();
    resource["encoding"] = "utf-8".into();
    resource["carryall"] = json!({
        "source": *written.source,
        "schema": written.table.schema,
        "table": written.table.name,
        "rowCount": written.rows,
        "declaredKeys": declared_keys(&written.table),
    });
    if !written.table.columns.is_empty() {
        resource["format"] = format.extension().into();
        if let Some(dialect) = format.dialect() {
            resource["dialect"] = dialect;
        }
        resource["schema"] = schema(written, format, index);
    }
    // A file without a line is no tabular resource: without columns, or without rows where there is no header.
    if written.entry.bytes > 0 {
        resource["type"] = "table".into();
    }
    resource
}

fn schema(written: &TableWritten, format: &dyn Format, index: &Index<'_>) -> Value {
    let columns = written.table.columns.iter().zip(&written.observed);
    let mut schema =
        json!({ "fields": columns.map(|(column, seen)| field(column, *seen, format)).collect::<Vec<_>>() });
    let key = &written.table.primary_key;
    if !key.is_empty() && key.iter().all(|column| is_key(written, column)) {
        schema["primaryKey"] = json!(key);
    }
    let foreign = written.table.foreign_keys.iter().filter_map(|key| foreign_key(written, key, index));
    let foreign = foreign.collect::<Vec<_>>();
    if !foreign.is_empty() {
        schema["foreignKeys"] = json!(foreign);
    }
    schema
}

/// The keys as the database declares them, whether or not the rows keep to them.
fn declared_keys(table: &Table) -> Value {
    let foreign = table.foreign_keys.iter().map(|key| {
        json!({"fields": key.columns, "schema": key.schema, "table": key.table, "references": key.referenced, "holds": key.holds})
    });
    json!({"primaryKey": table.primary_key, "foreignKeys": foreign.collect::<Vec<_>>()})
}

/// Whether a column can be part of a primary key to a reader who compares what is written: never NULL (SQLite lets keys
/// be), and of one kind (1 and '1' are two values, and look alike).
fn is_key(written: &TableWritten, column: &str) -> bool {
    seen(written, column).is_some_and(|seen| !seen.has(Observed::NULL) && seen.names().len() <= 1)
}

fn seen(written: &TableWritten, column: &str) -> Option<Observed> {
    let place = written.table.columns.iter().position(|found| found.name == column)?;
    written.observed.get(place).copied()
}

/// The one kind of values in a column that is compared by its bytes; an empty list if there are no values.
fn kind(written: &TableWritten, column: &str) -> Option<Vec<&'static str>> {
    let by_bytes = written.table.columns.iter().any(|found| found.name == column && found.collation.is_none());
    seen(written, column).map(Observed::names).filter(|kinds| by_bytes && kinds.len() <= 1)
}

fn field(column: &Column, seen: Observed, format: &dyn Format) -> Value {
    let mut field = Map::new();
    field.insert("name".into(), column.name.as_str().into());
    let (field_type, of_values) = field_type(column.field_type, seen);
    field.insert("type".into(), field_type.into());
    field.extend(of_values.map(|format| ("format".into(), format.into())));
    // Without a NULL in the column, an empty field can only be an empty text.
    if !seen.has(Observed::NULL) || !format.null_is_empty() {
        field.insert("missingValues".into(), json!([]));
    }
    if column.not_null && !seen.has(Observed::NULL) {
        field.insert("constraints".into(), json!({"required": true}));
    }
    let mut own = Map::new();
    own.insert("nativeType".into(), column.native_type.as_str().into());
    if column.generated {
        own.insert("generated".into(), true.into());
    }
    if let Some(collation) = &column.collation {
        own.insert("collation".into(), collation.as_str().into());
    }
    if seen.names().len() > 1 {
        own.insert("storageClasses".into(), json!(seen.names()));
    }
    field.insert("carryall".into(), own.into());
    field.into()
}

/// The declared type where every value keeps to it, else what the values are.
fn field_type(declared: FieldType, seen: Observed) -> (&'static str, Option<&'static str>) {
    let types: [(FieldType, &[Observed], _); 9] = [
        (FieldType::Integer, &[Observed::INTEGER], ("integer", None)),
        (FieldType::Number, &[Observed::INTEGER, Observed::NUMBER], ("number", None)),
        (FieldType::String, &[Observed::TEXT], ("string", None)),
        (FieldType::Binary, &[Observed::BINARY], ("string", Some("binary"))),
        (FieldType::Boolean, &[Observed::BOOLEAN], ("boolean", None)),
        (FieldType::Date, &[Observed::DATE], ("date", None)),
        (FieldType::Time, &[Observed::TIME], ("time", None)),
        (FieldType::DateTime, &[Observed::DATE_TIME], ("datetime", None)),
        (FieldType::Json, &[Observed::OBJECT], ("object", None)),
    ];
    let own = types.iter().find(|(field_type, kinds, _)| *field_type == declared && seen.only(kinds));
    match own {
        Some((.., named)) => *named,
        None if seen.only(&[]) => ("any", None),
        None if seen.only(&[Observed::ARRAY]) => ("array", None),
        None => types.iter().find(|(_, kinds, _)| seen.only(kinds)).map_or(("any", None), |(.., named)| *named),
    }
}

/// A reference, if the table it points to is in the archive too, and a reader who compares what is written finds every
/// row's parent.
fn foreign_key(written: &TableWritten, key: &ForeignKey, index: &Index<'_>) -> Option<Value> {
    let (target, name) = index.0.get(&(&*written.source, key.schema.as_deref(), &*key.table))?;
    let alike = key.columns.iter().zip(&key.referenced).all(|(from, to)| {
        let (from, to) = (kind(written, from), kind(target, to));
        from.is_some_and(|from| from.is_empty() || to.is_some_and(|to| from == to))
    });
    // A reference of several columns of which one is NULL points nowhere to a database, and somewhere to Table Schema.
    let never_half = key.columns.len() == 1
        || key.columns.iter().all(|column| seen(written, column).is_some_and(|seen| !seen.has(Observed::NULL)));
    if key.holds != Some(true) || !alike || !never_half {
        return None;
    }
    // Table Schema writes a reference to the table itself as an empty name.
    let resource = if std::ptr::eq(*target, written) { "" } else { name };
    Some(json!({"fields": key.columns, "reference": {"resource": resource, "fields": key.referenced}}))
}

/// A name for each resource: lower-case ASCII letters, digits, `-`, `_` and `.`, each once.
fn resource_names<'a>(paths: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut uses: HashMap<String, u32> = HashMap::new();
    let mut names = Vec::new();
    for path in paths {
        let path = path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
        let plain = |c: char| match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') => c,
            '/' | '.' => '.',
            _ => '_',
        };
        let name: String = path.chars().map(plain).collect();
        let mut candidate = name.clone();
        while uses.contains_key(&candidate) {
            let number = uses.entry(name.clone()).and_modify(|number| *number += 1).or_insert(1);
            candidate = format!("{name}-{number}");
        }
        uses.insert(candidate.clone(), 1);
        names.push(candidate);
    }
    names
}
