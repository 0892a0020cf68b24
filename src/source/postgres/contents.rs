//! What a PostgreSQL database says of its tables. A few questions for the whole catalog, not one for each table: there
//! may be 70,000.

use std::{collections::HashMap, sync::Arc};

use sqlx::{PgConnection, Row, postgres::PgRow};

use super::{Relations, decode::Decode, query, quoted, unreachable};
use crate::source::{Column, Contents, FieldType, File, ForeignKey, LeftOut, Part, Size, SourceError, Table};

/// Pages of a table that are read at a time: 4 MiB.
const PAGES: u32 = 512;
/// Sequences that a warning names.
const NAMED: usize = 10;
/// The view that holds where each sequence is; read as a table.
const SEQUENCES: &str = "pg_catalog.pg_sequences";

/// What must be known of a table to read it.
pub(super) struct Relation {
    /// What stands behind FROM. Not the tables that inherit from it, but all partitions of a partitioned one.
    pub(super) from: String,
    /// What stands behind SELECT.
    select: String,
    pub(super) columns: Arc<[Decode]>,
}

impl Relation {
    /// The statement that gives its rows, or those of a part of it.
    pub(super) fn copy(&self, part: Option<&Part>) -> String {
        let only = match part {
            None => String::new(),
            // The last part has no end: nothing behind it is in the snapshot, but nothing is left to chance.
            Some(part) if part.end == u32::MAX => format!(" WHERE ctid >= '({},0)'", part.start),
            Some(part) => format!(" WHERE ctid >= '({},0)' AND ctid < '({},0)'", part.start, part.end),
        };
        format!("COPY (SELECT {} FROM {}{only}) TO STDOUT (FORMAT binary)", self.select, self.from)
    }
}

/// The tables and large objects of the snapshot.
pub(super) async fn contents(connection: &mut PgConnection) -> Result<(Contents, Relations), SourceError> {
    let mut contents = Contents::default();
    let mut relations = Relations::new();
    let types = types(connection).await?;
    let mut columns = columns(connection, &types).await?;
    let mut places = HashMap::new();
    let (mut sequences, mut hidden) = (false, Vec::new());
    for row in listed(connection).await? {
        let (oid, kind): (String, String) = (text(&row, 0)?, text(&row, 3)?);
        let (schema, name) = (text(&row, 1)?, text(&row, 2)?);
        let reason = match kind.as_str() {
            "v" => "view",
            "m" => "materialized view",
            "f" => "foreign table",
            "S" => {
                sequences = true;
                if text(&row, 5)? == "false" {
                    hidden.push(format!("{schema}.{name}"));
                }
                continue;
            }
            _ => {
                let (columns, exprs, decode) = columns.remove(&oid).unwrap_or_default();
                let only = if kind == "p" { "" } else { "ONLY " };
                let from = format!("{only}{}.{}", quoted(&schema), quoted(&name));
                let relation = Relation { from, select: exprs.join(", "), columns: decode.into() };
                relations.insert((Some(schema.clone()), name.clone()), relation);
                places.insert(oid, contents.tables.len());
                let parts = parts(text(&row, 4)?.parse().unwrap_or(0));
                let size = size(&row)?;
                contents.tables.push(Table { schema: Some(schema), name, columns, parts, size, ..Table::default() });
                continue;
            }
        };
        contents.left_out.push(LeftOut { schema: Some(schema), name, reason });
    }
    keys(connection, &places, &mut contents.tables).await?;
    if sequences && let Some((columns, exprs, decode)) = columns.remove("sequences") {
        let relation = Relation { from: SEQUENCES.into(), select: exprs.join(", "), columns: decode.into() };
        let (schema, name) = ("pg_catalog".to_owned(), "pg_sequences".to_owned());
        relations.insert((Some(schema.clone()), name.clone()), relation);
        // Too few rows to be worth a guess.
        let size = Size { rows: Some(0), bytes: Some(0) };
        contents.tables.push(Table { schema: Some(schema), name, columns, size, ..Table::default() });
    }
    contents.warnings.extend(unseen(&hidden));
    contents.warnings.extend(foreign_parts(connection).await?);
    contents.files = large_objects(connection).await?;
    Ok((contents, relations))
}

