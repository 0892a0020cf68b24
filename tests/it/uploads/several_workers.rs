//! Several workers tend the same storage: what one of them does too late, harms nothing that another has done meanwhile.

use std::{sync::Arc, time::Duration};

use carryall::export::Engine;
use chrono::TimeDelta;
use serde_json::json;
use tokio::task::JoinHandle;

use super::{carry, configure, copies, copy_all, export, space, statuses};
use crate::{
    app::{PATIENCE, Setup, TestApp, database_of, until},
    servers::{rclone::Rclone, seaweedfs::Seaweedfs},
    storages::fault_proxy::{Fault, FaultProxy, Rule},
};

/// Two workers, a storage that can be made to wait, and an export.
struct Shared {
    _folder: tempfile::TempDir,
    app: TestApp,
    other: Arc<Engine>,
    proxy: FaultProxy,
    rclone: Rclone,
    storage: String,
    export: String,
    archive: Vec<u8>,
    name: String,
}

impl Shared {
    async fn new() -> Self {
        let (folder, database) = database_of("CREATE TABLE t (a)");
        let setup = Setup { postgres: true, ..Setup::default() };
        let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
        copy_all(&app, 7).await;
        let other = app.another().await;
        let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
        let (bucket, rclone) = Seaweedfs::shared().bucket();
        let storage = configure(&app, "bucket", &space(&proxy.address(), &bucket)).await;
        let id = export(&app, "export").await;
        let made = app.export(&id).await;
        let archive = std::fs::read(app.archive(&made).0).unwrap();
        let name = made["fileName"].as_str().unwrap().to_owned();
        Self { _folder: folder, app, other, proxy, rclone, storage, export: id, archive, name }
    }

    /// The first worker does what is due, and waits where it sends this.
    async fn waiting(&self, seen: &str) -> JoinHandle<()> {
        self.proxy.arm(Rule { fault: Fault::Wait, seen: seen.into(), after: 0, times: 1 });
        let (engine, stop) = (Arc::clone(&self.app.engine), self.app.stop.clone());
        let first = tokio::spawn(async move { engine.serve_storages(&stop).await.unwrap() });
        self.strike().await;
        first
    }

    async fn strike(&self) {
        tokio::time::timeout(PATIENCE, self.proxy.wait_for_strike()).await.unwrap();
    }

    /// The other worker does what is due.
    async fn other(&self) {
        tokio::time::timeout(PATIENCE, self.other.serve_storages(&self.app.stop)).await.unwrap().unwrap();
    }

    /// What the first worker waits for happens.
    async fn go_on(&self, first: JoinHandle<()>) {
        self.proxy.disarm();
        tokio::time::timeout(PATIENCE, first).await.unwrap().unwrap();
    }

    async fn upload(&self) {
        let input = json!({"id": self.export, "storageId": self.storage});
        assert_eq!(self.app.mutate("uploadDataExport", input).await["userErrors"], json!([]));
    }

    async fn status(&self) -> String {
        statuses(&self.app, &self.export).await.concat()
    }

    async fn next(&self) -> i64 {
        self.app.number("SELECT extract(epoch FROM next_try_at)::bigint FROM upload").await
    }

