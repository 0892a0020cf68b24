//! Inputs that are wrong, and hold a secret.

use serde_json::{Value, json};

use super::{mark, server::Watched};
use crate::uploads::graphql_literal;

const CREATE: &str = "mutation ($config: StorageConfigInput!) { createStorageLocation(input: {name: \"x\", config: $config}) { userErrors { message } } }";

/// Configurations that are none.
fn configs(secret: &str) -> Vec<Value> {
    let sftp = |field: &str, value: Value| {
        let mut settings = json!({"host": "h", "username": "u", "password": secret});
        settings[field] = value;
        json!({ "sftp": settings })
    };
    vec![
        json!({"sftp": {"host": "h", "username": "u", "password": secret}, "dropbox": {"authorizationToken": secret}}),
        sftp("password", json!({ "a": secret })),
        sftp("password", json!([secret])),
        sftp("password", json!({})),
        sftp("port", json!("x")),
        sftp("port", json!(secret)),
        sftp("nothing", json!(secret)),
        sftp("host", json!("h/")),
        sftp("hostKeyFingerprint", json!(secret)),
        json!({"rackspace": {"identityEndpoint": secret, "username": "u", "password": secret, "region": "DFW"}}),
        json!({"googleCloudStorage": {"projectId": "p", "bucket": "bucket", "keyFile": secret}}),
        json!({"googleCloudStorage": {"projectId": "p", "bucket": "bucket", "keyFile": format!("{{\"private_key\": \"{secret}")}}),
        json!({"azureBlob": {"accountName": "account", "accountKey": secret, "container": "container"}}),
        json!({"scaleway": {"key": "k", "secret": secret, "region": "r", "endpoint": 7, "bucket": "b"}}),
        json!({"unknown": {"secret": secret}}),
        json!(secret),
    ]
}

/// Sends them, in every way.
pub async fn send_all(server: &mut Watched) {
    let secret = mark("wrong-input");
    server.secrets.add("a wrong input", &secret);
    let mut operations = Vec::new();
    for config in configs(&secret) {
        let inline =
            CREATE.replace("($config: StorageConfigInput!) ", "").replace("$config", &graphql_literal(&config));
        operations.push(json!({"query": CREATE, "variables": {"config": config}}));
        operations.push(json!({ "query": inline }));
    }
    let quoted = json!(secret).to_string();
    for query in [
        format!("{{ dataExports(first: {quoted}) {{ totalCount }} }}"),
        format!("mutation {{ updateDataExportSettings(input: {{format: {quoted}}}) {{ userErrors {{ code }} }} }}"),
        format!("mutation {{ createApiToken(input: {{name: \"x\", role: {quoted}}}) {{ secret }} }}"),
        format!("mutation {{ nothing(secret: {quoted}) }}"),
        format!("mutation {{ createStorageLocation(input: {{name: {quoted}"),
        format!("{{ viewer {{ name }} }} {secret}"),
        format!("query ($a: Int = {quoted}) {{ dataExports(first: $a) {{ totalCount }} }}"),
    ] {
        operations.push(json!({ "query": query }));
    }
    operations.push(
        json!({"query": "query ($a: Int) { dataExports(first: $a) { totalCount } }", "variables": {"a": secret}}),
    );
    operations.push(json!({"query": "{ viewer { name } }", "operationName": secret}));
    operations.push(json!({"query": "{ viewer { name } }", "variables": secret}));
    operations.push(json!({"query": "{ viewer { name } }", "extensions": secret}));
    operations.push(json!({ "query": [secret] }));
    for operation in &operations {
        server.send("a wrong operation", server.post().json(operation)).await;
        let mut request = server.client.get(format!("{}/graphql", server.url)).bearer_auth(&server.token);
        for (name, value) in operation.as_object().unwrap() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            request = request.query(&[(name, text)]);
        }
        server.send("a wrong operation by GET", request).await;
        let message = json!({"id": "1", "type": "subscribe", "payload": operation}).to_string();
        let token = server.token.clone();
        server.over_socket("a wrong operation by WebSocket", &token, &[message], 1).await;
    }
    let body = operations[0].to_string();
    for (kind, body) in [
        ("application/json", &body[..body.len() - 3]),
        ("application/json", &quoted),
        ("application/json", &secret),
        ("text/plain", &body),
        ("application/x-www-form-urlencoded", &secret),
    ] {
        let request = server.post().body(body.to_owned()).header("content-type", kind);
        server.send("what is no request", request).await;
    }
    for message in [secret.clone(), quoted, json!({ "type": secret }).to_string(), json!({"id": [secret]}).to_string()]
    {
        let token = server.token.clone();
        server.over_socket("what is no message", &token, &[message], 1).await;
    }
    // Tokens and links of nobody's.
    let token = "carryall_NobodyHasThisToken0123456789";
    server.secrets.add("a wrong token", token);
    let query = json!({"query": "{ viewer { name } }"});
    let graphql = format!("{}/graphql", server.url);
    for request in [
        server.client.post(&graphql).bearer_auth(token).json(&query),
        server.client.post(&graphql).basic_auth("u", Some(token)).json(&query),
        server.client.post(&graphql).header("authorization", token).json(&query),
        server.client.get(&graphql).query(&[("query", "{ viewer { name } }"), ("access_token", token)]),
        server.client.get(format!("{}/graphiql", server.url)).query(&[("token", token)]),
        server.client.get(format!("{}/{token}", server.url)),
    ] {
        server.send("a wrong token", request).await;
    }
    server.over_socket("a wrong token by WebSocket", token, &[], 1).await;
}

