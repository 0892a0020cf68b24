//! Where storages do not go, whoever asks them to: an admin who configures one, or a server that points elsewhere.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use axum::{
    Json, Router,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::post,
};
use carryall::{
    secret::Secret,
    storage::{Network, Receipt, Storage, StorageError, rackspace::Rackspace, sftp::SftpSettings},
};
use serde_json::json;
use tokio::task::JoinHandle;

use super::{
    buckets::{amazon, azure, google, network, scaleway, space},
    content::{noise, tried, wrong_settings},
    dropbox::{lasting, refreshed},
};

/// A cloud's metadata service, and the ways around a check that have been thought of.
pub const METADATA: [&str; 24] = [
    "169.254.169.254",
    "169.254.169.254.",
    "169.254.170.2",
    "2852039166",
    "0xA9FEA9FE",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "169.16689662",
    "[::ffff:169.254.169.254]",
    "[::169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    "[fe80::a9fe:a9fe]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "192.0.0.192",
    "100.100.100.200",
    "168.63.129.16",
    "metadata.google.internal",
    "METADATA.google.internal.",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
];

/// Addresses that a person reads as another host's.
const DISGUISED: [&str; 6] = [
    "http://storage.example@169.254.169.254/",
    "http://storage.example:80@169.254.169.254",
    "http://storage.example%2F@169.254.169.254/",
    "http://169.254.169.254#@storage.example/",
    "http://169.254.169.254?@storage.example/",
    "http://169.254.169.254\\@storage.example",
];

fn rackspace(identity: &str) -> Rackspace {
    Rackspace {
        identity_endpoint: identity.into(),
        username: "exporter".into(),
        password: Secret::new("word"),
        region: "DFW".into(),
        container: "exports".into(),
        base_path: String::new(),
    }
}

fn sftp(host: &str) -> SftpSettings {
    SftpSettings {
        host: host.into(),
        port: 22,
        username: "exporter".into(),
        password: Secret::new("word"),
        base_path: String::new(),
        host_key_fingerprint: None,
    }
}

type Opened = Result<Box<dyn Storage>, StorageError>;

/// Every storage that an address can be given for, by the admin or by the operator, at `address`.
fn all_at(address: &str) -> Vec<(&'static str, Opened)> {
    let by_operator = |name: &str| network(&[(name, address.to_owned())]);
    vec![
        ("DigitalOcean", space(address, "exports").open(&network(&[]))),
        ("Scaleway", scaleway(address, "exports").open(&network(&[]))),
        ("Rackspace", rackspace(address).open(&network(&[]))),
        ("Amazon", amazon("exports").open(&by_operator("amazon-s3"))),
        ("Azure", azure("exports").open(&by_operator("azure-blob"))),
        ("Google", google("exports").open(&by_operator("google-cloud-storage"))),
        ("Dropbox", lasting("token", "").open(&by_operator("dropbox-api"))),
        ("Dropbox's content", lasting("token", "").open(&by_operator("dropbox-content"))),
    ]
}

