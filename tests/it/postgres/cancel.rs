//! A canceled export is over on the server too, even where PostgreSQL would not notice that nobody listens any more.

use serde_json::json;

use crate::{
    app::{TestApp, until},
    servers::postgres::database_of,
};

/// A table whose rows come so slowly that the server's buffer, which it would send them by, is not full for minutes.
const SLOW: &str = "CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw; \
    CREATE TABLE t (a text) PARTITION BY LIST (a); \
    CREATE FOREIGN TABLE slow PARTITION OF t DEFAULT SERVER files \
    OPTIONS (program 'while echo x; do sleep 0.5; done', format 'csv')";

#[tokio::test(flavor = "multi_thread")]
async fn a_canceled_export_leaves_no_session_and_no_query_behind() {
    let database = database_of(SLOW).await;
    let app = TestApp::start_over(&[("app", database.address())]).await;
    app.start_worker();
    let sessions = "SELECT count(*)::text FROM pg_stat_activity \
        WHERE datname = current_database() AND application_name = 'carryall' AND query LIKE 'COPY%' AND state = 'active'";
    let id = app.create("x").await;
    until("the table is read", async || database.value(sessions).await != "0").await;
    app.mutate("cancelDataExport", json!({"id": id})).await;
    assert_eq!(app.finished(&id).await["status"], "CANCELED");
    let any = "SELECT count(*)::text FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'carryall'";
    until("the sessions are gone", async || database.value(any).await == "0").await;
    assert_eq!(app.file_names(), Vec::<String>::new());
}
