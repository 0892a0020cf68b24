//! What breaks on the way: the copy ends whole or not there, the export stays as it is, and the next try succeeds.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{bucket, carry, configure, copies, copy_all, export, large_database, space, statuses};
use crate::{
    app::{TestApp, database_of},
    servers::{
        seaweedfs::Seaweedfs,
        sftp::{Kind, PASSWORD, SftpServer, USER},
        swift::{Swift, status},
    },
    storages::fault_proxy::{Fault, FaultProxy, Rule},
};

/// When the only copy is tried next.
fn next(copies: &Value) -> DateTime<Utc> {
    copies["uploads"][0]["nextAttemptAt"].as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_is_down_holds_up_no_other_is_tried_with_growing_pauses_and_given_up_after_a_day() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, 7).await;
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    proxy.arm(Rule::always(Fault::Reset, ""));
    let (bucket_name, rclone) = Seaweedfs::shared().bucket();
    configure(&app, "down", &space(&proxy.address(), &bucket_name)).await;
    let (up, other) = bucket();
    configure(&app, "up", &up).await;
    let id = export(&app, "export").await;
    let began = app.now();
    carry(&app).await;
    assert_eq!(statuses(&app, &id).await, ["PENDING", "UPLOADED"]);
    assert_eq!(other.list().len(), 1);
    let failure = copies(&app, &id).await["uploads"][0]["failure"].clone();
    assert_eq!((&failure["code"], &failure["retryable"]), (&json!("UNREACHABLE"), &json!(true)));
    assert_eq!(copies(&app, &id).await["uploadStatus"], "PENDING");
    let (mut pauses, mut tries) = (Vec::new(), 1);
    while statuses(&app, &id).await[0] == "PENDING" {
        let pause = next(&copies(&app, &id).await) - app.now();
        pauses.push(pause);
        app.pass(pause - TimeDelta::milliseconds(1));
        carry(&app).await;
        assert_eq!(copies(&app, &id).await["uploads"][0]["attempts"], tries, "not before its time");
        app.pass(TimeDelta::milliseconds(1));
        carry(&app).await;
        tries += 1;
    }
    assert!(
        pauses.len() > 20 && pauses[0] < TimeDelta::minutes(1) && pauses[10] > TimeDelta::minutes(29),
        "{pauses:?}"
    );
    assert!(app.now() - began > TimeDelta::hours(22), "{}", app.now() - began);
    let given_up = copies(&app, &id).await;
    assert_eq!(
        (&given_up["uploadStatus"], &given_up["uploads"][0]["status"]),
        (&json!("INCOMPLETE"), &json!("FAILED"))
    );
    assert_eq!((&given_up["fileStatus"], rclone.list().len()), (&json!("AVAILABLE"), 0));
    // By hand it is tried at once, for another day.
    app.mutate("uploadDataExport", json!({"id": id})).await;
    carry(&app).await;
    assert_eq!(statuses(&app, &id).await, ["PENDING", "UPLOADED"]);
    proxy.disarm();
    app.mutate("uploadDataExport", json!({"id": id})).await;
    carry(&app).await;
    assert_eq!((statuses(&app, &id).await, rclone.list().len()), (vec!["UPLOADED".into(); 2], 1));
    assert_eq!(copies(&app, &id).await["uploads"][0]["failure"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_to_the_line_in_the_middle_the_copy_is_whole_or_not_there_and_the_next_try_succeeds() {
    let (_folder, database) = large_database();
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, 7).await;
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    let (bucket_name, rclone) = Seaweedfs::shared().bucket();
    configure(&app, "bucket", &space(&proxy.address(), &bucket_name)).await;
    let id = export(&app, "export").await;
    let made = app.export(&id).await;
    let archive = std::fs::read(app.archive(&made).0).unwrap();
    let name = made["fileName"].as_str().unwrap();
    // With the last request of a multipart upload, the one that makes the file.
    for fault in [Fault::Reset, Fault::Answer(500), Fault::Answer(503)] {
        proxy.arm(Rule::always(fault, "uploadId="));
        app.mutate("uploadDataExport", json!({"id": id})).await;
        carry(&app).await;
        let failed = copies(&app, &id).await;
        assert_eq!(failed["uploads"][0]["status"], "PENDING", "{fault:?}: {failed}");
        assert_eq!(rclone.read(name), None, "{fault:?}");
        let file = app.client.get(made["downloadUrl"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(file.bytes().await.unwrap(), archive, "{fault:?}: it can be downloaded");
    }
    proxy.disarm();
    app.mutate("uploadDataExport", json!({"id": id})).await;
    carry(&app).await;
    assert_eq!((statuses(&app, &id).await, rclone.read(name)), (vec!["UPLOADED".into()], Some(archive)));
    assert_eq!(rclone.uploads(), [""; 0], "nothing else is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn swift_and_sftp_fail_and_come_back_as_s3_does() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, 7).await;
    let proxy = FaultProxy::before(SftpServer::shared(Kind::OpenSsh).port).await;
    proxy.arm(Rule::always(Fault::Reset, ""));
    let sftp =
        json!({"host": "127.0.0.1", "port": proxy.port, "username": USER, "password": PASSWORD, "basePath": "broken"});
    let swift = json!({"identityEndpoint": Swift::shared().identity(), "username": "exporter",
        "password": "swift-password", "region": "DFW", "container": "broken"});
    configure(&app, "sftp", &json!({"sftp": sftp})).await;
    configure(&app, "swift", &json!({"rackspace": swift})).await;
    // As often as one operation tries it.
    Swift::shared().fault(status("PUT", "/broken/", 503, 5));
    let id = export(&app, "export").await;
    carry(&app).await;
    assert_eq!(statuses(&app, &id).await, ["PENDING", "PENDING"], "{}", copies(&app, &id).await);
    proxy.disarm();
    app.pass(TimeDelta::minutes(1));
    carry(&app).await;
    assert_eq!(statuses(&app, &id).await, ["UPLOADED", "UPLOADED"], "{}", copies(&app, &id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_was_damaged_there_is_found_out_and_put_right() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, 7).await;
    let (config, rclone) = bucket();
    let storage = configure(&app, "bucket", &config).await;
    let id = export(&app, "export").await;
    carry(&app).await;
    let made = app.export(&id).await;
    let archive = std::fs::read(app.archive(&made).0).unwrap();
    let verify = async || {
        let payload = app.mutate("verifyDataExport", json!({"id": id, "storageId": storage})).await;
        assert_eq!(payload["userErrors"], json!([]));
        assert_eq!(copies(&app, &id).await["uploads"][0]["verifying"], true);
        app.pass(TimeDelta::seconds(5));
        carry(&app).await;
        copies(&app, &id).await["uploads"][0].clone()
    };
    let whole = verify().await;
    assert_eq!((&whole["status"], &whole["verifying"]), (&json!("UPLOADED"), &json!(false)));
    assert_ne!(whole["verifiedAt"], whole["uploadedAt"], "it was asked again");
    let mut damaged = archive.clone();
    damaged[archive.len() / 2] ^= 1;
    rclone.write(made["fileName"].as_str().unwrap(), &damaged);
    let found = verify().await;
    assert_eq!((&found["status"], &found["failure"]["code"]), (&json!("FAILED"), &json!("DAMAGED")));
    assert_eq!(copies(&app, &id).await["uploadStatus"], "INCOMPLETE");
    let none = app.mutate("verifyDataExport", json!({"id": id, "storageId": storage})).await;
    assert_eq!(none["userErrors"][0]["code"], "NOT_FOUND", "there is no whole copy to be verified");
    app.mutate("uploadDataExport", json!({"id": id})).await;
    carry(&app).await;
    assert_eq!(copies(&app, &id).await["uploadStatus"], "UPLOADED");
    assert_eq!(rclone.read(made["fileName"].as_str().unwrap()), Some(archive));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_whose_file_is_gone_or_changed_is_not_copied() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, 7).await;
    let (config, rclone) = bucket();
    configure(&app, "bucket", &config).await;
    let (gone, changed) = (export(&app, "gone").await, export(&app, "changed").await);
    std::fs::remove_file(app.archive(&app.export(&gone).await).0).unwrap();
    let path = app.archive(&app.export(&changed).await).0;
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    carry(&app).await;
    for id in [&gone, &changed] {
        let copies = copies(&app, id).await;
        assert_eq!(
            (&copies["uploadStatus"], &copies["uploads"][0]["failure"]["code"]),
            (&json!("INCOMPLETE"), &json!("FILE_UNAVAILABLE"))
        );
    }
    assert_eq!(rclone.list(), [""; 0]);
    let refused = app.mutate("uploadDataExport", json!({"id": gone})).await;
    assert_eq!(refused["userErrors"][0]["code"], "FILE_UNAVAILABLE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_ran_ahead_for_a_while_puts_nothing_off_for_ever() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, 7).await;
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    proxy.arm(Rule::always(Fault::Reset, ""));
    let (bucket_name, _) = Seaweedfs::shared().bucket();
    configure(&app, "bucket", &space(&proxy.address(), &bucket_name)).await;
    app.set_clock(TimeDelta::days(400));
    let id = export(&app, "export").await;
    carry(&app).await;
    app.set_clock(TimeDelta::days(-400));
    assert_eq!(statuses(&app, &id).await, ["PENDING"]);
    proxy.disarm();
    carry(&app).await;
    assert_eq!(statuses(&app, &id).await, ["UPLOADED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_only_waited_for_its_copy_goes_when_that_is_given_up() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, 1).await;
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    proxy.arm(Rule::always(Fault::Reset, ""));
    let (bucket_name, _) = Seaweedfs::shared().bucket();
    let storage = configure(&app, "bucket", &space(&proxy.address(), &bucket_name)).await;
    export(&app, "waits").await;
    carry(&app).await;
    app.create_of(json!({"name": "newer", "upload": false})).await;
    app.drain().await;
    assert_eq!(app.file_names().len(), 2);
    app.mutate("updateStorageLocation", json!({"id": storage, "enabled": false})).await;
    app.engine.tick().await;
    assert_eq!(app.file_names().len(), 1);
}
