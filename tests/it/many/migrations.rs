//! The database is brought to its shape by one process, while others work over it.

use carryall::database::{self, Address};

use crate::{
    app::until,
    servers::postgres::{Postgres, execute},
};

#[tokio::test(flavor = "multi_thread")]
async fn ten_processes_that_start_at_once_over_a_new_database_bring_it_to_its_shape_once() {
    let database = Postgres::shared().database().await;
    let address = Address::parse(&database.address()).unwrap();
    let opened = (0..10).map(|_| address.open(database::Pool { connections: 4, ..database::Pool::default() }));
    let opened = futures_util::future::join_all(opened).await;
    assert!(opened.iter().all(Result::is_ok), "{:?}", opened.iter().find_map(|opened| opened.as_ref().err()));
    assert_eq!(database.value("SELECT count(*) = count(DISTINCT version) FROM seaql_migrations").await, "t");
    assert_eq!(database.value("SELECT count(*)::text FROM data_export_settings").await, "1");
}

#[tokio::test]
async fn what_a_newer_version_has_added_keeps_this_one_from_nothing_unless_it_says_so() {
    let database = Postgres::shared().database().await;
    let address = Address::parse(&database.address()).unwrap();
    address.open(database::Pool::default()).await.unwrap();
    database.execute("INSERT INTO seaql_migrations VALUES ('m9999_later', 0)").await;
    address.open(database::Pool::default()).await.unwrap();
    database.execute("UPDATE state_version SET oldest = 9999").await;
    let refused = address.open(database::Pool::default()).await.err().map(|why| why.to_string()).unwrap_or_default();
    assert!(refused.contains("newer version"), "{refused}");
}

/// Who waits for a table keeps those from it who come later.
#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_waits_for_somebody_lets_others_by() {
    let database = Postgres::shared().database().await;
    let address = Address::parse(&database.address()).unwrap();
    drop(address.open(database::Pool::default()).await.unwrap());
    let undo = "ALTER TABLE data_export DROP COLUMN reading, DROP COLUMN reading_until; \
        DELETE FROM seaql_migrations WHERE version = 'm0012_reading'";
    database.execute(undo).await;
    let mut dump = database.connect().await;
    execute(&mut dump, "BEGIN; SELECT count(*) FROM data_export").await;
    let opening = tokio::spawn(async move { address.open(database::Pool::default()).await.map(drop) });
    let waits = "SELECT (count(*) > 0)::text FROM pg_locks WHERE NOT granted AND relation = 'data_export'::regclass \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    until("the migration waits", async || database.value(waits).await == "true").await;
    database.execute("SET lock_timeout = '30s'; SELECT count(*) FROM data_export").await;
    assert!(!opening.is_finished());
    execute(&mut dump, "COMMIT").await;
    opening.await.unwrap().unwrap();
    assert_eq!(database.value("SELECT count(reading)::text FROM data_export").await, "0");
}
