//! What a database holds beside plain tables of plain names, and what the descriptor says of it.

use carryall::format::Csv;
use serde_json::json;

use super::{Export, export};
use crate::servers::mariadb::{Database, create_user, execute};

fn resource(export: &Export, table: &str) -> serde_json::Value {
    let descriptor = export.descriptor();
    let mut resources = descriptor["resources"].as_array().unwrap().iter();
    resources.find(|resource| resource["title"] == table).unwrap().clone()
}

#[tokio::test]
async fn views_are_left_out_and_named() {
    let database = Database::of(
        "CREATE TABLE t (a INT); INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT a FROM t; CREATE TABLE gone (a INT);
         CREATE VIEW broken AS SELECT a FROM gone; DROP TABLE gone",
    )
    .await;
    let export = export(&database.address(), &Csv).await.unwrap();
    export.prove(&database.owners_address());
    let left_out = &export.descriptor()["carryall"]["sources"][0]["leftOut"];
    assert_eq!(*left_out, json!([{"name": "broken", "reason": "view"}, {"name": "v", "reason": "view"}]));
}

#[tokio::test]
async fn tables_of_any_name_are_exported() {
    let (long, wide) = ("n".repeat(64), "客".repeat(45));
    let names = [
        "a`b", "'", "\"x\"", "a/b", "../x", ".", "..", "a\nb", "select", "a b", "%", "CON", "T", "t", "é", "e", &long,
        &wide,
    ];
    let create = |name: &&str| {
        let name = name.replace('`', "``");
        format!("CREATE TABLE `{name}` (`{name}` INT, `a``\"',\n.` INT); INSERT INTO `{name}` VALUES (1, 2)")
    };
    let database = Database::of(&names.iter().map(create).collect::<Vec<_>>().join(";")).await;
    let export = export(&database.address(), &Csv).await.unwrap();
    export.prove(&database.owners_address());
    assert_eq!((export.0.packed.tables.len(), export.0.packed.verified.rows), (names.len(), names.len() as u64));
}

#[tokio::test]
async fn an_address_without_a_database_exports_all_that_the_user_may_see_by_their_names() {
    let one = Database::of("CREATE TABLE t (a INT); CREATE TABLE only (a INT); INSERT INTO t VALUES (1)").await;
    let two =
        Database::of("CREATE TABLE t (a INT PRIMARY KEY); INSERT INTO t VALUES (1), (2); CREATE VIEW v AS SELECT 1")
            .await;
    let mut root = one.root().await;
    let odd = format!("{} `odd`/", one.name);
    let quoted = format!("`{}`", odd.replace('`', "``"));
    execute(&mut root, &format!("CREATE DATABASE {quoted}; CREATE TABLE {quoted}.t (a INT)")).await;
    execute(
        &mut root,
        &format!(
            "CREATE TABLE {0}.up (a INT REFERENCES {1}.t (a), FOREIGN KEY (a) REFERENCES {1}.t (a))",
            one.name, two.name
        ),
    )
    .await;
    let user = format!("all{}", one.name);
    create_user(&mut root, &user).await;
    for database in [&one.name, &two.name, &quoted] {
        execute(&mut root, &format!("GRANT SELECT ON {database}.* TO {user}@'127.0.0.1'")).await;
    }
    let address = one.server.address(&user, "");
    let export = export(&address, &Csv).await.unwrap();
    export.prove(&address);
    let mut tables: Vec<_> = export.0.packed.tables.iter().map(|written| written.table.full_name()).collect();
    tables.sort();
    let mut expected = ["t", "only", "up"].map(|table| format!("{}.{table}", one.name)).to_vec();
    expected.extend([format!("{odd}.t"), format!("{}.t", two.name)]);
    expected.sort();
    assert_eq!(tables, expected);
    assert!(export.warnings().contains("all databases"), "{}", export.warnings());
    let keys = &resource(&export, "up")["carryall"]["declaredKeys"]["foreignKeys"];
    assert_eq!(keys[0]["schema"], *two.name);
    let left_out = &export.descriptor()["carryall"]["sources"][0]["leftOut"];
    assert_eq!(*left_out, json!([{"schema": two.name, "name": "v", "reason": "view"}]));
}

