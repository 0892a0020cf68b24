//! What a source says of its tables. Everything here ends up in the archive's descriptor.

/// What a snapshot holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// The tables to export, in a stable order.
    pub tables: Vec<Table>,
    /// What is there but is not exported: it is named, so that nobody takes the export for more than it is.
    pub left_out: Vec<LeftOut>,
}

/// Something in the database that is not exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why, as in `view`.
    pub reason: &'static str,
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
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// Text.
    String,
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