fn is_refused(result: Opened) -> bool {
    result.err().as_ref().and_then(wrong_settings).is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_storage_is_a_clouds_metadata_service_however_its_address_is_written() {
    for host in METADATA {
        for scheme in ["http", "https"] {
            for (name, opened) in all_at(&format!("{scheme}://{host}")) {
                assert!(is_refused(opened), "{name} at {scheme}://{host}");
            }
        }
        assert!(is_refused(sftp(host).open(&network(&[]))), "SFTP at {host}");
    }
    for address in DISGUISED {
        for (name, opened) in all_at(address) {
            assert!(is_refused(opened), "{name} at {address}");
        }
    }
    for host in ["storage.example@169.254.169.254", "169.254.169.254:22", "169.254.169.254/"] {
        assert!(is_refused(sftp(host).open(&network(&[]))), "SFTP at {host}");
    }
    // Written as others are: nothing keeps them.
    for (name, opened) in all_at("https://storage.example") {
        assert!(opened.is_ok(), "{name}: {:?}", opened.err());
    }
    assert!(sftp("storage.example").open(&network(&[])).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn this_machine_is_no_storage_however_its_address_is_written_unless_that_is_allowed() {
    let strict = Network::default();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "LocalHost.",
        "a.localhost",
    ] {
        let address = format!("http://{host}:9");
        assert!(is_refused(space(&address, "exports").open(&strict)), "{host}");
        assert!(is_refused(rackspace(&address).open(&strict)), "{host}");
        assert!(is_refused(sftp(host).open(&strict)), "{host}");
        assert!(space(&address, "exports").open(&network(&[])).is_ok(), "{host}");
    }
}

/// A web server of the test's own. It ends when this is dropped.
struct WebServer {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl WebServer {
    async fn start(router: Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, serving }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers every request with `status` and another address, and counts.
fn redirecting(status: u16, location: String, asked: &Arc<AtomicUsize>) -> Router {
    let (status, asked) = (StatusCode::from_u16(status).unwrap(), Arc::clone(asked));
    Router::new().fallback(move || {
        asked.fetch_add(1, Relaxed);
        let answer = (status, [(header::LOCATION, location.clone())]).into_response();
        async move { answer }
    })
}

/// An Identity that lets everybody in and says that the object store is at `store`.
fn identity(store: String) -> Router {
    let endpoints = json!([{"region": "DFW", "publicURL": store}]);
    let access = json!({"access": {"token": {"id": "token"}, "serviceCatalog": [{"type": "object-store", "endpoints": endpoints}]}});
    Router::new().route("/v2.0/tokens", post(async move || Json(access.clone())))
}

/// Tries everything at a storage, of which nothing may seem to have worked.
async fn try_all(name: &str, storage: &dyn Storage) {
    let put = storage.put("a.zip", &noise(1000, 1), &Arc::default()).await;
    let receipt = Receipt { bytes: 1000, sha256: "00".repeat(32), remote: Some(String::new()) };
    let verified = storage.verify("a.zip", &receipt).await;
    let deleted = storage.delete("a.zip").await;
    for (what, error) in [("put", put.err()), ("verify", verified.err()), ("delete", deleted.err())] {
        let error = error.unwrap_or_else(|| panic!("{name}: {what} seems to have worked"));
        assert!(!error.is_retryable(), "{name}: {what}: {error:?}");
        assert!(error.to_string().contains("another address"), "{name}: {what}: {error}");
    }
    let steps = tried(storage).await;
    assert!(steps.last().unwrap().error.is_some(), "{name}: {steps:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_points_to_another_address_is_not_followed_by_any_storage() {
    // Whoever is sent here would bring what a request is signed with.
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let port = elsewhere.local_addr().unwrap().port();
    for status in [301, 302, 303, 307, 308] {
        for location in [format!("http://localhost:{port}/stolen"), format!("//127.0.0.1:{port}/stolen")] {
            let asked = Arc::default();
            let server = WebServer::start(redirecting(status, location, &asked)).await;
            let keystone = WebServer::start(identity(format!("{}/v1/account", server.url()))).await;
            let mut storages = all_at(&server.url());
            let both = ["dropbox-api", "dropbox-content"].map(|name| (name, server.url()));
            storages.push(("Dropbox at both", lasting("token", "").open(&network(&both))));
            storages.push(("Dropbox by a refresh token", refreshed().open(&network(&both))));
            storages.push(("Swift", rackspace(&keystone.url()).open(&network(&[]))));
            // Its other half would be the real one.
            storages.retain(|(name, _)| !["Dropbox", "Dropbox's content"].contains(name));
            for (name, storage) in storages {
                let before = asked.load(Relaxed);
                try_all(name, &*storage.unwrap()).await;
                assert!(asked.load(Relaxed) > before, "{name} was not at the server");
                assert!(elsewhere.accept().is_err(), "{name} followed {status}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_cannot_lead_to_where_no_storage_may_be() {
    let addresses = METADATA.iter().map(|host| format!("http://{host}/v1/account"));
    for address in addresses.chain(DISGUISED.map(str::to_owned)) {
        let keystone = WebServer::start(identity(address.clone())).await;
        let storage = rackspace(&keystone.url()).open(&network(&[])).unwrap();
        let put = storage.put("a.zip", &noise(10, 1), &Arc::default()).await;
        assert!(put.as_ref().err().and_then(wrong_settings).is_some(), "{address}: {put:?}");
        let step = tried(&*storage).await.pop().unwrap();
        assert!(step.error.as_ref().and_then(wrong_settings).is_some(), "{address}: {step:?}");
    }
}
