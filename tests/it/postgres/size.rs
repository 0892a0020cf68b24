//! Much of everything: rows, bytes in a row, tables.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use carryall::{
    format::Csv,
    source::{self, Chunk, Lane, SourceError},
};
use sha2::{Digest, Sha256};

use super::{compared, exported, sound};
use crate::servers::postgres::{Postgres, database_of, execute};

#[tokio::test]
async fn a_large_table_is_read_in_ranges_over_several_connections_and_has_every_row_once() {
    let database = database_of(
        "CREATE TABLE t (id int PRIMARY KEY, a text) WITH (fillfactor = 60); \
         INSERT INTO t SELECT i, repeat(md5(i::text), 50) FROM generate_series(1, 6000) i; \
         DELETE FROM t WHERE id % 7 = 0; UPDATE t SET a = a || 'x' WHERE id % 5 = 0; \
         CREATE TABLE tail AS SELECT i FROM generate_series(1, 10) i",
    )
    .await;
    let mut snapshot = source::open(&database.address()).unwrap().snapshot().await.unwrap();
    let tables = snapshot.contents().await.unwrap().tables;
    assert!(tables[0].parts.len() > 2, "{:?}", tables[0].parts);
    assert_eq!(snapshot.readers(&tables, 3).await.unwrap().len(), 3);
    let archive = sound(compared(&database, &Csv).await);
    assert_eq!(archive.rows("public.t"), 6000 - 857);
}

#[tokio::test]
async fn a_row_of_200_megabytes_is_exact() {
    const LENGTH: usize = 150 << 20;
    let database = database_of(&format!(
        "CREATE TABLE t (id int, b bytea, after int); ALTER TABLE t ALTER b SET STORAGE EXTERNAL; \
         INSERT INTO t VALUES (1, convert_to(repeat('0123456789abcde\n', {LENGTH} / 16), 'UTF8'), 2), (3, '\\x', 4)"
    ))
    .await;
    let expected = database.value("SELECT encode(sha256(b), 'hex') FROM t WHERE id = 1").await;
    let archive = exported(&database.address()).await;
    let file = archive.entry("app/public.t.csv");
    let rest = file.strip_prefix(b"id,b,after\n1,").and_then(|rest| rest.strip_suffix(b",2\n3,\"\",4\n")).unwrap();
    let bytes = STANDARD.decode(rest).unwrap();
    assert_eq!(bytes.len(), LENGTH);
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, expected);
}

#[tokio::test]
async fn more_tables_than_the_server_has_locks_for_are_read_and_watched_one_by_one() {
    // A server of its own, since a full table of locks keeps everybody from working.
    let server = Postgres::start(&["max_locks_per_transaction=10", "max_connections=20"]);
    let database = server.database().await;
    let mut connection = database.connect().await;
    for hundred in 0..30 {
        let create = (0..100).map(|one| format!("CREATE TABLE t_{hundred:02}{one:02} AS SELECT {hundred} AS n;"));
        execute(&mut connection, &create.collect::<String>()).await;
    }
    let mut snapshot = source::open(&database.address()).unwrap().snapshot().await.unwrap();
    let tables = snapshot.contents().await.unwrap().tables;
    let mut readers = snapshot.readers(&tables, 2).await.unwrap();
    let (lane, mut chunks) = Lane::new();
    for table in &tables {
        readers[0].read(table, None, &lane).await.unwrap();
        assert_eq!(readers[1].count(table).await.unwrap(), 1);
    }
    drop(lane);
    let mut rows = 0;
    while let Some(held) = chunks.recv().await {
        let Chunk::Rows(some) = held.chunk else { panic!("no file was asked for") };
        rows += some.count();
    }
    assert_eq!(rows, 3000);
    execute(&mut connection, "TRUNCATE t_0007").await;
    for result in
        [readers[0].read(&tables[7], None, &Lane::new().0).await, readers[1].count(&tables[7]).await.map(drop)]
    {
        let error = result.unwrap_err();
        assert!(matches!(&error, SourceError::Unreadable { table, .. } if table == "public.t_0007"), "{error}");
    }
}
