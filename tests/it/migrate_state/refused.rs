//! What is not copied, and what is left of a copy that could not be finished: nothing.

use super::*;

/// How many tables of ours there are, and rows in those of them that name something.
async fn there(database: &Database<'_>) -> String {
    database.value("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'").await
}

async fn rows(database: &Database<'_>) -> String {
    let rows = "SELECT (SELECT count(*) FROM data_export) + (SELECT count(*) FROM api_token) \
        + (SELECT count(*) FROM instance) + (SELECT count(*) FROM audit_event)";
    database.value(rows).await
}

/// A database with our tables, and no row of ours.
async fn migrated() -> Database<'static> {
    let database = Postgres::shared().database().await;
    let address = carryall::database::Address::parse(&database.address()).unwrap();
    address.open(carryall::database::Pool::default()).await.unwrap().close().await.unwrap();
    database
}

async fn refused(instance: &Instance, to: &str) -> String {
    let output = instance.migrate(to).await;
    assert!(!output.status.success() && stdout(&output).is_empty(), "{}", stdout(&output));
    stderr(&output)
}

async fn moved(instance: &Instance, database: &Database<'_>) {
    let output = instance.migrate(&database.address()).await;
    assert!(output.status.success(), "{}", stderr(&output));
}

#[tokio::test]
async fn nothing_is_copied_beside_a_server_or_over_what_is_there() {
    let instance = Instance::new();
    let database = Postgres::shared().database().await;
    let said = refused(&instance, &database.address()).await;
    assert!(said.contains("and so nothing to copy") && !instance.data.exists(), "{said}");
    let server = Server::start(&instance.data, &["--source", &instance.source]).await;
    let said = refused(&instance, &database.address()).await;
    assert!(said.contains("in use by another") && there(&database).await == "0", "{said}");
    assert!(server.stop().await.success());
    moved(&instance, &database).await;
    let before = rows(&database).await;
    let said = refused(&instance, &database.address()).await;
    assert!(said.contains("holds rows already, in the table instance") && said.lines().count() == 1, "{said}");
    assert_eq!(rows(&database).await, before);
}

#[tokio::test]
async fn what_an_older_version_has_filled_is_not_even_brought_forward() {
    let instance = Instance::new();
    assert!(Server::start(&instance.data, &["--source", &instance.source]).await.stop().await.success());
    let database = Postgres::shared().database().await;
    database.execute("CREATE TABLE audit_event (id int); INSERT INTO audit_event VALUES (1)").await;
    let said = refused(&instance, &database.address()).await;
    assert!(said.contains("in the table audit_event") && there(&database).await == "1", "{said}");
}

#[tokio::test]
async fn a_database_that_a_newer_version_has_changed_is_left_to_that() {
    let instance = Instance::new();
    assert!(Server::start(&instance.data, &["--source", &instance.source]).await.stop().await.success());
    let newer = "INSERT INTO seaql_migrations VALUES ('m9999_newer', 1)";
    let database = migrated().await;
    database.execute(newer).await;
    let said = refused(&instance, &database.address()).await;
    assert!(said.contains(&database.name) && said.contains("newer version"), "{said}");
    database.execute("DELETE FROM seaql_migrations WHERE version = 'm9999_newer'").await;
    instance.state().execute(newer, []).unwrap();
    let said = refused(&instance, &database.address()).await;
    assert!(said.contains("carryall.db was changed by a newer version"), "{said}");
    assert_eq!(rows(&database).await, "0");
}

#[tokio::test]
async fn only_from_sqlite_to_postgresql_and_no_password_is_repeated() {
    let instance = Instance::new();
    let data = instance.data.to_str().unwrap();
    let migrate = ["migrate-state", "--data-dir", data];
    for (arguments, blamed, code) in [
        (vec![], "--to", 2),
        (vec!["--to", "mysql://u:s3cret@h/d"], "--to", 2),
        (vec!["--to", "s3cret"], "--to", 2),
        (vec!["--to", "sqlite:///other.db"], "to PostgreSQL", 1),
        (vec!["--to", "postgres://u:s3cret@h/d", "--database-url", "postgres://u:s3cret@h/e"], "no SQLite file", 1),
    ] {
        let output = run(Path::new("."), &[&migrate[..], &arguments].concat()).await;
        let said = stderr(&output);
        assert!(said.contains(blamed) && !said.contains("s3cret"), "{arguments:?}: {said}");
        assert_eq!((output.status.code(), said.lines().count()), (Some(code), 1), "{arguments:?}: {said}");
    }
    assert!(!instance.data.exists());
}

/// What PostgreSQL does to the events that are copied, and what is said of it.
const BROKEN: [(&str, &str); 3] = [
    ("RAISE 'the disk is full'", "the table audit_event could not be copied"),
    ("NEW.detail := 'something else'", "in the table audit_event, detail of the row"),
    ("IF NEW.action = 'CREATED_EXPORT' THEN RETURN NULL; END IF", "the table audit_event has"),
];

#[tokio::test]
async fn a_copy_that_fails_or_is_not_the_same_leaves_nothing_and_can_be_tried_again() {
    let instance = Instance::filled().await;
    let database = migrated().await;
    for (what, blamed) in BROKEN {
        let intruder = format!(
            "CREATE OR REPLACE FUNCTION intruder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NEW; END $$; \
             CREATE OR REPLACE TRIGGER intruder BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION intruder()"
        );
        database.execute(&intruder).await;
        let said = refused(&instance, &database.address()).await;
        assert!(said.contains(blamed), "{what}: {said}");
        assert_eq!(rows(&database).await, "0", "{what}");
    }
    database.execute("DROP TRIGGER intruder ON audit_event").await;
    moved(&instance, &database).await;
}

#[tokio::test]
async fn a_copy_that_is_cut_off_leaves_nothing_and_can_be_tried_again() {
    let instance = Instance::filled().await;
    let database = migrated().await;
    let waits = "CREATE FUNCTION intruder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(7); \
        RETURN NEW; END $$; CREATE TRIGGER intruder BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION intruder()";
    database.execute(waits).await;
    let mut holder = database.connect().await;
    crate::servers::postgres::execute(&mut holder, "SELECT pg_advisory_lock(7)").await;
    let mut command = carryall();
    command.args(["migrate-state", "--to", &database.address(), "--data-dir"]).arg(&instance.data);
    let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    let waiting = "SELECT count(*) FROM pg_locks, pg_database WHERE locktype = 'advisory' AND NOT granted AND objid = 7 \
        AND pg_database.oid = database AND datname = current_database()";
    crate::app::until("it is in the middle", async || database.value(waiting).await == "1").await;
    child.kill().await.unwrap();
    drop(holder);
    moved(&instance, &database).await;
    assert_eq!(sealed_there(&database).await, sealed_here(&instance.state()));
}
