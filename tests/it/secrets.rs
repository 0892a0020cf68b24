//! No secret comes out where it must not: everything is done with secrets that can be found, the server logs all that it can,
//! and then every answer, every line of the log and every file is searched.

mod search;
mod server;
mod storages;
mod whole_schema;
mod wrong;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::{
    app::until,
    servers::{dropbox::DropboxServer, mariadb, postgres},
    uploads::everywhere,
};
use search::Found;
use server::Watched;

/// A secret that can be found, with what is written otherwise in addresses and in JSON.
fn mark(name: &str) -> String {
    format!("Mk-{name}-9Qz/+\"%=&")
}

/// All places where a secret stands, and has to.
fn allowed() -> Found {
    let places = [
        ("stdout of the server", "the first token"),
        ("stdout of token create", "a token of the command line"),
        ("stdout of key generate", "a key that was printed"),
        ("stderr of export", "the password of an export without a server"),
        ("answer to createApiToken", "a token of the API"),
        ("answer to a sign-in", "the cookie of a session"),
        ("answer to a query for passwords", "the password of an archive"),
        ("answer to a query for links", "the signature of a link"),
        ("file secret.key", "the key"),
        ("file secret.key", "the key after the rotation"),
    ];
    places.map(|(place, name)| (place.to_owned(), name.to_owned())).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_an_answer_the_log_or_a_file_but_where_it_has_to_be() {
    let dropbox = DropboxServer::start();
    let mut server = Watched::new();
    let (postgres, mysql) = sources(&mut server).await;
    let good = everywhere::all_providers(&dropbox).into_iter().map(|(config, _)| config).collect::<Vec<_>>();
    let network = everywhere::network(&dropbox);
    // It asks often, and for everything.
    let limits =
        "requests-per-second=100000,document-aliases=100000,document-complexity=1000000000000,document-depth=50";
    server.arguments = ["--limit", limits, "--allow-loopback-storage", "--extra-ca-file"].map(Into::into).into();
    server.arguments.push(network.extra_ca_file.unwrap().to_str().unwrap().to_owned());
    for (name, address) in &network.endpoints {
        server.arguments.extend(["--storage-endpoint".to_owned(), format!("{name}={address}")]);
    }
    server.variables = [("CARRYALL_SOURCE_APP".into(), postgres.clone()), ("CARRYALL_SOURCE_MY".into(), mysql)].into();

    let printed = server.start().await;
    let first = printed.split_whitespace().find(|word| word.starts_with("carryall_")).unwrap().to_owned();
    look_for_token(&mut server, "the first token", &first);
    server.token = first;
    look_for_key(&mut server, "the key");
    // What the tests' own Dropbox lends begins so.
    server.secrets.add_raw("an access token", b"sl.u.");
    tokens(&mut server).await;
    session(&mut server).await;
    let exports = exports_to(&mut server, &good).await;
    given_out(&mut server, &exports).await;
    wrong::send_all(&mut server).await;
    whole_schema::ask_for_everything(&mut server).await;
    server.stop().await;

    rotated(&mut server).await;
    let password = mark("source-wrong");
    server.secrets.add("a wrong password of a source", &password);
    broken(&mut server, &with_password(&postgres, &password)).await;
    wrong::run_all(&mut server).await;
    commands(&mut server, &postgres).await;
    assert_eq!(server.search(&allowed()), allowed(), "each that has to be somewhere was found there");
}

/// Two databases, with passwords that are looked for, and their addresses.
async fn sources(server: &mut Watched) -> (String, String) {
    let database = postgres::database_of("CREATE TABLE t (a text); INSERT INTO t VALUES ('x')").await;
    let (role, password) = (format!("{}_marked", database.name), mark("source"));
    database
        .execute(&format!("CREATE ROLE {role} LOGIN PASSWORD '{password}'; GRANT pg_read_all_data TO {role}"))
        .await;
    server.secrets.add("the password of a PostgreSQL", &password);
    server.secrets.add("the password of a MariaDB", mariadb::PASSWORD.0);
    let other = mariadb::Database::of("CREATE TABLE t (a INT)").await;
    (with_password(&database.address_for(&role, "x"), &password), other.address())
}

/// An address with another password.
fn with_password(address: &str, password: &str) -> String {
    let (head, rest) = address.split_once('@').unwrap();
    let user = &head[..head.rfind(':').unwrap()];
    format!("{user}:{}@{rest}", utf8_percent_encode(password, NON_ALPHANUMERIC))
}

fn look_for_token(server: &mut Watched, name: &str, token: &str) {
    server.secrets.add(name, token.strip_prefix("carryall_").unwrap());
}

fn look_for_key(server: &mut Watched, name: &str) {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let key = std::fs::read_to_string(server.data().join("secret.key")).unwrap();
    server.secrets.add(name, key.trim());
    server.secrets.add_bytes(name, &STANDARD.decode(key.trim()).unwrap());
}

/// Makes tokens, uses them, and takes them back.
async fn tokens(server: &mut Watched) {
    let printed = server.run("token create", &["token", "create", "--name", "x", "--role", "ADMIN"], &[]).await;
    look_for_token(server, "a token of the command line", printed.trim());
    let input = json!({"name": "a client", "role": "VIEWER"});
    let made = server.mutate("createApiToken", input, "apiToken { id } secret").await;
    let token = made["secret"].as_str().unwrap().to_owned();
    look_for_token(server, "a token of the API", &token);
    let admin = std::mem::replace(&mut server.token, token.clone());
    server.ask("a query of a viewer", "{ viewer { name } dataExports { totalCount } }", json!({})).await;
    server.ask("a query for what a viewer may not have", "{ dataExports { nodes { filePassword } } }", json!({})).await;
    server.ask("a query for tokens", "{ apiTokens { id } }", json!({})).await;
    server.token = admin;
    server.mutate("revokeApiToken", json!({"id": made["apiToken"]["id"]}), "revokedApiTokenId").await;
    let revoked = server.client.post(format!("{}/graphql", server.url)).bearer_auth(&token);
    server.send("a revoked token", revoked.json(&json!({"query": "{ viewer { name } }"}))).await;
}

/// Signs in as the dashboard does, asks by the cookie in every way, and signs out.
async fn session(server: &mut Watched) {
    let sessions = format!("{}/session", server.url);
    let signed_in = server.client.post(&sessions).json(&json!({"token": server.token}));
    server.send("a sign-in", signed_in).await;
    let answer = server.last("answer to a sign-in");
    let cookie = answer.split("carryall-session-").nth(1).unwrap().split([';', '"']).next().unwrap();
    look_for_token(server, "the cookie of a session", cookie.split_once('=').unwrap().1);
    let cookie = format!("carryall-session-{cookie}");
    let by_cookie =
        |request: reqwest::RequestBuilder, origin: &str| request.header("cookie", &cookie).header("origin", origin);
    let (own, query) = (server.url.clone(), json!({"query": "{ viewer { name } dataExports { totalCount } }"}));
    let graphql = server.client.post(format!("{own}/graphql"));
    for (place, accept, origin) in [
        ("a query by cookie", "application/json", own.as_str()),
        ("a stream by cookie", "text/event-stream", own.as_str()),
        ("a query by cookie from elsewhere", "application/json", "https://elsewhere.example"),
    ] {
        let request = graphql.try_clone().unwrap().header("accept", accept).json(&query);
        server.send(place, by_cookie(request, origin)).await;
    }
    server.send("a sign-out", by_cookie(server.client.delete(&sessions), &own)).await;
    server.send("a cookie that is over", by_cookie(graphql.json(&query), &own)).await;
}

/// Configures storages, has exports copied there, and changes and removes them. Returns the ids of the exports.
async fn exports_to(server: &mut Watched, good: &[Value]) -> Vec<String> {
    let settings = json!({"uploadAutomaticExports": true, "maximumExports": 2});
    server.mutate("updateDataExportSettings", settings, "settings { version }").await;
    let (wrong, strange) = (storages::wrong(good), storages::strange(&storages::echo().await));
    let (mut ids, mut exports) = (Vec::new(), Vec::new());
    for (kind, configs) in [("good", good), ("wrong", &wrong), ("strange", &strange)] {
        for (number, config) in configs.iter().enumerate() {
            storages::look_for(&mut server.secrets, kind, config);
            let tested = "ok steps { name ok message failure { code message } } hostKeyFingerprint";
            let result = server.mutate("testStorageLocation", json!({ "config": config }), tested).await;
            assert_eq!(result["ok"], kind == "good", "{kind} {number}");
            let input = json!({"name": format!("{kind} {number}"), "config": config});
            let made = server.mutate("createStorageLocation", input, "storageLocation { id name }").await;
            let id = made["storageLocation"]["id"].as_str().unwrap_or_else(|| panic!("{kind} {number}: {made}"));
            server.mutate("testStorageLocation", json!({ "id": id }), tested).await;
            ids.push((id.to_owned(), config.clone()));
        }
        let made = server.mutate("createDataExport", json!({"name": kind, "upload": true}), "dataExport { id }").await;
        let id = made["dataExport"]["id"].as_str().unwrap().to_owned();
        settled(server, &id, good.len()).await;
        exports.push(id);
    }
    for (id, config) in &ids {
        let verify = json!({"id": exports[2], "storageId": id});
        server.mutate("verifyDataExport", verify, "dataExport { id }").await;
        let input = json!({"id": id, "config": config, "name": format!("again {id}")});
        server.mutate("updateStorageLocation", input, "storageLocation { id } releasedFiles").await;
    }
    server.mutate("verifyDataExport", json!({"id": exports[2]}), "dataExport { id }").await;
    for (place, (id, _)) in ids.iter().enumerate().skip(1).step_by(3) {
        let input = json!({"id": id, "deleteFiles": place % 2 == 0});
        server.mutate("deleteStorageLocation", input, "deletedStorageLocationId").await;
    }
    exports
}

/// Waits until an export is completed, so many of its copies have arrived, and all others have failed.
async fn settled(server: &mut Watched, id: &str, arrive: usize) {
    let query = "query ($id: ID!) { dataExport(id: $id) { status failure { code message } uploadStatus \
        uploads { status path attempts failure { code message } } } }";
    until("the copies are made", async || {
        let export = server.ask("a query for copies", query, json!({ "id": id })).await["data"]["dataExport"].clone();
        assert_ne!(export["status"], "FAILED", "{export}");
        let uploads = export["uploads"].as_array().cloned().unwrap_or_default();
        let arrived = uploads.iter().filter(|copy| copy["status"] == "UPLOADED").count();
        let failed = uploads.iter().filter(|copy| copy["failure"].is_object()).count();
        arrived == arrive && arrived + failed == uploads.len()
    })
    .await;
}

/// Reads passwords, makes links, and follows them.
async fn given_out(server: &mut Watched, exports: &[String]) {
    for id in exports {
        let one = |field: &str| format!("query ($id: ID!) {{ dataExport(id: $id) {{ {field} }} }}");
        let read = server.ask("a query for passwords", &one("filePassword"), json!({ "id": id })).await;
        // The oldest is past the maximum, and may be gone already.
        let password = read["data"]["dataExport"]["filePassword"].as_str().map(str::to_owned);
        let Some(password) = password else { continue };
        server.secrets.add("the password of an archive", &password);
        let made = server.ask("a query for links", &one("downloadUrl"), json!({ "id": id })).await;
        // That of the oldest is gone from the instance.
        let Some(link) = made["data"]["dataExport"]["downloadUrl"].as_str().map(str::to_owned) else { continue };
        let signature = link.split_once("signature=").unwrap().1.to_owned();
        server.secrets.add("the signature of a link", &signature);
        server.send("a link", server.client.get(&link)).await;
        server.send("a link, in part", server.client.get(&link).header("range", "bytes=5-20")).await;
        server.send("a link, in a wrong part", server.client.get(&link).header("range", "bytes=999999999-")).await;
        server.send("a link, its head", server.client.head(&link)).await;
        let changed = link.replace("expires=", "expires=1");
        server.send("a link that was changed", server.client.get(changed)).await;
        let unreadable = link.replace("expires=", "expires=x");
        server.send("a link that is none", server.client.get(unreadable)).await;
    }
    let last = exports.last().unwrap();
    server.mutate("pinDataExport", json!({"id": last, "pinned": true}), "dataExport { id }").await;
    server.mutate("deleteDataExport", json!({"id": exports[0]}), "deletedDataExportId").await;
}

/// Replaces the key.
async fn rotated(server: &mut Watched) {
    let printed = server.run("key rotate", &["key", "rotate"], &[]).await;
    assert!(printed.contains("were sealed anew"), "{printed}");
    look_for_key(server, "the key after the rotation");
}

/// A server whose source refuses it, and whose storages are behind a proxy that refuses it too.
async fn broken(server: &mut Watched, source: &str) {
    let password = mark("proxy");
    server.secrets.add("the password of a proxy", &password);
    let encoded = utf8_percent_encode(&password, NON_ALPHANUMERIC).to_string();
    let proxy = storages::echo().await.replace("http://", &format!("http://user:{encoded}@"));
    for name in ["HTTPS_PROXY", "HTTP_PROXY"] {
        server.variables.insert(name.into(), proxy.clone());
    }
    server.variables.insert("CARRYALL_SOURCE_APP".into(), source.to_owned());
    server.start().await;
    let made = server.mutate("createDataExport", json!({"name": "broken"}), "dataExport { id }").await;
    let query = "query ($id: ID!) { dataExport(id: $id) { status failure { code message } } }";
    let id = json!({ "id": made["dataExport"]["id"] });
    until("the export fails", async || {
        let answer = server.ask("a query for a failure", query, id.clone()).await;
        answer["data"]["dataExport"]["status"] == "FAILED"
    })
    .await;
    let mut config =
        json!({"scaleway": {"key": "k", "region": "r", "endpoint": "https://192.0.2.1", "bucket": "behind"}});
    config["scaleway"]["secret"] = json!(mark("behind-proxy"));
    storages::look_for(&mut server.secrets, "proxied", &config);
    let tested = "ok steps { name ok message failure { code message } }";
    let result = server.mutate("testStorageLocation", json!({ "config": config }), tested).await;
    assert_eq!(result["ok"], false);
    whole_schema::ask_for_everything(server).await;
    server.stop().await;
}

/// What is done without a server.
async fn commands(server: &mut Watched, source: &str) {
    let key = server.run("key generate", &["key", "generate"], &[]).await;
    server.secrets.add("a key that was printed", key.trim());
    let sources = [("CARRYALL_SOURCE_APP", source)];
    server.run("export", &["export", "--output", "made.zip"], &sources).await;
    let said = server.last("stderr of export");
    let password = said.lines().find_map(|line| line.strip_prefix("Password: ")).unwrap().to_owned();
    server.secrets.add("the password of an export without a server", &password);
    let given = mark("given");
    server.secrets.add("a password that was given", &given);
    let variables = [sources[0], ("CARRYALL_EXPORT_PASSWORD", &*given)];
    server.run("export with a password", &["export", "--output", "given.zip"], &variables).await;
    let printed = server.run("verify", &["verify", "given.zip"], &variables[1..]).await;
    assert!(printed.contains("all as its descriptor says"), "{printed}");
    server.run("verify with a wrong password", &["verify", "made.zip"], &variables[1..]).await;
}
