//! What admins configure: checked, sealed, tried out, and never shown with its secrets.

use carryall::storage::Network;
use serde_json::{Value, json};

use super::{bucket, carry, configure, copies, copy_all, export, graphql_literal, locations, space};
use crate::{
    app::{Setup, TestApp, database_of},
    servers::{
        seaweedfs::{KEY, READER_KEY, READER_SECRET},
        sftp::{Kind, PASSWORD, SftpServer, USER},
    },
};

/// A secret that can be found wherever it should not be.
const MARKED: &str = "S3cretThatNobodyMaySee";

async fn app() -> (tempfile::TempDir, TestApp) {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    (folder, TestApp::start_without_worker(&[("app", &database)]).await)
}

fn sftp(server: &SftpServer, password: &str, fingerprint: Option<&str>) -> Value {
    json!({"sftp": {"host": "127.0.0.1", "port": server.port, "username": USER, "password": password,
        "basePath": "configured", "hostKeyFingerprint": fingerprint}})
}

#[tokio::test]
async fn secrets_are_sealed_at_rest_and_no_answer_holds_them_whatever_is_sent() {
    let (_folder, app) = app().await;
    let mut config = space("https://s3.example.com", "exports");
    config["digitaloceanSpaces"]["secret"] = json!(MARKED);
    configure(&app, "one", &config).await;
    let everything = "{ storageLocations { config { ... on DigitaloceanSpaces { key region apiVersion endpoint bucket basePath } } } }";
    let shown = app.graphql(everything, json!({})).await["storageLocations"][0]["config"].clone();
    let expected = json!({"key": KEY, "region": "us-east-1", "apiVersion": "latest",
        "endpoint": "https://s3.example.com", "bucket": "exports", "basePath": ""});
    assert_eq!(shown, expected);
    let asked = app.answer("{ storageLocations { config { ... on DigitaloceanSpaces { secret } } } }", json!({})).await;
    assert!(asked["errors"][0]["message"].as_str().unwrap().contains("secret"), "there is no such field");
    for file in std::fs::read_dir(app.files().parent().unwrap()).unwrap() {
        let path = file.unwrap().path();
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        assert!(!bytes.windows(MARKED.len()).any(|window| window == MARKED.as_bytes()), "{}", path.display());
    }
    let operation = "mutation ($config: StorageConfigInput!) { createStorageLocation(input: {name: \"x\", config: $config}) \
        { userErrors { message } } }";
    let sftp = json!({"host": "h", "username": "u", "password": MARKED});
    let wrong = [
        json!({"sftp": sftp, "dropbox": {"authorizationToken": MARKED}}),
        json!({"sftp": {"host": "h", "username": "u", "password": {"a": MARKED}}}),
        json!({"sftp": {"host": "h", "username": "u", "password": [MARKED]}}),
        json!({"sftp": {"host": "h", "username": "u", "password": MARKED, "port": "x"}}),
        json!({"sftp": {"host": "h", "username": "u", "password": MARKED, "nothing": 1}}),
        json!({"sftp": {"host": "h/", "username": "u", "password": MARKED}}),
        json!({"rackspace": {"identityEndpoint": MARKED, "username": "u", "password": MARKED, "region": "DFW"}}),
        json!({"googleCloudStorage": {"projectId": "p", "bucket": "bucket", "keyFile": MARKED}}),
        json!({"azureBlob": {"accountName": "account", "accountKey": MARKED, "container": "container"}}),
        json!({"unknown": {"secret": MARKED}}),
        json!(MARKED),
    ];
    for config in wrong {
        let answer = app.answer(operation, json!({"config": config})).await;
        let told = answer["errors"].is_array() || answer["data"]["createStorageLocation"]["userErrors"][0].is_object();
        assert!(told && !answer.to_string().contains(MARKED), "{config}: {answer}");
        // The same, written into the document.
        let literal = graphql_literal(&config);
        let inline = operation.replace("($config: StorageConfigInput!) ", "").replace("$config", &literal);
        let answer = app.answer(&inline, json!({})).await;
        let told = answer["errors"].is_array() || answer["data"]["createStorageLocation"]["userErrors"][0].is_object();
        assert!(told && !answer.to_string().contains(MARKED), "{inline}: {answer}");
    }
    assert_eq!(locations(&app).await.len(), 1, "nothing was changed");
}

