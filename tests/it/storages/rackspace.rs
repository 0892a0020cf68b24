//! Rackspace Cloud Files, on a real Swift: rclone reads what was put.

use std::{
    net::TcpListener,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use carryall::{
    secret::Secret,
    storage::{
        Content, Network, Pace, Receipt, Step, StepKind, Storage, StorageError,
        rackspace::{Limits, Rackspace, RackspaceStorage},
    },
};
use serde_json::json;

use super::{
    conformance::{self, RackspacePlace},
    content::{InMemory, noise, put, tried, wrong_settings},
    faulty::{Changed, Slow, Unreadable, pace},
};
use crate::servers::swift::{LARGEST_OBJECT, Swift, status};

const SEGMENT: u64 = 1 << 20;

fn network() -> Network {
    Network { allow_loopback: true, ..Network::default() }
}

pub fn settings(container: &str) -> Rackspace {
    Rackspace {
        identity_endpoint: Swift::shared().identity().into(),
        username: "exporter".into(),
        password: Secret::new("swift-password"),
        region: "DFW".into(),
        container: container.into(),
        base_path: String::new(),
    }
}

/// With little patience, and with small segments.
fn storage_with(settings: &Rackspace, pace: Pace) -> RackspaceStorage {
    let _ = rustls::crypto::ring::default_provider().install_default();
    RackspaceStorage::new(settings, &network(), Limits { segment: SEGMENT, pace, ..Limits::default() }).unwrap()
}

pub fn storage(settings: &Rackspace) -> RackspaceStorage {
    storage_with(settings, pace())
}

/// A container that is there.
async fn in_container(name: &str) -> RackspaceStorage {
    let storage = storage(&settings(name));
    put(&storage, "first", &noise(1, 1)).await;
    storage.delete("first").await.unwrap();
    storage
}

async fn try_put(storage: &dyn Storage, content: &dyn Content) -> Result<Receipt, StorageError> {
    storage.put("a.zip", content, &Arc::new(AtomicU64::new(0))).await
}

fn failed(steps: &[Step]) -> (StepKind, StorageError) {
    let last = steps.last().unwrap();
    (last.kind, last.error.clone().unwrap())
}

/// More than the server takes at once: five segments.
fn large() -> InMemory {
    noise(LARGEST_OBJECT as usize + 1000, 4)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_storage_must_do_in_no_folder() {
    conformance::all(&RackspacePlace::with("")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_segments_go_when_a_file_is_replaced_and_when_it_is_deleted() {
    let (swift, storage) = (Swift::shared(), in_container("replaced").await);
    put(&storage, "a.zip", &large()).await;
    assert_eq!(swift.list("replaced").len(), 1 + 5);
    let content = noise(6 << 20, 9);
    let receipt = put(&storage, "a.zip", &content).await;
    assert_eq!(swift.list("replaced").len(), 1 + 6);
    assert!(swift.read("replaced/a.zip") == Some(content.0), "it is what was put");
    // Not its own: the names only begin alike.
    put(&storage, "a.zip2", &large()).await;
    let mut segments = swift.list("replaced").into_iter().filter(|name| name.starts_with("a.zip/.segments/"));
    let segment = format!("replaced/{}", segments.next().unwrap());
    let before = swift.read(&segment).unwrap();
    swift.write(&segment, &vec![0; before.len()]);
    assert!(matches!(storage.verify("a.zip", &receipt).await, Err(StorageError::Damaged(_))), "one of its segments");
    put(&storage, "a.zip", &noise(10, 1)).await;
    assert_eq!(swift.list("replaced").len(), 1 + 1 + 5, "a small file in place of a large one");
    swift.write("replaced/a.zip/.segments/broken-off/00000000", b"left by a put that a crash broke off");
    storage.delete("a.zip").await.unwrap();
    storage.delete("a.zip2").await.unwrap();
    assert_eq!(swift.list("replaced"), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_opens_too_and_another_region_or_version_is_told_of() {
    let key = Secret::new("0123456789abcdef0123456789abcdef");
    let with_version = format!("{}/v2.0/", Swift::shared().identity());
    let key =
        Rackspace { password: key, identity_endpoint: with_version.into(), region: "dfw".into(), ..settings("key") };
    try_put(&storage(&key), &noise(1000, 1)).await.unwrap();
    let storage = storage(&Rackspace { region: "LON".into(), ..settings("key") });
    let error = try_put(&storage, &noise(1000, 1)).await.unwrap_err();
    let expected = |text: &str| text.contains("LON") && text.contains("DFW");
    assert!(wrong_settings(&error).is_some_and(|text| expected(&text)), "{error:?}");
    let (kind, error) = failed(&tried(&storage).await);
    assert!(kind == StepKind::SignIn && !error.is_retryable(), "{kind:?} {error:?}");
    let elsewhere = format!("{}/v3", Swift::shared().identity());
    let error =
        try_put(&self::storage(&Rackspace { identity_endpoint: elsewhere.into(), ..settings("key") }), &noise(1, 1))
            .await;
    assert!(matches!(error, Err(StorageError::Setting { field: "identityEndpoint", .. })), "{error:?}");
    assert_eq!(Swift::shared().list("key"), ["a.zip"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_lapses_in_the_middle_is_replaced() {
    let swift = Swift::shared();
    // A user of its own: the others' tests have no tokens of his.
    let storage = storage(&Rackspace { username: "lapsing".into(), ..settings("lapse") });
    put(&storage, "a.zip", &noise(1, 1)).await;
    let (segment, manifest, small) =
        (("PUT", "lapse/a.zip/.segments", 2), ("PUT", "lapse/a.zip", 5), ("PUT", "lapse/a.zip", 0));
    for (method, path, skip) in [segment, manifest, small, ("HEAD", "lapse/a.zip", 0), ("GET", "lapse", 0)] {
        let content = if skip > 0 { large() } else { noise(3 << 20, skip + 5) };
        swift.fault(json!({"method": method, "path": path, "kind": "lapse", "skip": skip, "count": 1}));
        let before = swift.requests("GET", "/auth/v1.0");
        let receipt = put(&storage, "a.zip", &content).await;
        storage.verify("a.zip", &receipt).await.unwrap();
        assert!(swift.read("lapse/a.zip") == Some(content.0), "it is what was put");
        assert!(swift.requests("GET", "/auth/v1.0") > before, "{method} {path} signed in anew");
    }
    storage.delete("a.zip").await.unwrap();
    assert_eq!(swift.list("lapse"), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_off_is_sent_again_by_segments() {
    let (swift, storage) = (Swift::shared(), in_container("again").await);
    let fault = |path: &str, kind: &str, skip: u32| json!({"method": "PUT", "path": path, "kind": kind, "status": 503, "skip": skip, "count": 2});
    for kind in ["reset", "status", "lost", "damage"] {
        swift.fault(fault("again/a.zip", kind, 0));
        let receipt = put(&storage, "a.zip", &noise(3 << 20, 5)).await;
        storage.verify("a.zip", &receipt).await.unwrap();
        assert!(swift.read("again/a.zip") == Some(noise(3 << 20, 5).0), "{kind}");
        let before = swift.requests("PUT", "again/a.zip");
        swift.fault(fault("again/a.zip/.segments", kind, 1));
        let receipt = put(&storage, "a.zip", &large()).await;
        storage.verify("a.zip", &receipt).await.unwrap();
        assert!(swift.read("again/a.zip") == Some(large().0), "{kind} of a segment");
        assert_eq!(swift.requests("PUT", "again/a.zip") - before, 5 + 2 + 1, "only the segment went again");
        // The manifest comes after five segments.
        if kind != "damage" {
            swift.fault(fault("again/a.zip", kind, 5));
            put(&storage, "a.zip", &large()).await;
            assert!(swift.read("again/a.zip") == Some(large().0), "{kind} of the manifest");
        }
        assert_eq!(swift.list("again").len(), 1 + 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_work_in_the_end_leaves_nothing() {
    let (swift, storage) = (Swift::shared(), in_container("failed").await);
    let cases = [
        ("failed/a.zip/.segments", "reset", 0, "Unreachable"),
        ("failed/a.zip/.segments", "status", 503, "Unreachable"),
        ("failed/a.zip/.segments", "status", 507, "QuotaExceeded"),
        ("failed/a.zip/.segments", "status", 413, "QuotaExceeded"),
        ("failed/a.zip/.segments", "status", 403, "Unauthorized"),
        ("failed/a.zip/.segments", "damage", 0, "Damaged"),
    ];
    for (path, kind, status, expected) in cases {
        let count = if expected == "QuotaExceeded" || expected == "Unauthorized" { 1 } else { 3 };
        swift.fault(json!({"method": "PUT", "path": path, "kind": kind, "status": status, "skip": 2, "count": count}));
        let error = try_put(&storage, &large()).await.unwrap_err();
        assert!(format!("{error:?}").starts_with(expected), "{kind} {status}: {error:?}");
        assert_eq!(swift.list("failed"), [""; 0], "{kind} {status}");
    }
    swift.fault(status("PUT", "failed/a.zip", 503, 3));
    let error = try_put(&storage, &noise(1000, 1)).await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    swift.fault(json!({"method": "PUT", "path": "failed/a.zip", "kind": "status", "status": 429, "count": 1, "retry_after": 300}));
    let error = try_put(&storage, &noise(1000, 1)).await.unwrap_err();
    let wait = Some(Duration::from_secs(300));
    assert!(matches!(error, StorageError::Unreachable { retry_after, .. } if retry_after == wait), "{error:?}");
    for content in [noise(1_000_000, 1), large()] {
        let unreadable = try_put(&storage, &Unreadable(InMemory(content.0.clone()))).await.unwrap_err();
        assert_eq!(unreadable, StorageError::Content("bad sector".into()));
        let changed = try_put(&storage, &Changed(content)).await.unwrap_err();
        assert!(matches!(&changed, StorageError::Content(why) if why.contains("SHA-256")), "{changed:?}");
    }
    assert_eq!(swift.list("failed"), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_upload_takes_its_time_and_a_silent_server_does_not() {
    in_container("slow").await;
    let silence = Duration::from_millis(1500);
    let storage = storage_with(&settings("slow"), Pace { silence, attempts: 1, ..pace() });
    let start = std::time::Instant::now();
    try_put(&storage, &Slow(noise(1_000_000, 1), Duration::from_millis(300))).await.unwrap();
    assert!(start.elapsed() > silence, "it took longer than silence may");
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let pace = Pace { silence: Duration::from_millis(300), attempts: 1, ..pace() };
    let storage = storage_with(&Rackspace { identity_endpoint: endpoint.into(), ..settings("slow") }, pace);
    let error = try_put(&storage, &noise(1, 1)).await.unwrap_err();
    assert!(matches!(error, StorageError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn settings_that_cannot_work_are_told_by_their_field_and_secrets_are_not_shown() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let good = Rackspace { identity_endpoint: "https://identity.example".into(), ..settings("exports") };
    let endpoint = |text: &str| Rackspace { identity_endpoint: text.into(), ..good.clone() };
    let cases = [
        (endpoint("identity.example"), "identityEndpoint"),
        (endpoint("ftp://identity.example"), "identityEndpoint"),
        (endpoint("https://user:word@identity.example"), "identityEndpoint"),
        (endpoint("http://127.0.0.1:5000"), "this machine"),
        (endpoint("http://[::1]:5000"), "this machine"),
        (endpoint("http://LocalHost:5000"), "this machine"),
        (endpoint("http://169.254.169.254/"), "secrets"),
        (Rackspace { username: " ".into(), ..good.clone() }, "username"),
        (Rackspace { password: Secret::new(""), ..good.clone() }, "password"),
        (Rackspace { region: String::new(), ..good.clone() }, "region"),
        (Rackspace { container: "a/b".into(), ..good.clone() }, "container"),
        (Rackspace { base_path: "../x".into(), ..good.clone() }, "basePath"),
    ];
    for (settings, said) in cases {
        let error = settings.open(&Network::default()).err();
        assert!(error.as_ref().and_then(wrong_settings).is_some_and(|text| text.contains(said)), "{error:?}");
    }
    good.open(&Network::default()).unwrap();
    assert!(!format!("{good:?}").contains("swift-password"));
    let json = json!({"identityEndpoint": "https://identity.example", "username": "exporter", "password": "swift-password", "region": "DFW"});
    let read: Rackspace = serde_json::from_value(json).unwrap();
    assert_eq!(read, Rackspace { container: "data-exports".into(), ..good });
}
