//! `datapackage.json`: a Data Package (<https://datapackage.org>, version 2) that says what is in the archive.
//!
//! What the standard has no word for stands under `carryall`: the exact names, the engine, what was left
//! out. Types are those that hold for every value (see [`Observed`]).

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::{Entry, Observed};
use crate::source::{Column, FieldType, ForeignKey, LeftOut, Table};

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
}

/// One table, as it was written.
#[derive(Debug)]
pub struct TableWritten {
    /// The name of its source.
    pub source: String,
    /// What the source says of it.
    pub table: Table,
    /// Its file.
    pub entry: Entry,
    /// Its rows.
    pub rows: u64,
    /// What was seen in its columns.
    pub observed: Vec<Observed>,
}

/// The descriptor of an archive called `title`, made at `created`; `format` is the ending and the media
/// type of its tables.
pub fn descriptor(
    title: &str,
    created: DateTime<Utc>,
    format: (&str, &str),
    sources: &[SourceRead],
    tables: &[TableWritten],
) -> Value {
    let names = resource_names(tables);
    let resources = tables.iter().zip(&names).map(|(written, name)| resource(written, name, format, tables, &names));
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "data-export",
        "title": title,
        "created": time(created),
        "resources": resources.collect::<Vec<_>>(),
        "carryall": {
            "version": env!("CARGO_PKG_VERSION"),
            "sources": sources.iter().map(|source| json!({
                "name": source.name,
                "engine": source.engine,
                "serverVersion": source.server_version,
                "snapshotTakenAt": time(source.taken_at),
                "leftOut": source.left_out.iter()
                    .map(|left| json!({"name": left.name, "reason": left.reason})).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        },
    })
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn resource(
    written: &TableWritten,
    name: &str,
    (extension, media_type): (&str, &str),
    tables: &[TableWritten],
    names: &[String],
) -> Value {
    let mut resource = json!({
        "name": name,
        "path": written.entry.path,
        "title": written.table.name,
        "mediatype": media_type,
        "encoding": "utf-8",
        "bytes": written.entry.bytes,
        "hash": format!("sha256:{}", written.entry.sha256),
        "carryall": {
            "source": written.source,
            "schema": written.table.schema,
            "table": written.table.name,
            "rowCount": written.rows,
            "declaredKeys": declared_keys(&written.table),
        },
    });
    // A table without columns has a file without a line, which is no tabular resource.
    if !written.table.columns.is_empty() {
        resource["type"] = "table".into();
        resource["format"] = extension.into();
        resource["schema"] = schema(written, tables, names);
    }
    resource
}

fn schema(written: &TableWritten, tables: &[TableWritten], names: &[String]) -> Value {
    let columns = written.table.columns.iter().zip(&written.observed);
    let mut schema = json!({ "fields": columns.map(|(column, seen)| field(column, *seen)).collect::<Vec<_>>() });
    let key = &written.table.primary_key;
    if !key.is_empty() && key.iter().all(|column| is_key(written, column)) {
        schema["primaryKey"] = json!(key);
    }
    let foreign = written.table.foreign_keys.iter().filter_map(|key| foreign_key(written, key, tables, names));
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

fn field(column: &Column, seen: Observed) -> Value {
    let mut field = Map::new();
    field.insert("name".into(), column.name.as_str().into());
    let (field_type, format) = field_type(column.field_type, seen);
    field.insert("type".into(), field_type.into());
    field.extend(format.map(|format| ("format".into(), format.into())));
    // Without a NULL in the column, an empty field can only be an empty text.
    if !seen.has(Observed::NULL) {
        field.insert("missingValues".into(), json!([]));
        if column.not_null {
            field.insert("constraints".into(), json!({"required": true}));
        }
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
    let (integer, number) = (&[Observed::INTEGER][..], &[Observed::INTEGER, Observed::REAL][..]);
    let (text, binary) = (&[Observed::TEXT][..], &[Observed::BINARY][..]);
    match declared {
        FieldType::Integer if seen.only(integer) => ("integer", None),
        FieldType::Number if seen.only(number) => ("number", None),
        FieldType::String if seen.only(text) => ("string", None),
        FieldType::Binary if seen.only(binary) => ("string", Some("binary")),
        _ if seen.only(&[]) => ("any", None),
        _ if seen.only(integer) => ("integer", None),
        _ if seen.only(number) => ("number", None),
        _ if seen.only(text) => ("string", None),
        _ if seen.only(binary) => ("string", Some("binary")),
        _ => ("any", None),
    }
}

/// A reference, if the table it points to is in the archive too, and a reader who compares what is written finds every
/// row's parent.
fn foreign_key(written: &TableWritten, key: &ForeignKey, tables: &[TableWritten], names: &[String]) -> Option<Value> {
    let is_target = |other: &TableWritten| {
        other.source == written.source && other.table.schema == key.schema && other.table.name == key.table
    };
    let target = tables.iter().position(is_target)?;
    let alike = key.columns.iter().zip(&key.referenced).all(|(from, to)| {
        let (from, to) = (kind(written, from), kind(&tables[target], to));
        from.is_some_and(|from| from.is_empty() || to.is_some_and(|to| from == to))
    });
    // A reference of several columns of which one is NULL points nowhere to a database, and somewhere to Table Schema.
    let never_half = key.columns.len() == 1
        || key.columns.iter().all(|column| seen(written, column).is_some_and(|seen| !seen.has(Observed::NULL)));
    if key.holds != Some(true) || !alike || !never_half {
        return None;
    }
    // Table Schema writes a reference to the table itself as an empty name.
    let resource = if std::ptr::eq(&raw const tables[target], written) { "" } else { &names[target] };
    Some(json!({"fields": key.columns, "reference": {"resource": resource, "fields": key.referenced}}))
}

/// A name for each resource: lower-case ASCII letters, digits, `-`, `_` and `.`, each once.
fn resource_names(tables: &[TableWritten]) -> Vec<String> {
    let mut uses: HashMap<String, u32> = HashMap::new();
    let mut names = Vec::with_capacity(tables.len());
    for written in tables {
        let path = written.entry.path.rsplit_once('.').map_or(written.entry.path.as_str(), |(stem, _)| stem);
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