    fn is_whole(&self) -> bool {
        self.rclone.read(&self.name).as_ref() == Some(&self.archive)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_hung_for_longer_than_others_wait_removes_nothing_that_came_after_it() {
    let shared = Shared::new().await;
    carry(&shared.app).await;
    assert_eq!((shared.status().await, shared.is_whole()), ("UPLOADED".into(), true));
    shared.app.execute("UPDATE upload SET status = 'DELETING', next_try_at = requested_at").await;
    // What a broken-off upload may have left is looked for before the file is deleted.
    let first = shared.waiting("uploads").await;
    shared.other().await;
    assert_eq!((shared.status().await, shared.is_whole()), ("DELETING".into(), true), "the first does it");
    shared.app.pass(TimeDelta::minutes(3));
    shared.other().await;
    assert_eq!((shared.status().await, shared.rclone.list().len()), (String::new(), 0));
    shared.upload().await;
    shared.other().await;
    assert_eq!((shared.status().await, shared.is_whole()), ("UPLOADED".into(), true));
    shared.go_on(first).await;
    // What it had sent on has arrived by then.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!((shared.status().await, shared.is_whole()), ("UPLOADED".into(), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_that_comes_late_changes_nothing() {
    let shared = Shared::new().await;
    carry(&shared.app).await;
    shared.app.mutate("verifyDataExport", json!({"id": shared.export, "storageId": shared.storage})).await;
    let first = shared.waiting("GET /").await;
    shared.rclone.write(&shared.name, b"damaged");
    // Another has taken it up.
    shared.app.execute("UPDATE upload SET next_try_at = next_try_at + interval '1 minute'").await;
    shared.go_on(first).await;
    let copy = copies(&shared.app, &shared.export).await["uploads"][0].clone();
    assert_eq!(
        (&copy["status"], &copy["verifying"], &copy["failure"]),
        (&json!("UPLOADED"), &json!(true), &json!(null))
    );
    assert_eq!(shared.app.number("SELECT count(*) FROM upload WHERE receipt IS NOT NULL AND may_be_there").await, 1);
    shared.rclone.write(&shared.name, &shared.archive);
    shared.app.pass(TimeDelta::minutes(4));
    shared.other().await;
    let copy = copies(&shared.app, &shared.export).await["uploads"][0].clone();
    assert_eq!((&copy["status"], &copy["verifying"]), (&json!("UPLOADED"), &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verification_that_takes_long_is_begun_once() {
    let shared = Shared::new().await;
    carry(&shared.app).await;
    shared.app.mutate("verifyDataExport", json!({"id": shared.export, "storageId": shared.storage})).await;
    let first = shared.waiting("GET /").await;
    for _ in 0..4 {
        let before = shared.next().await;
        shared.app.pass(TimeDelta::minutes(1));
        until("it is told that it goes on", async || shared.next().await > before).await;
        shared.other().await;
    }
    let verifying = copies(&shared.app, &shared.export).await["uploads"][0]["verifying"].clone();
    assert_eq!(verifying, json!(true), "the other has left it alone");
    shared.go_on(first).await;
    let copy = copies(&shared.app, &shared.export).await["uploads"][0].clone();
    assert_eq!((&copy["status"], &copy["verifying"]), (&json!("UPLOADED"), &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_after_its_row_is_gone_is_removed() {
    let shared = Shared::new().await;
    shared.upload().await;
    let first = shared.waiting("PUT /").await;
    // Then it has no more to tell, and so asks no more before the file is there. Nor is it told.
    let all = i64::try_from(shared.archive.len()).unwrap();
    until("it is told that all is sent", async || shared.app.number("SELECT bytes_done FROM upload").await == all)
        .await;
    shared.app.execute("ALTER TABLE upload DISABLE TRIGGER carryall_tell; DELETE FROM upload").await;
    shared.go_on(first).await;
    assert_eq!((shared.status().await, shared.rclone.list().len()), (String::new(), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wanted_again_while_its_remains_are_cleared_up_is_made_after_that() {
    let shared = Shared::new().await;
    shared.upload().await;
    let first = shared.waiting("PUT /").await;
    shared.app.execute("UPDATE upload SET status = 'FAILED', worker = NULL, next_try_at = NULL").await;
    shared.proxy.arm(Rule { fault: Fault::Wait, seen: "DELETE /".into(), after: 0, times: 1 });
    shared.strike().await;
    shared.upload().await;
    shared.other().await;
    assert_eq!(shared.status().await, "PENDING");
    shared.go_on(first).await;
    shared.other().await;
    assert_eq!((shared.status().await, shared.is_whole()), ("UPLOADED".into(), true));
}
