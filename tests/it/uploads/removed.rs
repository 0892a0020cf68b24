//! What becomes of copies when their export, or their storage, is removed, switched off or moved.

use serde_json::{Value, json};

use super::{bucket, carry, configure, copies, copy_all, export, locations, space, statuses, wait_for};
use crate::{
    app::{Setup, TestApp, database_of, until},
    servers::{dropbox::DropboxServer, rclone::Rclone, seaweedfs::Seaweedfs},
    storages::fault_proxy::{Fault, FaultProxy, Rule},
};

async fn app() -> (tempfile::TempDir, TestApp) {
    let (folder, database) = super::large_database();
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, 7).await;
    (folder, app)
}

/// A storage that hangs in the middle of each upload, and its id.
async fn hanging(app: &TestApp) -> (FaultProxy, Rclone, String) {
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    proxy.arm(Rule { fault: Fault::Hang, seen: "partNumber=".into(), after: 1 << 20, times: usize::MAX });
    let (bucket, rclone) = Seaweedfs::shared().bucket();
    let id = configure(app, "hangs", &space(&proxy.address(), &bucket)).await;
    (proxy, rclone, id)
}

/// An export whose copy hangs.
async fn in_the_middle(app: &TestApp, proxy: &FaultProxy) -> String {
    app.start_worker();
    let id = app.create("hangs").await;
    wait_for(app, &id, "UPLOADING").await;
    tokio::time::timeout(crate::app::PATIENCE, proxy.wait_for_strike()).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_is_switched_off_in_the_middle_leaves_no_stuck_row_and_nothing_there() {
    let (_folder, app) = app().await;
    let (proxy, rclone, storage) = hanging(&app).await;
    let id = in_the_middle(&app, &proxy).await;
    proxy.disarm();
    app.mutate("updateStorageLocation", json!({"id": storage, "enabled": false})).await;
    let off = copies(&app, &id).await;
    assert_eq!(
        (&off["uploadStatus"], &off["uploads"][0]["failure"]["code"]),
        (&json!("INCOMPLETE"), &json!("SWITCHED_OFF"))
    );
    until("what was begun is removed there", async || rclone.uploads().is_empty()).await;
    assert_eq!((statuses(&app, &id).await, rclone.list()), (vec!["FAILED".into()], Vec::new()));
    app.mutate("updateStorageLocation", json!({"id": storage, "enabled": true})).await;
    app.mutate("uploadDataExport", json!({"id": id})).await;
    wait_for(&app, &id, "UPLOADED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_is_removed_in_the_middle_leaves_no_row_and_nothing_there() {
    for with_files in [false, true] {
        let (_folder, app) = app().await;
        let (proxy, rclone, storage) = hanging(&app).await;
        let id = in_the_middle(&app, &proxy).await;
        proxy.disarm();
        let removed = app.mutate("deleteStorageLocation", json!({"id": storage, "deleteFiles": with_files})).await;
        assert_eq!(removed["deletedStorageLocationId"], *storage);
        until("it is gone", async || locations(&app).await.is_empty()).await;
        until("what was begun is removed there", async || rclone.uploads().is_empty()).await;
        let left = copies(&app, &id).await;
        assert_eq!((&left["uploadStatus"], &left["fileStatus"]), (&json!("NOT_REQUESTED"), &json!("AVAILABLE")));
        assert_eq!(rclone.list(), [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_removed_in_the_middle_takes_its_copy_along() {
    let (_folder, app) = app().await;
    let (proxy, rclone, _) = hanging(&app).await;
    let id = in_the_middle(&app, &proxy).await;
    proxy.disarm();
    app.mutate("deleteDataExport", json!({"id": id})).await;
    assert_eq!(app.export(&id).await, Value::Null);
    let rows = || app.state().query_row("SELECT count(*) FROM data_export", [], |row| row.get::<_, i64>(0)).unwrap();
    until("its row is gone", async || rows() == 0).await;
    assert_eq!((rclone.list(), rclone.uploads()), (Vec::<String>::new(), Vec::<String>::new()));
}

async fn small() -> (tempfile::TempDir, TestApp) {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, 1).await;
    (folder, app)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_is_removed_without_its_files_leaves_them_and_their_passwords() {
    let (_folder, app) = small().await;
    let (config, rclone) = bucket();
    let storage = configure(&app, "bucket", &config).await;
    let id = export(&app, "export").await;
    carry(&app).await;
    let password = copies(&app, &id).await["filePassword"].clone();
    let removed = app.mutate("deleteStorageLocation", json!({"id": storage})).await;
    assert_eq!(removed["userErrors"], json!([]));
    assert_eq!((locations(&app).await.len(), rclone.list().len()), (0, 1), "the file stays there");
    export(&app, "newer").await;
    let left = copies(&app, &id).await;
    assert_eq!(
        (&left["fileStatus"], &left["filePassword"], &left["uploads"]),
        (&json!("REMOVED"), &password, &json!([]))
    );
    assert_eq!(app.file_names().len(), 1);
    let deleted = app.mutate("deleteDataExport", json!({"id": id})).await;
    assert_eq!((&deleted["userErrors"], app.export(&id).await), (&json!([]), Value::Null));
    assert_eq!(rclone.list().len(), 1, "which is no longer ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_is_removed_with_its_files_stays_until_they_are_gone_or_somebody_lets_them_be() {
    let (_folder, app) = small().await;
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    for let_be in [false, true] {
        let (bucket, rclone) = Seaweedfs::shared().bucket();
        rclone.write("theirs.txt", b"theirs");
        let storage = configure(&app, "bucket", &space(&proxy.address(), &bucket)).await;
        let id = export(&app, "export").await;
        carry(&app).await;
        carry(&app).await;
        proxy.arm(Rule::always(Fault::Answer(503), "DELETE /"));
        app.mutate("deleteStorageLocation", json!({"id": storage, "deleteFiles": true})).await;
        carry(&app).await;
        let shown = locations(&app).await;
        assert_eq!(
            (&shown[0]["deleting"], &shown[0]["lastFailure"]["code"]),
            (&json!(true), &json!("UNREACHABLE")),
            "{shown:?}"
        );
        assert_eq!(statuses(&app, &id).await, ["DELETING"]);
        let refused = app.mutate("updateStorageLocation", json!({"id": storage, "enabled": true})).await;
        assert_eq!(refused["userErrors"][0]["code"], "IN_USE");
        proxy.disarm();
        if let_be {
            app.mutate("deleteStorageLocation", json!({"id": storage})).await;
        } else {
            app.pass(chrono::TimeDelta::minutes(2));
            carry(&app).await;
        }
        assert_eq!((locations(&app).await.len(), rclone.list().len()), (0, if let_be { 2 } else { 1 }));
        assert_eq!(copies(&app, &id).await["fileStatus"], "AVAILABLE", "the export itself stays");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_moves_leaves_the_files_at_its_former_place_and_goes_on_at_the_new_one() {
    let (_folder, app) = small().await;
    let (mut config, rclone) = bucket();
    let storage = configure(&app, "bucket", &config).await;
    let first = export(&app, "first").await;
    carry(&app).await;
    config["digitaloceanSpaces"]["basePath"] = json!("/");
    let same = app.mutate("updateStorageLocation", json!({"id": storage, "config": config})).await;
    assert_eq!(
        (&same["releasedFiles"], statuses(&app, &first).await),
        (&json!(0), vec!["UPLOADED".into()]),
        "only written otherwise"
    );
    config["digitaloceanSpaces"]["basePath"] = json!("elsewhere");
    let moved = app.mutate("updateStorageLocation", json!({"id": storage, "config": config})).await;
    assert_eq!((&moved["releasedFiles"], &moved["userErrors"]), (&json!(1), &json!([])));
    let second = export(&app, "second").await;
    carry(&app).await;
    carry(&app).await;
    let [first_file, second_file] = [app.export(&first).await, app.export(&second).await]
        .map(|export| export["fileName"].as_str().unwrap().to_owned());
    let mut there = rclone.list();
    there.sort();
    assert_eq!(there, [first_file, format!("elsewhere/{second_file}")]);
    assert!(copies(&app, &first).await["filePassword"].is_string(), "for the file that is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_there_stays_when_its_storage_is_removed_while_it_is_copied_anew() {
    let (_folder, app) = app().await;
    let (proxy, rclone, storage) = hanging(&app).await;
    proxy.disarm();
    app.start_worker();
    let id = app.create("export").await;
    wait_for(&app, &id, "UPLOADED").await;
    let before = rclone.list();
    proxy.arm(Rule { fault: Fault::Hang, seen: "partNumber=".into(), after: 1 << 20, times: usize::MAX });
    app.mutate("uploadDataExport", json!({"id": id, "storageId": storage})).await;
    tokio::time::timeout(crate::app::PATIENCE, proxy.wait_for_strike()).await.unwrap();
    proxy.disarm();
    app.mutate("deleteStorageLocation", json!({"id": storage})).await;
    app.stop.taking.cancel();
    app.stop.running.cancel();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!((rclone.list(), before.len()), (before.clone(), 1), "it was left to its owner");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_to_go_to_a_place_that_was_written_wrong_goes_to_the_right_one() {
    let (_folder, app) = small().await;
    let (right, rclone) = bucket();
    let mut wrong = right.clone();
    // Nobody listens there.
    wrong["digitaloceanSpaces"]["endpoint"] = json!("http://127.0.0.1:9");
    let storage = configure(&app, "bucket", &wrong).await;
    let id = export(&app, "export").await;
    carry(&app).await;
    assert_eq!(statuses(&app, &id).await, ["PENDING"]);
    let corrected = app.mutate("updateStorageLocation", json!({"id": storage, "config": right})).await;
    assert_eq!(
        (&corrected["userErrors"], &corrected["releasedFiles"]),
        (&json!([]), &json!(0)),
        "nothing was ever there"
    );
    carry(&app).await;
    assert_eq!((statuses(&app, &id).await, rclone.list().len()), (vec!["UPLOADED".into()], 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_somebody_took_away_is_told_keeps_its_password_and_is_found_again() {
    let (_folder, app) = small().await;
    let (config, rclone) = bucket();
    let storage = configure(&app, "bucket", &config).await;
    let id = export(&app, "export").await;
    carry(&app).await;
    let (name, archive) = (rclone.list()[0].clone(), rclone.read(&rclone.list()[0]).unwrap());
    rclone.delete(&name);
    app.mutate("verifyDataExport", json!({"id": id, "storageId": storage})).await;
    carry(&app).await;
    let missing = copies(&app, &id).await;
    assert_eq!(
        (&missing["uploadStatus"], &missing["uploads"][0]["failure"]["code"]),
        (&json!("INCOMPLETE"), &json!("NOT_FOUND"))
    );
    // It was a mistake of somebody, who puts it right.
    rclone.write(&name, &archive);
    app.mutate("updateStorageLocation", json!({"id": storage, "config": config})).await;
    carry(&app).await;
    assert_eq!(statuses(&app, &id).await, ["UPLOADED"]);
    for name in ["newer", "newest"] {
        export(&app, name).await;
        carry(&app).await;
        carry(&app).await;
    }
    let kept = copies(&app, &id).await;
    assert_eq!(
        (&kept["fileStatus"], kept["filePassword"].is_string()),
        (&json!("REMOVED"), true),
        "whoever has it can open it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_change_of_the_account_it_is_asked_what_is_there() {
    let dropbox = DropboxServer::start();
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let setup = Setup { network: Some(dropbox.network()), ..Setup::default() };
    let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
    copy_all(&app, 7).await;
    let lasting = json!({"dropbox": {"authorizationToken": "long-lived", "basePath": "x"}});
    let refreshed =
        json!({"dropbox": {"refreshToken": "refresh", "appKey": "app", "appSecret": "app-secret", "basePath": "X/"}});
    let storage = configure(&app, "dropbox", &lasting).await;
    let id = export(&app, "export").await;
    carry(&app).await;
    let before = copies(&app, &id).await["uploads"][0].clone();
    assert_eq!(before["status"], "UPLOADED");
    app.pass(chrono::TimeDelta::seconds(1));
    let changed = app.mutate("updateStorageLocation", json!({"id": storage, "config": refreshed})).await;
    assert_eq!(
        (&changed["userErrors"], &changed["releasedFiles"]),
        (&json!([]), &json!(0)),
        "Dropbox has no small letters"
    );
    assert_eq!(copies(&app, &id).await["uploads"][0]["verifying"], true);
    carry(&app).await;
    let after = copies(&app, &id).await["uploads"][0].clone();
    assert_eq!((&after["status"], &after["verifying"]), (&json!("UPLOADED"), &json!(false)));
    assert_ne!(after["verifiedAt"], before["verifiedAt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_could_not_be_verified_may_be_there_and_keeps_its_password() {
    let (_folder, app) = small().await;
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    let (bucket, rclone) = Seaweedfs::shared().bucket();
    let storage = configure(&app, "bucket", &space(&proxy.address(), &bucket)).await;
    // Credentials that may write and not read.
    proxy.arm(Rule::always(Fault::Answer(403), "GET /"));
    let id = export(&app, "export").await;
    carry(&app).await;
    let failed = copies(&app, &id).await;
    assert_eq!((&failed["uploads"][0]["status"], rclone.list().len()), (&json!("FAILED"), 1), "{failed}");
    app.mutate("deleteStorageLocation", json!({"id": storage})).await;
    export(&app, "newer").await;
    let kept = copies(&app, &id).await;
    assert_eq!((&kept["fileStatus"], kept["filePassword"].is_string()), (&json!("REMOVED"), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_settings_take_effect_on_what_is_on_its_way() {
    let (_folder, app) = app().await;
    let (proxy, rclone, storage) = hanging(&app).await;
    let id = in_the_middle(&app, &proxy).await;
    proxy.disarm();
    let bucket = rclone.bucket();
    let same = space(&proxy.address(), &bucket);
    app.mutate("updateStorageLocation", json!({"id": storage, "config": same})).await;
    wait_for(&app, &id, "UPLOADED").await;
    until("nothing else is left", async || rclone.uploads().is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kill_left_unfinished_is_ended_at_the_next_look() {
    let (_folder, app) = small().await;
    let (config, _) = bucket();
    configure(&app, "bucket", &config).await;
    let id = export(&app, "export").await;
    carry(&app).await;
    export(&app, "only here").await;
    let state = app.state();
    // As a kill leaves it after the last copy was removed there, and after that of the last file of a storage.
    state.execute("UPDATE data_export SET file_state = 'REMOVED' WHERE name = 'export'", []).unwrap();
    state.execute("DELETE FROM upload", []).unwrap();
    state.execute("UPDATE storage_location SET removing = 1, enabled = 0", []).unwrap();
    app.engine.tick().await;
    assert_eq!((app.export(&id).await, locations(&app).await.len()), (Value::Null, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_was_never_reached_holds_nothing_back_when_it_is_removed() {
    let (_folder, app) = small().await;
    let storage = configure(&app, "nobody", &space("http://127.0.0.1:9", "exports")).await;
    let sftp = json!({"sftp": {"host": "127.0.0.1", "port": 9, "username": "u", "password": "p"}});
    let other = configure(&app, "nobody either", &sftp).await;
    let id = export(&app, "export").await;
    carry(&app).await;
    assert_eq!(statuses(&app, &id).await, ["PENDING", "PENDING"]);
    for storage in [storage, other] {
        let removed = app.mutate("deleteStorageLocation", json!({"id": storage})).await;
        assert_eq!((&removed["deletedStorageLocationId"], &removed["releasedFiles"]), (&json!(storage), &json!(0)));
    }
    export(&app, "newer").await;
    assert_eq!(app.history().await.len(), 1, "nothing is left of the other");
}
