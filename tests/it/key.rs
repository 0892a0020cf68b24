//! The key that seals secrets: in a file or a variable, and replaced by `carryall key rotate` without any loss.

mod interrupted;
mod shared;
mod variable;

use std::path::{Path, PathBuf};

use carryall::{export::SealedColumn, secret::Keyring};
use rusqlite::{Connection, params};
use sea_orm::Iterable;
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    app::{TestApp, client, database_of},
    process::{Server, run, stderr, stdout},
};

/// A secret of a storage.
const MARKED: &str = "S3cretThatNobodyMaySee";

/// A data folder, and a small database to export.
struct Instance {
    _folder: TempDir,
    data: PathBuf,
    source: String,
}

/// A sealed value: where it stands, and what it opens to.
type Opened = (String, String);

impl Instance {
    fn new() -> Self {
        let (folder, database) = database_of("CREATE TABLE t (a)");
        let (data, source) = (folder.path().join("data"), format!("app=sqlite:{}", database.display()));
        Self { _folder: folder, data, source }
    }

    /// One with a finished export and a storage, at rest.
    async fn filled() -> Self {
        let instance = Self::new();
        let server = instance.start().await;
        fill(&server).await;
        assert!(server.stop().await.success());
        instance
    }

    async fn start(&self) -> Server {
        Server::start(&self.data, &["--source", &self.source]).await
    }

    /// Starts a server that is to be refused, and returns what it says.
    async fn refused(&self) -> String {
        let data = self.data.to_str().unwrap();
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--source", &self.source, "--data-dir", data];
        let output = run(Path::new("."), &arguments).await;
        assert!(!output.status.success());
        stderr(&output)
    }

    async fn rotate(&self) -> std::process::Output {
        run(Path::new("."), &["key", "rotate", "--data-dir", self.data.to_str().unwrap()]).await
    }

    fn key_file(&self) -> PathBuf {
        self.data.join("secret.key")
    }

    fn keys(&self) -> String {
        std::fs::read_to_string(self.key_file()).unwrap()
    }

    fn state(&self) -> Connection {
        Connection::open(self.data.join("carryall.db")).unwrap()
    }

    /// All sealed values as they are stored, with what ties them to their places.
    fn sealed(&self) -> Vec<(String, Vec<u8>)> {
        let state = self.state();
        let mut all = Vec::new();
        for (table, column) in SealedColumn::iter().map(SealedColumn::names) {
            let mut rows = state.prepare(&format!("SELECT id, {column} FROM {table} ORDER BY id")).unwrap();
            let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            let named =
                |(id, sealed): ([u8; 16], Vec<u8>)| (format!("{table}.{column} {}", Uuid::from_bytes(id)), sealed);
            all.extend(rows.map(|row| named(row.unwrap())));
        }
        all
    }

    /// What all sealed values open to with the keys of `text`; None if one does not open.
    fn opened_with(&self, text: &str) -> Option<Vec<Opened>> {
        let keys = Keyring::parse(text).unwrap();
        let open = |(context, sealed): (String, Vec<u8>)| {
            let plain = keys.open(&sealed, &context).ok()?.expose().to_owned();
            Some((context, plain))
        };
        self.sealed().into_iter().map(open).collect()
    }

    fn opened(&self) -> Vec<Opened> {
        self.opened_with(&self.keys()).expect("a value does not open")
    }

    /// Stores sealed values in place of those that are there.
    fn store(&self, values: &[(String, Vec<u8>)]) {
        let state = self.state();
        for (context, sealed) in values {
            let (place, id) = context.split_once(' ').unwrap();
            let (table, column) = place.split_once('.').unwrap();
            let update = format!("UPDATE {table} SET {column} = ? WHERE id = ?");
            let id = id.parse::<Uuid>().unwrap();
            assert_eq!(state.execute(&update, params![sealed, id.as_bytes()]).unwrap(), 1);
        }
    }

    /// Adds exports, whose passwords are sealed by the present key. The API shows those of completed ones: one of fifty.
    fn add_exports(&self, count: usize) {
        let keys = Keyring::load(&self.key_file()).unwrap();
        let state = self.state();
        state.execute_batch("BEGIN; CREATE TEMP TABLE model AS SELECT * FROM data_export LIMIT 1").unwrap();
        for place in 0..count {
            let state_name = if place % 50 == 0 { "COMPLETED" } else { "CANCELED" };
            let id = Uuid::new_v4();
            let password = carryall::secret::generate_password().unwrap();
            let sealed = keys.seal(&password, &format!("data_export.file_password {id}")).unwrap();
            let change = "UPDATE model SET id = ?, file_password = ?, state = ?, file_name = NULL, pinned = 1";
            state.execute(change, params![id.as_bytes(), sealed, state_name]).unwrap();
            state.execute("INSERT INTO data_export SELECT * FROM model", []).unwrap();
        }
        state.execute_batch("COMMIT").unwrap();
    }
}

/// Makes an export and a storage.
async fn fill(server: &Server) {
    server.create().await;
    assert_eq!(server.settled().await[0]["status"], "COMPLETED");
    let config = format!("{{sftp: {{host: \"h\", username: \"u\", password: \"{MARKED}\"}}}}");
    let create = format!("createStorageLocation(input: {{name: \"s\", enabled: false, config: {config}}})");
    let made = server.graphql(&format!("mutation {{ {create} {{ userErrors {{ message }} }} }}")).await;
    assert_eq!(made["createStorageLocation"]["userErrors"], serde_json::json!([]));
}