/// What is to be said of parts of tables that lie on other servers.
async fn foreign_parts(connection: &mut PgConnection) -> Result<Vec<String>, SourceError> {
    let found = rows(
        connection,
        "SELECT pg_catalog.format('%s.%s', n.nspname, c.relname) FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'f' AND c.relispartition ORDER BY 1",
    )
    .await?;
    let told = "is a part of a table and lies on another server: it is as it was when it was read, not as the others";
    found.iter().map(|row| Ok(format!("{} {told}", text(row, 0)?))).collect()
}

/// What is to be said of sequences that the role has no right to: PostgreSQL shows them without their last value.
fn unseen(sequences: &[String]) -> Option<String> {
    let others = sequences.len().saturating_sub(NAMED);
    let others = if others > 0 { format!(" and {others} others") } else { String::new() };
    let names = sequences.get(..NAMED).unwrap_or(sequences).join(", ");
    let told =
        "the last value of these sequences is missing: the role of the source has neither SELECT nor USAGE on them";
    (!sequences.is_empty()).then(|| format!("{told}: {names}{others}"))
}

/// The ranges of pages in which a table of so many is read; none if it is read whole.
fn parts(pages: u32) -> Vec<Part> {
    if pages <= PAGES * 2 {
        return Vec::new();
    }
    let mut parts: Vec<_> =
        (0..pages).step_by(PAGES as usize).map(|start| start..start.saturating_add(PAGES)).collect();
    if let Some(last) = parts.last_mut() {
        last.end = u32::MAX;
    }
    parts
}

/// How large a table is by what PostgreSQL noted when it was last analyzed; nothing, if it never was, as a small one may be.
/// Looking at the files instead would take locks.
fn size(row: &PgRow) -> Result<Size, SourceError> {
    Ok(Size { rows: text(row, 6)?.parse().ok(), bytes: text(row, 7)?.parse().ok() })
}

/// All relations with rows of their own or of others, but for the system's, the parts of partitioned tables, and other
/// sessions' temporary ones. The pages are those of tables that can be read by ranges of them (since version 14). Last stands
/// whether a sequence shows where it is, and how large it is; the parts of a partitioned table are found without
/// `pg_partition_tree`, which would lock them.
async fn listed(connection: &mut PgConnection) -> Result<Vec<PgRow>, SourceError> {
    rows(
        connection,
        "SELECT c.oid::text, n.nspname::text, c.relname::text, c.relkind::text, \
             CASE WHEN c.relkind = 'r' AND a.amname = 'heap' AND current_setting('server_version_num')::int >= 140000 \
                 THEN coalesce(pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::int, 0) ELSE 0 END::text, \
             coalesce(c.relkind <> 'S' OR pg_catalog.has_sequence_privilege(c.oid, 'SELECT, USAGE'), true)::text, \
             coalesce(CASE c.relkind WHEN 'p' THEN parts.rows ELSE greatest(c.reltuples, 0)::bigint END, 0)::text, \
             (coalesce(CASE c.relkind WHEN 'p' THEN parts.pages ELSE c.relpages + coalesce(toast.relpages, 0) END, 0) \
                 * current_setting('block_size')::bigint)::text \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid \
         LEFT JOIN LATERAL (WITH RECURSIVE tree AS ( \
                 SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = c.oid AND c.relkind = 'p' UNION ALL \
                 SELECT below.inhrelid FROM pg_catalog.pg_inherits below JOIN tree ON below.inhparent = tree.inhrelid) \
             SELECT sum(greatest(l.reltuples, 0))::bigint AS rows, \
                 sum(l.relpages + coalesce(toast.relpages, 0))::bigint AS pages \
             FROM tree JOIN pg_catalog.pg_class l ON l.oid = tree.inhrelid \
                 LEFT JOIN pg_catalog.pg_class toast ON toast.oid = l.reltoastrelid WHERE l.relkind = 'r') parts ON true \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT c.relispartition AND c.relpersistence <> 't' \
             AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' \
         ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"",
    )
    .await
}

/// What a type is: its kind, and the type that it is made of (a domain's base, an array's element).
struct Type {
    kind: String,
    of: String,
    is_array: bool,
}

