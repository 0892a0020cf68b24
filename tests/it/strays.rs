//! Files that belong to nothing: what dead runs left goes, what people may want stays.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use chrono::TimeDelta;

use crate::app::{TestApp, database_of};

#[tokio::test]
async fn what_is_left_of_a_run_that_ended_is_swept_and_what_nobody_knows_is_left_alone() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let id = app.create("x").await;
    app.state()
        .execute(
            "UPDATE data_export SET state = 'FAILED', finished_at = updated_at, file_name = 'data-export-1.zip'",
            [],
        )
        .unwrap();
    let write = |name: &str, age: u64| {
        let path = app.files().join(name);
        fs::write(&path, "left").unwrap();
        let modified = SystemTime::from(app.now()) - Duration::from_secs(age * 60 * 60);
        fs::File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
    };
    for (name, age) in [
        (".data-export-1.zip.part", 0),
        (".data-export-2.zip.part", 30),
        (".data-export-3.zip.part", 20),
        ("data-export-4.zip", 1000),
        ("mine.zip", 1000),
        (".mine.part", 1000),
    ] {
        write(name, age);
    }
    app.engine.tick().await;
    assert_eq!(app.file_names().len(), 5, "at the start the clock may be wrong: only what a row names goes");
    app.pass(TimeDelta::hours(1));
    app.engine.tick().await;
    let mut left = app.file_names();
    left.sort_unstable();
    assert_eq!(left, [".data-export-3.zip.part", ".mine.part", "data-export-4.zip", "mine.zip"]);
    write(".data-export-5.zip.part", 30);
    app.engine.tick().await;
    assert_eq!(app.file_names().len(), 5, "files are not looked over each time");
    app.pass(TimeDelta::hours(1));
    app.engine.tick().await;
    assert_eq!(app.file_names().len(), 4, "but every hour");
    assert_eq!(app.export(&id).await["status"], "FAILED");
}

#[tokio::test]
async fn an_export_that_will_not_fit_is_not_begun_and_says_how_much_is_missing() {
    // The name of its column keeps anybody from guessing how large it is.
    let (_folder, database) = database_of("CREATE TABLE t (_rowid_); INSERT INTO t VALUES (1)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    app.create("x").await;
    app.drain().await;
    app.state().execute("UPDATE data_export SET size_bytes = 1000000000000000", []).unwrap();
    let id = app.create("y").await;
    app.drain().await;
    let failed = app.export(&id).await;
    assert_eq!(failed["failure"]["code"], "DISK_FULL", "{failed}");
    let message = failed["failure"]["message"].as_str().unwrap();
    assert!(message.contains("1000000.0 GB") && message.contains("Make room for"), "{message}");
    assert_eq!(app.file_names().len(), 1);
    // A source that has become small does not need what it needed.
    let (_other, small) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    std::fs::rename(small, database).unwrap();
    let id = app.create("z").await;
    app.drain().await;
    assert_eq!(app.export(&id).await["status"], "COMPLETED");
}
