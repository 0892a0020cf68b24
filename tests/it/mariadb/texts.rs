//! Values that are too long for one packet, and texts that no UTF-8 says.

use carryall::{
    export::Failure,
    format::{Csv, Jsonl},
};
use entity::data_export::FailureCode;

use super::export;
use crate::servers::mariadb::Database;

#[tokio::test]
async fn values_of_many_packets_are_exact() {
    // A packet has 16 MiB less one byte; a row whose first value is as long as that is no end of rows.
    let database = Database::of(
        "CREATE TABLE t (a LONGBLOB, b LONGTEXT, n INT) ENGINE=MyISAM;
         INSERT INTO t VALUES (REPEAT(X'00FF', 35000001), 'x', 1), ('y', REPEAT('é', 8388608), 2),
             (REPEAT('a', 16777215 - 1 - 4 - 2 - 2), 'x', 3), (REPEAT('a', 16777216), '', 4), (REPEAT('a', 16777215), NULL, 5)",
    )
    .await;
    let export = export(&database.address(), &Jsonl).await.unwrap();
    assert_eq!(export.rows("t"), 5);
    export.compare(&database.owners_address());
}

/// The failure of the export of table `t`.
async fn failure(database: &Database) -> Failure {
    let error = export(&database.address(), &Csv).await.err().expect("it cannot be exported");
    let failure = Failure::from(&error);
    assert_eq!((failure.code, failure.table.as_deref()), (FailureCode::TableUnreadable, Some("t")), "{failure:?}");
    failure
}

#[tokio::test]
async fn a_character_that_has_no_utf8_fails_the_export_and_is_told() {
    for (charset, bytes) in [("sjis", "8540"), ("gbk", "FEFE"), ("cp1251", "98"), ("hebrew", "FF"), ("ascii", "61FF")] {
        let database = Database::of(&format!(
            "SET sql_mode = ''; CREATE TABLE t (a INT, b TEXT CHARACTER SET {charset}, c ENUM('x') CHARACTER SET {charset});
             INSERT INTO t SELECT seq, _{charset} X'{bytes}', 'x' FROM seq_1_to_100"
        ))
        .await;
        // What cannot be stored is no matter of ours.
        if charset == "ascii" {
            database.execute("TRUNCATE t; INSERT INTO t VALUES (1, 'x', 'x')").await;
            assert_eq!(export(&database.address(), &Csv).await.unwrap().rows("t"), 1);
            continue;
        }
        let failure = failure(&database).await;
        assert!(failure.message.contains(charset) && failure.message.contains(bytes), "{failure:?}");
    }
}

#[tokio::test]
async fn bytes_that_are_not_of_the_charset_of_their_column_fail_the_export() {
    for (charset, bytes) in [("utf8mb4", 80), ("utf8mb3", 60)] {
        // The server lets nobody in by the door: so the file of a table of bytes becomes that of a table of texts.
        let database = Database::of(&format!(
            "CREATE TABLE bytes (a VARBINARY({bytes})) ENGINE=MyISAM; INSERT INTO bytes VALUES (X'61FF62');
             CREATE TABLE t (a VARCHAR(20) CHARACTER SET {charset}) ENGINE=MyISAM; FLUSH TABLES"
        ))
        .await;
        for end in ["MYD", "MYI"] {
            let of = |table: &str| database.server.file(&database.name, &format!("{table}.{end}"));
            // Written, not replaced: so the file stays the server's own.
            std::fs::write(of("t"), std::fs::read(of("bytes")).unwrap()).unwrap();
        }
        database.execute("FLUSH TABLES; DROP TABLE bytes").await;
        let failure = failure(&database).await;
        assert!(failure.message.contains("Invalid") || failure.message.contains("UTF-8"), "{failure:?}");
    }
}

#[tokio::test]
async fn warnings_of_a_generated_column_do_not_fail_the_export() {
    let database = Database::of(
        "SET sql_mode = ''; CREATE TABLE t (a TEXT CHARACTER SET latin1, b INT AS (CAST(a AS SIGNED)) VIRTUAL);
         INSERT INTO t (a) VALUES ('1'), ('x'), ('2é')",
    )
    .await;
    let export = export(&database.address(), &Csv).await.unwrap();
    assert_eq!(export.entry("app/t.csv"), "a,b\n1,1\nx,0\n2é,2\n");
}
