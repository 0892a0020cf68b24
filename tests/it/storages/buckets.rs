//! Amazon S3, DigitalOcean Spaces, Scaleway, Azure Blob and Google Cloud Storage, each at a server that checks who asks.

use carryall::{
    secret::Secret,
    storage::{AmazonS3, AzureBlob, DigitaloceanSpaces, GoogleCloudStorage, Network, Scaleway, StepKind, StorageError},
};

use super::content::{noise, put, tried, wrong_settings};
use crate::servers::{
    azurite::{self, Azurite},
    gcs::Gcs,
    seaweedfs::{self, Seaweedfs},
};

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

/// The same at Scaleway.
pub fn scaleway(endpoint: &str, bucket: &str) -> Scaleway {
    let DigitaloceanSpaces { key, secret, region, api_version, endpoint, bucket, base_path } = space(endpoint, bucket);
    Scaleway { key, secret, region, api_version, endpoint, bucket, base_path }
}

pub fn amazon(bucket: &str) -> AmazonS3 {
    AmazonS3 {
        key: seaweedfs::KEY.into(),
        secret: Secret::new(seaweedfs::SECRET),
        region: "eu-west-1".into(),
        api_version: "2006-03-01".into(),
        bucket: bucket.into(),
        base_path: String::new(),
    }
}

pub fn azure(container: &str) -> AzureBlob {
    AzureBlob {
        account_name: azurite::ACCOUNT.into(),
        account_key: Secret::new(azurite::KEY),
        container: container.into(),
        base_path: String::new(),
    }
}

pub fn google(bucket: &str) -> GoogleCloudStorage {
    GoogleCloudStorage {
        project_id: "test-project".into(),
        key_file: Secret::new(&*Gcs::shared().key_file),
        bucket: bucket.into(),
        base_path: String::new(),
    }
}

/// A process that finds Google at this front.
pub fn google_network(front: &str) -> Network {
    network(&[("google-cloud-storage", front.to_owned())])
}

pub fn azure_network() -> Network {
    network(&[("azure-blob", Azurite::shared().address())])
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
    let (settings, network) = (google(&bucket), google_network(&Gcs::shared().address()));
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
    let (settings, network) = (amazon("exports"), network(&[]));
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
    assert_eq!(tried(&*storage).await.last().unwrap().kind, StepKind::Connect);
}

#[test]
fn settings_are_read_as_they_were_written_and_show_no_secret() {
    let settings = space("https://fra1.digitaloceanspaces.com", "exports");
    let written = serde_json::to_string(&settings).unwrap();
    assert!(written.contains("apiVersion") && written.contains("basePath"), "{written}");
    assert_eq!(serde_json::from_str::<DigitaloceanSpaces>(&written).unwrap(), settings);
    assert!(!format!("{settings:?}").contains(seaweedfs::SECRET));
}
