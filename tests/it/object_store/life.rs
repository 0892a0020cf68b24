//! The life of an archive in an object store: made, handed out, read again, and removed.

use reqwest::{StatusCode, header};
use serde_json::json;

use super::{There, each, file_name, made, verified};
use crate::{
    app::{TestApp, database_of},
    foreign::seven_zip,
    uploads::large_database,
};

async fn get(app: &TestApp, url: &str, range: Option<&str>) -> (StatusCode, Vec<u8>) {
    let request = app.client.get(url);
    let request = range.into_iter().fold(request, |request, range| request.header(header::RANGE, range));
    let response = request.send().await.unwrap();
    (response.status(), response.bytes().await.unwrap().to_vec())
}

/// What is handed out is what lies there, the whole and each range of it, and another program can open it.
async fn is_handed_out(there: &There, app: &TestApp, export: &serde_json::Value) {
    let bytes = there.rclone.read(file_name(export)).unwrap();
    assert_eq!(export["sizeBytes"], bytes.len().to_string());
    let url = export["downloadUrl"].as_str().unwrap();
    assert!(get(app, url, None).await == (StatusCode::OK, bytes.clone()), "{}", there.name);
    let length = bytes.len();
    for (range, from, to) in [
        ("bytes=0-0".to_owned(), 0, 1),
        (format!("bytes={}-", length - 5), length - 5, length),
        ("bytes=-700".to_owned(), length - 700, length),
        (format!("bytes=10-{}", length + 100), 10, length),
    ] {
        let part = (StatusCode::PARTIAL_CONTENT, bytes[from..to].to_vec());
        assert!(get(app, url, Some(&range)).await == part, "{}: {range}", there.name);
    }
    assert_eq!(get(app, url, Some(&format!("bytes={length}-"))).await.0, StatusCode::RANGE_NOT_SATISFIABLE);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    std::fs::write(&path, bytes).unwrap();
    let tested = seven_zip(&["t", &format!("-p{}", export["filePassword"].as_str().unwrap())], &path);
    assert!(tested.status.success(), "{tested:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_made_handed_out_read_again_and_removed_by_retention_in_a_store_of_each_kind() {
    // In one request, and in parts.
    let (small, large) = (database_of("CREATE TABLE t (a); INSERT INTO t VALUES (randomblob(5000))"), large_database());
    each(async |there| {
        for (_, database) in [&small, &large] {
            let app = there.app(database).await;
            let first = made(&app, "first").await;
            is_handed_out(&there, &app, &first).await;
            assert_eq!(first["fileStatus"], "AVAILABLE");
            assert_eq!(verified(&app, &first).await["status"], "PASSED", "{}", there.name);
            assert_eq!(app.drafts(), [""; 0], "nothing is left on this machine");
            for stray in ["mine.zip", "data-export-mine.txt", "deeper/data-export-1.zip", "data-export-2.zip"] {
                there.rclone.write(stray, b"mine");
            }
            app.mutate("updateDataExportSettings", json!({"maximumExports": 1})).await;
            let second = made(&app, "second").await;
            assert_eq!(app.history().await.len(), 1);
            app.pass(chrono::TimeDelta::hours(2));
            app.engine.tick().await;
            let mut left = there.rclone.list();
            left.sort_unstable();
            let strays = ["data-export-mine.txt", "deeper/data-export-1.zip", "mine.zip", "data-export-2.zip"];
            let mut expected = [&strays[..], &[file_name(&second)]].concat();
            expected.sort_unstable();
            assert_eq!(left, expected, "{}", there.name);
            app.mutate("deleteDataExport", json!({"id": second["id"]})).await;
            strays.iter().for_each(|stray| there.rclone.delete(stray));
            assert_eq!(there.rclone.list(), [""; 0], "{}", there.name);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_was_damaged_or_taken_away_in_the_store_is_told_of() {
    let (_folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (randomblob(5000))");
    each(async |there| {
        let app = there.app(&database).await;
        let export = made(&app, "x").await;
        let (name, id) = (file_name(&export), export["id"].as_str().unwrap());
        let mut bytes = there.rclone.read(name).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        there.rclone.write(name, &bytes);
        let damaged = verified(&app, &export).await;
        assert_eq!(damaged["status"], "FAILED", "{}: {damaged}", there.name);
        assert_eq!(app.drafts(), [""; 0], "what was fetched to be read is gone");
        there.rclone.write(name, &bytes[1..]);
        assert_eq!(app.export(id).await["fileStatus"], "FILE_UNAVAILABLE", "{}", there.name);
        there.rclone.delete(name);
        assert_eq!(app.export(id).await["fileStatus"], "FILE_UNAVAILABLE", "{}", there.name);
        let gone = app.client.get(export["downloadUrl"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(gone.status(), StatusCode::GONE);
    })
    .await;
}

/// From one object store to another.
#[tokio::test(flavor = "multi_thread")]
async fn an_archive_in_a_store_is_copied_to_a_storage() {
    let (_folder, database) = large_database();
    let there = There::azure();
    let app = there.app(&database).await;
    let (config, rclone) = crate::uploads::bucket();
    crate::uploads::configure(&app, "bucket", &config).await;
    crate::uploads::copy_all(&app, 7).await;
    let id = app.create_of(json!({"name": "x", "upload": true})).await;
    app.drain().await;
    crate::uploads::carry(&app).await;
    let name = file_name(&app.export(&id).await).to_owned();
    assert_eq!(crate::uploads::statuses(&app, &id).await, ["UPLOADED"]);
    assert!(rclone.read(&name).is_some() && rclone.read(&name) == there.rclone.read(&name));
}
