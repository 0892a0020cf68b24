//! What a MySQL or MariaDB server says of its tables, by its information_schema.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sqlx::{MySqlConnection, mysql::MySqlRow};

use super::{
    Relations,
    decode::{Decode, text},
    query, quoted, unreachable,
};
use crate::source::{Column, Contents, FieldType, ForeignKey, LeftOut, Size, SourceError, Table};

/// The databases that are the server's own.
const SYSTEM: &str = "'mysql', 'information_schema', 'performance_schema', 'sys'";

/// What must be known of a table to read it.
pub(super) struct Relation {
    /// The statement that gives its rows.
    pub(super) select: String,
    /// A statement that fails if some of its columns are hidden from the user, or if it is broken.
    pub(super) check: Option<String>,
    pub(super) columns: Arc<[Decode]>,
    /// Its name as SQL.
    pub(super) from: String,
    /// Whether it is read as it was in the snapshot.
    pub(super) in_snapshot: bool,
    /// What asks when the table of this name was made, and what the answer was when it was listed.
    pub(super) made: (String, String),
}

/// The tables of the snapshot: those of `database`, or of all.
pub(super) async fn contents(
    connection: &mut MySqlConnection,
    database: Option<&str>,
) -> Result<(Contents, Relations), SourceError> {
    let catalog = Catalog { only: database.map(str::to_owned) };
    let mut contents = Contents::default();
    let mut relations = Relations::new();
    let sees_all = catalog.sees_all(connection).await?;
    if !sees_all {
        let whose = database.map_or_else(|| "all databases".to_owned(), |name| format!("database {name}"));
        contents.warnings.push(format!(
            "the user has no SELECT on the whole of {whose}: a table that it may not see is missing without being named"
        ));
    }
    let mut columns = catalog.columns(connection).await?;
    let mut places = HashMap::new();
    for row in catalog.tables(connection).await? {
        let (database, name, kind, engine) = (text(&row, 0), text(&row, 1), text(&row, 2), text(&row, 3));
        let schema = catalog.schema(&database);
        let key = (database.clone(), name.clone());
        let columns = columns.remove(&key).unwrap_or_default();
        if ["VIEW", "SYSTEM VIEW"].contains(&&*kind) {
            contents.left_out.push(LeftOut { schema, name, reason: "view" });
            continue;
        }
        let full = schema.as_ref().map_or_else(|| name.clone(), |schema| format!("{schema}.{name}"));
        let in_snapshot = in_snapshot(&kind, &engine);
        contents.warnings.extend(warnings(&full, &kind, &engine));
        let from = format!("{}.{}", quoted(&database), quoted(&name));
        let relation = Relation {
            select: format!("SELECT {} FROM {from}", columns.1.join(", ")),
            check: (!sees_all || columns.0.is_empty()).then(|| format!("SHOW CREATE TABLE {from}")),
            columns: columns.2.into(),
            from,
            in_snapshot,
            made: (made(&database, &name), text(&row, 4)),
        };
        relations.insert((schema.clone(), name.clone()), relation);
        places.insert(key, contents.tables.len());
        // The engine's guess.
        let size = Size { rows: text(&row, 5).parse().ok(), bytes: text(&row, 6).parse().ok() };
        contents.tables.push(Table { schema, name, columns: columns.0, size, ..Table::default() });
    }
    catalog.keys(connection, &places, &mut contents.tables).await?;
    Ok((contents, relations))
}

/// Whether the engine of a table has snapshots.
fn in_snapshot(kind: &str, engine: &str) -> bool {
    ["InnoDB", "RocksDB", "TokuDB", "SEQUENCE"].contains(&engine) || kind == "SEQUENCE"
}

/// What asks when the table that has this name now was made. The answer is another if it was altered, or if another table has
/// taken its name.
fn made(database: &str, name: &str) -> String {
    let literal = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"));
    format!(
        "SELECT coalesce(create_time, '') FROM information_schema.tables WHERE table_schema = {} AND table_name = {}",
        literal(database),
        literal(name)
    )
}

/// What those who use the export should know of a table.
fn warnings(name: &str, kind: &str, engine: &str) -> impl Iterator<Item = String> {
    let has_history = kind == "SYSTEM VERSIONED";
    let history =
        has_history.then(|| format!("table {name} keeps its history in itself: only its present rows are exported"));
    let moment = (!in_snapshot(kind, engine)).then(|| {
        format!("table {name} is kept by {engine}, which has no snapshots: it is as it was when it was read, not as the others")
    });
    history.into_iter().chain(moment)
}

