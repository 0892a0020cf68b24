//! A database that changes, and connections that end, while it is read.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use carryall::{
    export::Progress,
    files::Draft,
    format::Csv,
    source::{self, Chunk, Lane, Reader, SourceError, Table},
};

use super::{export, order};
use crate::app::{PATIENCE, until};
use crate::servers::mariadb::{Database, connections, execute};

/// Takes a snapshot and lists it.
async fn listed(database: &Database) -> (Box<dyn Reader>, Vec<Table>) {
    let source = source::open(&database.address()).unwrap();
    let mut snapshot = source.snapshot().await.unwrap();
    let tables = snapshot.contents().await.unwrap().tables;
    let mut readers = snapshot.readers(&tables, 4).await.unwrap();
    assert_eq!(readers.len(), 1);
    (readers.remove(0), tables)
}

/// Reads a table to its end, and counts its rows.
async fn read(reader: &mut Box<dyn Reader>, table: &Table) -> Result<usize, SourceError> {
    let (lane, mut chunks) = Lane::new();
    let taken = async {
        let mut rows = 0;
        while let Some(held) = chunks.recv().await {
            let Chunk::Rows(some) = &held.chunk else { panic!("no rows") };
            rows += some.count();
        }
        rows
    };
    let sent = async {
        let sent = reader.read(table, None, &lane).await;
        drop(lane);
        sent
    };
    let (sent, rows) = tokio::join!(sent, taken);
    sent?;
    assert_eq!(reader.count(table).await?, rows as u64);
    Ok(rows)
}

