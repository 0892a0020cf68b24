//! All that is in a database is in the archive, once; what cannot be is named.

use carryall::format::{Csv, Jsonl};
use serde_json::{Value, json};

use super::{Archive, compared, exported, proven, sound};
use crate::servers::postgres::database_of;

fn names(archive: &Archive) -> Vec<String> {
    archive.tables().into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn every_schema_but_the_system_s_is_exported() {
    let database = database_of(
        r#"CREATE SCHEMA billing; CREATE SCHEMA "Crm 2"; CREATE TABLE t (a int); CREATE TABLE billing.t (a int);
           CREATE TABLE "Crm 2".t (a int); INSERT INTO t VALUES (1); INSERT INTO billing.t VALUES (2);
           INSERT INTO "Crm 2".t VALUES (3)"#,
    )
    .await;
    let mut other = database.connect().await;
    crate::servers::postgres::execute(&mut other, "CREATE TEMP TABLE passing (a int)").await;
    let archive = proven(&database).await;
    assert_eq!(names(&archive), ["Crm 2.t", "billing.t", "public.t"]);
    assert_eq!(archive.text("app/billing.t.csv"), "a\n2\n");
}

#[tokio::test]
async fn a_database_without_tables_is_an_archive_without_tables_and_a_table_without_rows_is_a_header() {
    let database = database_of("SELECT").await;
    assert!(names(&super::packed(&database.address(), &[], &Csv).await.unwrap()).is_empty());
    database.execute("CREATE TABLE t (a int, b text)").await;
    assert_eq!(exported(&database.address()).await.text("app/public.t.csv"), "a,b\n");
}

#[tokio::test]
async fn views_and_foreign_tables_are_left_out_by_name() {
    let database = database_of(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW m AS SELECT * FROM t; \
         CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE f (a int) SERVER s",
    )
    .await;
    let archive = exported(&database.address()).await;
    assert_eq!(names(&archive), ["public.t"]);
    let left_out = [("f", "foreign table"), ("m", "materialized view"), ("v", "view")];
    let left_out = left_out.map(|(name, reason)| json!({"schema": "public", "name": name, "reason": reason}));
    assert_eq!(archive.source()["leftOut"], json!(left_out));
}

#[tokio::test]
async fn a_partitioned_table_is_exported_once_with_the_rows_of_all_its_parts() {
    let database = database_of(
        "CREATE SCHEMA parts; CREATE TABLE t (day date, n int) PARTITION BY RANGE (day); \
         CREATE TABLE t_2025 PARTITION OF t FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); \
         CREATE TABLE parts.t_2026 (n int, day date); \
         ALTER TABLE t ATTACH PARTITION parts.t_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); \
         CREATE TABLE t_rest PARTITION OF t DEFAULT PARTITION BY HASH (n); \
         CREATE TABLE t_rest_0 PARTITION OF t_rest FOR VALUES WITH (MODULUS 2, REMAINDER 0); \
         CREATE TABLE t_rest_1 PARTITION OF t_rest FOR VALUES WITH (MODULUS 2, REMAINDER 1); \
         INSERT INTO t SELECT date '2024-06-01' + i, i FROM generate_series(1, 1500) i; \
         CREATE TABLE without_parts (a int) PARTITION BY LIST (a)",
    )
    .await;
    let archive = sound(compared(&database, &Csv).await);
    assert_eq!(archive.tables(), [("public.t".into(), 1500), ("public.without_parts".into(), 0)]);
}

#[tokio::test]
async fn of_tables_that_inherit_each_holds_its_own_rows() {
    let database = database_of(
        "CREATE TABLE parent (a int); CREATE TABLE child (b int) INHERITS (parent); \
         INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2, 3), (4, 5)",
    )
    .await;
    let archive = proven(&database).await;
    assert_eq!(archive.tables(), [("public.child".into(), 2), ("public.parent".into(), 1)]);
}

#[tokio::test]
async fn unlogged_tables_are_exported() {
    let database = database_of("CREATE UNLOGGED TABLE t (a int); INSERT INTO t VALUES (1)").await;
    assert_eq!(proven(&database).await.rows("public.t"), 1);
}

#[tokio::test]
async fn where_each_sequence_is_stands_in_a_table_of_its_own() {
    let database = database_of(
        "CREATE SEQUENCE fresh; CREATE SEQUENCE used INCREMENT BY 5 CYCLE MAXVALUE 100; SELECT nextval('used'), nextval('used')",
    )
    .await;
    let archive = proven(&database).await;
    let text = archive.text("app/pg_catalog.pg_sequences.csv");
    assert!(text.contains("public,fresh,owner,bigint,1,1,9223372036854775807,1,false,1,\n"), "{text}");
    assert!(text.contains("public,used,owner,bigint,1,1,100,5,true,1,6\n"), "{text}");
}

#[tokio::test]
async fn large_objects_are_files() {
    let database = database_of(
        "SELECT lo_from_bytea(16500, ''), lo_from_bytea(16501, '\\x00ff'), \
             lo_from_bytea(4294967295, convert_to(repeat('0123456789abcde\n', 131072), 'UTF8')), \
             lo_from_bytea(16502, convert_to(repeat('0123456', 524288), 'UTF8'))",
    )
    .await;
    // A hole, which reads as zeros.
    database.execute("SELECT lo_create(16503); SELECT lo_put(16503, 3000000, 'x')").await;
    let archive = sound(compared(&database, &Csv).await);
    assert_eq!(archive.entry("app/large_objects/16501"), [0x00, 0xff]);
    assert_eq!(archive.entry("app/large_objects/4294967295").len(), 2 << 20);
    assert_eq!(archive.entry("app/large_objects/16503").len(), 3_000_001);
    assert_eq!(archive.packed.files.len(), 5);
}

#[tokio::test]
async fn a_table_without_columns_keeps_the_number_of_its_rows() {
    let database = database_of("CREATE TABLE t (); INSERT INTO t DEFAULT VALUES; INSERT INTO t DEFAULT VALUES").await;
    compared(&database, &Jsonl).await;
    // frictionless takes a file without a byte for a broken one.
    let archive = compared(&database, &Csv).await;
    assert_eq!(archive.rows("public.t"), 2);
    assert_eq!(archive.descriptor()["resources"][0]["carryall"]["rowCount"], 2);
    assert_eq!(archive.text("app/public.t.csv"), "");
}

#[tokio::test]
async fn tables_and_columns_of_any_name_are_exported() {
    let long = "é".repeat(31) + "x";
    let database = database_of(&format!(
        r#"CREATE TABLE "T" (a int, "A" int); CREATE TABLE t ("select" text, "a""b" int, "c,d" int, "e
f" int);
           CREATE TABLE "a/b" (x int); CREATE TABLE "a_b" (x int); CREATE TABLE "a.b" (x int);
           CREATE TABLE "../../x" (x int); CREATE TABLE "say ""hi"" 🎒" ("🎒" int); CREATE TABLE "it's %s \" (x int);
           CREATE TABLE "line
break" (x int); CREATE TABLE "{long}" ("{long}" int); CREATE SCHEMA "a.b"; CREATE TABLE "a.b"."c.d" (x int);
           INSERT INTO "T" VALUES (1, 2); INSERT INTO t VALUES ('x', 1, 2, 3); INSERT INTO "a/b" VALUES (5);
           INSERT INTO "a_b" VALUES (6); INSERT INTO "a.b" VALUES (7); INSERT INTO "../../x" VALUES (8);
           INSERT INTO "say ""hi"" 🎒" VALUES (9); INSERT INTO "it's %s \" VALUES (10);
           INSERT INTO "line
break" VALUES (11); INSERT INTO "{long}" VALUES (12); INSERT INTO "a.b"."c.d" VALUES (13)"#
    ))
    .await;
    let archive = proven(&database).await;
    let paths = archive.packed.tables.iter().map(|written| written.entry.path.to_lowercase());
    let paths: std::collections::HashSet<_> = paths.collect();
    assert_eq!(paths.len(), archive.packed.tables.len(), "each has a file of its own, where case does not count too");
}

#[tokio::test]
async fn a_damaged_index_hides_no_rows() {
    // What happens to an index when the rules of a language change under it, and worse: it is that of an empty table.
    let database = database_of(
        "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE nothing (id int PRIMARY KEY); \
         INSERT INTO t SELECT generate_series(1, 1000); SET allow_system_table_mods = on; \
         UPDATE pg_class SET relfilenode = (SELECT relfilenode FROM pg_class WHERE relname = 'nothing_pkey') \
         WHERE relname = 't_pkey'",
    )
    .await;
    assert_eq!(exported(&database.address()).await.rows("public.t"), 1000);
}

#[tokio::test]
async fn keys_that_hold_are_in_the_descriptor_and_others_only_as_declared() {
    let database = database_of(
        "CREATE SCHEMA other; CREATE TABLE other.parent (a int, b text, PRIMARY KEY (b, a)); \
         CREATE TABLE child (id int PRIMARY KEY, x int, y text, up int REFERENCES child, gone int, c char(3) UNIQUE, \
                             FOREIGN KEY (y, x) REFERENCES other.parent); \
         CREATE TABLE blank (c char(5) REFERENCES child (c), id int); \
         INSERT INTO other.parent VALUES (1, 'x'); INSERT INTO child VALUES (1, 1, 'x', NULL, 99, 'a'), (2, 1, 'x', 1, 99, 'b'); \
         INSERT INTO blank VALUES ('a', 1); \
         ALTER TABLE child ADD FOREIGN KEY (gone) REFERENCES child NOT VALID",
    )
    .await;
    let descriptor = exported(&database.address()).await.descriptor();
    let resource = |name: &str| -> Value {
        let mut resources = descriptor["resources"].as_array().unwrap().iter();
        resources.find(|resource| resource["carryall"]["table"] == name).unwrap().clone()
    };
    let child = resource("child");
    assert_eq!(child["schema"]["primaryKey"], json!(["id"]));
    let parent = json!({"fields": ["y", "x"], "reference": {"resource": "app.other.parent", "fields": ["b", "a"]}});
    let itself = json!({"fields": ["up"], "reference": {"resource": "", "fields": ["id"]}});
    assert_eq!(child["schema"]["foreignKeys"], json!([itself, parent]));
    let declared = child["carryall"]["declaredKeys"]["foreignKeys"].as_array().unwrap().clone();
    let gone = declared.iter().find(|key| key["fields"] == json!(["gone"])).unwrap();
    assert_eq!(gone["holds"], false);
    assert_eq!(resource("blank")["schema"].get("foreignKeys"), None, "blanks do not count to PostgreSQL");
    assert_eq!(resource("parent")["schema"]["primaryKey"], json!(["b", "a"]));
}