/// The columns of one table: as they are, as they are asked for, and as they are read.
type Columns = (Vec<Column>, Vec<String>, Vec<Decode>);

/// What is asked of the information_schema.
struct Catalog {
    /// The only database; None: all but the server's own.
    only: Option<String>,
}

impl Catalog {
    /// The name of the schema of what is in `database`: none if there is only one.
    fn schema(&self, database: &str) -> Option<String> {
        self.only.is_none().then(|| database.to_owned())
    }

    /// A condition for the column that names the database.
    fn within(&self, column: &str) -> String {
        match &self.only {
            Some(_) => format!("{column} = DATABASE()"),
            // Where names have a case, SYS is not sys.
            None => format!("BINARY {column} NOT IN ({SYSTEM})"),
        }
    }

    /// Whether the user has SELECT on all of it, so that no table is hidden. What a role gives is not seen here.
    async fn sees_all(&self, connection: &mut MySqlConnection) -> Result<bool, SourceError> {
        // Who may read the server's own tables sees the grants of others too.
        let own =
            "privilege_type = 'SELECT' AND replace(grantee, char(39), '') = replace(CURRENT_USER(), char(39), '')";
        let global = format!("SELECT 1 FROM information_schema.user_privileges WHERE {own}");
        let databases = match &self.only {
            // The name of a granted database is a pattern.
            Some(_) => format!(
                "UNION SELECT 1 FROM information_schema.schema_privileges \
                 WHERE {own} AND BINARY DATABASE() LIKE table_schema"
            ),
            None => String::new(),
        };
        Ok(!rows(connection, &format!("{global} {databases}")).await?.is_empty())
    }

    async fn tables(&self, connection: &mut MySqlConnection) -> Result<Vec<MySqlRow>, SourceError> {
        let within = self.within("table_schema");
        rows(
            connection,
            &format!(
                "SELECT table_schema, table_name, table_type, coalesce(engine, ''), \
                     coalesce(create_time, ''), coalesce(table_rows, ''), coalesce(data_length, '') \
                 FROM information_schema.tables \
                 WHERE {within} AND table_type <> 'TEMPORARY' ORDER BY BINARY table_schema, BINARY table_name"
            ),
        )
        .await
    }

    /// The columns of all tables, by database and table.
    async fn columns(
        &self,
        connection: &mut MySqlConnection,
    ) -> Result<HashMap<(String, String), Columns>, SourceError> {
        let json = self.json(connection).await?;
        let within = self.within("table_schema");
        let found = rows(
            connection,
            &format!(
                "SELECT table_schema, table_name, column_name, data_type, column_type, is_nullable, \
                     coalesce(generation_expression, ''), coalesce(collation_name, ''), coalesce(character_set_name, '') \
                 FROM information_schema.columns \
                 WHERE {within} ORDER BY table_schema, table_name, ordinal_position"
            ),
        )
        .await?;
        let mut columns: HashMap<_, Columns> = HashMap::new();
        for row in &found {
            let (key, name) = ((text(row, 0), text(row, 1)), text(row, 2));
            let checked = json.contains(&(key.0.clone(), key.1.clone(), name.clone()));
            let (decode, field_type) = reading(&text(row, 3).to_ascii_lowercase(), &text(row, 4), checked);
            // The server warns only of what it is asked to convert; of its own accord it writes `?` without a word.
            let expr = match (decode, &*text(row, 8)) {
                (Decode::Rounded, _) => format!("CAST({} AS CHAR)", quoted(&name)),
                (_, "" | "utf8mb4") => quoted(&name),
                _ => format!("CONVERT({} USING utf8mb4)", quoted(&name)),
            };
            let collation = Some(text(row, 7)).filter(|name| !name.is_empty() && name != "binary");
            let column = Column {
                name,
                native_type: text(row, 4),
                field_type,
                not_null: text(row, 5) == "NO",
                generated: !text(row, 6).is_empty(),
                collation,
            };
            let of = columns.entry(key).or_default();
            of.0.push(column);
            of.1.push(expr);
            of.2.push(decode);
        }
        Ok(columns)
    }

