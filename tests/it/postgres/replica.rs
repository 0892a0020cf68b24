//! A hot standby as the source: it is read like its primary, over several connections, and what replication does to a long
//! export is told with what to do.

use std::sync::OnceLock;

use carryall::{export::Failure, format::Csv, source};
use entity::data_export::FailureCode;

use super::{PASSWORD, failure, packed, sound};
use crate::{
    app::until,
    foreign::python_with,
    servers::postgres::{Database, Postgres},
};

/// A primary and a standby of it, which tests share. They end with the test process.
fn shared() -> &'static (Postgres, Postgres) {
    static SHARED: OnceLock<(Postgres, Postgres)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let primary = Postgres::start(&[]);
        let standby = primary.standby(&[]);
        (primary, standby)
    })
}

/// Waits until the standby has replayed what the primary has written. Until then it may not even have the database.
async fn caught_up(primary: &Database<'_>, standby: &Postgres) {
    let written = primary.value("SELECT pg_current_wal_lsn()::text").await;
    let replayed = format!("SELECT (pg_last_wal_replay_lsn() >= '{written}')::text");
    until("the standby has caught up", async || standby.named("postgres").value(&replayed).await == "true").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_exported_over_several_connections_and_every_value_is_its_primarys() {
    let (primary, server) = shared();
    let database = primary.database().await;
    database
        .execute(
            "CREATE TABLE large AS SELECT i, md5(i::text) AS t FROM generate_series(1, 200000) i; CREATE SCHEMA s; \
             CREATE TABLE s.parted (k int, v jsonb) PARTITION BY LIST (k); \
             CREATE TABLE s.one PARTITION OF s.parted FOR VALUES IN (1); \
             INSERT INTO s.parted VALUES (1, '{\"a\": [1, null]}'), (1, NULL); \
             CREATE TABLE times (a timestamptz, b numeric, c bytea); INSERT INTO times VALUES ('infinity', 'NaN', '\\x00ff'); \
             SELECT lo_from_bytea(16500, 'x')",
        )
        .await;
    let standby = server.named(&database.name);
    caught_up(&database, server).await;
    assert_eq!(standby.value("SELECT pg_is_in_recovery()::text").await, "true");

    let archive = sound(packed(&standby.address(), &[], &Csv).await.expect("it is exported"));
    python_with("compare_postgres.py", &[archive.path.to_str().unwrap(), PASSWORD], &database.address());
    assert_eq!((archive.rows("public.large"), archive.rows("s.parted")), (200_000, 2));
    assert_eq!(archive.entry("app/large_objects/16500"), b"x");

    // As many as an export takes on a machine with four cores: all in the one snapshot that the standby has exported.
    let mut snapshot = source::open(&standby.address()).unwrap().snapshot().await.unwrap();
    let tables = snapshot.contents().await.unwrap().tables;
    assert_eq!(snapshot.readers(&tables, 4).await.unwrap().len(), 4);
}

/// A table whose rows come for ever, and one from which something can be removed. They come in bursts that fill the buffer which
/// PostgreSQL reads a program by: it looks at nothing else before that is full.
const SLOW: &str = "CREATE EXTENSION file_fdw; CREATE server files FOREIGN DATA WRAPPER file_fdw; \
    CREATE TABLE t (a text) PARTITION BY LIST (a); CREATE FOREIGN TABLE slow PARTITION OF t DEFAULT server files \
    OPTIONS (program 'while seq 20000; do sleep 0.2; done', format 'csv'); \
    CREATE TABLE notes AS SELECT i FROM generate_series(1, 1000) i";

/// How an export from the standby fails that still needs what its primary removes.
async fn cut_off(database: &Database<'_>, server: &Postgres) -> Failure {
    database.execute("INSERT INTO notes SELECT i FROM generate_series(1, 500) i").await;
    let standby = server.named(&database.name);
    caught_up(database, server).await;
    let address = standby.address();
    let export = tokio::spawn(async move { failure(&address).await });
    let reading = "SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'";
    until("the table is read", async || standby.value(reading).await != "0").await;
    database.execute("DELETE FROM notes WHERE i <= 500").await;
    database.execute("VACUUM notes").await;
    export.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_with_recovery_ends_an_export_with_what_to_do() {
    let primary = Postgres::start(&[]);
    let database = primary.database().await;
    database.execute(SLOW).await;
    let server = primary.standby(&["max_standby_streaming_delay=0"]);
    let standby = server.named(&database.name);
    caught_up(&database, &server).await;

    // While a table is read. Now and then the server closes the connection before it says why.
    let mut ended = cut_off(&database, &server).await;
    for _ in 0..4 {
        if ended.message.contains("conflict with recovery") {
            break;
        }
        ended = cut_off(&database, &server).await;
    }
    // By which of its connections it is told first, nobody knows: the one that reads, or the one that holds the snapshot.
    assert!(
        matches!(ended.code, FailureCode::TableUnreadable | FailureCode::SourceUnreachable),
        "{:?}: {}",
        ended.code,
        ended.message
    );
    assert!(ended.message.contains("conflict with recovery"), "{}", ended.message);
    for what in ["max_standby_streaming_delay", "hot_standby_feedback", "export from the primary"] {
        assert!(ended.message.contains(what), "{}", ended.message);
    }

    // Between two statements.
    let mut snapshot = source::open(&standby.address()).unwrap().snapshot().await.unwrap();
    database.execute("DELETE FROM notes").await;
    database.execute("VACUUM notes").await;
    caught_up(&database, &server).await;
    let ended = snapshot.contents().await.map(|contents| contents.tables).expect_err("it is ended").to_string();
    assert!(ended.contains("conflict with recovery") && ended.contains("max_standby_streaming_delay"), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_standby_has_otherwise_is_named_and_can_be_excluded_and_its_sequences_are_ahead() {
    let (primary, server) = shared();
    let database = primary.database().await;
    database.execute("CREATE TABLE a AS SELECT 1 AS i; CREATE UNLOGGED TABLE cache AS SELECT 2 AS i; CREATE SEQUENCE n; SELECT nextval('n')").await;
    let standby = server.named(&database.name);
    caught_up(&database, server).await;
    let refused = failure(&standby.address()).await;
    assert_eq!((refused.code, refused.table.as_deref()), (FailureCode::TableUnreadable, Some("public.cache")));
    assert!(refused.message.contains("unlogged") && refused.message.contains("exclude it"), "{}", refused.message);
    let archive = sound(packed(&standby.address(), &["public.cache"], &Csv).await.expect("it is exported"));
    assert_eq!((archive.rows("public.a"), archive.tables().len()), (1, 2));
    // The log has the numbers that may have been given next, some at a time.
    let sequences = archive.text("app/pg_catalog.pg_sequences.csv");
    assert!(sequences.trim_end().ends_with(",33"), "{sequences}");
}
