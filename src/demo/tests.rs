//! The demo database, looked at from outside.

use std::sync::LazyLock;

use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::*;

/// What is in the database, all rows of all tables. Who changes the data on purpose changes this too.
const FINGERPRINT: &str = "68d8b1c6a3f3d17f04c27332cc031565b92b3f34b3a78ef2b2801b2f7184a337";

static BYTES: LazyLock<Vec<u8>> = LazyLock::new(make);

fn make() -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("demo.sqlite");
    create(&path).unwrap();
    fs::read(path).unwrap()
}

/// A copy of the one database that all tests share.
fn demo() -> (TempDir, Connection) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("demo.sqlite");
    fs::write(&path, &*BYTES).unwrap();
    let db = Connection::open(path).unwrap();
    (folder, db)
}

fn count(db: &Connection, sql: &str) -> i64 {
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn texts(db: &Connection, sql: &str) -> Vec<String> {
    let mut query = db.prepare(sql).unwrap();
    let rows = query.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn tables(db: &Connection) -> Vec<String> {
    texts(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
}

/// Every value with its type and length, in the order of the primary keys.
fn fingerprint(db: &Connection) -> String {
    let mut sum = Sha256::new();
    for table in tables(db) {
        let mut query = db.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let columns = query.column_count();
        let mut rows = query.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let (kind, bytes) = match row.get_ref(column).unwrap() {
                    ValueRef::Null => (b'n', Vec::new()),
                    ValueRef::Integer(number) => (b'i', number.to_le_bytes().to_vec()),
                    ValueRef::Real(number) => (b'r', number.to_bits().to_le_bytes().to_vec()),
                    ValueRef::Text(text) => (b't', text.to_vec()),
                    ValueRef::Blob(blob) => (b'b', blob.to_vec()),
                };
                sum.update([kind]);
                sum.update(u64::try_from(bytes.len()).unwrap().to_le_bytes());
                sum.update(bytes);
            }
        }
    }
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_run_makes_the_same() {
    assert!(*BYTES == make(), "two runs differ");
    let (_folder, db) = demo();
    assert_eq!(fingerprint(&db), FINGERPRINT);
}

#[test]
fn the_database_is_sound_and_of_the_promised_size() {
    let (_folder, db) = demo();
    assert_eq!(texts(&db, "PRAGMA integrity_check"), ["ok"]);
    assert_eq!(count(&db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    let rows: i64 = tables(&db).iter().map(|table| count(&db, &format!("SELECT count(*) FROM {table}"))).sum();
    assert!((95_000..=110_000).contains(&rows), "{rows} rows");
    assert!((15_000_000..=25_000_000).contains(&BYTES.len()), "{} bytes", BYTES.len());
    assert!(count(&db, "SELECT count(*) FROM overdue_accounts") > 0);
}

#[test]
fn values_keep_to_their_declared_types() {
    let (_folder, db) = demo();
    for table in tables(&db) {
        let columns = texts(
            &db,
            &format!("SELECT type || ' ' || name FROM pragma_table_xinfo('{table}') WHERE hidden IN (0, 2, 3)"),
        );
        for column in columns {
            let (declared, name) = column.split_once(' ').unwrap();
            let right = match declared {
                "INTEGER" => "typeof(v) = 'integer'",
                "REAL" => "typeof(v) = 'real'",
                "BLOB" => "typeof(v) = 'blob'",
                "TEXT" => "typeof(v) = 'text'",
                "BOOLEAN" => "typeof(v) = 'integer' AND v IN (0, 1)",
                "CHAR(2)" => "typeof(v) = 'text' AND v GLOB '[A-Z][A-Z]'",
                "CHAR(3)" => "typeof(v) = 'text' AND v GLOB '[A-Z][A-Z][A-Z]'",
                "DATE" => "typeof(v) = 'text' AND date(v) = v",
                "JSON" => "typeof(v) = 'text' AND json_valid(v)",
                "TIMESTAMP" => {
                    "typeof(v) = 'text' AND datetime(v) IS NOT NULL AND substr(v, 11, 1) = 'T' \
                     AND (v GLOB '*Z' OR v GLOB '*[+-][01][0-9]:[0-5][0-9]') AND datetime(v) <= '2026-11-01 06:00:00'"
                }
                other => panic!("{table}.{name} is declared {other}"),
            };
            let wrong =
                format!("SELECT count(*) FROM (SELECT \"{name}\" AS v FROM {table}) WHERE v NOTNULL AND NOT ({right})");
            assert_eq!(count(&db, &wrong), 0, "{table}.{name} {declared}");
        }
    }
}

#[test]
fn hostile_texts_are_all_there() {
    let (_folder, db) = demo();
    for (query, texts) in [
        ("SELECT count(*) FROM notes WHERE body = ?1", &hostile::TEXTS[..]),
        ("SELECT count(*) FROM ticket_comments WHERE body = ?1", &hostile::TEXTS),
        ("SELECT count(*) FROM tickets WHERE subject = ?1", &hostile::TEXTS),
        ("SELECT count(*) FROM accounts WHERE name = ?1", &hostile::COMPANIES),
        ("SELECT count(*) FROM documents WHERE file_name = ?1", &hostile::FILE_NAMES),
    ] {
        for text in texts {
            let found: i64 = db.query_row(query, [text], |row| row.get(0)).unwrap();
            assert!(found > 0, "{query}: {text:?}");
        }
    }
    for (given, family) in hostile::PEOPLE {
        let query = "SELECT count(*) FROM contacts WHERE full_name = ?1 || ' ' || ?2";
        let found: i64 = db.query_row(query, [given, family], |row| row.get(0)).unwrap();
        assert!(found > 0, "{given} {family}");
    }
    assert!(count(&db, "SELECT count(*) FROM notes WHERE length(CAST(body AS BLOB)) BETWEEN 5000 AND 20480") > 100);
}

#[test]
fn nothing_and_empty_stand_side_by_side() {
    let (_folder, db) = demo();
    for (table, column) in [
        ("roles", "description"),
        ("settings", "description"),
        ("accounts", "tax_number"),
        ("contacts", "email"),
        ("contacts", "phone"),
        ("contacts", "job_title"),
        ("addresses", "line2"),
        ("addresses", "directions"),
        ("services", "label"),
        ("invoices", "remark"),
        ("payments", "reference"),
        ("notes", "title"),
        ("documents", "content"),
    ] {
        for case in [format!("{column} IS NULL"), format!("length({column}) = 0"), format!("length({column}) > 0")] {
            assert!(count(&db, &format!("SELECT count(*) FROM {table} WHERE {case}")) > 0, "{table}: {case}");
        }
    }
}

#[test]
fn numbers_and_bytes_reach_their_ends() {
    let (_folder, db) = demo();
    for case in [
        "usage_samples WHERE bytes_down > 9007199254740992 AND bytes_down % 2 = 1",
        "usage_samples WHERE bytes_down = 9223372036854775807 AND correction_bytes = -9223372036854775807 - 1",
        "usage_samples WHERE error_rate > 0 AND error_rate < 1e-6",
        "usage_samples WHERE signal_dbm < 0 AND latency_ms > 0",
        "addresses WHERE longitude < 0",
        "accounts WHERE balance_cents < 0",
        "invoice_items WHERE amount_cents < 0 AND quantity < 0",
        "payments WHERE amount_cents < 0 AND refund_of NOTNULL",
        "exchange_rates WHERE length(inverse) > 24 AND rate LIKE '%0'",
        "tickets WHERE merged_into < id",
        "users WHERE manager_id < id",
        "documents WHERE instr(content, x'0000') AND media_type = 'application/octet-stream'",
        "documents WHERE substr(content, 1, 8) = x'89504e470d0a1a0a'",
        "documents WHERE substr(content, 1, 5) = CAST('%PDF-' AS BLOB)",
    ] {
        assert!(count(&db, &format!("SELECT count(*) FROM {case}")) > 0, "{case}");
    }
}

#[test]
fn the_books_balance() {
    let (_folder, db) = demo();
    for wrong in [
        "invoices WHERE net_cents <> (SELECT sum(amount_cents) FROM invoice_items WHERE invoice_id = invoices.id)",
        "invoices WHERE status = 'paid'
         AND total_cents <> (SELECT sum(amount_cents) FROM payments WHERE invoice_id = invoices.id)",
        "payments JOIN invoices ON invoices.id = invoice_id WHERE payments.account_id <> invoices.account_id",
        "services JOIN addresses ON addresses.id = address_id WHERE services.account_id <> addresses.account_id",
        "tickets JOIN contacts ON contacts.id = contact_id WHERE tickets.account_id <> contacts.account_id",
        "ticket_comments JOIN tickets ON tickets.id = ticket_id WHERE datetime(ticket_comments.created_at) < datetime(tickets.created_at)",
        "tickets JOIN tickets AS other ON other.id = tickets.merged_into WHERE tickets.account_id <> other.account_id",
        "notes JOIN users ON users.id = author_id WHERE notes.created_at < users.created_at",
        "accounts WHERE (status = 'closed') <> (closed_on NOTNULL)",
    ] {
        assert_eq!(count(&db, &format!("SELECT count(*) FROM {wrong}")), 0, "{wrong}");
    }
}

#[test]
fn a_file_that_is_there_stays_and_strays_go() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("demo.sqlite");
    fs::write(&path, "mine").unwrap();
    fs::write(folder.path().join(format!("{PREFIX}x1y2z3")), "stray").unwrap();
    create(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_fails_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let error = create(&folder.path().join("missing").join("demo.sqlite")).unwrap_err();
    assert!(matches!(error, DemoError::Write { .. }));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
