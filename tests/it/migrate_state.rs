//! `carryall migrate-state`: everything goes from SQLite to PostgreSQL, whole or not at all, and the server goes on there.

mod left_over;
mod refused;

use std::path::{Path, PathBuf};

use carryall::database::{LEFT, copied_columns};
use reqwest::header;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    app::{TestApp, client, database_of},
    process::{Server, carryall, run, stderr, stdout},
    servers::postgres::{Database, Postgres},
};

/// A data folder whose server has stopped, and what it exports.
struct Instance {
    _folder: TempDir,
    data: PathBuf,
    source: String,
    token: String,
}

/// Everything that is shown of the exports, the settings and the rest. The password is asked for apart, since that is noted.
const SHOWN: &str = "{ dataExports(first: 8) { totalCount nodes { id name status trigger createdAt startedAt finishedAt \
    createdBy format fileName fileStatus sizeBytes sha256 pinned excludeTables \
    tables { nodes { source schema name fileName rowCount bytes sha256 } } snapshots { source engine serverVersion takenAt } \
    verification { status checkedAt } failure { code message table } restartOf { id } restartedAs { id } \
    uploads { status attempts storage { id name } } } } \
    dataExportSettings { automaticExports uploadAutomaticExports maximumExports backupTimeoutMinutes format version } \
    storageLocations { id name enabled version createdAt } apiTokens { id name role createdAt expiresAt } }";

/// What is not done by the API here. Another thousand exports with tables, snapshots whose names have another order in a
/// language than byte by byte, a night, and a NUL in what a provider has said. The
/// oldest and the newest export stay those that were made: their passwords are opened at each start.
const MORE: &str = "\
    CREATE TEMP TABLE model AS SELECT * FROM data_export WHERE state = 'FAILED' LIMIT 1; \
    CREATE TEMP TABLE more AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1234) \
        SELECT i, CAST((SELECT substr(min(id), 1, 6) FROM data_export) || x'FFFF' || randomblob(8) AS BLOB) AS id FROM n; \
    UPDATE model SET state = 'CANCELED', file_name = NULL, name = 'ü %s \\ '' x'; \
    CREATE TEMP TABLE rows AS SELECT model.*, more.id AS new FROM model, more; \
    UPDATE rows SET id = new; ALTER TABLE rows DROP COLUMN new; \
    INSERT INTO data_export SELECT * FROM rows; \
    INSERT INTO exported_table SELECT id, i % 3, 'app', NULL, 't', 'app/t.csv', i, i * 100000000000, '' FROM more; \
    INSERT INTO source_snapshot SELECT (SELECT min(id) FROM data_export), \
        char(65 + i % 58) || substr('-_aBéz ', i % 7 + 1, 1) || i, 'sqlite', '', '2026-01-02 03:04:05.678+00:00', '[]', 0 FROM more; \
    INSERT INTO nightly_run VALUES ('2026-01-02', (SELECT max(id) FROM data_export)), ('1999-12-31', randomblob(16)); \
    UPDATE storage_location SET failure_code = 'REJECTED', failure_message = 'no' || char(0) || 'pe', failed_at = created_at";

impl Instance {
    fn new() -> Self {
        let (folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)");
        let (data, source) = (folder.path().join("data"), format!("app=sqlite:{}", database.display()));
        Self { _folder: folder, data, source, token: String::new() }
    }

    /// One with something of everything in it.
    async fn filled() -> Self {
        let instance = Self::new();
        let broken = Server::start(&instance.data, &["--source", "app=sqlite:/nowhere/at/all.db"]).await;
        broken.create().await;
        assert_eq!(broken.settled().await[0]["status"], "FAILED");
        assert!(broken.stop().await.success());
        let server = Server::start(&instance.data, &["--source", &instance.source]).await;
        for _ in 0..2 {
            server.create().await;
        }
        let history = server.settled().await;
        assert_eq!(history[2]["status"], "COMPLETED");
        for change in [
            format!("pinDataExport(input: {{id: {}, pinned: true}})", history[2]["id"]),
            "updateDataExportSettings(input: {maximumExports: 5, format: JSONL, automaticExports: true})".into(),
            "createApiToken(input: {name: \"viewer\", role: VIEWER, expiresAt: \"2999-01-02T03:04:05Z\"})".into(),
            "createStorageLocation(input: {name: \"s\", enabled: false, config: {sftp: {host: \"h\", username: \"u\", \
             password: \"hidden\"}}})"
                .into(),
        ] {
            let done = server.graphql(&format!("mutation {{ {change} {{ userErrors {{ message }} }} }}")).await;
            assert!(done.as_object().unwrap().values().all(|payload| payload["userErrors"] == json!([])), "{done}");
        }
        let token = server.token.clone();
        assert!(server.stop().await.success());
        instance.state().execute_batch(MORE).unwrap();
        Self { token, ..instance }
    }

    fn state(&self) -> Connection {
        Connection::open(self.data.join("carryall.db")).unwrap()
    }

    /// All that is in SQLite, as SQL.
    fn dump(&self) -> Vec<String> {
        let state = self.state();
        let mut all = Vec::new();
        for table in tables(&state) {
            let columns = format!(
                "SELECT group_concat('quote(' || name || ')', '|| '','' ||') FROM pragma_table_info('{table}')"
            );
            let columns: String = state.query_row(&columns, [], |row| row.get(0)).unwrap();
            let mut rows = state.prepare(&format!("SELECT {columns} FROM {table} ORDER BY 1")).unwrap();
            all.extend(
                rows.query_map([], |row| row.get(0))
                    .unwrap()
                    .map(|row| format!("{table}: {}", row.unwrap_or_else(|_| String::new()))),
            );
        }
        all
    }

