//! What others do to the database while it is read: the archive is of one moment, or there is none.

use std::{sync::Arc, time::Duration};

use carryall::{
    export::{Progress, pack},
    files::Draft,
    format::Csv,
    source::{self, Lane, Reader, Snapshot, SourceError, Table},
};
use tokio::time::{sleep, timeout};

use super::{failure, order, packed};
use crate::{
    app::PATIENCE,
    servers::postgres::{Database, database_of, execute},
};

/// The snapshot of a database, and the tables that it holds.
async fn listed(database: &Database<'_>) -> (Box<dyn Snapshot>, Vec<Table>) {
    let mut snapshot = source::open(&database.address()).unwrap().snapshot().await.unwrap();
    let tables = snapshot.contents().await.unwrap().tables;
    (snapshot, tables)
}

/// What reading and counting the only table gives after `change` was made to what was listed.
async fn read_after(change: &str, database: &Database<'_>) -> Result<u64, SourceError> {
    let (snapshot, tables) = listed(database).await;
    database.execute(change).await;
    let mut readers = snapshot.readers(&tables, 1).await?;
    rows(&mut *readers[0], &tables[0]).await
}

/// Reads a table; the rows it gave, if it counts as many.
async fn rows(reader: &mut dyn Reader, table: &Table) -> Result<u64, SourceError> {
    let (lane, mut chunks) = Lane::new();
    let taken = tokio::spawn(async move {
        let mut rows = 0;
        while let Some(held) = chunks.recv().await {
            let source::Chunk::Rows(some) = held.chunk else { panic!("no file was asked for") };
            rows += some.count() as u64;
        }
        rows
    });
    let read = reader.read(table, None, &lane).await;
    drop(lane);
    let taken = taken.await.unwrap();
    read?;
    assert_eq!(reader.count(table).await?, taken);
    Ok(taken)
}

fn names_it(error: &SourceError, name: &str) -> bool {
    matches!(error, SourceError::Unreadable { table, .. } if table == name)
}

/// A table whose rows take more than what waits between the server and the formatting.
const LONG: &str = "CREATE TABLE t (a text); INSERT INTO t SELECT repeat('x', 1000000) FROM generate_series(1, 60)";

/// Waits until the server waits for `database` to be read on, and returns the pid of that backend.
async fn stalled(database: &Database<'_>) -> String {
    let stalled = format!(
        "SELECT coalesce(max(pid), 0)::text FROM pg_stat_activity \
         WHERE datname = '{}' AND application_name = 'carryall' AND wait_event = 'ClientWrite'",
        database.name
    );
    let found = async {
        loop {
            match database.value(&stalled).await.as_str() {
                "0" => sleep(Duration::from_millis(20)).await,
                pid => return pid.to_owned(),
            }
        }
    };
    timeout(PATIENCE, found).await.expect("the server does not wait")
}

/// The error of a reading during which `what` happens to the backend that reads.
async fn read_while(what: &str) -> SourceError {
    let database = database_of(LONG).await;
    let (snapshot, tables) = listed(&database).await;
    let mut readers = snapshot.readers(&tables, 1).await.unwrap();
    let (lane, mut chunks) = Lane::new();
    let read = tokio::spawn(async move { readers[0].read(&tables[0], None, &lane).await });
    let pid = stalled(&database).await;
    database.execute(&format!("SELECT {what}({pid})")).await;
    while chunks.recv().await.is_some() {}
    read.await.unwrap().unwrap_err()
}

#[tokio::test]
async fn an_export_is_of_one_moment_while_the_application_writes() {
    let database = database_of(
        "CREATE TABLE a (n int, t text); CREATE TABLE b (n int, t text); \
         INSERT INTO a SELECT i, repeat('x', 1000) FROM generate_series(1, 3000) i; INSERT INTO b SELECT * FROM a",
    )
    .await;
    let mut writer = database.connect().await;
    let writing = async {
        loop {
            let both = "BEGIN; INSERT INTO a VALUES (0, 'x'); UPDATE a SET t = 'y' WHERE n = 1; INSERT INTO b VALUES (0, 'x'); \
                UPDATE b SET t = 'y' WHERE n = 1; COMMIT";
            execute(&mut writer, both).await;
            tokio::task::yield_now().await;
        }
    };
    let before = database.value("SELECT count(*)::text FROM a").await;
    let address = database.address();
    let archive = tokio::select! {
        archive = packed(&address, &[], &Csv) => archive.unwrap(),
        () = writing => unreachable!(),
    };
    assert_eq!(archive.text("app/public.a.csv"), archive.text("app/public.b.csv"));
    assert_ne!(database.value("SELECT count(*)::text FROM a").await, before, "there was writing while the export ran");
}

