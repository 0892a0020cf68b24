//! Downloads that go to the store itself, by an address that it has signed.

use reqwest::{StatusCode, header};
use serde_json::json;

use super::{There, file_name, made};
use crate::app::{Kept, Setup, database_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_sent_to_the_store_which_needs_no_credentials_and_serves_ranges() {
    let (_folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (randomblob(5000))");
    for there in [There::s3(), There::azure()] {
        let setup = there.setup();
        let app = there.app_with(&database, Setup { files: Kept { presigned: true, ..setup.files }, ..setup }).await;
        let export = made(&app, "x").await;
        let bytes = there.rclone.read(file_name(&export)).unwrap();
        let url = export["downloadUrl"].as_str().unwrap();
        let stays = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let sent = stays.get(url).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::TEMPORARY_REDIRECT, "{}", there.name);
        assert_eq!(sent.headers()[header::CACHE_CONTROL], "no-store");
        let address = sent.headers()[header::LOCATION].to_str().unwrap().to_owned();
        assert!(!address.starts_with(&app.url) && address.contains(file_name(&export)), "{address}");
        assert!(stays.get(&address).send().await.unwrap().bytes().await.unwrap() == bytes, "{}", there.name);
        // As clients do that follow.
        let part = app.client.get(url).header(header::RANGE, "bytes=10-19").send().await.unwrap();
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT, "{}", there.name);
        assert!(part.bytes().await.unwrap() == bytes[10..20]);
        // The address is not good for HEAD, which is answered here.
        let head = app.client.head(url).send().await.unwrap();
        assert_eq!(
            (head.status(), &head.headers()[header::ACCEPT_RANGES]),
            (StatusCode::OK, &"bytes".parse().unwrap())
        );
        let events = app.graphql("{ auditEvents(first: 50) { nodes { action } } }", json!({})).await;
        assert!(events.to_string().contains("\"DOWNLOADED\""), "{events}");
    }
}