    async fn migrate(&self, to: &str) -> std::process::Output {
        let mut command = carryall();
        command.args(["migrate-state", "--data-dir"]).arg(&self.data).env("CARRYALL_MIGRATE_TO", to);
        tokio::time::timeout(crate::app::PATIENCE, command.output()).await.unwrap().unwrap()
    }

    /// A server over this database, with a token that it has from before.
    async fn start_over(&self, database: &str) -> Server {
        let mut command = carryall();
        command.args(["serve", "--listen", "127.0.0.1:0", "--source", &self.source, "--data-dir"]).arg(&self.data);
        command.env("CARRYALL_DATABASE_URL", database);
        Server::spawn_for(command, &self.data, self.token.clone()).await
    }
}

fn tables(state: &Connection) -> Vec<String> {
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'seaql_migrations' ORDER BY 1";
    let mut tables = state.prepare(tables).unwrap();
    tables.query_map([], |row| row.get(0)).unwrap().map(|name| name.unwrap()).collect()
}

/// The rows of each table that a report names.
fn reported(output: &std::process::Output) -> Vec<(String, i64)> {
    let row =
        |line: &str| line.trim().split_once("  ").and_then(|(rows, name)| Some((name.to_owned(), rows.parse().ok()?)));
    let mut rows: Vec<_> = stdout(output).lines().filter_map(row).collect();
    rows.sort();
    rows
}

/// The ids and the sealed passwords, in both.
fn sealed_here(state: &Connection) -> String {
    let sql = "SELECT group_concat(lower(hex(id)) || ' ' || lower(hex(file_password)), ',') FROM (SELECT * FROM data_export ORDER BY id)";
    state.query_row(sql, [], |row| row.get(0)).unwrap()
}

async fn sealed_there(database: &Database<'_>) -> String {
    let sql = "SELECT string_agg(replace(id::text, '-', '') || ' ' || encode(file_password, 'hex'), ',' ORDER BY id) FROM data_export";
    database.value(sql).await
}

/// What a browser that signed in at one server is called by another.
async fn viewer(server: &Server, secret: &str) -> Value {
    let name = format!("carryall-session-{}", server.url.rsplit(':').next().unwrap());
    let request = client().post(format!("{}/graphql", server.url)).json(&json!({"query": "{ viewer { name } }"}));
    let request = request.header(header::ORIGIN, &server.url).header(header::COOKIE, format!("{name}={secret}"));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["data"]["viewer"]["name"].clone()
}

#[tokio::test]
async fn everything_is_moved_and_the_server_goes_on_over_postgresql() {
    let instance = Instance::filled().await;
    let server = Server::start(&instance.data, &["--source", &instance.source]).await;
    let shown = server.graphql(SHOWN).await;
    let passwords = server.history().await;
    let signed_in = client().post(format!("{}/session", server.url)).json(&json!({"token": instance.token}));
    let cookie = signed_in.send().await.unwrap().headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    let secret = cookie.split(['=', ';']).nth(1).unwrap();
    assert!(server.stop().await.success());

    let (before, database) = (instance.dump(), Postgres::shared().database_in_english().await);
    let output = instance.migrate(&database.address()).await;
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(instance.dump(), before, "what was read is as it was");
    assert_eq!(sealed_there(&database).await, sealed_here(&instance.state()));
    let said = stdout(&output);
    assert!(said.contains("In 1 texts there were NUL characters") && said.contains("--database-url"), "{said}");

    let server = instance.start_over(&database.address()).await;
    assert_eq!(server.graphql(SHOWN).await, shown);
    assert_eq!(viewer(&server, secret).await, "t");
    let history = server.history().await;
    let of = |history: &[Value]| history.iter().map(|export| export["filePassword"].clone()).collect::<Vec<_>>();
    assert_eq!(of(&history), of(&passwords));
    let archive = history.iter().find(|export| export["status"] == "COMPLETED").unwrap();
    let link = archive["downloadUrl"].as_str().unwrap();
    let bytes = client().get(link).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(bytes, std::fs::read(instance.data.join("files").join(archive["fileName"].as_str().unwrap())).unwrap());
    server.create().await;
    let history = server.settled().await;
    assert_eq!(history.last().unwrap()["status"], "COMPLETED");
    assert_eq!(history.len() as i64, shown["dataExports"]["totalCount"].as_i64().unwrap() + 1);
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn every_table_with_every_column_is_copied_or_known_to_stay() {
    let instance = Instance::filled().await;
    let state = instance.state();
    let known =
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1, 2";
    let mut known = state.prepare(known).unwrap();
    let known = known.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let mut known = known.map(|row| row.unwrap()).collect::<Vec<(String, String)>>();
    known.retain(|(table, _)| table != "seaql_migrations" && !LEFT.contains(&table.as_str()));
    let mut copied = copied_columns();
    copied.sort_unstable();
    assert_eq!(known.iter().map(|(table, column)| (table.as_str(), column.as_str())).collect::<Vec<_>>(), copied);

    let database = Postgres::shared().database().await;
    let output = instance.migrate(&database.address()).await;
    let tables = tables(&state).into_iter().filter(|table| !LEFT.contains(&table.as_str()));
    let count = |table: &str| state.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
    let rows: Vec<(String, i64)> = tables.map(|table| (table.clone(), count(&table))).collect();
    assert_eq!(reported(&output), rows, "{}{}", stdout(&output), stderr(&output));
    for (table, rows) in &rows {
        assert!(*rows > 0 || table == "upload" || table == "session", "{table} should be filled for this test");
        assert_eq!(database.value(&format!("SELECT count(*) FROM {table}")).await, rows.to_string(), "{table}");
    }
    assert_eq!(database.value("SELECT count(*) FROM process").await, "0");
}
