//! A database that cannot be reached, or refuses us: what is said of it.

use std::time::Duration;

use carryall::database::{Address, Pool};

use crate::servers::{free_port, postgres::Postgres};

#[tokio::test]
async fn why_a_database_cannot_be_used_is_said_in_its_own_words_with_what_to_do() {
    let database = Postgres::shared().database().await;
    let address = database.address();
    let (_, powerless) = database.role("").await;
    let nobody = format!("postgres://owner:s3cret@127.0.0.1:{}/carryall", free_port());
    for (address, why, to_do) in [
        (database.address_for("owner", "s3cret"), "password authentication failed", "PGPASSWORD"),
        (address.replace(&database.name, "not_there"), "database \"not_there\" does not exist", "createdb"),
        (powerless, "permission denied for schema public", "owner of its database"),
        (nobody, "Connection refused", "PostgreSQL runs there"),
    ] {
        // Whoever may be about to listen is waited for.
        let timeout = if to_do.contains("runs there") { Duration::from_secs(2) } else { Pool::default().timeout };
        let pool = Pool { timeout, ..Pool::default() };
        let opened = Address::parse(&address).unwrap().open(pool).await;
        let said = opened.err().map(|why| why.to_string()).unwrap_or_default();
        assert!(said.contains(why) && said.contains(to_do), "{said}");
        assert!(!said.contains("s3cret") && !said.contains("at line"), "{said}");
    }
}

#[tokio::test]
async fn a_process_without_the_key_of_the_others_is_told_where_it_is() {
    let database = Postgres::shared().database().await;
    let (folder, source) = crate::app::database_of("CREATE TABLE t (a)");
    let source = format!("app=sqlite:{}", source.display());
    let start = |name: &str| {
        let mut command = crate::process::carryall();
        command.args(["serve", "--listen", "127.0.0.1:0", "--source", &source, "--data-dir"]);
        command.arg(folder.path().join(name)).env("CARRYALL_DATABASE_URL", database.address());
        command
    };
    let first = folder.path().join("first");
    let server = crate::process::Server::spawn_for(start("first"), &first, String::new()).await;
    let refused = start("second").output().await.unwrap();
    let said = crate::process::stderr(&refused);
    assert!(!refused.status.success() && said.contains("give it the key of the other processes"), "{said}");
    assert!(server.stop().await.success());
}
