//! Amazon S3, DigitalOcean Spaces, Scaleway, Azure Blob and Google Cloud Storage, each at a server that checks who asks.

use carryall::{
    secret::Secret,
    storage::{
        AmazonS3, AzureBlob, DigitaloceanSpaces, GoogleCloudStorage, Network, Scaleway, Step, StepKind, Storage,
        StorageError,
    },
};

use super::conformance::{self, Place, noise, put, wrong_settings};
use crate::servers::{
    azurite::{self, Azurite},
    gcs::{self, Gcs},
    rclone::{Rclone, RcloneS3},
    seaweedfs::{self, Seaweedfs},
};

const LARGE: usize = 40 << 20;

/// A process that may reach the servers of the tests.
pub fn network(endpoints: &[(&str, String)]) -> Network {
    let endpoints = endpoints.iter().map(|(provider, address)| ((*provider).to_owned(), address.clone()));
    Network { allow_loopback: true, endpoints: endpoints.collect(), ..Network::default() }
}

/// A Space at the server that listens at `endpoint`.
pub fn space(endpoint: &str, bucket: &str) -> DigitaloceanSpaces {
    DigitaloceanSpaces {
        key: seaweedfs::KEY.into(),
        secret: Secret::new(seaweedfs::SECRET),
        region: "us-east-1".into(),
        api_version: "latest".into(),
        endpoint: endpoint.into(),
        bucket: bucket.into(),
        base_path: String::new(),
    }
}

fn amazon(bucket: &str) -> (AmazonS3, Network) {
    let settings = AmazonS3 {
        key: seaweedfs::KEY.into(),
        secret: Secret::new(seaweedfs::SECRET),
        region: "eu-west-1".into(),
        api_version: "2006-03-01".into(),
        bucket: bucket.into(),
        base_path: String::new(),
    };
    (settings, network(&[("amazon-s3", Seaweedfs::shared().address())]))
}

pub fn azure(container: &str) -> AzureBlob {
    AzureBlob {
        account_name: azurite::ACCOUNT.into(),
        account_key: Secret::new(azurite::KEY),
        container: container.into(),
        base_path: String::new(),
    }
}

fn google(bucket: &str) -> (GoogleCloudStorage, Network) {
    let settings = GoogleCloudStorage {
        project_id: "test-project".into(),
        key_file: Secret::new(&*Gcs::shared().key_file),
        bucket: bucket.into(),
        base_path: String::new(),
    };
    (settings, network(&[("google-cloud-storage", Gcs::shared().address())]))
}

fn azure_network() -> Network {
    network(&[("azure-blob", Azurite::shared().address())])
}

