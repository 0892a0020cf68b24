//! What a test does to the state of a server behind its back, whichever database it lies in.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::TestApp;

impl TestApp {
    /// Changes the state of the server behind its back.
    pub async fn execute(&self, sql: &str) -> u64 {
        self.db.execute_unprepared(sql).await.unwrap().rows_affected()
    }

    /// A number of the state of the server.
    pub async fn number(&self, sql: &str) -> i64 {
        let backend = self.db.get_database_backend();
        let row = self.db.query_one_raw(Statement::from_string(backend, sql)).await.unwrap();
        row.unwrap().try_get_by_index(0).unwrap()
    }

    /// How many wait for a right that another has, in PostgreSQL.
    pub async fn waiting(&self) -> i64 {
        let here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        self.number(&format!("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {here}"))
            .await
    }

    /// Has the database do something when exports are changed: `UPDATE`, say, `when` something is so.
    pub async fn on_exports(&self, event: &str, when: &str, what: &str) {
        let trigger = format!("CREATE TRIGGER intruder {event} ON data_export");
        let sql = match self.db.get_database_backend() {
            DbBackend::Postgres => format!(
                "CREATE FUNCTION intruder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NEW; END $$; \
                 {trigger} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION intruder()"
            ),
            _ => format!("{trigger} WHEN {when} BEGIN {what}; END"),
        };
        self.execute(&sql).await;
    }

    /// Has the database refuse to change exports when this is so of `OLD` and `NEW`.
    pub async fn refuse_exports(&self, when: &str) {
        let refuse = match self.db.get_database_backend() {
            DbBackend::Postgres => "RAISE 'the database is out of order'",
            _ => "SELECT RAISE(ABORT, 'the database is out of order')",
        };
        self.on_exports("BEFORE UPDATE", when, refuse).await;
    }

    /// Undoes that.
    pub async fn take_exports_again(&self) {
        self.execute(match self.db.get_database_backend() {
            DbBackend::Postgres => "DROP TRIGGER intruder ON data_export; DROP FUNCTION intruder()",
            _ => "DROP TRIGGER intruder",
        })
        .await;
    }

    /// An id, in SQL.
    pub fn uuid(&self, id: &str) -> String {
        match self.db.get_database_backend() {
            DbBackend::Postgres => format!("'{id}'"),
            _ => format!("x'{}'", id.replace('-', "")),
        }
    }

    /// What stands for some worker, in SQL.
    pub fn somebody(&self) -> &'static str {
        match self.db.get_database_backend() {
            DbBackend::Postgres => "gen_random_uuid()",
            _ => "randomblob(16)",
        }
    }

    /// The state of the server: its own database, where that is a file.
    pub fn state(&self) -> rusqlite::Connection {
        let state = rusqlite::Connection::open(self.folder.path().join("carryall.db")).unwrap();
        state.busy_timeout(Duration::from_secs(10)).unwrap();
        state
    }
}
