//! A server whose settings would change or cut what is read.

use carryall::format::Csv;

use super::export;
use crate::servers::mariadb::{Server, create_user, execute};

#[tokio::test]
async fn settings_of_the_server_change_nothing_of_an_export() {
    let server = Server::start(&[
        "--max-statement-time=0.05",
        "--default-time-zone=+05:30",
        "--sql-mode=ANSI_QUOTES,PAD_CHAR_TO_FULL_LENGTH,ORACLE",
        "--init-connect=SET NAMES latin1",
        "--max-error-count=0",
        "--transaction-isolation=READ-UNCOMMITTED",
    ]);
    let mut root = server.root("").await;
    let sql = "SET SESSION max_statement_time = 0, sql_mode = '', time_zone = '+00:00', sql_select_limit = 1000000;
        CREATE DATABASE app; USE app; CREATE TABLE t (n INT, at TIMESTAMP, c CHAR(9), x TEXT);
        INSERT INTO t SELECT seq, '2026-11-23 07:00:00', 'é ', REPEAT('x', 500) FROM seq_1_to_60000;
        CREATE DATABASE SYS; CREATE TABLE SYS.t (a INT); INSERT INTO SYS.t VALUES (1), (2), (3)";
    execute(&mut root, sql).await;
    execute(&mut root, "SET GLOBAL sql_select_limit = 2").await;
    create_user(&mut root, "reader").await;
    execute(&mut root, "GRANT SELECT ON *.* TO reader@'127.0.0.1'").await;
    let one = export(&server.address("reader", "app"), &Csv).await.unwrap();
    assert_eq!(one.rows("t"), 60_000);
    assert!(one.entry("app/t.csv").starts_with("n,at,c,x\n1,2026-11-23T07:00:00Z,é,xxx"));
    assert_eq!(one.warnings(), "[]");
    let all = export(&server.address("reader", ""), &Csv).await.unwrap();
    let tables: Vec<_> = all.0.packed.tables.iter().map(|written| (written.table.full_name(), written.rows)).collect();
    assert_eq!(tables, [("SYS.t".to_owned(), 3), ("app.t".to_owned(), 60_000)]);
}
