//! A storage is changed, and its change tried out, by whoever does not know its secrets: they stay where they are used.

use std::{io::ErrorKind, net::TcpListener};

use serde_json::{Value, json};

use super::{carry, configure, copies, copy_all, export, locations, tested};
use crate::{
    app::{TestApp, database_of},
    servers::sftp::{Kind, PASSWORD, SftpServer, USER},
};

fn sftp(port: u16, changes: &Value) -> Value {
    let mut settings =
        json!({"host": "127.0.0.1", "port": port, "username": USER, "password": "", "basePath": "changed"});
    for (field, value) in changes.as_object().unwrap() {
        settings[field] = value.clone();
    }
    json!({"sftp": settings})
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_touch_the_secret_is_changed_and_tried_out_without_it() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, 7).await;
    let server = SftpServer::start(Kind::OpenSsh);
    let before = sftp(server.port, &json!({"password": PASSWORD, "basePath": "before"}));
    let id = configure(&app, "sftp", &before).await;
    app.mutate("testStorageLocation", json!({"id": id})).await;
    let pinned = locations(&app).await[0]["config"]["hostKeyFingerprint"].clone();
    let config = sftp(server.port, &json!({}));
    let tried = app.mutate("testStorageLocation", json!({"id": id, "config": config})).await;
    assert_eq!((&tried["ok"], &tried["hostKeyFingerprint"]), (&json!(true), &pinned), "{tried}");
    let watched = tested::watch(&app, app.token.expose(), json!({"id": id, "config": config})).await;
    assert_eq!(tested::events(watched).await.pop().unwrap()["ok"], true);
    let noted = app.graphql("{ auditEvents(first: 1) { nodes { action subject detail } } }", json!({})).await;
    let noted = &noted["auditEvents"]["nodes"][0];
    assert_eq!((&noted["action"], &noted["subject"]), (&json!("TESTED_STORAGE"), &json!(id)));
    assert!(noted["detail"].as_str().unwrap().starts_with("settings that are not kept"), "{noted}");
    let changed = app.mutate("updateStorageLocation", json!({"id": id, "config": config})).await;
    assert_eq!((&changed["userErrors"], &changed["storageLocation"]["version"]), (&json!([]), &json!(2)));
    let export = export(&app, "export").await;
    carry(&app).await;
    let copies = copies(&app, &export).await;
    assert_eq!(copies["uploadStatus"], "UPLOADED", "the password is the one that was set");
    assert!(copies["uploads"][0]["path"].as_str().unwrap().starts_with("changed/"), "{copies}");
    assert_eq!(locations(&app).await[0]["config"]["hostKeyFingerprint"], pinned);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_goes_to_no_other_server_and_is_used_as_nobody_else() {
    let app = TestApp::start_without_worker(&[]).await;
    let server = SftpServer::start(Kind::OpenSsh);
    let id = configure(&app, "sftp", &sftp(server.port, &json!({"password": PASSWORD}))).await;
    app.mutate("testStorageLocation", json!({"id": id})).await;
    // A server of whoever wants to know the password.
    let own = TcpListener::bind("127.0.0.1:0").unwrap();
    own.set_nonblocking(true).unwrap();
    let port = own.local_addr().unwrap().port();
    let stranger = format!("SHA256:{}", "A".repeat(43));
    for config in [
        sftp(port, &json!({})),
        sftp(server.port, &json!({"host": "localhost"})),
        sftp(server.port, &json!({"username": "somebody-else"})),
        sftp(server.port, &json!({"hostKeyFingerprint": stranger})),
        json!({"rackspace": {"identityEndpoint": format!("http://127.0.0.1:{port}"), "username": USER, "password": "",
            "region": "DFW"}}),
    ] {
        let provider = config.as_object().unwrap().keys().next().unwrap().clone();
        let input = json!({"id": id, "config": config});
        let changed = app.mutate("updateStorageLocation", input.clone()).await;
        let tried = app.mutate("testStorageLocation", input.clone()).await;
        let watched = tested::events(tested::watch(&app, app.token.expose(), input).await).await;
        for refused in [&changed, &tried, &watched[0]] {
            let error = &refused["userErrors"][0];
            assert_eq!(error["field"], json!(["config", provider, "password"]), "{config}: {refused}");
            assert!(error["code"] == "BLANK" && error["message"].as_str().unwrap().contains("again"), "{refused}");
        }
        assert_eq!((&changed["storageLocation"], &tried["steps"], watched.len()), (&Value::Null, &json!([]), 1));
    }
    assert_eq!(own.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody has connected");
    assert_eq!(locations(&app).await[0]["version"], 1);
    // Without a storage there is none that could stay.
    let refused = app.mutate("testStorageLocation", json!({"config": sftp(server.port, &json!({}))})).await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_that_is_pinned_holds_for_a_change_that_is_tried_out() {
    let app = TestApp::start_without_worker(&[]).await;
    let server = SftpServer::start(Kind::OpenSsh);
    let stranger = format!("SHA256:{}", "A".repeat(43));
    let saved = sftp(server.port, &json!({"password": PASSWORD, "hostKeyFingerprint": stranger}));
    let id = configure(&app, "sftp", &saved).await;
    for password in ["", PASSWORD] {
        let config = sftp(server.port, &json!({"password": password}));
        let tried = app.mutate("testStorageLocation", json!({"id": id, "config": config})).await;
        let last = tried["steps"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["name"], &last["failure"]["code"]), (&json!("IDENTIFY"), &json!("HOST_KEY_CHANGED")));
    }
    assert_eq!(locations(&app).await[0]["lastFailure"], Value::Null, "it is not the storage that failed");
    // Whoever knows the password may say that the host has another key.
    let config = sftp(server.port, &json!({"password": PASSWORD, "hostKeyFingerprint": server.fingerprint("ed25519")}));
    assert_eq!(app.mutate("testStorageLocation", json!({"id": id, "config": config})).await["ok"], true);
}
