//! The same data makes the same CSV, whichever database it lies in, as far as the databases have the same types.

use carryall::format::Csv;

use crate::{
    app,
    packed::packed_as,
    servers::{mariadb::Database, postgres},
};

/// A table with what the three have in common, by the names that they have for it.
fn table(integer: &str, double: &str, timestamp: &str, blob: &str, bytes: &str) -> String {
    let odd = "'a,\"b\" ''c''\nü 🎒\t'";
    format!(
        "CREATE TABLE t (id integer PRIMARY KEY, big {integer}, d {double}, s text, at {timestamp}, day date, b {blob});
         INSERT INTO t VALUES (1, 9223372036854775807, 0.1, {odd}, '2024-02-29T12:34:56.5', '2024-02-29', {bytes}),
                              (2, -1, -1e300, '', '1999-12-31T23:59:59', '0001-01-01', {bytes}),
                              (3, NULL, 123456.75, NULL, NULL, NULL, NULL)"
    )
}

async fn csv(address: &str) -> String {
    let archive = packed_as(&[("app", address)], &Csv).await.unwrap();
    archive.validate();
    let path = archive.packed.tables[0].entry.path.clone();
    String::from_utf8(archive.entry(&path)).unwrap()
}

#[tokio::test]
async fn the_same_rows_in_sqlite_postgresql_and_mariadb_are_the_same_csv() {
    let (_folder, file) = app::database_of(&table("integer", "real", "text", "blob", "x'00ff41'"));
    let sqlite = csv(&format!("sqlite:{}", file.display())).await;
    let expected = "id,big,d,s,at,day,b\n\
        1,9223372036854775807,0.1,\"a,\"\"b\"\" 'c'\nü 🎒\t\",2024-02-29T12:34:56.5,2024-02-29,AP9B\n\
        2,-1,-1e+300,\"\",1999-12-31T23:59:59,0001-01-01,AP9B\n\
        3,,123456.75,,,,\n";
    assert_eq!(sqlite, expected);
    let postgresql = table("bigint", "double precision", "timestamp", "bytea", "'\\x00ff41'");
    assert_eq!(csv(&postgres::database_of(&postgresql).await.address()).await, expected);
    let mariadb = Database::of(&table("bigint", "double", "datetime(6)", "blob", "x'00ff41'")).await;
    assert_eq!(csv(&mariadb.address()).await, expected);
}
