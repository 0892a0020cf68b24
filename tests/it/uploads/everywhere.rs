//! Exports go to every storage that is switched on, if they are to, and arrive there whole.

use carryall::storage::Network;
use serde_json::{Value, json};

use super::{bucket, carry, configure, copies, copy_all, export, statuses};
use crate::{
    app::{Setup, TestApp, database_of},
    servers::{
        azurite::{self, Azurite},
        dropbox::DropboxServer,
        gcs::Gcs,
        seaweedfs::{KEY, SECRET, Seaweedfs},
        sftp::{Kind, PASSWORD, SftpServer, USER},
        swift::Swift,
    },
};

/// Reads a file at a storage, by another client.
pub type Read<'a> = Box<dyn Fn(&str) -> Option<Vec<u8>> + 'a>;

/// Every provider as a form fills it in, and another client for each.
pub fn all_providers(dropbox: &DropboxServer) -> Vec<(Value, Read<'_>)> {
    let buckets = [(); 4].map(|()| Seaweedfs::shared().bucket());
    let [amazon, space, scaleway, google] = buckets;
    let (container, azure) = Azurite::shared().container();
    let s3 = |bucket: &str| json!({"key": KEY, "secret": SECRET, "region": "us-east-1", "bucket": bucket, "basePath": "/a b/ü"});
    let at = |mut settings: Value| {
        settings["endpoint"] = json!(Seaweedfs::shared().address());
        settings
    };
    let azure_settings =
        json!({"accountName": azurite::ACCOUNT, "accountKey": azurite::KEY, "container": container, "basePath": "x"});
    let google_settings =
        json!({"projectId": "test-project", "keyFile": Gcs::shared().key_file, "bucket": google.0, "basePath": "x/"});
    let rackspace = json!({"identityEndpoint": Swift::shared().identity(), "username": "exporter",
        "password": "swift-password", "region": "DFW", "container": "every", "basePath": "x"});
    let sftp = SftpServer::shared(Kind::OpenSsh);
    let sftp_settings =
        json!({"host": "127.0.0.1", "port": sftp.port, "username": USER, "password": PASSWORD, "basePath": "every/x"});
    let folder = |rclone: &crate::servers::rclone::Rclone, folder: &'static str| -> Read<'static> {
        let rclone = rclone.folder(folder);
        Box::new(move |name| rclone.read(name))
    };
    vec![
        (json!({"amazonS3": s3(&amazon.0)}), folder(&amazon.1, "a b/ü")),
        (json!({"azureBlob": azure_settings}), folder(&azure, "x")),
        (json!({"digitaloceanSpaces": at(s3(&space.0))}), folder(&space.1, "a b/ü")),
        (
            json!({"dropbox": {"refreshToken": "refresh", "appKey": "app", "appSecret": "app-secret", "basePath": "x"}}),
            Box::new(|name| dropbox.read(&format!("/x/{name}"))),
        ),
        (json!({"googleCloudStorage": google_settings}), folder(&google.1, "x")),
        (json!({"rackspace": rackspace}), Box::new(|name| Swift::shared().read(&format!("every/x/{name}")))),
        (json!({"scaleway": at(s3(&scaleway.0))}), folder(&scaleway.1, "a b/ü")),
        (
            json!({"sftp": sftp_settings}),
            Box::new(move |name| std::fs::read(sftp.home().join("every/x").join(name)).ok()),
        ),
    ]
}

