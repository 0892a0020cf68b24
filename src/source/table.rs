//! What a source says of its tables. Everything here ends up in the archive's descriptor.

use std::ops::Range;

/// What a snapshot holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// The tables to export, in a stable order.
    pub tables: Vec<Table>,
    /// The files to copy, in a stable order.
    pub files: Vec<File>,
    /// What is there but is not exported: it is named, so that nobody takes the export for more than it is.
    pub left_out: Vec<LeftOut>,
    /// What those who use the export should know of it.
    pub warnings: Vec<String>,
}

/// Something in the database that is not exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its schema, where the database has schemas.
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
    /// Why, as in `view`.
    pub reason: &'static str,
}

/// A file that is no table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// Its path below the source, with `/`; what is no text in it is replaced.
    pub path: String,
    /// By what the source finds it: in a directory, the bytes of its path.
    pub locator: Vec<u8>,
    /// Its length when it was listed, where the source says that.
    pub bytes: Option<u64>,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its schema, where the database has schemas.
    pub schema: Option<String>,
    /// Its name, exactly.
    pub name: String,
    /// Its columns, in the table's order.
    pub columns: Vec<Column>,
    /// The names of the columns that are its primary key, in the key's order.
    pub primary_key: Vec<String>,
    /// Its references to other tables of the same source.
    pub foreign_keys: Vec<ForeignKey>,
    /// The parts in which it is read, in their order, which together are all its rows. Empty: it is read whole.
    pub parts: Vec<Part>,
    /// How large it is, about.
    pub size: Size,
}

/// How large a table is by the database's own notes, which may be old, or missing. Nothing is proven by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Its rows.
    pub rows: Option<u64>,
    /// The bytes that the database keeps it in, without its indexes.
    pub bytes: Option<u64>,
}

/// A part of a table, as a range of the database's own places.
pub type Part = Range<u32>;

impl Size {
    /// How large several are together; None where that is not known of each.
    pub fn together(sizes: impl Iterator<Item = Self>) -> Self {
        let add = |one: Option<u64>, other: Option<u64>| one.zip(other).map(|(one, other)| one.saturating_add(other));
        let none = Self { rows: Some(0), bytes: Some(0) };
        sizes.fold(none, |all, one| Self { rows: add(all.rows, one.rows), bytes: add(all.bytes, one.bytes) })
    }
}

impl Contents {
    /// How large all of it is together; None where that is not known of each.
    pub fn size(&self) -> Size {
        let files = self.files.iter().map(|file| Size { rows: Some(0), bytes: file.bytes });
        Size::together(self.tables.iter().map(|table| table.size).chain(files))
    }
}

impl Table {
    /// Its name with its schema, as people write it.
    pub fn full_name(&self) -> String {
        full_name(self.schema.as_deref(), &self.name)
    }
}

impl LeftOut {
    /// Its name with its schema, as people write it.
    pub fn full_name(&self) -> String {
        full_name(self.schema.as_deref(), &self.name)
    }
}

fn full_name(schema: Option<&str>, name: &str) -> String {
    schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"))
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, exactly.
    pub name: String,
    /// Its type in the database's own words; empty where it has none.
    pub native_type: String,
    /// What its values are, by its declaration.
    pub field_type: FieldType,
    /// Whether it is declared never to be NULL.
    pub not_null: bool,
    /// Whether the database computes it from other columns.
    pub generated: bool,
    /// The rule by which the database compares its texts; None where texts are equal only if their bytes are.
    pub collation: Option<String>,
}

/// What the values of a column are, in the terms of Table Schema (Frictionless Data).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// True or false.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// Text.
    String,
    /// Days.
    Date,
    /// Times of day.
    Time,
    /// Days and times.
    DateTime,
    /// JSON texts.
    Json,
    /// Bytes, written as base64 (`type: string, format: binary`).
    Binary,
    /// Anything: the declaration does not say.
    Any,
}

/// A reference to another table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignKey {
    /// The referring columns.
    pub columns: Vec<String>,
    /// The schema of the table referred to.
    pub schema: Option<String>,
    /// The table referred to.
    pub table: String,
    /// The columns referred to, as many as `columns`.
    pub referenced: Vec<String>,
    /// Whether every row of the snapshot keeps to it, as not every database enforces what is declared. None: the database
    /// cannot check it.
    pub holds: Option<bool>,
}