/// Runs commands whose settings are wrong, and hold a secret.
pub async fn run_all(server: &mut Watched) {
    let secret = mark("wrong-setting");
    let plain = "Mk-plain-wrong-setting-9Qz";
    server.secrets.add("a wrong setting", &secret);
    server.secrets.add("another wrong setting", plain);
    let folder = server.folder.path().to_owned();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let quoted = json!(secret).to_string();
    write("broken.toml", &format!("[source.app]\nurl = {quoted} x\n"));
    write("unclosed.toml", &format!("[source.app]\nurl = \"{plain}\n"));
    write("typed.toml", &format!("demo = {quoted}\n"));
    write("source.toml", &format!("[source.app]\nurl = \"postgres://u:{plain}@/%%:x\"\n"));
    write("number.toml", &format!("stall-minutes = {quoted}\n"));
    write("key", &secret);
    write("password", &format!("{secret}\u{1}\n"));
    let source = |scheme: &str| format!("{scheme}://u:{plain}@127.0.0.1:1/d");
    let (postgres, mysql, unknown) = (source("postgres"), source("mysql"), source("oracle"));
    let named = format!("app={unknown}");
    let option = format!("app={postgres}?sslmode={plain}");
    let unknown_option = format!("app={postgres}?sslpassword={plain}");
    let state = format!("{postgres}?sslpassword={plain}");
    let (files, endpoint) = (format!("s3://u:{plain}@bucket"), format!("amazon-s3={unknown}"));
    for arguments in [
        vec!["serve", "--source", &postgres],
        vec!["serve", "--source", &named],
        vec!["serve", "--source", &option],
        vec!["serve", "--source", &unknown_option],
        vec!["serve", "--demo", "--database-url", &state],
        vec!["migrate-state", "--to", &state],
        vec!["serve", "--demo", "--database-url", &unknown],
        vec!["serve", "--demo", "--files-url", &files],
        vec!["serve", "--demo", "--storage-endpoint", &endpoint],
        vec!["serve", "--demo", "--public-url", &unknown],
        vec!["serve", "--demo", "--secret-key-file", "key"],
        vec!["serve", "--config", "broken.toml"],
        vec!["serve", "--config", "unclosed.toml"],
        vec!["serve", "--config", "typed.toml"],
        vec!["serve", "--config", "source.toml"],
        vec!["serve", "--config", "number.toml"],
        vec!["export", "--demo", plain],
        vec!["export", "--output", "a.zip", "--password-file", "password", "--source", "app=sqlite:gone.db"],
    ] {
        // Nothing listens at an address that is not this machine's.
        server.run("a wrong command", &arguments, &[("CARRYALL_LISTEN", "192.0.2.1:1")]).await;
    }
    let out = ["export", "--output", "b.zip"];
    for variables in [
        [("CARRYALL_SECRET_KEY", &*secret), ("CARRYALL_DEMO", "1")],
        [("CARRYALL_SOURCE_APP", &unknown), ("CARRYALL_EXPORT_PASSWORD", &secret)],
        [("CARRYALL_SOURCE_APP", &postgres), ("CARRYALL_EXPORT_PASSWORD", &secret)],
        [("CARRYALL_SOURCE_APP", &mysql), ("CARRYALL_EXPORT_PASSWORD", &secret)],
        [("CARRYALL_STALL_MINUTES", plain), ("CARRYALL_DATABASE_URL", &unknown)],
    ] {
        server.run("a wrong command", &["serve", "--listen", "192.0.2.1:1"], &variables).await;
        server.run("a wrong command", &out, &variables).await;
    }
}
