//! SQLite sources, as they are met: odd names, odd values, and some that cannot be read.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, database_of},
    foreign::python,
};

/// Exports the database, has every value compared and the descriptor validated, and returns the export.
async fn proven(database: &Path) -> Value {
    let app = TestApp::start(&[("app", database)]).await;
    let export = app.run("x").await;
    let (archive, password) = app.archive(&export);
    let archive = archive.to_str().unwrap();
    python("compare.py", &[archive, &password, &format!("app={}", database.display())]);
    python("validate.py", &[archive, &password]);
    export
}

fn table<'a>(export: &'a Value, name: &str) -> &'a Value {
    let tables = export["tables"]["nodes"].as_array().unwrap();
    tables.iter().find(|table| table["name"] == name).unwrap()
}

/// Runs an export that must fail, and returns its failure; nothing may be left of it.
async fn failure(sources: &[(&str, &Path)]) -> Value {
    let app = TestApp::start(sources).await;
    let export = app.run("x").await;
    assert_eq!(export["status"], "FAILED", "{export}");
    assert_eq!(export["fileName"], Value::Null);
    assert_eq!(export["filePassword"], Value::Null);
    assert_eq!(export["downloadUrl"], Value::Null);
    assert_eq!(app.file_names(), Vec::<String>::new(), "nothing is left");
    // The server goes on.
    assert_eq!(app.run("y").await["status"], "FAILED");
    export["failure"].clone()
}

#[tokio::test]
async fn tables_of_any_name_are_exported_under_names_that_every_system_takes() {
    let (_folder, database) = database_of(
        r#"CREATE TABLE "select" ("from" INTEGER PRIMARY KEY, "order by" TEXT, "a""b" TEXT, "c,d" TEXT);
           INSERT INTO "select" VALUES (1, 'x', 'y', 'z');
           CREATE TABLE "a/b" (x); INSERT INTO "a/b" VALUES (1);
           CREATE TABLE "a_b" (x); INSERT INTO "a_b" VALUES (2);
           CREATE TABLE "../../etc/passwd" (x); INSERT INTO "../../etc/passwd" VALUES (3);
           CREATE TABLE "say ""hi"" 🎒" (x); INSERT INTO "say ""hi"" 🎒" VALUES (4);
           CREATE TABLE "客户" (x); INSERT INTO "客户" VALUES (5);
           CREATE TABLE "line
break" (x);
           CREATE TABLE "CON" (x);"#,
    );
    let export = proven(&database).await;
    assert_eq!(table(&export, "a/b")["fileName"], "app/a_b.csv");
    assert_eq!(table(&export, "a_b")["fileName"], "app/a_b-2.csv");
    assert_eq!(table(&export, "../../etc/passwd")["fileName"], "app/_._.._etc_passwd.csv");
    assert_eq!(table(&export, "客户")["fileName"], "app/客户.csv");
    assert_eq!(table(&export, "CON")["fileName"], "app/_CON.csv");
}

#[tokio::test]
async fn a_table_without_rows_is_a_header_and_a_database_without_tables_is_an_archive_without_tables() {
    let (_folder, database) = database_of("CREATE TABLE empty (a INTEGER, b TEXT)");
    assert_eq!(table(&proven(&database).await, "empty")["rowCount"], "0");
    let (_folder, database) = database_of("CREATE TABLE t (a); DROP TABLE t");
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("x").await;
    assert_eq!((&export["status"], &export["tables"]["totalCount"]), (&json!("COMPLETED"), &json!(0)));
}

#[tokio::test]
async fn values_of_every_kind_are_exact_in_columns_of_any_declared_type() {
    let (_folder, database) = database_of(
        r#"CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER, r REAL, s TEXT NOT NULL, b BLOB, any_ NUMERIC);
           INSERT INTO t VALUES (1, 9223372036854775807, 0.1, '', x'00ff', 1),
                                (2, -9223372036854775808, 1e300, ' a,"b"' || char(13, 10) || 'c ', x'', 'text'),
                                (3, 'not a number', -0.0, 'NULL', NULL, 2.5),
                                (4, NULL, 9e999, '🎒' || char(0) || 'nul', zeroblob(3000000), x'01'),
                                (5, 1.5, -9e999, '\.', 'text in a blob column', NULL);
           CREATE TABLE one (only TEXT); INSERT INTO one VALUES (''), ('\.'), ('x');
           CREATE TABLE w (k TEXT, l INTEGER, v TEXT, PRIMARY KEY (k, l)) WITHOUT ROWID; INSERT INTO w VALUES ('a', 1, NULL);
           CREATE TABLE g (a INTEGER, twice INTEGER AS (a * 2) STORED, half REAL AS (a / 2.0));
           INSERT INTO g (a) VALUES (3)"#,
    );
    proven(&database).await;
}