/// The passwords that a server shows, with the ids of their exports.
async fn passwords(server: &Server) -> Vec<(String, String)> {
    let history = server.history().await;
    let text = |value: &serde_json::Value| Some(value.as_str()?.to_owned());
    let shown = history.iter().filter_map(|export| Some((text(&export["id"])?, text(&export["filePassword"])?)));
    let mut all = shown.collect::<Vec<_>>();
    all.sort();
    all
}

#[tokio::test]
async fn a_rotation_keeps_every_secret_and_leaves_nothing_that_the_old_key_opens() {
    let instance = Instance::new();
    let server = instance.start().await;
    fill(&server).await;
    let (shown, link) = (passwords(&server).await, server.history().await[0]["downloadUrl"].clone());
    assert!(server.stop().await.success());
    let (old, opened, sealed) = (instance.keys(), instance.opened(), instance.sealed());
    assert!(opened.len() == 3 && opened[1].1.contains(MARKED), "a password, a storage, and what the key is checked by");

    let output = instance.rotate().await;
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("2 secrets were sealed anew"), "{}", stdout(&output));
    let new = instance.keys();
    assert!(new != old && new.lines().count() == 1, "one key, and another");
    assert_eq!((instance.opened(), instance.opened_with(&old)), (opened, None));
    for entry in std::fs::read_dir(&instance.data).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        for (context, sealed) in &sealed {
            let found = bytes.windows(sealed.len()).any(|window| window == sealed);
            assert!(!found, "{} still holds what the old key sealed for {context}", path.display());
        }
    }

    let server = instance.start().await;
    assert_eq!(passwords(&server).await, shown);
    let link = link.as_str().unwrap();
    let path = &link[link.find("/downloads").unwrap()..];
    let before = client().get(format!("{}{path}", server.url)).send().await.unwrap();
    assert!(before.status().is_client_error(), "the link was signed by the old key: {}", before.status());
    let link = server.history().await[0]["downloadUrl"].as_str().unwrap().to_owned();
    assert!(client().get(link).send().await.unwrap().status().is_success());
    assert!(server.stop().await.success());
    std::fs::write(instance.key_file(), old).unwrap();
    assert!(instance.refused().await.contains("is not the key"));
}

#[tokio::test]
async fn the_key_is_not_replaced_while_a_server_runs_nor_where_there_is_nothing() {
    let instance = Instance::new();
    let nothing = instance.rotate().await;
    assert!(!nothing.status.success() && stderr(&nothing).contains("there is no"), "{}", stderr(&nothing));
    assert!(!instance.data.exists(), "and nothing was made");
    let server = instance.start().await;
    let before = instance.keys();
    let refused = instance.rotate().await;
    assert!(!refused.status.success() && stderr(&refused).contains("in use by another"), "{}", stderr(&refused));
    assert_eq!(instance.keys(), before);
    server.create().await;
    server.settled().await;
    server.kill().await;
    std::fs::remove_file(instance.key_file()).unwrap();
    let missing = instance.rotate().await;
    assert!(!missing.status.success() && stderr(&missing).contains("put the file back"), "{}", stderr(&missing));
    assert!(!instance.key_file().exists());
}

#[tokio::test]
async fn a_value_that_no_key_opens_is_named_and_the_key_stays_as_it_was() {
    let instance = Instance::filled().await;
    instance.add_exports(250);
    let (before, mut values) = (instance.keys(), instance.sealed());
    let (context, sealed) = &mut values[170];
    *sealed.last_mut().unwrap() ^= 1;
    let id = context.split_once(' ').unwrap().1.to_owned();
    instance.store(&values);
    let refused = instance.rotate().await;
    let said = stderr(&refused);
    assert!(!refused.status.success() && said.contains(&id) && said.contains("`data_export`"), "{said}");
    assert_eq!((instance.keys(), instance.sealed()), (before, values), "nothing was changed");
}

#[tokio::test]
async fn a_new_key_is_printed_alone() {
    let output = run(Path::new("."), &["key", "generate"]).await;
    let (one, two) = (stdout(&output), stdout(&run(Path::new("."), &["key", "generate"]).await));
    assert!(output.status.success() && one != two && one.lines().count() == 1);
    assert!(Keyring::parse(&one).is_ok());
}

/// The columns of bytes that hold no secret: ids, hashes, and what they are of.
const UNSEALED: [(&str, &str); 3] = [("api_token", "hash"), ("data_export", "idempotency_digest"), ("session", "hash")];

#[tokio::test]
async fn every_column_of_bytes_is_sealed_anew_or_known_to_hold_no_secret() {
    let app = TestApp::start_without_worker(&[]).await;
    let state = app.state();
    let columns = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c \
        WHERE m.type = 'table' AND c.type LIKE '%blob%' ORDER BY 1, 2";
    let mut columns = state.prepare(columns).unwrap();
    let columns = columns.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let columns = columns.map(|column| column.unwrap()).collect::<Vec<(String, String)>>();
    let mut known = UNSEALED.into_iter().chain(SealedColumn::iter().map(SealedColumn::names)).collect::<Vec<_>>();
    known.sort_unstable();
    let columns = columns.iter().map(|(table, column)| (table.as_str(), column.as_str())).collect::<Vec<_>>();
    assert_eq!(columns, known);
}
