//! Storages behind a proxy that the environment names: it looks names up, so that what it is asked for must be judged before.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};

use super::outgoing::METADATA;
use crate::{
    app::database_of,
    process::{Server, carryall},
};

/// A proxy that reaches nobody. What it is asked for comes out.
async fn proxy() -> (String, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (asked, requests) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut buffer = vec![0; 16 * 1024];
            let length = client.read(&mut buffer).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let _ = asked.send(head.lines().next().unwrap_or_default().to_owned());
            let answer = b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            let _ = client.write_all(answer).await;
        }
    });
    (address, requests)
}

/// What comes of the test of a Space at `endpoint`, all in one.
async fn tested(server: &Server, endpoint: &str) -> String {
    let config = format!(
        r#"{{digitaloceanSpaces: {{key: "key", secret: "secret", region: "fra1", bucket: "exports", endpoint: "{endpoint}"}}}}"#
    );
    let operation = format!(
        "mutation {{ testStorageLocation(input: {{config: {config}}}) \
            {{ ok userErrors {{ message }} steps {{ name failure {{ code message }} }} }} }}"
    );
    server.graphql(&operation).await.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_is_asked_for_what_no_storage_may_be() {
    let (address, mut requests) = proxy().await;
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let data = folder.path().join("data");
    let source = format!("app=sqlite:{}", database.display());
    let mut command = carryall();
    command.args(["serve", "--listen", "127.0.0.1:0", "--source", &source, "--data-dir"]).arg(&data);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.env("http_proxy", &address).env("https_proxy", &address);
    let server = Server::spawn(command, &data).await;

    // It is asked for what may be one, known here or not.
    let shown = tested(&server, "https://storage.invalid").await;
    assert!(requests.try_recv().is_ok_and(|line| line.starts_with("CONNECT storage.invalid:443")), "{shown}");
    let shown = tested(&server, "http://192.0.2.7").await;
    assert!(requests.try_recv().is_ok_and(|line| line.contains("http://192.0.2.7/exports/")), "{shown}");
    while requests.try_recv().is_ok() {}

    let mut refused: Vec<String> = METADATA.iter().map(|host| format!("http://{host}")).collect();
    // The proxy's own, and this machine's, also by a name that only a lookup shows to be so.
    refused.extend([address, "http://localhost:9".into(), "http://[::1]:9".into()]);
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let found = tokio::net::lookup_host((name.trim(), 9)).await.map(Iterator::collect::<Vec<_>>);
    if found.is_ok_and(|found| found.iter().any(|found| found.ip().is_loopback())) {
        refused.push(format!("http://{}:9", name.trim()));
    }
    for endpoint in refused {
        let shown = tested(&server, &endpoint).await;
        assert!(shown.contains("secrets") || shown.contains("this machine"), "{endpoint}: {shown}");
        assert_eq!(requests.try_recv().ok(), None, "{endpoint}");
    }
}
