//! Uploads of the real server that is killed, stopped and slowed down: after the next start they are done, and nothing is left
//! of what was cut off.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};

use super::{graphql_literal, large_database, space};
use crate::{
    app::{PATIENCE, until},
    process::Server,
    servers::{
        rclone::Rclone,
        seaweedfs::Seaweedfs,
        sftp::{Kind, PASSWORD, SftpServer, USER},
    },
    storages::fault_proxy::{Fault, FaultProxy, Rule},
};

/// A server that may copy to this machine.
async fn start(data: &Path, database: &Path, more: &[&str]) -> Server {
    let source = format!("app=sqlite:{}", database.display());
    let mut arguments = vec!["--source", &source, "--allow-loopback-storage"];
    arguments.extend(more);
    Server::start(data, &arguments).await
}

async fn configure(server: &Server, name: &str, config: &Value) {
    let input = format!("{{name: {name:?}, config: {}}}", graphql_literal(config));
    let operation = format!("mutation {{ createStorageLocation(input: {input}) {{ userErrors {{ message }} }} }}");
    assert_eq!(server.graphql(&operation).await["createStorageLocation"]["userErrors"], json!([]));
}

/// Makes an export that is to be copied, and waits for its archive.
async fn export(server: &Server) -> Value {
    server.graphql("mutation { createDataExport(input: {name: \"x\", upload: true}) { dataExport { id } } }").await;
    server.settled().await[0].clone()
}

/// The copies of the only export.
async fn copies(server: &Server) -> Vec<Value> {
    let fields = "uploads { status bytesDone sizeBytes attempts failure { message } }";
    let data = server.graphql(&format!("{{ dataExports {{ nodes {{ {fields} }} }} }}")).await;
    data["dataExports"]["nodes"][0]["uploads"].as_array().unwrap().clone()
}

async fn all_arrive(server: &Server) {
    until("all copies arrive", async || copies(server).await.iter().all(|copy| copy["status"] == "UPLOADED")).await;
}

async fn kill(mut server: Server) {
    server.child.kill().await.unwrap();
}