#[tokio::test]
async fn what_cannot_be_right_is_told_by_its_field_and_changes_nothing() {
    let (_folder, app) = app().await;
    let good = space("https://s3.example.com", "exports");
    let one = configure(&app, "one", &good).await;
    let with = |field: &str, value: Value| {
        let mut config = good.clone();
        config["digitaloceanSpaces"][field] = value;
        config
    };
    let dropbox = json!({"dropbox": {}});
    let cases = [
        (
            "two",
            with("apiVersion", json!("2012-01-01")),
            json!(["config", "digitaloceanSpaces", "apiVersion"]),
            "INVALID",
        ),
        ("two", with("bucket", json!("a/b/c")), json!(["config", "digitaloceanSpaces", "bucket"]), "INVALID"),
        ("two", with("secret", json!("")), json!(["config", "digitaloceanSpaces", "secret"]), "INVALID"),
        ("two", with("basePath", json!("a/../b")), json!(["config", "digitaloceanSpaces", "basePath"]), "INVALID"),
        ("two", dropbox, json!(["config", "dropbox", "refreshToken"]), "INVALID"),
        ("two", with("endpoint", json!("http://169.254.169.254")), json!(["config", "digitaloceanSpaces"]), "INVALID"),
        ("one", with("basePath", json!("other")), json!(["name"]), "TAKEN"),
        (" ", good.clone(), json!(["name"]), "BLANK"),
    ];
    for (name, config, field, code) in cases {
        let refused = app.mutate("createStorageLocation", json!({"name": name, "config": config})).await;
        let error = &refused["userErrors"][0];
        assert_eq!((&error["field"], &error["code"]), (&field, &json!(code)), "{name} {config}: {refused}");
        assert_eq!(refused["storageLocation"], Value::Null);
    }
    let same =
        app.mutate("createStorageLocation", json!({"name": "two", "config": with("basePath", json!("//"))})).await;
    let error = &same["userErrors"][0];
    assert_eq!(
        (&error["code"], &error["field"][2]),
        (&json!("TAKEN"), &json!("basePath")),
        "it is the folder of another"
    );
    let two = configure(&app, "two", &with("basePath", json!("two"))).await;
    let stranger = "0199c0de-0000-7000-8000-000000000000";
    let changes = [
        (json!({"id": two, "name": "one"}), "TAKEN"),
        (json!({"id": two, "name": "three", "expectedVersion": 7}), "STALE"),
        (json!({"id": two, "name": "three", "config": {"dropbox": {}}}), "INVALID"),
        (json!({"id": two, "name": "three", "config": good}), "TAKEN"),
        (json!({"id": stranger, "name": "three"}), "NOT_FOUND"),
        (json!({"id": "nonsense", "name": "three"}), "NOT_FOUND"),
    ];
    for (change, code) in changes {
        let refused = app.mutate("updateStorageLocation", change.clone()).await;
        assert_eq!(refused["userErrors"][0]["code"], code, "{change}: {refused}");
    }
    let unknown = app.mutate("deleteStorageLocation", json!({"id": stranger})).await;
    assert_eq!(unknown["userErrors"][0]["code"], "NOT_FOUND");
    let shown = locations(&app).await;
    assert_eq!((&shown[0]["name"], &shown[1]["name"], &shown[1]["version"]), (&json!("one"), &json!("two"), &json!(1)));
    let changed = app.mutate("updateStorageLocation", json!({"id": one, "name": "first", "expectedVersion": 1})).await;
    assert_eq!(
        (&changed["storageLocation"]["name"], &changed["storageLocation"]["version"]),
        (&json!("first"), &json!(2))
    );
}