/// A process that reaches all providers where the tests have them.
pub fn network(dropbox: &DropboxServer) -> Network {
    let mut network = dropbox.network();
    let endpoints = [
        ("amazon-s3", Seaweedfs::shared().address()),
        ("azure-blob", Azurite::shared().address()),
        ("google-cloud-storage", Gcs::shared().address()),
    ];
    network.endpoints.extend(endpoints.map(|(name, address)| (name.to_owned(), address)));
    network
}

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_from_the_form_to_the_file_that_another_client_reads() {
    let dropbox = DropboxServer::start();
    let (_folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES ('ü')");
    let setup = Setup { network: Some(network(&dropbox)), ..Setup::default() };
    let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
    copy_all(&app, 7).await;
    let providers = all_providers(&dropbox);
    for (config, _) in &providers {
        let name = config.as_object().unwrap().keys().next().unwrap();
        let tested = app.mutate("testStorageLocation", json!({"config": config})).await;
        assert_eq!(tested["ok"], true, "{name}: {tested}");
        configure(&app, name, config).await;
    }
    let id = export(&app, "to all").await;
    assert_eq!(copies(&app, &id).await["uploadStatus"], "PENDING");
    carry(&app).await;
    let copies = copies(&app, &id).await;
    assert_eq!(copies["uploadStatus"], "UPLOADED", "{copies}");
    let export = app.export(&id).await;
    let archive = std::fs::read(app.archive(&export).0).unwrap();
    let name = export["fileName"].as_str().unwrap();
    let uploads = copies["uploads"].as_array().unwrap();
    assert_eq!(uploads.len(), 8);
    for (upload, (config, read)) in uploads.iter().zip(&providers) {
        let provider = config.as_object().unwrap().keys().next().unwrap();
        assert_eq!(upload["storage"]["name"], **provider);
        assert_eq!(read(name).as_ref(), Some(&archive), "{provider}");
        assert_eq!((&upload["bytesDone"], &upload["attempts"]), (&export["sizeBytes"], &json!(1)), "{provider}");
        assert!(upload["path"].as_str().unwrap().ends_with(name) && upload["verifiedAt"].is_string(), "{upload}");
    }
    let deleted = app.mutate("deleteDataExport", json!({"id": id})).await;
    assert_eq!(deleted["userErrors"], json!([]));
    carry(&app).await;
    for (config, read) in &providers {
        assert_eq!(read(name), None, "{config}: the copy goes with the export");
    }
    let rows: i64 = app.state().query_row("SELECT count(*) FROM upload", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_toggle_says_what_is_copied_unless_the_export_itself_does_and_a_storage_that_is_off_gets_nothing() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let ((on, rclone), (off, nothing)) = (bucket(), bucket());
    configure(&app, "on", &on).await;
    let off = configure(&app, "off", &off).await;
    app.mutate("updateStorageLocation", json!({"id": off, "enabled": false})).await;
    let not = export(&app, "toggle off").await;
    let own = app.create_of(json!({"name": "own wish", "upload": true})).await;
    assert_eq!(copies(&app, &own).await["uploadStatus"], "PENDING", "as soon as it is asked for");
    app.drain().await;
    copy_all(&app, 7).await;
    let by_toggle = export(&app, "toggle on").await;
    let against = app.create_of(json!({"name": "against", "upload": false})).await;
    app.drain().await;
    carry(&app).await;
    for (id, status, copied) in
        [(&not, "NOT_REQUESTED", 0), (&own, "UPLOADED", 1), (&by_toggle, "UPLOADED", 1), (&against, "NOT_REQUESTED", 0)]
    {
        let copies = copies(&app, id).await;
        assert_eq!((&copies["uploadStatus"], copies["uploads"].as_array().unwrap().len()), (&json!(status), copied));
    }
    assert_eq!((rclone.list().len(), nothing.list().len()), (2, 0));
    // By hand: to the one storage that is on, and not to the one that is off.
    let refused = app.mutate("uploadDataExport", json!({"id": not, "storageId": off})).await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID", "{refused}");
    let wanted = app.mutate("uploadDataExport", json!({"id": not})).await;
    assert_eq!(wanted["userErrors"], json!([]));
    carry(&app).await;
    assert_eq!((statuses(&app, &not).await, rclone.list().len()), (vec!["UPLOADED".into()], 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_copies_by_itself_and_an_export_that_fails_is_not_copied() {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start(&[("app", &database)]).await;
    copy_all(&app, 7).await;
    let (config, rclone) = bucket();
    configure(&app, "bucket", &config).await;
    let done = app.run("whole").await;
    super::wait_for(&app, done["id"].as_str().unwrap(), "UPLOADED").await;
    drop(folder);
    let failed = app.run("no source").await;
    assert_eq!(failed["status"], "FAILED");
    let copies = copies(&app, failed["id"].as_str().unwrap()).await;
    assert_eq!((&copies["uploadStatus"], &copies["uploads"]), (&json!("NOT_REQUESTED"), &json!([])));
    assert_eq!(rclone.list(), [done["fileName"].as_str().unwrap()]);
}
