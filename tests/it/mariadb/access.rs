//! What a user may not see, and servers that cannot be reached: never a part that looks whole.

use carryall::{export::Failure, format::Csv};
use entity::data_export::FailureCode;

use super::export;
use crate::servers::mariadb::{Database, PASSWORD, create_user, execute};

/// A database whose reader is replaced by a user with these privileges on it, `*` standing for its name.
async fn granted(sql: &str, privileges: &[&str]) -> Database {
    let mut database = Database::of(sql).await;
    let user = format!("some{}", database.name);
    let mut root = database.root().await;
    create_user(&mut root, &user).await;
    for privilege in privileges {
        let privilege = privilege.replace('*', &database.name);
        execute(&mut root, &format!("GRANT {privilege} TO {user}@'127.0.0.1'")).await;
    }
    database.reader = user;
    database
}

/// The failure of an export, which must fail.
async fn failure(address: &str) -> Failure {
    let error = export(address, &Csv).await.err().expect("this cannot be exported");
    let failure = Failure::from(&error);
    assert!(!failure.message.contains(PASSWORD.0), "{failure:?}");
    assert!(!failure.message.contains(PASSWORD.1), "{failure:?}");
    failure
}

const TWO: &str =
    "CREATE TABLE a (n INT, secret INT); INSERT INTO a VALUES (1, 2); CREATE TABLE b (n INT, secret INT INVISIBLE)";

#[tokio::test]
async fn a_user_who_may_see_some_tables_gets_them_and_a_warning_that_there_may_be_more() {
    let database = granted(TWO, &["SELECT ON *.a"]).await;
    let export = export(&database.address(), &Csv).await.unwrap();
    assert_eq!(export.0.packed.tables.len(), 1);
    assert_eq!(export.rows("a"), 1);
    assert!(export.warnings().contains("may not see"), "{}", export.warnings());
    let whole = super::export(&database.owners_address(), &Csv).await.unwrap();
    assert_eq!(whole.warnings(), "[]");
}

#[tokio::test]
async fn a_table_that_the_user_sees_but_may_not_read_fails_the_export_and_is_named() {
    for privileges in ["INSERT ON *.b", "DELETE ON *.b", "SELECT (n) ON *.b", "SELECT (secret) ON *.b"] {
        let database = granted(TWO, &["SELECT ON *.a", privileges]).await;
        let failure = failure(&database.address()).await;
        assert_eq!((failure.code, failure.table.as_deref()), (FailureCode::TableUnreadable, Some("b")), "{privileges}");
        assert!(failure.message.contains("grant SELECT"), "{failure:?}");
    }
}

#[tokio::test]
async fn what_is_granted_on_another_database_or_to_another_user_is_not_taken_for_ones_own() {
    let database = granted(TWO, &["SELECT ON *.a"]).await;
    let mut root = database.root().await;
    let Database { name, reader, .. } = &database;
    // On Linux a name in capitals is another name.
    execute(&mut root, &format!("GRANT SELECT ON {}.* TO {reader}@'127.0.0.1'", name.to_uppercase())).await;
    // Who may read the tables of the grants sees those of everybody.
    execute(&mut root, &format!("GRANT SELECT ON mysql.* TO {reader}@'127.0.0.1'")).await;
    let export = export(&database.address(), &Csv).await.unwrap();
    assert_eq!(export.0.packed.tables.len(), 1);
    assert!(export.warnings().contains("may not see"), "{}", export.warnings());
}

#[tokio::test]
async fn a_wrong_password_is_said_to_be_one() {
    let database = Database::of(TWO).await;
    let wrong = database.address().replace(PASSWORD.1, "wr%40ng-one");
    let failure = failure(&wrong).await;
    assert_eq!(failure.code, FailureCode::SourceUnauthorized);
    assert!(failure.message.contains("Access denied") && !failure.message.contains("ng-one"), "{failure:?}");
}

#[tokio::test]
async fn a_database_of_others_is_refused() {
    let (database, other) = (Database::of(TWO).await, Database::of(TWO).await);
    let failure = failure(&database.server.address(&database.reader, &other.name)).await;
    assert_eq!(failure.code, FailureCode::SourceUnauthorized);
    assert!(failure.message.contains(&other.name), "{failure:?}");
}

#[tokio::test]
async fn a_database_that_is_not_there_and_a_server_that_is_not_there_cannot_be_reached() {
    let database = granted(TWO, &["SELECT ON *.a"]).await;
    let mut root = database.root().await;
    execute(&mut root, &format!("GRANT SELECT ON `no%`.* TO {}@'127.0.0.1'", database.reader)).await;
    let missing = failure(&database.server.address(&database.reader, "nowhere")).await;
    assert_eq!(missing.code, FailureCode::SourceUnreachable);
    assert!(missing.message.contains("nowhere"), "{missing:?}");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = failure(&format!("mysql://u:{}@127.0.0.1:{port}/app", PASSWORD.1)).await;
    assert_eq!(nobody.code, FailureCode::SourceUnreachable);
    assert!(nobody.message.contains(&port.to_string()), "{nobody:?}");
}