#[tokio::test]
async fn keys_that_hold_are_in_the_descriptor_and_others_only_as_declared() {
    let (_folder, database) = database_of(
        r#"PRAGMA foreign_keys = OFF;
           CREATE TABLE parent (a TEXT, b INTEGER, PRIMARY KEY (b, a)); INSERT INTO parent VALUES ('x', 1);
           CREATE TABLE half (a TEXT, b INTEGER, FOREIGN KEY (b, a) REFERENCES parent); INSERT INTO half VALUES (NULL, 2);
           CREATE TABLE child (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, up INTEGER REFERENCES Child (ID),
                               gone REFERENCES missing (x), orphan INTEGER REFERENCES child,
                               FOREIGN KEY (b, a) REFERENCES PARENT);
           INSERT INTO child VALUES (1, 'x', 1, NULL, 9, 99), (2, 'x', 1, 1, NULL, NULL);
           CREATE TABLE lost (id INTEGER REFERENCES child (nope), v); INSERT INTO lost VALUES (1, 1);
           CREATE TABLE nullable_key (k TEXT PRIMARY KEY, v); INSERT INTO nullable_key VALUES (NULL, 1), (NULL, 2), ('a', 3);
           CREATE TABLE two_kinds (k PRIMARY KEY, v); INSERT INTO two_kinds VALUES (1, 1), ('1', 2);
           CREATE TABLE no_case (k TEXT COLLATE NOCASE PRIMARY KEY, v); INSERT INTO no_case VALUES ('a', 1);
           CREATE TABLE of_no_case (k TEXT REFERENCES no_case, v); INSERT INTO of_no_case VALUES ('A', 1);
           CREATE TABLE digits (k TEXT PRIMARY KEY, v); INSERT INTO digits VALUES ('01', 1);
           CREATE TABLE of_digits (k INTEGER REFERENCES digits, v); INSERT INTO of_digits VALUES (1, 1);"#,
    );
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("x").await;
    let (archive, password) = app.archive(&export);
    python("validate.py", &[archive.to_str().unwrap(), &password]);
    let descriptor = descriptor(&archive, &password);
    let schema = |table: &str| {
        let mut resources = descriptor["resources"].as_array().unwrap().iter();
        resources.find(|resource| resource["title"] == table).unwrap().clone()
    };
    let child = schema("child");
    assert_eq!(child["schema"]["primaryKey"], json!(["id"]));
    let references = json!([
        {"fields": ["b", "a"], "reference": {"resource": "app.parent", "fields": ["b", "a"]}},
        {"fields": ["up"], "reference": {"resource": "", "fields": ["id"]}},
    ]);
    assert_eq!(child["schema"]["foreignKeys"], references);
    let declared = child["carryall"]["declaredKeys"]["foreignKeys"].as_array().unwrap().clone();
    let orphan = declared.iter().find(|key| key["fields"] == json!(["orphan"])).unwrap();
    assert_eq!(orphan["holds"], false);
    for table in ["nullable_key", "two_kinds"] {
        assert_eq!(schema(table)["schema"].get("primaryKey"), None, "{table}");
        assert_eq!(schema(table)["carryall"]["declaredKeys"]["primaryKey"], json!(["k"]), "{table}");
    }
    for table in ["lost", "half", "of_no_case", "of_digits"] {
        assert_eq!(schema(table)["schema"].get("foreignKeys"), None, "{table}");
    }
}

#[tokio::test]
async fn views_and_virtual_tables_are_left_out_by_name_and_what_they_store_is_exported() {
    let (_folder, database) = database_of(
        "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t; INSERT INTO t VALUES (1); \
         CREATE VIRTUAL TABLE docs USING fts5(body); INSERT INTO docs (rowid, body) VALUES (7777, 'found'); ANALYZE",
    );
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("x").await;
    let (archive, password) = app.archive(&export);
    let source = format!("app={}", database.display());
    python("compare.py", &[archive.to_str().unwrap(), &password, &source]);
    let left_out = descriptor(&archive, &password)["carryall"]["sources"][0]["leftOut"].clone();
    for (name, reason) in [("v", "view"), ("docs", "virtual table"), ("sqlite_stat1", "statistics")] {
        assert!(left_out.as_array().unwrap().contains(&json!({"name": name, "reason": reason})), "{left_out}");
    }
    let content = entry(&archive, &password, "app/docs_content.csv");
    assert_eq!(content, "id,c0\n7777,found\n", "the row's id is kept");
}

