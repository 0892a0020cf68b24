//! Maximum exports on each storage: the oldest of ours go once a newer one is there, and nothing else ever does.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{bucket, carry, configure, copies, copy_all, export, space, statuses};
use crate::{
    app::{TestApp, database_of},
    servers::seaweedfs::Seaweedfs,
    storages::fault_proxy::{Fault, FaultProxy, Rule},
};

async fn app(maximum: i32) -> (tempfile::TempDir, TestApp) {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, maximum).await;
    (folder, app)
}

/// Makes an export and copies it.
async fn copied(app: &TestApp, name: &str) -> (String, String) {
    let id = export(app, name).await;
    carry(app).await;
    carry(app).await;
    let file_name = app.export(&id).await["fileName"].as_str().unwrap().to_owned();
    (id, file_name)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_of_ours_go_and_what_we_did_not_write_stays_whatever_its_name() {
    let (_folder, app) = app(2).await;
    let (config, rclone) = bucket();
    configure(&app, "bucket", &config).await;
    let foreign = ["data-export-20200101T000000Z-0123456789ab.zip", "notes.txt", ".data-export-x.zip.part"];
    foreign.iter().for_each(|name| rclone.write(name, b"theirs"));
    let (pinned, pinned_file) = copied(&app, "pinned").await;
    app.mutate("pinDataExport", json!({"id": pinned, "pinned": true})).await;
    let mut files = Vec::new();
    for name in ["1", "2", "3", "4"] {
        files.push(copied(&app, name).await.1);
    }
    let mut expected: Vec<String> = foreign.map(str::to_owned).to_vec();
    expected.extend([pinned_file, files[2].clone(), files[3].clone()]);
    expected.sort();
    let mut there = rclone.list();
    there.sort();
    assert_eq!(there, expected);
    let names: Vec<_> = app.history().await.iter().map(|export| export["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["4", "3", "pinned"], "what is nowhere any more leaves the history");
}

#[tokio::test(flavor = "multi_thread")]
async fn weeks_of_failing_copies_leave_the_good_ones_there_and_their_passwords_in_the_history() {
    let (_folder, app) = app(2).await;
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    let (bucket_name, rclone) = Seaweedfs::shared().bucket();
    configure(&app, "bucket", &space(&proxy.address(), &bucket_name)).await;
    let (first, first_file) = copied(&app, "1").await;
    let (second, second_file) = copied(&app, "2").await;
    proxy.arm(Rule::always(Fault::Answer(503), ""));
    let password = copies(&app, &first).await["filePassword"].clone();
    for day in 0..5 {
        copied(&app, &format!("day {day}")).await;
        app.pass(TimeDelta::hours(25));
        carry(&app).await;
        app.engine.tick().await;
    }
    assert_eq!(app.file_names().len(), 2, "at most two on the instance");
    proxy.disarm();
    let mut there = rclone.list();
    there.sort();
    assert_eq!(there, [first_file.clone(), second_file.clone()], "the only good ones at the storage stay");
    let old = copies(&app, &first).await;
    assert_eq!(
        (&old["fileStatus"], &old["uploadStatus"], &old["filePassword"]),
        (&json!("REMOVED"), &json!("UPLOADED"), &password)
    );
    assert_eq!(app.export(&first).await["downloadUrl"], Value::Null);
    let refused = app.mutate("uploadDataExport", json!({"id": first})).await;
    assert_eq!(refused["userErrors"][0]["code"], "FILE_UNAVAILABLE");
    // The storage is back: with each new copy an old one goes, and its export with it.
    copied(&app, "back").await;
    app.pass(TimeDelta::hours(1));
    carry(&app).await;
    assert!(!rclone.list().contains(&first_file));
    copied(&app, "again").await;
    let there = rclone.list();
    assert!(there.len() == 2 && !there.contains(&second_file), "{there:?}");
    assert_eq!((app.export(&first).await, app.export(&second).await), (Value::Null, Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_fails_is_tried_until_it_is_done() {
    let (_folder, app) = app(1).await;
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    let (bucket_name, rclone) = Seaweedfs::shared().bucket();
    let storage = configure(&app, "bucket", &space(&proxy.address(), &bucket_name)).await;
    let (first, first_file) = copied(&app, "1").await;
    proxy.arm(Rule::always(Fault::Answer(500), "DELETE /"));
    let (second, second_file) = copied(&app, "2").await;
    assert_eq!(
        (statuses(&app, &first).await, statuses(&app, &second).await),
        (vec!["DELETING".into()], vec!["UPLOADED".into()])
    );
    let kept = copies(&app, &first).await;
    assert_eq!(
        (&kept["uploads"][0]["failure"]["code"], &kept["uploadStatus"]),
        (&json!("UNREACHABLE"), &json!("NOT_REQUESTED"))
    );
    assert_eq!(super::locations(&app).await[0]["lastFailure"]["code"], "UNREACHABLE");
    for _ in 0..5 {
        app.pass(TimeDelta::hours(7));
        carry(&app).await;
    }
    assert_eq!((statuses(&app, &first).await, rclone.list().len()), (vec!["DELETING".into()], 2));
    proxy.disarm();
    app.pass(TimeDelta::hours(7));
    carry(&app).await;
    assert_eq!((rclone.list(), app.export(&first).await), (vec![second_file], Value::Null), "{first_file} is gone");
    assert_eq!(super::locations(&app).await[0]["lastFailure"], Value::Null);
    let _ = storage;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lower_maximum_takes_effect_on_the_storages_too_and_a_preview_says_so_before() {
    let (_folder, app) = app(3).await;
    let (config, rclone) = bucket();
    configure(&app, "bucket", &config).await;
    for name in ["1", "2", "3"] {
        copied(&app, name).await;
    }
    let preview =
        "query ($n: Int) { retentionPreview(maximumExports: $n) { reason dataExport { name } storage { name } } }";
    let decided = app.graphql(preview, json!({"n": 1})).await["retentionPreview"].clone();
    let told: Vec<_> = decided
        .as_array()
        .unwrap()
        .iter()
        .map(|decision| {
            let storage = decision["storage"]["name"].as_str().unwrap_or("instance");
            format!(
                "{storage} {} {}",
                decision["dataExport"]["name"].as_str().unwrap(),
                decision["reason"].as_str().unwrap()
            )
        })
        .collect();
    let expected = [
        "instance 3 WITHIN_MAXIMUM",
        "instance 2 PAST_MAXIMUM",
        "instance 1 PAST_MAXIMUM",
        "bucket 3 WITHIN_MAXIMUM",
        "bucket 2 PAST_MAXIMUM",
        "bucket 1 PAST_MAXIMUM",
    ];
    assert_eq!(told, expected);
    assert_eq!((app.file_names().len(), rclone.list().len()), (3, 3), "a preview touches nothing");
    let changed = app.mutate("updateDataExportSettings", json!({"maximumExports": 1})).await;
    assert_eq!(changed["removed"].as_array().unwrap().len(), 4, "{changed}");
    carry(&app).await;
    assert_eq!((app.file_names().len(), rclone.list().len(), app.history().await.len()), (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_past_the_maximum_waits_for_a_copy_that_its_storage_would_keep_and_for_no_other() {
    let (_folder, app) = app(1).await;
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    proxy.arm(Rule::always(Fault::Answer(503), ""));
    let (bucket_name, rclone) = Seaweedfs::shared().bucket();
    configure(&app, "bucket", &space(&proxy.address(), &bucket_name)).await;
    let (wanted, wanted_file) = copied(&app, "wanted there").await;
    // Newer, but to be copied nowhere: nothing takes the other's place at the storage.
    let own = app.create_of(json!({"name": "only here", "upload": false})).await;
    app.drain().await;
    assert_eq!(app.file_names().len(), 2, "the first one's file waits for its copy");
    let preview = app.graphql("{ retentionPreview { reason dataExport { name } } }", json!({})).await;
    assert_eq!(preview["retentionPreview"][1]["reason"], "AWAITS_UPLOAD");
    proxy.disarm();
    app.pass(TimeDelta::minutes(2));
    carry(&app).await;
    assert_eq!((rclone.list(), app.file_names().len()), (vec![wanted_file.clone()], 1));
    assert_eq!(copies(&app, &wanted).await["fileStatus"], "REMOVED");
    // Three that all wait: only the newest would be kept there, so that only its file is.
    proxy.arm(Rule::always(Fault::Answer(503), ""));
    for name in ["a", "b", "c"] {
        app.pass(TimeDelta::seconds(1));
        copied(&app, name).await;
    }
    assert_eq!(app.file_names().len(), 1);
    assert_eq!(app.export(&own).await, Value::Null);
    proxy.disarm();
    app.pass(TimeDelta::hours(1));
    carry(&app).await;
    carry(&app).await;
    assert_eq!(rclone.list(), app.file_names(), "{wanted_file} went for the newest");
    let refused = app.mutate("uploadDataExport", json!({"id": wanted})).await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_removed_there_at_once_is_not_copied_there_by_hand_unless_it_is_pinned() {
    let (_folder, app) = app(2).await;
    let old = app.create_of(json!({"name": "old", "upload": false, "pinned": true})).await;
    app.drain().await;
    let (config, rclone) = bucket();
    configure(&app, "bucket", &config).await;
    copied(&app, "1").await;
    copied(&app, "2").await;
    app.mutate("updateDataExportSettings", json!({"maximumExports": 2})).await;
    let pinned = app.mutate("uploadDataExport", json!({"id": old})).await;
    assert_eq!(pinned["userErrors"], json!([]));
    carry(&app).await;
    assert_eq!(rclone.list().len(), 3, "a pinned one is not counted");
    app.mutate("updateDataExportSettings", json!({"maximumExports": 3})).await;
    app.mutate("pinDataExport", json!({"id": old, "pinned": false})).await;
    copied(&app, "3").await;
    // Three newer ones are there, so that it went there; and by hand it is refused as long as it is the fourth.
    let refused = app.mutate("uploadDataExport", json!({"id": old})).await;
    assert!(
        matches!(refused["userErrors"][0]["code"].as_str(), Some("IN_USE" | "NOT_FOUND" | "FILE_UNAVAILABLE")),
        "{refused}"
    );
    assert_eq!(rclone.list().len(), 3);
}