    /// MariaDB's JSON columns: texts with a check.
    async fn json(&self, connection: &mut MySqlConnection) -> Result<HashSet<(String, String, String)>, SourceError> {
        let within = self.within("constraint_schema");
        // MySQL has no name of a table here, and needs none: its JSON is a type.
        let found = query(
            connection,
            &format!(
                "SELECT constraint_schema, table_name, constraint_name FROM information_schema.check_constraints \
                 WHERE {within} AND check_clause = concat('json_valid(`', replace(constraint_name, '`', '``'), '`)')"
            ),
        )
        .await;
        match found {
            Ok(found) => Ok(found.iter().map(|row| (text(row, 0), text(row, 1), text(row, 2))).collect()),
            Err(cause) if cause.as_database_error().is_some() => Ok(HashSet::new()),
            Err(cause) => Err(unreachable(&cause)),
        }
    }

    /// Primary and foreign keys. InnoDB enforces a foreign key only while `foreign_key_checks` is on, and does not say
    /// whether it ever was off: so nobody knows whether one holds.
    async fn keys(
        &self,
        connection: &mut MySqlConnection,
        places: &HashMap<(String, String), usize>,
        tables: &mut [Table],
    ) -> Result<(), SourceError> {
        let within = self.within("table_schema");
        let found = rows(
            connection,
            &format!(
                "SELECT table_schema, table_name, constraint_name, column_name, coalesce(referenced_table_schema, ''), \
                     coalesce(referenced_table_name, ''), coalesce(referenced_column_name, '') \
                 FROM information_schema.key_column_usage \
                 WHERE {within} AND (constraint_name = 'PRIMARY' OR referenced_table_name IS NOT NULL) \
                 ORDER BY table_schema, table_name, constraint_name, ordinal_position"
            ),
        )
        .await?;
        let mut last = None;
        for row in &found {
            let (key, constraint) = ((text(row, 0), text(row, 1)), text(row, 2));
            let Some(place) = places.get(&key) else { continue };
            if constraint == "PRIMARY" {
                tables[*place].primary_key.push(text(row, 3));
                continue;
            }
            let parent = (text(row, 4), text(row, 5));
            if !places.contains_key(&parent) {
                continue;
            }
            let keys = &mut tables[*place].foreign_keys;
            if last.as_ref() != Some(&(key.clone(), constraint.clone())) {
                keys.push(ForeignKey { schema: self.schema(&parent.0), table: parent.1, ..ForeignKey::default() });
            }
            if let Some(foreign) = keys.last_mut() {
                foreign.columns.push(text(row, 3));
                foreign.referenced.push(text(row, 6));
            }
            last = Some((key, constraint));
        }
        Ok(())
    }
}

/// How a column of this type is read, and what it holds. `json`: it is a text that is checked to be JSON.
fn reading(data_type: &str, whole_type: &str, json: bool) -> (Decode, FieldType) {
    match data_type {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint"
            if whole_type.to_ascii_lowercase().contains("unsigned") =>
        {
            (Decode::Unsigned, FieldType::Integer)
        }
        "year" => (Decode::Unsigned, FieldType::Integer),
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => (Decode::Integer, FieldType::Integer),
        "decimal" => (Decode::Decimal, FieldType::Number),
        // What DOUBLE(20,4) keeps may be off its decimals by a little; only in texts the server rounds it to them.
        "double" | "float" if whole_type.contains(',') => (Decode::Rounded, FieldType::Number),
        "float" => (Decode::Float, FieldType::Number),
        "double" => (Decode::Double, FieldType::Number),
        "bit" => (Decode::Bit, FieldType::Integer),
        "date" => (Decode::Date, FieldType::Date),
        "time" => (Decode::Time, FieldType::Time),
        "datetime" => (Decode::DateTime { utc: false }, FieldType::DateTime),
        // Kept in UTC; the session's time zone is UTC.
        "timestamp" => (Decode::DateTime { utc: true }, FieldType::DateTime),
        "json" => (Decode::Json, FieldType::Json),
        _ if json => (Decode::Json, FieldType::Json),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set" | "uuid" | "inet4"
        | "inet6" => (Decode::Text, FieldType::String),
        // Bytes, geometries in the server's own form, vectors, and whatever comes next.
        _ => (Decode::Binary, FieldType::Binary),
    }
}

async fn rows(connection: &mut MySqlConnection, statement: &str) -> Result<Vec<MySqlRow>, SourceError> {
    query(connection, statement).await.map_err(|cause| unreachable(&cause))
}
