//! Storages of every provider with secrets that can be found: working ones, wrong ones, and one that repeats what it is sent.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{mark, search::Secrets};
use crate::servers::{free_port, gcs};

/// The fields of the API's inputs that take a secret, by provider.
pub const SECRET_FIELDS: [(&str, &str); 10] = [
    ("amazonS3", "secret"),
    ("azureBlob", "accountKey"),
    ("digitaloceanSpaces", "secret"),
    ("dropbox", "appSecret"),
    ("dropbox", "authorizationToken"),
    ("dropbox", "refreshToken"),
    ("googleCloudStorage", "keyFile"),
    ("rackspace", "password"),
    ("scaleway", "secret"),
    ("sftp", "password"),
];

/// Looks for the secrets of a storage from now on.
pub fn look_for(secrets: &mut Secrets, kind: &str, config: &Value) {
    for (provider, field) in SECRET_FIELDS {
        let Some(secret) = config[provider][field].as_str() else { continue };
        let name = format!("{kind} {provider} {field}");
        if field == "keyFile" {
            let file: Value = serde_json::from_str(secret).unwrap();
            // Any line of the key will do.
            let line = file["private_key"].as_str().unwrap().lines().nth(5).unwrap().to_owned();
            secrets.add(&name, &line);
            secrets.add_bytes(&name, &STANDARD.decode(&line).unwrap());
        } else if secret != "refresh" {
            // All but that of the tests' own Dropbox, which is an ordinary word.
            secrets.add(&name, secret);
        }
        if field == "accountKey" {
            secrets.add_bytes(&name, &STANDARD.decode(secret).unwrap());
        }
    }
}

/// These working storages with other secrets, at other places.
pub fn wrong(good: &[Value]) -> Vec<Value> {
    let mut all = good.to_vec();
    let mut lasting = json!({"dropbox": {"authorizationToken": ""}});
    for config in all.iter_mut().chain([&mut lasting]) {
        for (provider, field) in SECRET_FIELDS {
            if config[provider][field].is_string() {
                let marked = mark(&format!("{provider}-{field}"));
                config[provider][field] = match field {
                    "accountKey" => json!(STANDARD.encode(marked)),
                    "keyFile" => json!(gcs::key_file(tempfile::tempdir().unwrap().path())),
                    _ => json!(marked),
                };
                config[provider]["basePath"] = json!("wrong");
            }
        }
    }
    // One object cannot be indexed by a provider without getting it.
    let mut all = [all, vec![lasting]].concat();
    for config in &mut all {
        config.as_object_mut().unwrap().retain(|_, settings| settings.is_object());
    }
    if let Some(last) = all.last_mut() {
        last["dropbox"]["basePath"] = json!("lasting");
    }
    all
}

/// Storages that cannot be reached, or repeat what they are sent.
pub fn strange(echo: &str) -> Vec<Value> {
    let bucket = |secret: &str, bucket: &str| json!({"key": "AKSTRANGE", "secret": mark(secret), "region": "r", "endpoint": echo, "bucket": bucket});
    vec![
        json!({"rackspace": {"identityEndpoint": echo, "username": "u", "password": mark("echo-rackspace"), "region": "DFW"}}),
        json!({"digitaloceanSpaces": bucket("echo-space", "space")}),
        json!({"scaleway": bucket("echo-scaleway", "bucket")}),
        json!({"sftp": {"host": "127.0.0.1", "port": free_port(), "username": "u", "password": mark("nobody-there")}}),
    ]
}

/// A server that refuses every request by repeating it.
pub async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = vec![0; 65_536];
                let length = socket.read(&mut request).await.unwrap_or(0);
                let body = String::from_utf8_lossy(&request[..length]).into_owned();
                let head =
                    "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-length";
                let _ = socket.write_all(format!("{head}: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
            });
        }
    });
    format!("http://{address}")
}

#[test]
fn every_field_that_takes_a_secret_is_marked() {
    let schema = carryall::graphql::sdl();
    let fields = schema.lines().filter(|line| line.contains(": Secret") && line.starts_with('\t')).count();
    assert_eq!(fields, SECRET_FIELDS.len(), "a field that takes a secret is not looked for");
}