#[tokio::test]
async fn a_table_of_an_extension_that_is_not_loaded_does_not_keep_the_others_from_being_exported() {
    let (_folder, database) = database_of(
        "CREATE TABLE t (a); INSERT INTO t VALUES (1); CREATE TABLE vectors_data (v BLOB); PRAGMA writable_schema = ON; \
         INSERT INTO sqlite_schema VALUES ('table', 'vectors', 'vectors', 0, 'CREATE VIRTUAL TABLE vectors USING vec0(v)')",
    );
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("x").await;
    assert_eq!(export["status"], "COMPLETED", "{export}");
    assert_eq!(table(&export, "t")["rowCount"], "1");
    assert_eq!(table(&export, "vectors_data")["rowCount"], "0");
}

#[tokio::test]
async fn where_autoincrement_goes_on_is_exported() {
    let (_folder, database) = database_of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a); INSERT INTO t VALUES (41, 1); DELETE FROM t",
    );
    assert_eq!(table(&proven(&database).await, "sqlite_sequence")["rowCount"], "1");
}

#[tokio::test]
async fn texts_of_a_utf16_database_are_exact_and_broken_ones_fail_the_export() {
    for encoding in ["UTF-16le", "UTF-16be"] {
        let create = format!("PRAGMA encoding = '{encoding}'; CREATE TABLE t (a TEXT, b)");
        let insert = "INSERT INTO t VALUES ('héllo 🎒' || char(0) || 'x', x'ff'), ('', 1), (NULL, 2.5)";
        let (_folder, database) = database_of(&format!("{create}; {insert}"));
        proven(&database).await;
        // A high surrogate without its low one, in front of an A.
        let broken = if encoding == "UTF-16le" { "00d84100" } else { "d8000041" };
        let (_folder, database) =
            database_of(&format!("{create}; INSERT INTO t VALUES (CAST(x'{broken}' AS TEXT), 1)"));
        let failure = failure(&[("app", &database)]).await;
        assert_eq!(failure["code"], "TABLE_UNREADABLE");
        assert!(failure["message"].as_str().unwrap().contains("UTF-16"), "{failure}");
    }
}

#[tokio::test]
async fn names_of_any_length_and_script_can_be_extracted() {
    let names = ["x", "客", "𠮷"].map(|letter| format!("\"{}\"", letter.repeat(150)));
    let tables = names.iter().map(|name| format!("CREATE TABLE {name} (a INTEGER, b)"));
    let (folder, database) = database_of(&tables.collect::<Vec<_>>().join(";"));
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("x").await;
    let (archive, password) = app.archive(&export);
    let to = format!("-o{}", folder.path().join("out").display());
    let extracted = crate::foreign::seven_zip(&["x", &format!("-p{password}"), &to], &archive);
    assert!(extracted.status.success(), "{extracted:?}");
    assert_eq!(std::fs::read_dir(folder.path().join("out/app")).unwrap().count(), 3);
}

#[tokio::test]
async fn an_export_is_one_moment_of_a_database_that_is_being_written() {
    let (_folder, database) = database_of(
        "PRAGMA journal_mode = WAL; CREATE TABLE a (n INTEGER); CREATE TABLE b (n INTEGER); \
         WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100000) INSERT INTO a SELECT i FROM c; \
         INSERT INTO b SELECT n FROM a",
    );
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let id = app.create("x").await;
    let writer = Connection::open(&database).unwrap();
    let application = Application::start(move || {
        writer.execute_batch("BEGIN; INSERT INTO a VALUES (0); INSERT INTO b VALUES (0); COMMIT").unwrap();
    });
    app.start_worker();
    let export = app.finished(&id).await;
    assert!(application.stop() > 0, "there was writing while the export ran");
    assert_eq!(export["status"], "COMPLETED", "{export}");
    assert_eq!(table(&export, "a")["rowCount"], table(&export, "b")["rowCount"]);
}

#[tokio::test]
async fn two_sources_on_one_file_are_each_one_moment_while_the_application_comes_and_goes() {
    let (_folder, database) = database_of(
        "PRAGMA journal_mode = WAL; CREATE TABLE a (n INTEGER); CREATE TABLE b (n INTEGER); \
         WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 50000) INSERT INTO a SELECT i FROM c; \
         INSERT INTO b SELECT n FROM a",
    );
    let app = TestApp::start_without_worker(&[("one", &database), ("two", &database)]).await;
    let id = app.create("x").await;
    let written = database.clone();
    let application = Application::start(move || {
        // The last one to close a database in WAL mode writes the log back and removes it.
        let writer = Connection::open(&written).unwrap();
        writer.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        writer.execute_batch("BEGIN; UPDATE a SET n = n + 1; UPDATE b SET n = n + 1; COMMIT").unwrap();
    });
    app.start_worker();
    let export = app.finished(&id).await;
    assert!(application.stop() > 0, "there was writing while the export ran");
    assert_eq!(export["status"], "COMPLETED", "{export}");
    let hashes = export["tables"]["nodes"].as_array().unwrap().iter().map(|table| table["sha256"].clone());
    let hashes = hashes.collect::<Vec<_>>();
    assert_eq!((&hashes[0], &hashes[2]), (&hashes[1], &hashes[3]), "a and b of a source are of the same moment");
}

