//! Who may read what, and how it is told when something is refused: never by leaving it out.

use carryall::format::Csv;
use entity::data_export::FailureCode;
use serde_json::json;

use super::{exported, failure, packed};
use crate::{
    app::TestApp,
    servers::postgres::{Postgres, database_of},
};

#[tokio::test]
async fn a_role_that_row_level_security_hides_rows_from_is_refused_the_table() {
    let database = database_of(
        "CREATE TABLE open (a int); CREATE TABLE notes (a int); INSERT INTO notes VALUES (1), (2); \
         ALTER TABLE notes ENABLE ROW LEVEL SECURITY; CREATE POLICY first ON notes USING (a = 1)",
    )
    .await;
    let (role, address) = database.role("").await;
    database.execute(&format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")).await;
    let failure = failure(&address).await;
    assert_eq!((failure.code, failure.table.as_deref()), (FailureCode::TableUnreadable, Some("public.notes")));
    assert!(failure.message.contains("BYPASSRLS"), "{}", failure.message);
    database.execute(&format!("ALTER ROLE {role} BYPASSRLS")).await;
    assert_eq!(exported(&address).await.rows("public.notes"), 2);
}

#[tokio::test]
async fn the_role_that_the_readme_recommends_reads_everything_but_large_objects() {
    let database = database_of(
        "CREATE SCHEMA s; CREATE TABLE s.t (id serial, a int); INSERT INTO s.t (a) VALUES (1); \
         CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); INSERT INTO p VALUES (1)",
    )
    .await;
    let (role, address) = database.role("").await;
    database.execute(&format!("GRANT pg_read_all_data TO {role}")).await;
    let archive = exported(&address).await;
    assert_eq!((archive.rows("s.t"), archive.rows("public.p"), archive.rows("pg_catalog.pg_sequences")), (1, 1, 1));
    database.execute("SELECT lo_from_bytea(0, '\\x00')").await;
    let failure = failure(&address).await;
    assert_eq!(failure.code, FailureCode::TableUnreadable);
    assert!(failure.message.contains("large_objects/"), "{}", failure.message);
}

#[tokio::test]
async fn a_table_that_the_role_may_not_read_is_named_and_can_be_excluded() {
    let database = database_of(
        "CREATE SCHEMA hidden; CREATE TABLE hidden.t (a int); CREATE TABLE open (a int); CREATE TABLE secrets (a int); \
         INSERT INTO open VALUES (1); INSERT INTO secrets VALUES (1)",
    )
    .await;
    let (role, address) = database.role("").await;
    database.execute(&format!("GRANT SELECT ON open, hidden.t TO {role}")).await;
    let app = TestApp::start_over(&[("app", address.clone())]).await;
    app.start_worker();
    let export = app.finished(&app.create_of(json!({"name": "x", "excludeTables": ["hidden.*"]})).await).await;
    let failure = &export["failure"];
    assert_eq!((&failure["code"], &failure["table"]), (&json!("TABLE_UNREADABLE"), &json!("public.secrets")));
    assert!(failure["message"].as_str().unwrap().contains("grant SELECT"), "{failure}");
    let wish = json!({"name": "y", "excludeTables": ["hidden.*", "app/public.secrets"]});
    let export = app.finished(&app.create_of(wish).await).await;
    assert_eq!(export["status"], "COMPLETED", "{export}");
    assert_eq!(export["tables"]["totalCount"], 1);
    let archive = super::sound(packed(&address, &["hidden.*", "app/public.secrets"], &Csv).await.unwrap());
    let left_out = archive.source()["leftOut"].clone();
    let reason = "excluded for this export";
    assert!(left_out.as_array().unwrap().contains(&json!({"schema": "public", "name": "secrets", "reason": reason})));
}

#[tokio::test]
async fn a_schema_that_the_role_may_not_use_is_a_table_that_it_may_not_read() {
    let database = database_of("CREATE SCHEMA hidden; CREATE TABLE hidden.t (a int); CREATE TABLE open (a int)").await;
    let (role, address) = database.role("").await;
    database.execute(&format!("GRANT SELECT ON open, hidden.t TO {role}")).await;
    let failure = failure(&address).await;
    assert_eq!((failure.code, failure.table.as_deref()), (FailureCode::TableUnreadable, Some("hidden.t")));
}

#[tokio::test]
async fn a_large_object_that_the_role_may_not_read_is_named() {
    let database = database_of("SELECT lo_from_bytea(16500, 'x')").await;
    let (role, address) = database.role("").await;
    let refused = failure(&address).await;
    assert_eq!((refused.code, refused.table.as_deref()), (FailureCode::TableUnreadable, Some("large_objects/16500")));
    database.execute(&format!("GRANT SELECT ON LARGE OBJECT 16500 TO {role}")).await;
    assert_eq!(exported(&address).await.entry("app/large_objects/16500"), b"x");
}

#[tokio::test]
async fn a_sequence_that_the_role_may_not_read_is_told_of() {
    let database = database_of("CREATE SEQUENCE numbers; SELECT nextval('numbers')").await;
    let (role, address) = database.role("").await;
    let warnings = exported(&address).await.source()["warnings"].to_string();
    assert!(warnings.contains("public.numbers"), "{warnings}");
    database.execute(&format!("GRANT SELECT ON SEQUENCE numbers TO {role}")).await;
    assert_eq!(exported(&address).await.source()["warnings"], json!([]));
}

#[tokio::test]
async fn the_limits_of_a_role_do_not_keep_it_from_exporting() {
    let database = database_of("CREATE TABLE t AS SELECT i FROM generate_series(1, 100000) i").await;
    let (role, address) = database.role("CONNECTION LIMIT 1").await;
    database
        .execute(&format!(
            "GRANT SELECT ON t TO {role}; ALTER ROLE {role} SET statement_timeout = '1ms'; \
             ALTER ROLE {role} SET idle_in_transaction_session_timeout = '1ms'; ALTER ROLE {role} SET lock_timeout = '1ms'; \
             ALTER ROLE {role} SET datestyle = 'German'; ALTER ROLE {role} SET search_path = 'nowhere'; \
             ALTER ROLE {role} SET default_transaction_isolation = 'serializable'; \
             ALTER ROLE {role} SET default_transaction_deferrable = on; ALTER ROLE {role} SET bytea_output = 'escape'"
        ))
        .await;
    assert_eq!(exported(&address).await.rows("public.t"), 100_000);
}

#[tokio::test]
async fn a_wrong_password_is_refused_without_being_repeated() {
    let database = Postgres::shared().database().await;
    let failure = failure(&database.address_for("owner", "S3cret-and-wrong")).await;
    assert_eq!(failure.code, FailureCode::SourceUnauthorized);
    assert!(failure.message.contains("127.0.0.1") && failure.message.contains("owner"), "{}", failure.message);
    assert!(!failure.message.contains("S3cret"), "{}", failure.message);
}

#[tokio::test]
async fn a_role_that_may_not_connect_is_refused() {
    let database = Postgres::shared().database().await;
    let (_, address) = database.role("").await;
    database.execute(&format!("REVOKE CONNECT ON DATABASE {} FROM public", database.name)).await;
    assert_eq!(failure(&address).await.code, FailureCode::SourceUnauthorized);
}

#[tokio::test]
async fn a_database_that_is_not_there_and_a_port_at_which_nobody_listens_are_unreachable() {
    let database = Postgres::shared().database().await;
    let unknown = database.address().replace(&database.name, "nowhere");
    let refused = failure(&unknown).await;
    assert_eq!(refused.code, FailureCode::SourceUnreachable);
    assert!(refused.message.contains("nowhere"), "{}", refused.message);
    let nobody = format!("postgres://me:S3cret@127.0.0.1:{}/x", crate::servers::free_port());
    let refused = failure(&nobody).await;
    assert_eq!(refused.code, FailureCode::SourceUnreachable);
    assert!(refused.message.contains("127.0.0.1") && !refused.message.contains("S3cret"), "{}", refused.message);
}

#[tokio::test]
async fn a_text_that_is_not_utf8_is_refused_and_its_table_row_and_column_are_named() {
    let database = Postgres::shared().database_in("SQL_ASCII", "C").await;
    database.execute("CREATE TABLE t (a int, \"ö\" text, c text[]); INSERT INTO t VALUES (1, 'é', '{ü}')").await;
    assert_eq!(exported(&database.address()).await.text("app/public.t.csv"), "a,ö,c\n1,é,\"[\"\"ü\"\"]\"\n");
    database.execute(r"INSERT INTO t VALUES (2, E'\xe9', NULL)").await;
    let failure = failure(&database.address()).await;
    assert_eq!((failure.code, failure.table.as_deref()), (FailureCode::TableUnreadable, Some("public.t")));
    let message = failure.message;
    assert!(message.contains("row 2") && message.contains("column ö") && message.contains("UTF-8"), "{message}");
}

#[tokio::test]
async fn a_role_that_acts_as_another_from_its_login_on_exports_what_that_one_may_read() {
    let database = database_of("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await;
    let (role, address) = database.role("NOINHERIT").await;
    let other = format!("{role}_of");
    let sql = format!(
        "CREATE ROLE {other}; GRANT SELECT ON t TO {other}; GRANT {other} TO {role}; ALTER ROLE {role} SET role = '{other}'"
    );
    database.execute(&sql).await;
    assert_eq!(exported(&address).await.rows("public.t"), 1);
}
