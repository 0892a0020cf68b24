//! How the real server is reached: over TLS, behind proxies, beyond this machine; and what each answer tells a browser.

use std::{path::Path, process::Stdio};

use reqwest::{Method, StatusCode, header};
use serde_json::json;

use crate::{
    app::{TestApp, database_of},
    process::{Server, run, stderr},
};

/// A certificate for 127.0.0.1 and its key, in `folder`, each by the name of its file.
fn certificate(folder: &Path, name: &str) -> (String, String) {
    let (chain, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args([
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "basicConstraints=CA:FALSE",
        ])
        .arg("-out")
        .arg(&chain)
        .arg("-keyout")
        .arg(&key)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    (chain.to_str().unwrap().to_owned(), key.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn with_a_certificate_the_server_speaks_tls_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = certificate(folder.path(), "one");
    let data = folder.path().join("data");
    let public = ["--public-url", "https://carryall.example.com"];
    let arguments = [["--demo", "--tls-certificate-file", &chain, "--tls-key-file", &key].as_slice(), &public].concat();
    let server = Server::start(&data, &arguments).await;
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let authority = reqwest::Certificate::from_pem(&std::fs::read(&chain).unwrap()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([authority]).build().unwrap();
    let page = client.get(format!("{}/graphiql", server.url)).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers()[header::STRICT_TRANSPORT_SECURITY].to_str().unwrap().contains("max-age="));
    let signed_in =
        client.post(format!("{}/session", server.url)).json(&json!({"token": server.token})).send().await.unwrap();
    let cookie = signed_in.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-") && cookie.contains("Secure"), "{cookie}");
    let created = client.post(format!("{}/graphql", server.url)).bearer_auth(&server.token);
    let links = "mutation { createDataExport(input: {name: \"x\"}) { dataExport { id } } }";
    assert_eq!(created.json(&json!({"query": links})).send().await.unwrap().status(), StatusCode::OK);
    let plain = client.get(server.url.replace("https", "http")).send().await;
    assert!(plain.is_err(), "it answers without TLS too");
    let address = server.url.strip_prefix("https://").unwrap().to_owned();
    let healthy = ["healthcheck", "--listen", &address, "--tls-certificate-file", &chain];
    let healthy = run(folder.path(), &healthy).await;
    assert!(healthy.status.success(), "{}", stderr(&healthy));
    let asked_plainly = run(folder.path(), &["healthcheck", "--listen", &address]).await;
    assert!(stderr(&asked_plainly).contains("--tls-certificate-file"), "{}", stderr(&asked_plainly));
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_ends_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (certificate(folder.path(), "one"), certificate(folder.path(), "other"));
    for (arguments, blamed) in [
        (vec!["--tls-certificate-file", &one.0], "--tls-key-file: the certificate's private key is missing"),
        (vec!["--tls-key-file", &one.1], "--tls-certificate-file: the private key's certificate is missing"),
        (vec!["--tls-certificate-file", &one.0, "--tls-key-file", &other.1], "is not the key of the certificate"),
        (vec!["--tls-certificate-file", "gone.pem", "--tls-key-file", &one.1], "--tls-certificate-file gone.pem"),
        (vec!["--tls-certificate-file", &one.0, "--tls-key-file", "gone.key"], "--tls-key-file gone.key"),
        (vec!["--tls-certificate-file", &one.1, "--tls-key-file", &one.1], "there is no certificate in it"),
    ] {
        let output =
            run(folder.path(), &[vec!["serve", "--demo", "--listen", "127.0.0.1:0"], arguments].concat()).await;
        assert!(!output.status.success());
        assert!(stderr(&output).contains(blamed), "{blamed}: {}", stderr(&output));
    }
}

#[tokio::test]
async fn beyond_this_machine_without_tls_there_is_a_warning() {
    for (arguments, warned) in [
        (vec!["--listen", "0.0.0.0:0"], true),
        (vec!["--listen", "0.0.0.0:0", "--public-url", "https://carryall.example.com"], false),
        (vec!["--listen", "127.0.0.1:0"], false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut command = crate::process::carryall();
        command.args(["serve", "--demo", "--data-dir"]).arg(&data).args(&arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = tokio::io::BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("listening at") {
            use tokio::io::AsyncBufReadExt;
            assert_ne!(log.read_line(&mut said).await.unwrap(), 0, "the server ended: {said}");
        }
        assert_eq!(said.contains("without TLS"), warned, "{arguments:?}: {said}");
        child.kill().await.unwrap();
    }
}

#[tokio::test]
async fn every_answer_tells_browsers_to_guess_nothing_and_to_show_it_nowhere() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("x").await;
    let link = export["downloadUrl"].as_str().unwrap().to_owned();
    for path in ["/healthz", "/graphiql", "/assets/nothing.js"] {
        let response = app.client.get(format!("{}{path}", app.url)).send().await.unwrap();
        told(path, response.headers());
    }
    for (method, path, status, code) in [
        (Method::GET, "/graphql", 401, "UNAUTHENTICATED"),
        (Method::PUT, "/graphql", 405, "METHOD_NOT_ALLOWED"),
        (Method::GET, "/session", 405, "METHOD_NOT_ALLOWED"),
        (Method::GET, "/nowhere", 404, "NOT_FOUND"),
        (Method::GET, "/downloads/x/y", 403, "LINK_REFUSED"),
    ] {
        let response = app.client.request(method, format!("{}{path}", app.url)).send().await.unwrap();
        told(path, response.headers());
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(
            (response.status().as_u16(), response.headers().contains_key(header::ALLOW)),
            (status, status == 405)
        );
        let error = response.json::<serde_json::Value>().await.unwrap()["errors"][0]["extensions"].clone();
        assert_eq!(error, json!({"code": code, "requestId": id}), "{path}");
    }
    let download = app.client.get(link).send().await.unwrap();
    told("a download", download.headers());
    assert_eq!(download.headers()[header::CACHE_CONTROL], "private, no-store");
    assert!(!download.headers().contains_key(header::STRICT_TRANSPORT_SECURITY), "there is no TLS");
}

fn told(path: &str, headers: &header::HeaderMap) {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(value("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(value("referrer-policy"), "no-referrer", "{path}");
    assert_eq!(value("x-frame-options"), "DENY", "{path}");
    assert_eq!(value("cross-origin-opener-policy"), "same-origin", "{path}");
    assert_eq!(value("cross-origin-resource-policy"), "same-origin", "{path}");
    let policy = value("content-security-policy");
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap_or_default();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    assert!(!scripts.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
    assert_eq!(value("x-request-id").len(), 36, "{path}");
}

#[tokio::test]
async fn links_lead_to_where_the_server_is_reached() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let reach =
        carryall::http::Reach { public_url: "https://carryall.example.com/".parse().ok(), ..Default::default() };
    let setup = crate::app::Setup { reach, ..Default::default() };
    let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
    app.start_worker();
    let export = app.run("x").await;
    let link = export["downloadUrl"].as_str().unwrap();
    assert!(link.starts_with("https://carryall.example.com/downloads/"), "{link}");
}