/// All types but the row types of tables and their arrays.
async fn types(connection: &mut PgConnection) -> Result<HashMap<String, Type>, SourceError> {
    let found = rows(
        connection,
        "SELECT t.oid::text, t.typtype::text, CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END::text, \
             (t.typcategory = 'A' AND t.typtype = 'b')::text \
         FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem \
         WHERE t.typrelid = 0 AND coalesce(e.typrelid, 0) = 0",
    )
    .await?;
    let of = |row: &PgRow| {
        Ok((text(row, 0)?, Type { kind: text(row, 1)?, of: text(row, 2)?, is_array: text(row, 3)? == "true" }))
    };
    found.iter().map(of).collect()
}

/// The columns of one relation: as they are, as they are asked for, and as they are read.
type Columns = (Vec<Column>, Vec<String>, Vec<Decode>);

/// The columns of all relations, by the relation's oid; those of the view of sequences under `sequences`.
async fn columns(
    connection: &mut PgConnection,
    types: &HashMap<String, Type>,
) -> Result<HashMap<String, Columns>, SourceError> {
    let found = rows(
        connection,
        "SELECT CASE WHEN c.oid = 'pg_catalog.pg_sequences'::regclass THEN 'sequences' ELSE c.oid::text END, \
             a.attname::text, a.atttypid::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull::text, \
             (a.attgenerated <> '')::text, CASE WHEN NOT l.collisdeterministic THEN l.collname::text END, t.typname::text \
         FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND (c.relkind IN ('r', 'p') AND NOT c.relispartition \
             AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' \
             OR c.oid = 'pg_catalog.pg_sequences'::regclass) \
         ORDER BY a.attrelid, a.attnum",
    )
    .await?;
    let mut columns: HashMap<String, Columns> = HashMap::new();
    for row in &found {
        let (name, type_oid) = (text(row, 1)?, text(row, 2)?);
        let (expr, decode, field_type) = reading(&quoted(&name), &type_oid, types);
        // Blanks at the end of a char(n) do not count, nor does case in a citext.
        let by_type = match &*text(row, 7)? {
            "bpchar" => Some("bpchar"),
            "citext" => Some("citext"),
            _ => None,
        };
        let column = Column {
            name,
            native_type: text(row, 3)?,
            field_type,
            not_null: text(row, 4)? == "true",
            generated: text(row, 5)? == "true",
            collation: row.try_get::<Option<String>, _>(6).ok().flatten().or(by_type.map(str::to_owned)),
        };
        let of = columns.entry(text(row, 0)?).or_default();
        of.0.push(column);
        of.1.push(expr);
        of.2.push(decode);
    }
    Ok(columns)
}

/// How a column of this type is asked for and read, and what it holds.
fn reading(column: &str, oid: &str, types: &HashMap<String, Type>) -> (String, Decode, FieldType) {
    // The oids of built-in types never change (src/include/catalog/pg_type.dat).
    let (decode, field_type) = match oid {
        "16" => (Decode::Bool, FieldType::Boolean),
        "21" => (Decode::Int2, FieldType::Integer),
        "23" => (Decode::Int4, FieldType::Integer),
        "20" => (Decode::Int8, FieldType::Integer),
        "26" => (Decode::Oid, FieldType::Integer),
        "700" => (Decode::Float4, FieldType::Number),
        "701" => (Decode::Float8, FieldType::Number),
        "1700" => (Decode::Numeric, FieldType::Number),
        // text, varchar, char(n), name
        "25" | "1043" | "1042" | "19" => (Decode::Text, FieldType::String),
        "114" => (Decode::Json, FieldType::Json),
        "3802" => (Decode::Jsonb, FieldType::Json),
        "2950" => (Decode::Uuid, FieldType::String),
        "1082" => (Decode::Date, FieldType::Date),
        "1083" => (Decode::Time, FieldType::Time),
        "1114" => (Decode::Timestamp, FieldType::DateTime),
        "1184" => (Decode::TimestampTz, FieldType::DateTime),
        "17" => (Decode::Bytea, FieldType::Binary),
        // xml, whose output leaves out its declaration
        "142" => return (format!("{column}::text"), Decode::Text, FieldType::String),
        // money, whose text depends on the locale
        "790" => return (format!("{column}::numeric"), Decode::Numeric, FieldType::Number),
        _ => return written(column, oid, types),
    };
    (column.to_owned(), decode, field_type)
}

