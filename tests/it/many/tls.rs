//! The line to the database of the state, encrypted.

use carryall::{
    database::{Address, Pool},
    token,
};
use chrono::DateTime;
use entity::api_token::Role;

use crate::{
    app::database_of,
    process::{Server, carryall},
    servers::postgres::Postgres,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_reached_over_tls_alone_is_the_state_of_a_server_that_verifies_it() {
    let postgres = Postgres::start_with_tls();
    let database = postgres.database().await;
    let (folder, source) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    let address = format!("{}?sslmode=verify-full&sslrootcert={}", database.address(), postgres.ca().display());
    let state = Address::parse(&address).unwrap().open(Pool::default()).await.unwrap();
    let (token, _) = token::create(&state, "tester", Role::Admin, None, DateTime::UNIX_EPOCH).await.unwrap();
    let data = folder.path().join("data");
    let mut command = carryall();
    command.args(["serve", "--listen", "127.0.0.1:0", "--source", &format!("app=sqlite:{}", source.display())]);
    command.arg("--data-dir").arg(&data).env("CARRYALL_DATABASE_URL", &address);
    let server = Server::spawn_for(command, &data, token.expose().to_owned()).await;
    server.create().await;
    assert_eq!(server.settled().await[0]["status"], "COMPLETED");
    let sessions = "FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE application_name = 'carryall'";
    assert_eq!(database.value(&format!("SELECT bool_and(ssl)::text {sessions}")).await, "true");
    let listening = format!("SELECT (count(*) > 0)::text {sessions} AND query LIKE 'LISTEN%'");
    assert_eq!(database.value(&listening).await, "true", "what hears of changes is one of them");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_certificate_that_is_not_verified_and_a_line_that_is_not_encrypted_are_refused() {
    let postgres = Postgres::start_with_tls();
    let database = postgres.database().await;
    let ca = format!("sslrootcert={}", postgres.ca().display());
    let at_name = database.address().replace("127.0.0.1", "localhost");
    for (address, parameters, said) in [
        (database.address(), "sslmode=verify-full".to_owned(), "UnknownIssuer"),
        (database.address(), "sslmode=disable".to_owned(), "no encryption"),
        (
            database.address(),
            "sslmode=verify-full&sslrootcert=/not/there.pem".to_owned(),
            "See `sslmode` and `sslrootcert`",
        ),
        (at_name.clone(), format!("sslmode=verify-full&{ca}"), "not valid for name"),
    ] {
        let opened = Address::parse(&format!("{address}?{parameters}")).unwrap().open(Pool::default()).await;
        let refused = opened.err().map(|why| why.to_string()).unwrap_or_default();
        assert!(refused.contains(said), "{parameters}: {refused}");
    }
    // The name is another's, but the certificate is by the CA.
    let address = format!("{at_name}?sslmode=verify-ca&{ca}");
    Address::parse(&address).unwrap().open(Pool::default()).await.unwrap();
}
