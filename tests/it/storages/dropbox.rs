//! Dropbox: its own client reads what was put.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use carryall::{
    secret::Secret,
    storage::{
        Content, Network, Receipt, Step, StepKind, Storage, StorageError,
        dropbox::{Dropbox, DropboxStorage, Limits},
    },
};

use super::{
    conformance::{self, DropboxPlace},
    content::{InMemory, noise, put, tried, wrong_settings},
    faulty::{Changed, Unreadable, pace},
};
use crate::servers::dropbox::DropboxServer;

/// A token that lasts, and a folder.
pub fn lasting(token: &str, base_path: &str) -> Dropbox {
    Dropbox {
        authorization_token: Some(Secret::new(token)),
        refresh_token: None,
        app_key: None,
        app_secret: None,
        base_path: base_path.into(),
    }
}

pub fn refreshed() -> Dropbox {
    Dropbox {
        authorization_token: None,
        refresh_token: Some(Secret::new("refresh")),
        app_key: Some("app".into()),
        app_secret: Some(Secret::new("app-secret")),
        base_path: String::new(),
    }
}

/// By a secret that is not the app's.
pub fn wrong_app() -> Dropbox {
    Dropbox { app_secret: Some(Secret::new("other")), ..refreshed() }
}

/// With little patience, and with sessions for what is more than a megabyte.
pub fn storage(server: &DropboxServer, settings: Dropbox) -> DropboxStorage {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let limits = Limits { single: 1 << 20, chunk: 1 << 20, pace: pace() };
    DropboxStorage::new(settings, &server.network(), limits).unwrap()
}

async fn try_put(storage: &dyn Storage, content: &dyn Content) -> Result<Receipt, StorageError> {
    storage.put("a.zip", content, &Arc::new(AtomicU64::new(0))).await
}

fn failed(steps: &[Step]) -> (StepKind, StorageError) {
    let last = steps.last().unwrap();
    (last.kind, last.error.clone().unwrap())
}