/// A bucket before which lies a proxy.
async fn proxied() -> (FaultProxy, Value, Rclone) {
    let proxy = FaultProxy::before(Seaweedfs::shared().port).await;
    let (bucket, rclone) = Seaweedfs::shared().bucket();
    let config = space(&proxy.address(), &bucket);
    (proxy, config, rclone)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_a_kill_cut_off_is_done_after_the_next_start_and_no_part_is_left() {
    let (folder, database) = large_database();
    let data = folder.path().join("data");
    let (proxy, config, rclone) = proxied().await;
    proxy.arm(Rule { fault: Fault::Hang, seen: "partNumber=".into(), after: 1 << 20, times: usize::MAX });
    let server = start(&data, &database, &[]).await;
    configure(&server, "bucket", &config).await;
    let made = export(&server).await;
    tokio::time::timeout(PATIENCE, proxy.wait_for_strike()).await.unwrap();
    assert_eq!(copies(&server).await[0]["status"], "UPLOADING");
    kill(server).await;
    assert_eq!(rclone.uploads().len(), 1, "a multipart upload was begun");
    proxy.disarm();
    let server = start(&data, &database, &[]).await;
    all_arrive(&server).await;
    let name = made["fileName"].as_str().unwrap();
    assert_eq!(rclone.read(name), std::fs::read(data.join("files").join(name)).ok());
    assert_eq!((rclone.list().len(), rclone.uploads()), (1, Vec::new()), "and nothing of it is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn whenever_it_is_killed_all_copies_arrive_in_the_end_and_nothing_else_is_left() {
    let (folder, database) = large_database();
    let data = folder.path().join("data");
    let (_proxy, config, rclone) = proxied().await;
    let sftp = SftpServer::start(Kind::OpenSsh);
    let settings =
        json!({"host": "127.0.0.1", "port": sftp.port, "username": USER, "password": PASSWORD, "basePath": "x"});
    // So that an upload takes about three seconds.
    let slowly = ["--upload-bandwidth", "6000"];
    let server = start(&data, &database, &slowly).await;
    configure(&server, "bucket", &config).await;
    configure(&server, "sftp", &json!({"sftp": settings})).await;
    let made = export(&server).await;
    kill(server).await;
    for round in 0..8 {
        let server = start(&data, &database, &slowly).await;
        tokio::time::sleep(Duration::from_millis(100 + 350 * round)).await;
        kill(server).await;
    }
    let server = start(&data, &database, &[]).await;
    all_arrive(&server).await;
    let name = made["fileName"].as_str().unwrap();
    let archive = std::fs::read(data.join("files").join(name)).unwrap();
    assert_eq!((rclone.read(name).as_ref(), rclone.list().len(), rclone.uploads().len()), (Some(&archive), 1, 0));
    let there = sftp.home().join("x");
    let names: Vec<_> = std::fs::read_dir(&there).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [name]);
    assert_eq!(std::fs::read(there.join(name)).unwrap(), archive);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_not_over_when_the_server_stops_is_given_back_and_goes_on_after_the_next_start() {
    let (folder, database) = large_database();
    let data = folder.path().join("data");
    let (proxy, config, rclone) = proxied().await;
    proxy.arm(Rule { fault: Fault::Hang, seen: "partNumber=".into(), after: 1 << 20, times: usize::MAX });
    let server = start(&data, &database, &["--shutdown-grace", "1"]).await;
    configure(&server, "bucket", &config).await;
    export(&server).await;
    tokio::time::timeout(PATIENCE, proxy.wait_for_strike()).await.unwrap();
    assert!(server.stop().await.success());
    let state = rusqlite::Connection::open(data.join("carryall.db")).unwrap();
    let status: String = state.query_row("SELECT status FROM upload", [], |row| row.get(0)).unwrap();
    assert_eq!(status, "PENDING");
    proxy.disarm();
    let server = start(&data, &database, &[]).await;
    all_arrive(&server).await;
    assert_eq!((rclone.list().len(), rclone.uploads()), (1, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_stops_in_time_though_a_storage_hangs_while_a_copy_is_verified_or_removed() {
    for (seen, operation) in [("GET /", "verifyDataExport"), ("DELETE /", "deleteDataExport")] {
        let (folder, database) = large_database();
        let data = folder.path().join("data");
        let (proxy, config, _) = proxied().await;
        let server = start(&data, &database, &["--shutdown-grace", "1"]).await;
        configure(&server, "bucket", &config).await;
        let export = export(&server).await;
        all_arrive(&server).await;
        proxy.arm(Rule::always(Fault::Hang, seen));
        let storage = server.graphql("{ storageLocations { id } }").await["storageLocations"][0]["id"].clone();
        let storage = if seen == "GET /" { format!(", storageId: {storage}") } else { String::new() };
        let input = format!("{{id: {}{storage}}}", export["id"]);
        let mutation = format!("mutation {{ {operation}(input: {input}) {{ userErrors {{ code }} }} }}");
        assert_eq!(server.graphql(&mutation).await[operation]["userErrors"], json!([]));
        tokio::time::timeout(PATIENCE, proxy.wait_for_strike()).await.unwrap();
        assert!(server.stop().await.success(), "{operation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_keep_to_the_bandwidth_that_the_operator_allows_and_tell_how_far_they_are() {
    let (folder, database) = large_database();
    let data = folder.path().join("data");
    let (_proxy, config, _) = proxied().await;
    let server = start(&data, &database, &["--upload-bandwidth", "2000"]).await;
    configure(&server, "bucket", &config).await;
    export(&server).await;
    let mut seen = Vec::new();
    until("it arrives", async || {
        let copy = copies(&server).await[0].clone();
        let done: u64 = copy["bytesDone"].as_str().unwrap().parse().unwrap();
        let size: u64 = copy["sizeBytes"].as_str().unwrap().parse().unwrap();
        if copy["status"] == "UPLOADING" && done > 0 && done < size && !seen.contains(&done) {
            seen.push(done);
        }
        copy["status"] == "UPLOADED"
    })
    .await;
    assert!(!seen.is_empty() && seen.is_sorted(), "it was seen on its way: {seen:?}");
}