#[tokio::test]
async fn several_sources_make_one_archive_each_in_a_folder_of_its_own() {
    let (_one, first) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    let (_two, second) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)");
    let app = TestApp::start(&[("billing", &first), ("crm", &second)]).await;
    let export = app.run("x").await;
    let (archive, password) = app.archive(&export);
    let sources = [format!("billing={}", first.display()), format!("crm={}", second.display())];
    python("compare.py", &[archive.to_str().unwrap(), &password, &sources[0], &sources[1]]);
    python("validate.py", &[archive.to_str().unwrap(), &password]);
    let files = export["tables"]["nodes"].as_array().unwrap().iter().map(|table| table["fileName"].clone());
    assert_eq!(files.collect::<Vec<_>>(), ["billing/t.csv", "crm/t.csv"]);
}

#[tokio::test]
async fn a_source_that_is_not_there_fails_the_export_and_says_which() {
    let failure = failure(&[("billing", Path::new("/nowhere/app.db"))]).await;
    assert_eq!(failure["code"], "SOURCE_UNREACHABLE");
    let message = failure["message"].as_str().unwrap();
    assert!(message.contains("billing") && message.contains("/nowhere/app.db"), "{message}");
}

#[tokio::test]
async fn a_source_that_is_no_database_fails_the_export_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "no database, but long enough to be taken for one".repeat(100)).unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [file.as_path(), folder.path(), &empty, &pipe] {
        let failure = failure(&[("app", path)]).await;
        assert_eq!(failure["code"], "SOURCE_UNREACHABLE");
        let message = failure["message"].as_str().unwrap();
        assert!(message.contains("not a") || message.contains("no database"), "{message}");
    }
}

#[tokio::test]
async fn a_source_that_stays_locked_fails_the_export_and_says_so() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start(&[("app", &database)]).await;
    let other = Connection::open(&database).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let export = app.run("x").await;
    assert_eq!(export["failure"]["code"], "SOURCE_UNREACHABLE");
    assert!(export["failure"]["message"].as_str().unwrap().contains("locked"), "{export}");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(app.run("y").await["status"], "COMPLETED", "the next one runs");
}

#[tokio::test]
async fn a_text_that_is_not_utf8_fails_the_export_and_names_table_row_and_column() {
    let (_folder, database) = database_of(
        "CREATE TABLE good (a); CREATE TABLE bad (a, b); INSERT INTO bad VALUES (1, 'x'), (2, CAST(x'ff41' AS TEXT))",
    );
    let failure = failure(&[("app", &database)]).await;
    assert_eq!((&failure["code"], &failure["table"]), (&json!("TABLE_UNREADABLE"), &json!("bad")));
    let message = failure["message"].as_str().unwrap();
    assert!(message.contains("row 2") && message.contains("column b") && message.contains("UTF-8"), "{message}");
}

#[tokio::test]
async fn a_damaged_database_fails_the_export_and_is_not_offered_in_part() {
    let (_folder, database) = database_of(
        "CREATE TABLE t (a); WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 50000) \
         INSERT INTO t SELECT hex(randomblob(50)) FROM c",
    );
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xAA);
    std::fs::write(&database, bytes).unwrap();
    let failure = failure(&[("app", &database)]).await;
    assert_eq!((&failure["code"], &failure["table"]), (&json!("TABLE_UNREADABLE"), &json!("t")));
    assert!(failure["message"].as_str().unwrap().contains("damaged"), "{failure}");
}

/// The descriptor, read by 7-Zip.
fn descriptor(archive: &Path, password: &str) -> Value {
    serde_json::from_str(&entry(archive, password, "datapackage.json")).unwrap()
}

/// An entry of the archive, read by 7-Zip.
fn entry(archive: &Path, password: &str, path: &str) -> String {
    let only = format!("-ir!{path}");
    let out = crate::foreign::seven_zip(&["x", "-so", &format!("-p{password}"), &only], archive);
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap()
}

/// An application that writes all the time, on a thread of its own.
struct Application {
    done: Arc<AtomicBool>,
    thread: JoinHandle<usize>,
}

impl Application {
    fn start(mut write: impl FnMut() + Send + 'static) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&done);
        let thread = std::thread::spawn(move || {
            let mut written = 0;
            while !seen.load(Ordering::SeqCst) {
                write();
                written += 1;
            }
            written
        });
        Self { done, thread }
    }

    /// Ends it, and tells how often it has written.
    fn stop(self) -> usize {
        self.done.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}