#[tokio::test]
async fn this_machine_is_no_storage_unless_the_operator_allows_it() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let setup = Setup { network: Some(Network::default()), ..Setup::default() };
    let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
    for endpoint in ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"] {
        let input = json!({"name": endpoint, "config": space(endpoint, "exports")});
        let refused = app.mutate("createStorageLocation", input).await;
        let message = refused["userErrors"][0]["message"].as_str().unwrap();
        assert!(message.contains("this machine itself") && message.contains("--allow-loopback-storage"), "{message}");
        let tested = app.mutate("testStorageLocation", json!({"config": space(endpoint, "exports")})).await;
        assert_eq!((&tested["ok"], &tested["userErrors"][0]["code"]), (&json!(false), &json!("INVALID")));
    }
    let sftp = json!({"sftp": {"host": "localhost", "port": 1, "username": "u", "password": "p"}});
    let tested = app.mutate("testStorageLocation", json!({"config": sftp})).await;
    assert_eq!(tested["userErrors"][0]["field"], json!(["config", "sftp"]), "{tested}");
    assert_eq!(locations(&app).await, [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_tells_each_step_and_what_is_wrong_and_leaves_nothing_and_a_saved_storage_remembers_it() {
    let (_folder, app) = app().await;
    let (good, rclone) = bucket();
    let tested = app.mutate("testStorageLocation", json!({"config": good})).await;
    let names = |tested: &Value| {
        let steps = tested["steps"].as_array().unwrap().clone();
        steps.iter().map(|step| step["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&tested), ["RESOLVE", "CONNECT", "SIGN_IN", "WRITE", "READ", "DELETE"], "{tested}");
    assert_eq!((rclone.list(), locations(&app).await.len()), (Vec::new(), 0), "nothing is left anywhere");
    let mut reader = good.clone();
    (reader["digitaloceanSpaces"]["key"], reader["digitaloceanSpaces"]["secret"]) =
        (json!(READER_KEY), json!(READER_SECRET));
    let id = configure(&app, "reader", &reader).await;
    let tested = app.mutate("testStorageLocation", json!({"id": id})).await;
    let last = tested["steps"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&tested["ok"], &last["name"], &last["failure"]["code"]),
        (&json!(false), &json!("WRITE"), &json!("UNAUTHORIZED"))
    );
    assert_eq!(locations(&app).await[0]["lastFailure"]["code"], "UNAUTHORIZED");
    app.mutate("updateStorageLocation", json!({"id": id, "config": good})).await;
    assert_eq!(locations(&app).await[0]["lastFailure"], Value::Null, "with these settings nothing was tried");
    let tested = app.mutate("testStorageLocation", json!({"id": id})).await;
    assert_eq!((&tested["ok"], &locations(&app).await[0]["lastFailure"]), (&json!(true), &Value::Null));
    let refused = app.mutate("testStorageLocation", json!({})).await;
    assert_eq!((&refused["ok"], &refused["userErrors"][0]["code"]), (&json!(false), &json!("INVALID")));
    let nobody = space("http://127.0.0.1:9", "exports");
    let tested = app.mutate("testStorageLocation", json!({"config": nobody})).await;
    assert_eq!(
        (names(&tested).last().unwrap().as_str(), &tested["steps"][1]["failure"]["code"]),
        ("CONNECT", &json!("UNREACHABLE"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_key_that_was_seen_is_pinned_and_another_is_refused_until_an_admin_accepts_it() {
    let (_folder, app) = app().await;
    copy_all(&app, 7).await;
    let server = SftpServer::start(Kind::OpenSsh);
    let keys = ["ed25519", "rsa"].map(|kind| server.fingerprint(kind));
    let tested = app.mutate("testStorageLocation", json!({"config": sftp(&server, PASSWORD, None)})).await;
    let seen = tested["hostKeyFingerprint"].as_str().unwrap().to_owned();
    assert!(tested["ok"] == true && keys.contains(&seen), "{tested}");
    let id = configure(&app, "sftp", &sftp(&server, PASSWORD, None)).await;
    assert_eq!(locations(&app).await[0]["config"]["hostKeyFingerprint"], Value::Null);
    let first = export(&app, "first").await;
    carry(&app).await;
    assert_eq!(copies(&app, &first).await["uploadStatus"], "UPLOADED");
    assert_eq!(locations(&app).await[0]["config"]["hostKeyFingerprint"], seen, "the key seen first is pinned");
    // Another configuration of the same host keeps it.
    app.mutate("updateStorageLocation", json!({"id": id, "config": sftp(&server, PASSWORD, None)})).await;
    assert_eq!(locations(&app).await[0]["config"]["hostKeyFingerprint"], seen);
    // Somebody else answers there.
    let stranger = format!("SHA256:{}", "A".repeat(43));
    app.mutate("updateStorageLocation", json!({"id": id, "config": sftp(&server, PASSWORD, Some(&stranger))})).await;
    let second = export(&app, "second").await;
    carry(&app).await;
    let refused = copies(&app, &second).await;
    assert_eq!(
        (&refused["uploadStatus"], &refused["uploads"][0]["failure"]["code"]),
        (&json!("INCOMPLETE"), &json!("HOST_KEY_CHANGED"))
    );
    assert_eq!(
        (&refused["uploads"][0]["status"], &locations(&app).await[0]["lastFailure"]["code"]),
        (&json!("FAILED"), &json!("HOST_KEY_CHANGED"))
    );
    // The admin accepts the key: what had failed is tried again by itself.
    app.mutate("updateStorageLocation", json!({"id": id, "config": sftp(&server, PASSWORD, Some(&seen))})).await;
    carry(&app).await;
    assert_eq!(copies(&app, &second).await["uploadStatus"], "UPLOADED");
    // The password alone is another: what was accepted stays pinned.
    app.mutate("updateStorageLocation", json!({"id": id, "config": sftp(&server, PASSWORD, None)})).await;
    assert_eq!(locations(&app).await[0]["config"]["hostKeyFingerprint"], seen);
    // Another host has another key, so that nothing is pinned for it.
    let other = SftpServer::shared(Kind::Interactive);
    let moved = app.mutate("updateStorageLocation", json!({"id": id, "config": sftp(other, PASSWORD, None)})).await;
    assert_eq!(moved["releasedFiles"], 2);
    assert_eq!(locations(&app).await[0]["config"]["hostKeyFingerprint"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_and_not_tried_again_until_it_is_put_right() {
    let (_folder, app) = app().await;
    copy_all(&app, 7).await;
    let (good, _) = bucket();
    let mut wrong = good.clone();
    wrong["digitaloceanSpaces"]["secret"] = json!("wrong");
    let id = configure(&app, "bucket", &wrong).await;
    let export = export(&app, "export").await;
    carry(&app).await;
    let refused = copies(&app, &export).await;
    let upload = &refused["uploads"][0];
    assert_eq!(
        (&upload["status"], &upload["failure"]["code"], &upload["failure"]["retryable"]),
        (&json!("FAILED"), &json!("UNAUTHORIZED"), &json!(false))
    );
    assert_eq!(upload["nextAttemptAt"], Value::Null);
    app.mutate("updateStorageLocation", json!({"id": id, "config": good})).await;
    carry(&app).await;
    assert_eq!(copies(&app, &export).await["uploadStatus"], "UPLOADED");
    assert!(locations(&app).await[0]["lastUploadedAt"].is_string());
}