#[tokio::test]
async fn an_export_is_one_moment_of_a_database_that_is_being_written() {
    let database = Database::of(
        "CREATE TABLE a (n INT); CREATE TABLE b (n INT); CREATE TABLE m (n BIGINT);
         INSERT INTO a SELECT seq FROM seq_1_to_50000; INSERT INTO b SELECT n FROM a; INSERT INTO m VALUES (0)",
    )
    .await;
    let mut writer = database.root().await;
    let written = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&written);
    let application = tokio::spawn(async move {
        let change = "BEGIN; INSERT INTO b VALUES (0); UPDATE m SET n = n + 1; INSERT INTO a VALUES (0); COMMIT";
        loop {
            execute(&mut writer, change).await;
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    while written.load(Ordering::SeqCst) < 10 {
        tokio::task::yield_now().await;
    }
    let before = written.load(Ordering::SeqCst);
    let export = export(&database.address(), &Csv).await.unwrap();
    assert!(written.load(Ordering::SeqCst) > before + 10, "there was writing while the export ran");
    application.abort();
    let added = export.rows("a") - 50_000;
    assert!(added >= 10);
    assert_eq!(export.rows("b") - 50_000, added);
    assert_eq!(export.entry("app/m.csv"), format!("n\n{added}\n"));
}

#[tokio::test]
async fn a_table_that_is_changed_between_listing_and_reading_fails_and_is_named() {
    let changes = [
        "ALTER TABLE t DROP b",
        "ALTER TABLE t CHANGE b c INT",
        "ALTER TABLE t MODIFY b TEXT",
        "ALTER TABLE t ENGINE = InnoDB",
        "TRUNCATE t",
        "DROP TABLE t",
        "DROP TABLE t; CREATE TABLE t (a INT, b INT)",
        "DROP TABLE t; CREATE TABLE t (a INT, b INT); INSERT INTO t VALUES (1, 2)",
        "RENAME TABLE t TO gone",
    ];
    for change in changes {
        let database = Database::of("CREATE TABLE t (a INT, b INT); INSERT INTO t VALUES (1, 2)").await;
        let (mut reader, tables) = listed(&database).await;
        database.execute(change).await;
        match read(&mut reader, &tables[0]).await {
            Err(SourceError::Unreadable { table, .. }) => assert_eq!(table, "t", "{change}"),
            other => panic!("{change}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_column_that_is_added_in_an_instant_after_the_snapshot_does_no_harm() {
    for change in ["ALTER TABLE t ADD c INT DEFAULT 7", "ALTER TABLE t ADD c INT FIRST"] {
        let database = Database::of("CREATE TABLE t (a INT, b INT); INSERT INTO t VALUES (1, 2)").await;
        let (mut reader, tables) = listed(&database).await;
        database.execute(&format!("{change}; UPDATE t SET c = a; INSERT INTO t VALUES (3, 4, 5)")).await;
        assert_eq!(read(&mut reader, &tables[0]).await.unwrap(), 1, "{change}");
    }
}

#[tokio::test]
async fn a_table_can_be_altered_as_soon_as_it_was_read_and_the_others_are_still_of_the_snapshot() {
    let database = Database::of("CREATE TABLE a (n INT); CREATE TABLE b (n INT); INSERT INTO b VALUES (1)").await;
    let (mut reader, tables) = listed(&database).await;
    database.execute("INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)").await;
    assert_eq!(read(&mut reader, &tables[0]).await.unwrap(), 0);
    database.execute("SET lock_wait_timeout = 5; ALTER TABLE a ADD m INT; DROP TABLE a").await;
    assert_eq!(read(&mut reader, &tables[1]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_table_that_stays_locked_fails_and_is_named() {
    let database = Database::of("CREATE TABLE t (a INT)").await;
    let (mut reader, tables) = listed(&database).await;
    let mut other = database.root().await;
    execute(&mut other, "LOCK TABLES t WRITE").await;
    let error = read(&mut reader, &tables[0]).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreadable { .. }), "{error:?}");
    assert!(error.to_string().contains("holds a lock"), "{error}");
}

/// A table that takes a while to read.
const LONG: &str = "CREATE TABLE t (a INT, b TEXT); INSERT INTO t SELECT seq, REPEAT('x', 1000) FROM seq_1_to_50000";

#[tokio::test]
async fn a_connection_that_is_killed_in_the_middle_ends_the_reading() {
    let database = Database::of(LONG).await;
    let (mut reader, tables) = listed(&database).await;
    let mut root = database.root().await;
    let (lane, mut chunks) = Lane::new();
    let killed = async {
        chunks.recv().await.unwrap();
        for id in connections(&mut root, &database.reader).await {
            execute(&mut root, &format!("KILL {id}")).await;
        }
        while chunks.recv().await.is_some() {}
    };
    let sent = async {
        let sent = reader.read(&tables[0], None, &lane).await;
        drop(lane);
        sent
    };
    let (sent, ()) = tokio::join!(sent, killed);
    assert!(matches!(sent, Err(SourceError::Unreachable(_))), "{sent:?}");
}

#[tokio::test]
async fn an_export_that_is_dropped_leaves_no_connection() {
    let database = Database::of(LONG).await;
    let folder = tempfile::tempdir().unwrap();
    let draft = Draft::beside(&folder.path().join("x.zip")).unwrap();
    let (progress, order) = (Arc::new(Progress::default()), order(&database.address(), &Csv));
    tokio::select! {
        _ = carryall::export::pack(&order, &draft, &progress) => panic!("it is longer than that"),
        () = async { while progress.read().rows_done == 0 { tokio::task::yield_now().await } } => {}
    }
    let gone = async {
        while database.connections().await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("the connection stays");
}

#[tokio::test]
async fn tables_that_swap_their_names_after_the_listing_are_not_taken_for_each_other() {
    let database = Database::of("CREATE TABLE one (n INT); INSERT INTO one VALUES (1)").await;
    // A server tells in seconds when a table was made.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let mut root = database.root().await;
    execute(&mut root, "CREATE TABLE two (n INT); INSERT INTO two VALUES (2)").await;
    let (mut reader, tables) = listed(&database).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    execute(&mut root, "RENAME TABLE one TO other, two TO one, other TO two").await;
    for table in &tables {
        let read = read(&mut reader, table).await;
        let named = matches!(&read, Err(SourceError::Unreadable { table: name, .. }) if *name == table.name);
        assert!(named, "{}: {read:?}", table.name);
    }
}

#[tokio::test]
async fn a_reading_that_is_dropped_while_the_server_is_busy_with_it_ends_its_session() {
    let database = Database::of("CREATE TABLE t (n INT)").await;
    let (mut reader, tables) = listed(&database).await;
    let mut other = database.root().await;
    execute(&mut other, "LOCK TABLES t WRITE").await;
    let waited = tokio::time::timeout(Duration::from_millis(300), read(&mut reader, &tables[0])).await;
    assert!(waited.is_err(), "the table is locked");
    // Our end of the connection is still open: it is the server that was told.
    until("the session is gone", async || database.connections().await == 0).await;
    drop(reader);
}