#[tokio::test]
async fn tables_without_snapshots_are_exported_and_named_in_a_warning() {
    let database = Database::of(
        "CREATE TABLE old (a INT) ENGINE=MyISAM; INSERT INTO old VALUES (1), (2); CREATE TABLE aria (a INT) ENGINE=Aria;
         CREATE TABLE kept (a INT) ENGINE=MyISAM WITH SYSTEM VERSIONING; CREATE TABLE new (a INT)",
    )
    .await;
    let export = export(&database.address(), &Csv).await.unwrap();
    export.prove(&database.owners_address());
    assert_eq!(export.rows("old"), 2);
    let warnings = export.warnings();
    for name in ["old is kept by MyISAM", "aria is kept by Aria", "kept is kept by MyISAM", "kept keeps its history"] {
        assert!(warnings.contains(name), "{warnings}");
    }
    assert!(!warnings.contains("new"), "{warnings}");
}

#[tokio::test]
async fn of_a_table_with_history_the_present_is_exported_and_of_a_sequence_where_it_stands() {
    let database = Database::of(
        "CREATE TABLE t (a INT) WITH SYSTEM VERSIONING; INSERT INTO t VALUES (1), (2); UPDATE t SET a = 3 WHERE a = 1;
         DELETE FROM t WHERE a = 2; CREATE SEQUENCE s START WITH 5 INCREMENT BY 2; SELECT NEXTVAL(s);
         CREATE TABLE shown (a INT, b TIMESTAMP(6) GENERATED ALWAYS AS ROW START, c TIMESTAMP(6) GENERATED ALWAYS AS ROW END,
             PERIOD FOR SYSTEM_TIME(b, c)) WITH SYSTEM VERSIONING; INSERT INTO shown (a) VALUES (1)",
    )
    .await;
    let export = export(&database.address(), &Csv).await.unwrap();
    export.prove(&database.owners_address());
    assert_eq!(export.entry("app/t.csv"), "a\n3\n");
    assert!(export.entry("app/s.csv").starts_with("next_not_cached_value,"));
    assert_eq!((export.rows("s"), export.rows("shown")), (1, 1));
    assert!(export.warnings().contains("t keeps its history"), "{}", export.warnings());
}

#[tokio::test]
async fn a_reader_without_other_rights_sees_what_is_json_and_what_is_a_key() {
    let database = Database::of(
        "CREATE TABLE parent (a INT, b INT, j JSON, k INT, PRIMARY KEY (b, a)); INSERT INTO parent VALUES (1, 2, '{}', 3);
         CREATE TABLE child (x INT, y INT, FOREIGN KEY (x, y) REFERENCES parent (b, a));
         INSERT INTO child VALUES (2, 1);
         CREATE TABLE odd (`a``b` JSON); INSERT INTO odd VALUES ('{\"a\": 1}')",
    )
    .await;
    let export = export(&database.address(), &Csv).await.unwrap();
    export.prove(&database.owners_address());
    let parent = resource(&export, "parent");
    assert_eq!(parent["schema"]["primaryKey"], json!(["b", "a"]));
    assert_eq!(parent["schema"]["fields"][2]["type"], "object");
    assert_eq!(resource(&export, "odd")["schema"]["fields"][0]["type"], "object");
    let child = resource(&export, "child");
    let key = json!({"fields": ["x", "y"], "schema": null, "table": "parent", "references": ["b", "a"], "holds": null});
    assert_eq!(child["carryall"]["declaredKeys"]["foreignKeys"], json!([key]));
    assert_eq!(child["schema"].get("foreignKeys"), None, "the server does not say whether it holds");
}

#[tokio::test]
async fn a_table_that_is_broken_fails_the_export_and_is_named() {
    let database = Database::of("CREATE TABLE good (a INT); CREATE TABLE bad (a INT) ENGINE=MyISAM").await;
    database.execute("INSERT INTO bad VALUES (1); FLUSH TABLES").await;
    for end in ["MYI", "frm"] {
        std::fs::write(database.server.file(&database.name, &format!("bad.{end}")), "nothing").unwrap();
        database.execute("FLUSH TABLES").await;
        let error = export(&database.address(), &Csv).await.err().expect("it cannot be exported");
        let failure = carryall::export::Failure::from(&error);
        assert_eq!(failure.table.as_deref(), Some("bad"), "{failure:?}");
    }
}