#[tokio::test]
async fn a_table_that_is_emptied_rewritten_or_dropped_after_it_was_listed_is_an_error_and_never_an_empty_table() {
    for change in [
        "TRUNCATE t",
        "DROP TABLE t",
        "DROP TABLE t; CREATE TABLE t (a int)",
        "ALTER TABLE t ALTER COLUMN a TYPE text",
        "ALTER TABLE t DROP COLUMN a",
        "ALTER TABLE t RENAME TO u",
        "ALTER TABLE t RENAME COLUMN a TO b",
        "ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int DEFAULT 9",
        "ALTER TABLE t ADD COLUMN b int DEFAULT 9; ALTER TABLE t RENAME a TO c; ALTER TABLE t RENAME b TO a",
        "ALTER TABLE t RENAME TO u; CREATE TABLE t (a int)",
        "CREATE SCHEMA s; ALTER TABLE t SET SCHEMA s; CREATE TABLE t (a int)",
        "ALTER SCHEMA public RENAME TO s; CREATE SCHEMA public; CREATE TABLE public.t (a int)",
    ] {
        let database = database_of("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await;
        let error = read_after(change, &database).await.expect_err(change);
        assert!(names_it(&error, "public.t"), "{change}: {error}");
    }
}

#[tokio::test]
async fn a_part_of_a_table_that_goes_after_it_was_listed_is_an_error_and_never_left_out() {
    for change in [
        "TRUNCATE t_1",
        "DROP TABLE t_1",
        "ALTER TABLE t DETACH PARTITION t_1",
        "ALTER TABLE t DETACH PARTITION t_2",
        "ALTER TABLE t_2 DETACH PARTITION t_2_1",
    ] {
        let database = database_of(
            "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); \
             CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2) PARTITION BY LIST (a); \
             CREATE TABLE t_2_1 PARTITION OF t_2 FOR VALUES IN (2); INSERT INTO t VALUES (1), (2)",
        )
        .await;
        let error = read_after(change, &database).await.expect_err(change);
        assert!(names_it(&error, "public.t"), "{change}: {error}");
    }
}

#[tokio::test]
async fn a_table_that_becomes_a_part_of_another_after_it_was_listed_is_an_error_and_never_there_twice() {
    let database = database_of(
        "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE other (a int); INSERT INTO other VALUES (1)",
    )
    .await;
    let error = read_after("ALTER TABLE t ATTACH PARTITION other FOR VALUES IN (1)", &database).await.unwrap_err();
    assert!(names_it(&error, "public.other") || names_it(&error, "public.t"), "{error}");
}

#[tokio::test]
async fn a_part_that_is_being_detached_is_an_error_and_never_left_out() {
    let database = database_of(
        "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); \
         INSERT INTO t VALUES (1)",
    )
    .await;
    // Somebody still uses the table, so that the detaching waits.
    let (mut other, mut detaching) = (database.connect().await, database.connect().await);
    execute(&mut other, "BEGIN; SELECT * FROM t").await;
    let detach =
        tokio::spawn(async move { execute(&mut detaching, "ALTER TABLE t DETACH PARTITION t_1 CONCURRENTLY").await });
    while database.value("SELECT count(*)::text FROM pg_inherits WHERE inhdetachpending").await == "0" {
        sleep(Duration::from_millis(20)).await;
    }
    let error = read_after("SELECT", &database).await.unwrap_err();
    assert!(names_it(&error, "public.t"), "{error}");
    drop(other);
    detach.await.unwrap();
    assert_eq!(packed(&database.address(), &[], &Csv).await.unwrap().rows("public.t_1"), 1);
}

#[tokio::test]
async fn what_leaves_the_rows_as_they_are_is_no_error() {
    for change in
        ["INSERT INTO t VALUES (2)", "DELETE FROM t", "ALTER TABLE t ADD COLUMN b int DEFAULT 7", "CREATE TABLE u ()"]
    {
        let database = database_of("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await;
        assert_eq!(read_after(change, &database).await.unwrap(), 1, "{change}");
    }
}

#[tokio::test]
async fn a_table_cannot_be_emptied_before_it_was_read() {
    let database = database_of("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await;
    let (snapshot, tables) = listed(&database).await;
    let mut readers = snapshot.readers(&tables, 1).await.unwrap();
    let mut other = database.connect().await;
    let truncated = sqlx::raw_sql("SET lock_timeout = '50ms'; TRUNCATE t").execute(&mut other).await;
    assert!(truncated.unwrap_err().to_string().contains("lock timeout"));
    assert_eq!(rows(&mut *readers[0], &tables[0]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_table_cannot_be_emptied_while_one_reader_is_left() {
    let database = database_of(
        "CREATE TABLE a (n int); CREATE TABLE b (n int); INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)",
    );
    let database = database.await;
    let (snapshot, tables) = listed(&database).await;
    let mut readers = snapshot.readers(&tables, 2).await.unwrap();
    assert_eq!(readers.len(), 2);
    assert_eq!(rows(&mut *readers[1], &tables[0]).await.unwrap(), 1);
    drop(readers.remove(0));
    let mut other = database.connect().await;
    let emptied = sqlx::raw_sql("SET lock_timeout = '500ms'; TRUNCATE b").execute(&mut other).await;
    assert!(emptied.is_err_and(|cause| cause.to_string().contains("lock timeout")));
    assert_eq!(rows(&mut *readers[0], &tables[1]).await.unwrap(), 1);
    drop(readers);
    execute(&mut other, "SET lock_timeout = '10s'; TRUNCATE b").await;
}

#[tokio::test]
async fn a_server_that_ends_the_connection_in_the_middle_is_an_unreachable_source() {
    let error = read_while("pg_terminate_backend").await;
    assert!(matches!(error, SourceError::Unreachable(_)) && error.to_string().contains("public.t"), "{error}");
}

#[tokio::test]
async fn a_query_that_is_cancelled_on_the_server_is_an_unreadable_table() {
    let error = read_while("pg_cancel_backend").await;
    assert!(names_it(&error, "public.t") && error.to_string().contains("user request"), "{error}");
}

#[tokio::test]
async fn an_export_that_is_dropped_leaves_no_session_behind() {
    let database = database_of(&format!("{LONG}; CREATE TABLE u AS SELECT * FROM t")).await;
    let folder = tempfile::tempdir().unwrap();
    let draft = Draft::beside(&folder.path().join("x.zip")).unwrap();
    let (order, progress) = (order(&database.address(), &[], &Csv), Arc::new(Progress::default()));
    tokio::select! {
        _ = pack(&order, &draft, &progress) => panic!("it was dropped too late"),
        () = async { while progress.read().rows_done == 0 { sleep(Duration::from_millis(1)).await } } => {}
    }
    let left = format!(
        "SELECT count(*)::text FROM pg_stat_activity WHERE application_name = 'carryall' AND datname = '{}'",
        database.name
    );
    let gone = async {
        while database.value(&left).await != "0" {
            sleep(Duration::from_millis(50)).await
        }
    };
    timeout(Duration::from_secs(10), gone).await.expect("a session is left");
}

#[tokio::test]
async fn a_server_that_goes_away_between_two_exports_is_an_unreachable_source() {
    let server = crate::servers::postgres::Postgres::start(&[]);
    let address = server.database().await.address();
    drop(server);
    let failure = failure(&address).await;
    assert_eq!(failure.code, entity::data_export::FailureCode::SourceUnreachable);
}

#[tokio::test]
async fn listing_a_database_locks_none_of_its_tables() {
    let database = database_of(
        "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); \
         CREATE TABLE other (a text); INSERT INTO t VALUES (1); ANALYZE",
    )
    .await;
    let mut snapshot = source::open(&database.address()).unwrap().snapshot().await.unwrap();
    let contents = snapshot.contents().await.unwrap();
    assert_eq!(contents.tables.iter().map(|table| table.size.rows).collect::<Vec<_>>(), [Some(0), Some(1)]);
    let locked = "SELECT count(*)::text FROM pg_locks JOIN pg_class ON pg_class.oid = relation \
        WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
            AND relnamespace = 'public'::regnamespace";
    assert_eq!(database.value(locked).await, "0");
}