/// How a column of any other type is asked for: a domain as what it is based on, an enum's binary form is its text, an array
/// is JSON where JSON can say it, and everything else is what its output function writes (a cast to text may be another).
fn written(column: &str, oid: &str, types: &HashMap<String, Type>) -> (String, Decode, FieldType) {
    // `IS NOT NULL` would be another question: it is false for a row within the row that has a NULL in it.
    let as_text = format!("CASE WHEN {column} IS DISTINCT FROM NULL THEN pg_catalog.format('%s', {column}) END");
    match types.get(oid) {
        Some(Type { kind, of, .. }) if kind == "d" => reading(column, of, types),
        Some(Type { kind, .. }) if kind == "e" => (column.to_owned(), Decode::Text, FieldType::String),
        Some(Type { is_array: true, of, .. }) if json_can_say(of, types) => {
            // One whose bounds do not begin at 1 is written as PostgreSQL does, since JSON cannot say them.
            let expr = format!(
                "CASE WHEN pg_catalog.format('%s', {column}) LIKE '[%' THEN pg_catalog.format('%s', {column}) \
                 ELSE pg_catalog.array_to_json({column})::text END"
            );
            (expr, Decode::Array, FieldType::Json)
        }
        _ => (as_text, Decode::Text, FieldType::String),
    }
}

/// Whether JSON made of such elements has all that is in them: the numbers with all digits, texts, times, truth values. Not
/// JSON itself, whose null would look like NULL.
fn json_can_say(element: &str, types: &HashMap<String, Type>) -> bool {
    let plain =
        ["16", "21", "23", "20", "700", "701", "1700", "25", "1043", "19", "2950", "1082", "1083", "1114", "1184"];
    plain.contains(&element) || types.get(element).is_some_and(|found| found.kind == "e")
}

/// Primary and foreign keys. That a constraint is validated is what PostgreSQL has checked of it.
async fn keys(
    connection: &mut PgConnection,
    places: &HashMap<String, usize>,
    tables: &mut [Table],
) -> Result<(), SourceError> {
    let names = |side: &str| {
        format!(
            "(SELECT pg_catalog.json_agg(a.attname ORDER BY k.place)::text \
              FROM pg_catalog.unnest(con.con{side}key) WITH ORDINALITY k (number, place) \
              JOIN pg_catalog.pg_attribute a ON a.attrelid = con.con{side}relid AND a.attnum = k.number)"
        )
    };
    let found = rows(
        connection,
        &format!(
            "SELECT con.conrelid::text, con.contype::text, con.confrelid::text, {}, \
                 coalesce({}, '[]'), con.convalidated::text \
             FROM pg_catalog.pg_constraint con \
             WHERE con.contype IN ('p', 'f') AND con.conparentid = 0 ORDER BY con.conrelid, con.conname COLLATE \"C\"",
            names(""),
            names("f")
        ),
    )
    .await?;
    for row in &found {
        let Some(place) = places.get(&text(row, 0)?) else { continue };
        let columns = list(&text(row, 3)?);
        if text(row, 1)? == "p" {
            tables[*place].primary_key = columns;
            continue;
        }
        let Some(parent) = places.get(&text(row, 2)?) else { continue };
        let key = ForeignKey {
            columns,
            schema: tables[*parent].schema.clone(),
            table: tables[*parent].name.clone(),
            referenced: list(&text(row, 4)?),
            holds: Some(text(row, 5)? == "true"),
        };
        tables[*place].foreign_keys.push(key);
    }
    Ok(())
}

/// Large objects, in the order of their numbers.
async fn large_objects(connection: &mut PgConnection) -> Result<Vec<File>, SourceError> {
    let found = rows(connection, "SELECT oid::text FROM pg_catalog.pg_largeobject_metadata ORDER BY oid").await?;
    let file = |row: &PgRow| {
        let oid = text(row, 0)?;
        Ok(File { path: format!("large_objects/{oid}"), locator: oid.into_bytes(), bytes: None })
    };
    found.iter().map(file).collect()
}

async fn rows(connection: &mut PgConnection, statement: &str) -> Result<Vec<PgRow>, SourceError> {
    query(connection, statement).await.map_err(|cause| unreachable(&cause))
}

fn text(row: &PgRow, index: usize) -> Result<String, SourceError> {
    let why = |cause| SourceError::Unreachable(format!("what PostgreSQL says of its tables cannot be read: {cause}"));
    row.try_get(index).map_err(why)
}

/// The texts in a JSON array that the server made.
fn list(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_default()
}
