//! What a SQLite database says of its tables.

use std::collections::HashSet;

use rusqlite::{Connection, Row};

use super::{describe, quoted, unreadable};
use crate::source::{Column, Contents, FieldType, ForeignKey, LeftOut, Size, SourceError, Table};

/// The tables of the snapshot. A virtual table has no data of its own: it is left out by name, and the tables that it
/// keeps its data in are exported, whatever module it needs.
pub(super) fn contents(connection: &Connection) -> Result<Contents, SourceError> {
    let mut contents = Contents::default();
    for (name, kind) in listed(connection).map_err(|cause| SourceError::Unreachable(describe(&cause)))? {
        match kind.as_str() {
            "view" => contents.left_out.push(left_out(name, "view")),
            "virtual" => contents.left_out.push(left_out(name, "virtual table")),
            _ if name.starts_with("sqlite_stat") => contents.left_out.push(left_out(name, "statistics")),
            _ => contents.tables.push(table(connection, &name).map_err(|cause| unreadable(&name, describe(&cause)))?),
        }
    }
    for place in 0..contents.tables.len() {
        let name = &contents.tables[place].name;
        let found = foreign_keys(connection, name, &contents.tables);
        contents.tables[place].foreign_keys = found.map_err(|cause| unreadable(name, describe(&cause)))?;
    }
    guess_sizes(connection, &mut contents.tables);
    Ok(contents)
}

/// Rows by the largest rowid, and bytes as a part of the file's by them. What cannot be told is left open: where rowids are
/// no numbers in a row, or where a column is called as they are.
fn guess_sizes(connection: &Connection, tables: &mut [Table]) {
    let number = |sql: &str| {
        let found = connection.query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).ok().flatten();
        found.and_then(|number| u64::try_from(number).ok())
    };
    let Some(bytes) = number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") else { return };
    for table in &mut *tables {
        if !table.columns.iter().any(|column| column.name.eq_ignore_ascii_case("_rowid_")) {
            let last = number(&format!("SELECT coalesce(max(_rowid_), 0) FROM main.{}", quoted(&table.name)));
            // A row takes a byte at least.
            table.size.rows = last.filter(|rows| *rows <= bytes);
        }
    }
    let Some(rows) = Size::together(tables.iter().map(|table| table.size)).rows else { return };
    for table in tables {
        let part = table.size.rows.map(|own| u128::from(bytes) * u128::from(own) / u128::from(rows.max(1)));
        table.size.bytes = part.and_then(|part| part.try_into().ok());
    }
}

fn left_out(name: String, reason: &'static str) -> LeftOut {
    LeftOut { schema: None, name, reason }
}

/// Name and kind of everything that has rows, but for the schema itself. Of the engine's own tables only
/// `sqlite_sequence` (where AUTOINCREMENT goes on) and the statistics have any.
fn listed(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    connection
        .prepare(
            "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name <> 'sqlite_schema' ORDER BY name",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn table(connection: &Connection, name: &str) -> rusqlite::Result<Table> {
    let mut columns = Vec::new();
    let mut primary_key = Vec::new();
    // hidden: 1 is a virtual table's argument, 2 and 3 are generated columns.
    let mut info = connection.prepare_cached(
        "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?, 'main') WHERE hidden <> 1 ORDER BY cid",
    )?;
    let mut rows = info.query([name])?;
    while let Some(row) = rows.next()? {
        let (column, key) = column(connection, name, row)?;
        if key > 0 {
            primary_key.push((key, column.name.clone()));
        }
        columns.push(column);
    }
    primary_key.sort();
    let primary_key = primary_key.into_iter().map(|(_, name)| name).collect();
    Ok(Table { name: name.to_owned(), columns, primary_key, ..Table::default() })
}

/// A column, and its place in the primary key (0: not in it).
fn column(connection: &Connection, table: &str, row: &Row<'_>) -> rusqlite::Result<(Column, i64)> {
    let (name, native_type): (String, String) = (row.get(0)?, row.get(1)?);
    let (_, collation, ..) = connection.column_metadata(Some("main"), table, &name)?;
    let collation = collation.map(|name| name.to_string_lossy().into_owned());
    let column = Column {
        field_type: field_type(&native_type),
        native_type,
        not_null: row.get(2)?,
        generated: row.get::<_, i64>(4)? > 1,
        collation: collation.filter(|name| !name.eq_ignore_ascii_case("BINARY")),
        name,
    };
    Ok((column, row.get(3)?))
}

/// By the rules of <https://www.sqlite.org/datatype3.html>, section 3.1. A NUMERIC column may hold both
/// kinds of numbers, and any column any value: what was really there, the descriptor says.
fn field_type(native_type: &str) -> FieldType {
    let native_type = native_type.to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|part| native_type.contains(part));
    if has(&["INT"]) {
        FieldType::Integer
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        FieldType::String
    } else if has(&["BLOB"]) {
        FieldType::Binary
    } else if has(&["REAL", "FLOA", "DOUB", "NUMERIC", "DECIMAL"]) {
        FieldType::Number
    } else {
        FieldType::Any
    }
}

/// The references of one table, in the spelling of the tables: SQLite compares names without case, and lets the
/// referenced columns be left out. One to a table or a column that is not there is dropped.
fn foreign_keys(connection: &Connection, table: &str, tables: &[Table]) -> rusqlite::Result<Vec<ForeignKey>> {
    let mut listed = connection.prepare_cached(
        "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?, 'main') ORDER BY id, seq",
    )?;
    let mut rows = listed.query([table])?;
    let mut found: Vec<(i64, ForeignKey)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, parent, from, to): (i64, String, String, Option<String>) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let Some(parent) = tables.iter().find(|table| table.name.eq_ignore_ascii_case(&parent)) else { continue };
        if found.last().is_none_or(|(last, _)| *last != id) {
            let key = ForeignKey { table: parent.name.clone(), ..ForeignKey::default() };
            found.push((id, key));
        }
        if let Some((_, key)) = found.last_mut() {
            let to = to.or_else(|| parent.primary_key.get(key.columns.len()).cloned());
            key.referenced.extend(to.and_then(|to| spelt(parent, &to)));
            key.columns.push(from);
        }
    }
    found.retain(|(_, key)| key.columns.len() == key.referenced.len());
    if !found.is_empty() {
        let violated = violated(connection, table)?;
        for (id, key) in &mut found {
            key.holds = violated.as_ref().map(|violated| !violated.contains(id));
        }
    }
    Ok(found.into_iter().map(|(_, key)| key).collect())
}

/// The name of a column as its table spells it.
fn spelt(table: &Table, column: &str) -> Option<String> {
    let found = table.columns.iter().find(|found| found.name.eq_ignore_ascii_case(column));
    found.map(|column| column.name.clone())
}

/// The references of a table that some of its rows break: SQLite holds an application to them only if it asks for that.
/// None if one of them cannot be checked, because the columns that it points to are not unique.
fn violated(connection: &Connection, table: &str) -> rusqlite::Result<Option<HashSet<i64>>> {
    let mut check = connection.prepare_cached("SELECT DISTINCT fkid FROM pragma_foreign_key_check(?, 'main')")?;
    let violated: rusqlite::Result<HashSet<i64>> = check.query_map([table], |row| row.get(0))?.collect();
    match violated {
        Err(cause) if cause.to_string().contains("foreign key mismatch") => Ok(None),
        violated => violated.map(Some),
    }
}