/// All that every storage must do, in a folder that `rclone` looks into.
async fn conforms(storage: &dyn Storage, rclone: &Rclone) {
    let place = Place { storage, read: &|name| rclone.read(name), write: &|name, bytes| rclone.write(name, bytes) };
    conformance::all(&place, LARGE).await;
    assert_eq!(rclone.list(), ["mine.zip"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn amazon_s3_does_what_every_storage_must() {
    let (bucket, rclone) = Seaweedfs::shared().bucket();
    let (settings, network) = amazon(&bucket);
    let settings = AmazonS3 { base_path: "/exports/of ü/".into(), ..settings };
    conforms(&*settings.open(&network).unwrap(), &rclone.folder("exports/of ü")).await;
    assert_eq!(rclone.uploads(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn digitalocean_spaces_does_what_every_storage_must() {
    let (bucket, rclone) = Seaweedfs::shared().bucket();
    let settings = space(&Seaweedfs::shared().address(), &bucket);
    conforms(&*settings.open(&network(&[])).unwrap(), &rclone).await;
    assert_eq!(rclone.uploads(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn scaleway_does_what_every_storage_must() {
    let (bucket, rclone) = Seaweedfs::shared().bucket();
    let DigitaloceanSpaces { key, secret, region, api_version, endpoint, bucket, .. } =
        space(&Seaweedfs::shared().address(), &bucket);
    let base_path = "a/b/c/d".into();
    let settings = Scaleway { key, secret, region, api_version, endpoint, bucket, base_path };
    conforms(&*settings.open(&network(&[])).unwrap(), &rclone.folder("a/b/c/d")).await;
    assert_eq!(rclone.uploads(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn azure_blob_does_what_every_storage_must() {
    let (container, rclone) = Azurite::shared().container();
    let settings = AzureBlob { base_path: "exports//漢/".into(), ..azure(&container) };
    conforms(&*settings.open(&azure_network()).unwrap(), &rclone.folder("exports/漢")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn google_cloud_storage_does_what_every_storage_must() {
    let (bucket, rclone) = Seaweedfs::shared().bucket();
    let (settings, network) = google(&bucket);
    let settings = GoogleCloudStorage { base_path: "/exports".into(), ..settings };
    conforms(&*settings.open(&network).unwrap(), &rclone.folder("exports")).await;
    assert_eq!(rclone.uploads(), [""; 0]);
}

/// What goes wrong when something is put, verified and deleted there; and the steps of a check.
async fn trouble(storage: &dyn Storage, bytes: usize) -> (Vec<StorageError>, Vec<Step>) {
    let content = noise(bytes, 9);
    let receipt = carryall::storage::Receipt { bytes: bytes as u64, sha256: "0".repeat(64), remote: None };
    let put = storage.put("a.zip", &content, &Default::default()).await.unwrap_err();
    let verified = storage.verify("a.zip", &receipt).await.unwrap_err();
    let mut errors = vec![put, verified];
    errors.extend(storage.delete("a.zip").await.err());
    (errors, storage.check().await)
}

/// The step that failed, which is the last.
fn failed(steps: &[Step]) -> StepKind {
    let failed: Vec<_> = steps.iter().filter(|step| step.error.is_some()).collect();
    assert!(failed.len() == 1 && steps.last().unwrap().error.is_some(), "{steps:?}");
    failed[0].kind
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_told_as_such_with_the_providers_code() {
    let (bucket, _) = Seaweedfs::shared().bucket();
    let (container, _) = Azurite::shared().container();
    let wrong = Secret::new("d3Jvbmc=");
    let (s3, s3_network) = amazon(&bucket);
    let (gcs, gcs_network) = google(&bucket);
    let folder = tempfile::tempdir().unwrap();
    let other = gcs::key_file(folder.path());
    let space = space(&Seaweedfs::shared().address(), &bucket);
    let storages = [
        ("SignatureDoesNotMatch", AmazonS3 { secret: wrong.clone(), ..s3.clone() }.open(&s3_network)),
        ("InvalidAccessKeyId", AmazonS3 { key: "AKNOBODY".into(), ..s3 }.open(&s3_network)),
        ("SignatureDoesNotMatch", DigitaloceanSpaces { secret: wrong.clone(), ..space }.open(&network(&[]))),
        ("AuthorizationFailure", AzureBlob { account_key: wrong, ..azure(&container) }.open(&azure_network())),
        ("AuthenticationRequired", GoogleCloudStorage { key_file: Secret::new(other), ..gcs }.open(&gcs_network)),
    ];
    for (code, storage) in storages {
        for bytes in [1000, 9 << 20] {
            let (errors, steps) = trouble(&**storage.as_ref().unwrap(), bytes).await;
            for error in errors {
                assert!(matches!(&error, StorageError::Unauthorized(words) if words.contains(code)), "{error:?}");
            }
            assert_eq!(failed(&steps), StepKind::SignIn, "{steps:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_without_rights_sign_in_and_fail_at_writing() {
    let (bucket, rclone) = Seaweedfs::shared().bucket();
    let reader = DigitaloceanSpaces {
        key: seaweedfs::READER_KEY.into(),
        secret: Secret::new(seaweedfs::READER_SECRET),
        ..space(&Seaweedfs::shared().address(), &bucket)
    };
    let storage = reader.open(&network(&[])).unwrap();
    for bytes in [1000, 9 << 20] {
        let error = storage.put("a.zip", &noise(bytes, 1), &Default::default()).await.unwrap_err();
        assert!(matches!(&error, StorageError::Unauthorized(words) if words.contains("AccessDenied")), "{error:?}");
    }
    let steps = storage.check().await;
    assert_eq!(failed(&steps), StepKind::Write, "{steps:?}");
    assert!(rclone.list().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_bucket_is_named() {
    let name = "there-is-none";
    let server = RcloneS3::start(seaweedfs::KEY, seaweedfs::SECRET);
    let front = Gcs::before(&server.address());
    let (s3, _) = amazon(name);
    let gcs = GoogleCloudStorage { key_file: Secret::new(&*front.key_file), ..google(name).0 };
    let storages = [
        s3.open(&network(&[("amazon-s3", server.address())])),
        azure(name).open(&azure_network()),
        gcs.open(&network(&[("google-cloud-storage", front.address())])),
    ];
    for storage in storages {
        for bytes in [1000, 9 << 20] {
            let (errors, steps) = trouble(&**storage.as_ref().unwrap(), bytes).await;
            for error in errors {
                assert!(matches!(&error, StorageError::NotFound(words) if words.contains(name)), "{error:?}");
            }
            assert!(matches!(failed(&steps), StepKind::SignIn | StepKind::Write), "{steps:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn this_machine_is_not_reached_unless_that_is_allowed_whatever_it_is_called() {
    let port = Seaweedfs::shared().port;
    let (bucket, rclone) = Seaweedfs::shared().bucket();
    for host in ["127.0.0.1", "localhost", "[::1]", "127.1"] {
        let settings = space(&format!("http://{host}:{port}"), &bucket);
        let refused = settings.open(&Network::default()).err();
        assert!(refused.as_ref().and_then(wrong_settings).is_some(), "{host}: {refused:?}");
    }
    let metadata = space("http://169.254.169.254", &bucket).open(&network(&[])).err();
    assert!(metadata.as_ref().and_then(wrong_settings).is_some(), "{metadata:?}");
    // A name of this machine's that does not look like one is known when it has been looked up.
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let addresses = tokio::net::lookup_host((name.trim(), port)).await.map(Iterator::collect::<Vec<_>>);
    if addresses.is_ok_and(|addresses| addresses.iter().any(|address| address.ip().is_loopback())) {
        let storage = space(&format!("http://{}:{port}", name.trim()), &bucket).open(&Network::default()).unwrap();
        let refused = storage.put("a.zip", &noise(10, 1), &Default::default()).await.unwrap_err();
        assert!(matches!(refused, StorageError::InvalidSettings(_)), "{refused:?}");
    }
    assert!(rclone.list().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_cannot_lead_an_upload_elsewhere() {
    let (bucket, _) = Seaweedfs::shared().bucket();
    let (settings, network) = google(&bucket);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let elsewhere = format!("http://{}", listener.local_addr().unwrap());
    let file: serde_json::Value = serde_json::from_str(settings.key_file.expose()).unwrap();
    for (name, value) in [("gcs_base_url", elsewhere.clone().into()), ("disable_oauth", true.into())] {
        let mut file = file.clone();
        file[name] = value;
        let malicious = GoogleCloudStorage { key_file: Secret::new(file.to_string()), ..settings.clone() };
        let refused = malicious.open(&network).err();
        assert!(refused.as_ref().and_then(wrong_settings).is_some_and(|words| words.contains(name)), "{refused:?}");
    }
    // Where tokens are said to be had makes no difference either.
    let mut file = file;
    file["token_uri"] = elsewhere.into();
    let harmless = GoogleCloudStorage { key_file: Secret::new(file.to_string()), ..settings };
    put(&*harmless.open(&network).unwrap(), "a.zip", &noise(1000, 1)).await;
    assert!(listener.accept().is_err(), "nobody went there");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_of_the_api_is_refused() {
    let (settings, network) = amazon("exports");
    for version in ["latest", "2006-03-01"] {
        assert!(AmazonS3 { api_version: version.into(), ..settings.clone() }.open(&network).is_ok(), "{version}");
    }
    for version in ["", "2012-08-10", "LATEST"] {
        let refused = AmazonS3 { api_version: version.into(), ..settings.clone() }.open(&network).err();
        assert!(
            refused.as_ref().and_then(wrong_settings).is_some_and(|words| words.contains("2006-03-01")),
            "{version}"
        );
    }
}

#[tokio::test]
async fn nobody_listening_is_no_fault_of_the_settings() {
    let port = crate::servers::free_port();
    let storage = space(&format!("http://127.0.0.1:{port}"), "exports").open(&network(&[])).unwrap();
    let error = storage.put("a.zip", &noise(10, 1), &Default::default()).await.unwrap_err();
    assert!(error.is_retryable() && error.to_string().contains("connection"), "{error:?}");
    assert_eq!(failed(&storage.check().await), StepKind::Connect);
}

#[test]
fn settings_are_read_as_they_were_written_and_show_no_secret() {
    let settings = space("https://fra1.digitaloceanspaces.com", "exports");
    let written = serde_json::to_string(&settings).unwrap();
    assert!(written.contains("apiVersion") && written.contains("basePath"), "{written}");
    assert_eq!(serde_json::from_str::<DigitaloceanSpaces>(&written).unwrap(), settings);
    assert!(!format!("{settings:?}").contains(seaweedfs::SECRET));
}
