//! What a snapshot does not protect from: a table that is emptied by TRUNCATE, rewritten by ALTER TABLE or dropped after
//! the snapshot was taken looks empty to it, and so does another one that took its name. So tables are locked against that,
//! as weakly as a reader locks them, and compared with what they were in the snapshot.

use std::collections::HashSet;

use sqlx::{PgConnection, Row};

use super::{query, quoted, unreachable, unreadable};
use crate::source::{SourceError, Table};

/// Tables that are locked by one statement.
const SOME: usize = 100;

/// Locks the tables. False if the server has no room for so many locks (`max_locks_per_transaction`): then none is held, and
/// each must be looked at again when it was read.
pub(super) async fn lock(connection: &mut PgConnection, tables: &[Table]) -> Result<bool, SourceError> {
    begin(connection).await?;
    for some in tables.chunks(SOME) {
        match query(connection, &statement(some)).await {
            Ok(_) => {}
            Err(cause) if has_no_room(&cause) => {
                undo(connection).await?;
                return Ok(false);
            }
            Err(_) => return find(connection, some).await,
        }
    }
    Ok(true)
}

/// Locks tables one by one, to tell which of them it is that cannot be.
async fn find(connection: &mut PgConnection, tables: &[Table]) -> Result<bool, SourceError> {
    undo(connection).await?;
    for table in tables {
        let locked = query(connection, &statement(std::slice::from_ref(table))).await;
        locked.map_err(|cause| unreadable(&table.full_name(), &cause))?;
    }
    // It was something that has passed by now.
    Err(SourceError::Unreachable("the tables could not be locked; create the export again".into()))
}

fn statement(tables: &[Table]) -> String {
    let views = |table: &&Table| table.schema.as_deref() != Some("pg_catalog");
    let names = tables
        .iter()
        .filter(views)
        .map(|table| format!("{}.{}", quoted(table.schema.as_deref().unwrap_or_default()), quoted(&table.name)));
    let names = names.collect::<Vec<_>>().join(", ");
    if names.is_empty() { String::new() } else { format!("LOCK TABLE {names} IN ACCESS SHARE MODE") }
}

async fn begin(connection: &mut PgConnection) -> Result<(), SourceError> {
    query(connection, "SAVEPOINT locks").await.map(drop).map_err(|cause| unreachable(&cause))
}

async fn undo(connection: &mut PgConnection) -> Result<(), SourceError> {
    query(connection, "ROLLBACK TO SAVEPOINT locks").await.map(drop).map_err(|cause| unreachable(&cause))
}

fn has_no_room(cause: &sqlx::Error) -> bool {
    // out_of_memory is what a full table of locks is reported as.
    cause.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "53200")
}

/// Fails if one of the tables, or a part of one, is not what it was in the snapshot: has another file, another name, other
/// columns, or belongs to another table. The catalog is read as it was in the snapshot; `pg_relation_filenode`, `regclass`,
/// `pg_partition_root` and `pg_identify_object` tell of now. A part that is being detached (DETACH CONCURRENTLY) no longer
/// shows in its table, and not yet as one of its own.
pub(super) async fn unchanged(connection: &mut PgConnection, tables: &[Table]) -> Result<(), SourceError> {
    let one = match tables {
        [table] => format!(
            " AND n.nspname = {} AND c.relname = {}",
            literal(table.schema.as_deref().unwrap_or_default()),
            literal(&table.name)
        ),
        _ => String::new(),
    };
    let statement = format!(
        "WITH RECURSIVE parts (oid, root, detaching) AS ( \
             SELECT c.oid, c.oid, false FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' \
                 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'{one} \
             UNION ALL \
             SELECT i.inhrelid, p.root, coalesce((to_jsonb(i) ->> 'inhdetachpending')::boolean, false) FROM parts p \
             JOIN pg_catalog.pg_class c ON c.oid = p.oid AND c.relkind = 'p' \
             JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid) \
         SELECT DISTINCT n.nspname::text, r.relname::text FROM parts p JOIN pg_catalog.pg_class c ON c.oid = p.oid \
         JOIN pg_catalog.pg_class r ON r.oid = p.root JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace \
         WHERE c.relkind = 'r' AND pg_catalog.pg_relation_filenode(c.oid) IS DISTINCT FROM c.relfilenode \
             OR c.oid = r.oid AND c.oid::regclass::text <> pg_catalog.format('%I.%I', n.nspname, c.relname) \
             OR coalesce(pg_catalog.pg_partition_root(c.oid), c.oid) <> r.oid OR p.detaching \
             OR c.oid = r.oid AND EXISTS (SELECT FROM pg_catalog.pg_attribute a \
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                     AND (pg_catalog.pg_identify_object('pg_catalog.pg_class'::regclass, c.oid, a.attnum)).identity \
                         IS DISTINCT FROM pg_catalog.format('%I.%I.%I', n.nspname, c.relname, a.attname))"
    );
    let changed = query(connection, &statement).await.map_err(|cause| unreachable(&cause))?;
    let changed: HashSet<(String, String)> =
        changed.iter().filter_map(|row| Some((row.try_get(0).ok()?, row.try_get(1).ok()?))).collect();
    let is_changed = |table: &&Table| {
        let schema = table.schema.clone().unwrap_or_default();
        changed.contains(&(schema, table.name.clone()))
    };
    match tables.iter().find(is_changed) {
        None => Ok(()),
        Some(table) => Err(SourceError::Unreadable {
            table: table.full_name(),
            why: "it or a part of it was emptied by TRUNCATE, rewritten, altered, renamed, detached or dropped after the \
                  snapshot was taken, which no snapshot protects from; create the export again"
                .into(),
        }),
    }
}

/// A text as an SQL literal.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