fn in_parts() -> InMemory {
    noise(3_500_000, 4)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_storage_must_do_by_a_refresh_token() {
    conformance::all(&DropboxPlace::with(refreshed())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_kept_and_nothing_is_left() {
    let server = DropboxServer::start();
    let storage = storage(&server, Dropbox { base_path: "/a b/ü 漢/".into(), ..refreshed() });
    let receipt = put(&storage, "a.zip", &in_parts()).await;
    storage.verify("a.zip", &receipt).await.unwrap();
    assert_eq!(server.list(), serde_json::json!(["/a b/ü 漢/a.zip"]));
    storage.delete("a.zip").await.unwrap();
    assert!(tried(&storage).await.iter().all(|step| step.error.is_none()));
    assert_eq!(server.list(), serde_json::json!([]), "nothing else is left");
    assert_eq!(server.calls("oauth2/token"), 1, "a token is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_more_than_150_mib_goes_in_a_session_of_its_own_accord() {
    let server = DropboxServer::start();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let storage = lasting("long-lived", "").open(&server.network()).unwrap();
    let content = noise((150 << 20) + 1, 5);
    let receipt = put(storage.as_ref(), "a.zip", &content).await;
    assert_eq!(server.calls("files/upload_session/append_v2"), 3);
    assert!(server.read("/a.zip") == Some(content.0), "it is what was put");
    storage.verify("a.zip", &receipt).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_is_revoked_is_told_of() {
    let server = DropboxServer::start();
    let storage = storage(&server, refreshed());
    try_put(&storage, &noise(1000, 1)).await.unwrap();
    server.revoke();
    server.fault("files/upload", "expire", 1, 0);
    let error = try_put(&storage, &noise(1000, 2)).await.unwrap_err();
    assert!(matches!(&error, StorageError::Unauthorized(text) if text.contains("invalid_grant")), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_expires_in_the_middle_is_renewed_and_one_that_cannot_be_is_told_of() {
    let server = DropboxServer::start();
    let storage = storage(&server, refreshed());
    for route in ["files/upload_session/append_v2", "files/upload_session/finish", "files/get_metadata"] {
        server.fault(route, "expire", 1, 0);
        let receipt = put(&storage, "a.zip", &in_parts()).await;
        storage.verify("a.zip", &receipt).await.unwrap();
    }
    assert_eq!(server.calls("oauth2/token"), 4);
    assert!(server.read("/a.zip") == Some(in_parts().0), "it is what was put");
    server.fault("files/upload", "expire", 1, 0);
    let error = try_put(&self::storage(&server, lasting("long-lived", "")), &noise(10, 1)).await.unwrap_err();
    assert!(matches!(&error, StorageError::Unauthorized(text) if text.contains("refresh token")), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_off_is_taken_up_again_where_it_was() {
    let server = DropboxServer::start();
    let storage = storage(&server, lasting("long-lived", ""));
    let routes = ["files/upload", "start", "append_v2", "finish"];
    let routes =
        routes.map(|route| if route.contains('/') { route.into() } else { format!("files/upload_session/{route}") });
    for kind in ["reset", "lost", "busy", "rate", "rate_plain", "writes"] {
        for route in &routes {
            let content = if route == "files/upload" { noise(900_000, 6) } else { in_parts() };
            let before = server.calls("files/upload_session/append_v2");
            server.fault(route, kind, 2, 0);
            let receipt = put(&storage, "a.zip", &content).await;
            assert!(server.read("/a.zip").as_ref() == Some(&content.0), "{kind} at {route}");
            storage.verify("a.zip", &receipt).await.unwrap();
            if kind == "lost" && route.ends_with("append_v2") {
                // It was found to have arrived, and the next part was gone on with.
                assert_eq!(server.calls("files/upload_session/append_v2") - before, 4 + 1);
            }
            storage.delete("a.zip").await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_work_in_the_end_leaves_nothing() {
    let server = DropboxServer::start();
    let storage = storage(&server, lasting("long-lived", ""));
    for (route, content) in [("files/upload", noise(1000, 1)), ("files/upload_session/append_v2", in_parts())] {
        for kind in ["reset", "busy", "damage"] {
            server.fault(route, kind, 3, 0);
            let error = try_put(&storage, &content).await.unwrap_err();
            let expected = if kind == "damage" { "Damaged" } else { "Unreachable" };
            assert!(format!("{error:?}").starts_with(expected) && error.is_retryable(), "{kind}: {error:?}");
            assert_eq!(server.list(), serde_json::json!([]), "{kind} at {route}");
            server.fault(route, kind, 0, 0);
        }
    }
    server.fault("files/upload", "rate", 1, 300);
    let error = try_put(&storage, &noise(1000, 1)).await.unwrap_err();
    let wait = Some(Duration::from_secs(300));
    assert!(matches!(error, StorageError::Unreachable { retry_after, .. } if retry_after == wait), "{error:?}");
    for content in [noise(1_000_000, 1), in_parts()] {
        let unreadable = try_put(&storage, &Unreadable(InMemory(content.0.clone()))).await.unwrap_err();
        assert_eq!(unreadable, StorageError::Content("bad sector".into()));
        let changed = try_put(&storage, &Changed(content)).await.unwrap_err();
        assert!(matches!(&changed, StorageError::Content(why) if why.contains("SHA-256")), "{changed:?}");
    }
    assert_eq!(server.list(), serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_this_machine_nor_a_certificate_of_a_stranger_is_taken() {
    let server = DropboxServer::start();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let limits = || Limits { pace: pace(), ..Limits::default() };
    let stranger = Network { extra_ca_file: None, ..server.network() };
    let storage = DropboxStorage::new(lasting("long-lived", ""), &stranger, limits()).unwrap();
    let (kind, error) = failed(&tried(&storage).await);
    assert!(kind == StepKind::Identify && error.to_string().contains("certificate"), "{kind:?} {error:?}");
    let mut closed = Network { allow_loopback: false, ..server.network() };
    let refused = |network: &Network| DropboxStorage::new(lasting("long-lived", ""), network, limits()).err();
    assert!(refused(&closed).as_ref().and_then(wrong_settings).is_some());
    closed.endpoints.values_mut().for_each(|address| *address = address.replace("127.0.0.1", "localhost"));
    assert!(refused(&closed).as_ref().and_then(wrong_settings).is_some());
}

#[tokio::test]
async fn settings_that_cannot_work_are_told_by_their_field_and_secrets_are_not_shown() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let none = Dropbox { authorization_token: None, ..lasting("", "") };
    let cases = [
        (Dropbox { app_key: None, ..refreshed() }, "appKey"),
        (none, "refreshToken"),
        (lasting(" ", ""), "authorizationToken"),
        (lasting("two words", ""), "authorizationToken"),
        (lasting("token", "a/../b"), "basePath"),
    ];
    for (settings, field) in cases {
        let error = settings.open(&Network::default()).err();
        assert!(error.as_ref().and_then(wrong_settings).is_some_and(|text| text.contains(field)), "{error:?}");
    }
    let settings = refreshed();
    assert!(!format!("{settings:?}").contains("app-secret"));
    let json = serde_json::to_string(&settings).unwrap();
    assert_eq!(json, r#"{"refreshToken":"refresh","appKey":"app","appSecret":"app-secret","basePath":""}"#);
    assert_eq!(serde_json::from_str::<Dropbox>(&json).unwrap(), settings);
}
