//! Clients that take places, time or memory.

use std::time::Duration;

use carryall::{http::Reach, limits::Limits};
use reqwest::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{connect, raw};
use crate::app::{PATIENCE, Setup, TestApp, database_of, until};

#[tokio::test]
async fn slow_and_silent_clients_are_cut_and_others_are_served_meanwhile() {
    let mut api_limits = Limits::default();
    (api_limits.header_seconds, api_limits.body_seconds, api_limits.connections) = (1, 1, 10);
    let app = TestApp::start_with(&[], Setup { api_limits, ..Setup::default() }).await;
    let authorization = format!("Authorization: Bearer {}\r\n", app.token.expose());
    let body = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\n{authorization}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    for begun in ["", "GET /graphql HTTP/1.1\r\nHost: loc", "\x16\x03\x01\x02\x00", &body] {
        let mut slow = connect(&app).await;
        slow.write_all(begun.as_bytes()).await.unwrap();
        let mut told = Vec::new();
        let cut = tokio::time::timeout(PATIENCE, slow.read_to_end(&mut told)).await;
        assert!(cut.is_ok(), "{begun:?} is still open");
        assert_eq!(told.starts_with(b"HTTP/1.1 408"), begun == body, "{begun:?}: {}", String::from_utf8_lossy(&told));
    }
    // One that has asked something, and then nothing more.
    let mut idle = connect(&app).await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut told = Vec::new();
    assert!(tokio::time::timeout(PATIENCE, idle.read_to_end(&mut told)).await.is_ok(), "an idle one is still open");
    assert!(told.starts_with(b"HTTP/1.1 200"));
    // As many as there may be; those who wait hold their places only until they are cut.
    let mut crowd = Vec::new();
    for _ in 0..20 {
        crowd.push(connect(&app).await);
    }
    let served = async {
        loop {
            if let Ok(response) = app.client.get(format!("{}/healthz", app.url)).send().await {
                return response.status();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, served).await.expect("nobody is served"), StatusCode::OK);
}

#[tokio::test]
async fn one_address_does_not_take_every_place() {
    let api_limits = Limits { connections_per_address: 3, ..Limits::default() };
    let reach = Reach { trusted_proxies: vec!["127.0.0.2/32".parse().unwrap()], ..Reach::default() };
    let app = TestApp::start_with(&[], Setup { api_limits, reach, ..Setup::default() }).await;
    let from = async |address: [u8; 4]| {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((address, 0).into()).unwrap();
        let mut stream = socket.connect(app.url.strip_prefix("http://").unwrap().parse().unwrap()).await.unwrap();
        let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        let mut begun = [0; 12];
        let answered = stream.read_exact(&mut begun).await.is_ok() && begun == *b"HTTP/1.1 200";
        (answered, stream)
    };
    let mut open = Vec::new();
    for expected in [true, true, true, false] {
        let (answered, stream) = from([127, 0, 0, 3]).await;
        assert_eq!(answered, expected);
        open.push(stream);
    }
    for _ in 0..5 {
        let (answered, stream) = from([127, 0, 0, 2]).await;
        assert!(answered, "a proxy that is trusted");
        open.push(stream);
    }
    assert!(from([127, 0, 0, 4]).await.0, "another address");
    drop(open);
    until("the places are free again", async || from([127, 0, 0, 3]).await.0).await;
}

#[tokio::test]
async fn nothing_can_be_asked_by_http_2() {
    let app = TestApp::start_without_worker(&[]).await;
    let by_2 = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
    let asked = tokio::time::timeout(PATIENCE, by_2.get(format!("{}/healthz", app.url)).send()).await;
    let status = asked.expect("it is held open").map(|answer| answer.status().as_u16());
    assert!(status.is_err() || status.as_ref().is_ok_and(|status| *status == 505), "{status:?}");
    let healthy = app.client.get(format!("{}/healthz", app.url)).send().await.unwrap();
    assert_eq!((healthy.status(), healthy.version()), (StatusCode::OK, reqwest::Version::HTTP_11));
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let app = TestApp::start_without_worker(&[]).await;
    let long = "x".repeat(100_000);
    let (status, _) =
        raw(&app, &format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\nConnection: close\r\n\r\n"))
            .await;
    assert_eq!(status, 431);
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_a_download_is_cut() {
    let (_folder, database) = database_of(
        "CREATE TABLE t (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) \
         INSERT INTO t SELECT randomblob(50000) FROM n",
    );
    let api_limits = Limits { write_seconds: 1, ..Limits::default() };
    let setup = Setup { api_limits, ..Setup::default() };
    let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
    app.start_worker();
    let export = app.run("large").await;
    let path = export["downloadUrl"].as_str().unwrap().strip_prefix(&app.url).unwrap().to_owned();
    let mut stalled = connect(&app).await;
    stalled.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(4)).await;
    let mut got = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stalled.read_to_end(&mut got)).await.expect("it is still sent");
    let size: usize = export["sizeBytes"].as_str().unwrap().parse().unwrap();
    assert!(got.starts_with(b"HTTP/1.1 200") && got.len() < size, "{} of {size} came", got.len());
}

#[tokio::test]
async fn a_server_for_this_machine_alone_answers_to_no_other_name() {
    let reach = Reach { public_url: "https://carryall.example.com".parse().ok(), ..Reach::default() };
    let app = TestApp::start_with(&[], Setup { reach, ..Setup::default() }).await;
    for (host, status) in [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8080", 200),
        ("carryall.example.com", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("192.0.2.1", 421),
        ("", 421),
    ] {
        let (told, _) = raw(&app, &format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        assert_eq!(told, status, "{host}");
    }
}
