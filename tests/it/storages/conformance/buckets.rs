//! Amazon S3, DigitalOcean Spaces, Scaleway and Google Cloud Storage: buckets of a SeaweedFS, and of rclone where one is missing.

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use carryall::{
    secret::Secret,
    storage::{GoogleCloudStorage, StepKind, Storage, StorageError},
};

use super::{
    super::buckets::{amazon, google, google_network, network, scaleway, space},
    Denied, Missing, Place,
};
use crate::servers::{
    gcs::{self, Gcs},
    rclone::{Rclone, RcloneS3},
    seaweedfs::{KEY, READER_KEY, READER_SECRET, SECRET, Seaweedfs},
};

/// Which of them.
#[derive(Clone, Copy)]
pub enum Provider {
    Amazon,
    DigitalOcean,
    Scaleway,
    Google,
}

/// A folder in the bucket that all tests of a provider share.
pub struct BucketPlace {
    provider: Provider,
    bucket: &'static str,
    rclone: &'static Rclone,
    folder: String,
}

/// There is none of this name.
const NOWHERE: &str = "there-is-none";

impl BucketPlace {
    pub fn new(provider: Provider) -> Self {
        static BUCKETS: [OnceLock<(String, Rclone)>; 4] = [const { OnceLock::new() }; 4];
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let (bucket, rclone) = BUCKETS[provider as usize].get_or_init(|| Seaweedfs::shared().bucket());
        let folder = format!("of ü 漢/{}", FOLDERS.fetch_add(1, Relaxed));
        Self { provider, bucket, rclone, folder }
    }

    /// A storage of somebody who signs with `key` and `secret`, at an S3 server.
    fn s3(&self, [key, secret]: [&str; 2], address: &str, bucket: &str, base_path: &str) -> Box<dyn Storage> {
        let (key, secret, base_path) = (key.to_owned(), Secret::new(secret), base_path.to_owned());
        let opened = match self.provider {
            Provider::Amazon => {
                let mut settings = amazon(bucket);
                (settings.key, settings.secret, settings.base_path) = (key, secret, base_path);
                settings.open(&network(&[("amazon-s3", address.to_owned())]))
            }
            Provider::DigitalOcean => {
                let mut settings = space(address, bucket);
                (settings.key, settings.secret, settings.base_path) = (key, secret, base_path);
                settings.open(&network(&[]))
            }
            Provider::Scaleway => {
                let mut settings = scaleway(address, bucket);
                (settings.key, settings.secret, settings.base_path) = (key, secret, base_path);
                settings.open(&network(&[]))
            }
            Provider::Google => panic!("it is not signed for in this way"),
        };
        opened.unwrap()
    }

    /// A storage of the account of a key file, at a front.
    fn google(key_file: &str, front: &Gcs, bucket: &str, base_path: &str) -> Box<dyn Storage> {
        let settings = google(bucket);
        let settings = GoogleCloudStorage { key_file: Secret::new(key_file), base_path: base_path.into(), ..settings };
        settings.open(&google_network(&front.address())).unwrap()
    }

    fn is_google(&self) -> bool {
        matches!(self.provider, Provider::Google)
    }
}

/// rclone's server and a front before it, which all tests share.
fn without_buckets() -> &'static (RcloneS3, Gcs) {
    static SHARED: OnceLock<(RcloneS3, Gcs)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let server = RcloneS3::start(KEY, SECRET);
        let front = Gcs::before(&server.address());
        (server, front)
    })
}

impl Place for BucketPlace {
    fn described(&self) -> [&'static str; 2] {
        if self.is_google() {
            [
                "SeaweedFS or rclone's as for S3, behind a front of ours that speaks Google's XML API and checks the service account's signature",
                "rclone",
            ]
        } else {
            ["SeaweedFS; rclone's, where the bucket is missing", "rclone"]
        }
    }

    fn folder(&self) -> String {
        self.folder.clone()
    }

    fn open(&self, base_path: &str) -> Box<dyn Storage> {
        if self.is_google() {
            return Self::google(&Gcs::shared().key_file, Gcs::shared(), self.bucket, base_path);
        }
        self.s3([KEY, SECRET], &Seaweedfs::shared().address(), self.bucket, base_path)
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.rclone.read(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        self.rclone.write(path, bytes);
    }

    fn list(&self) -> Vec<String> {
        self.rclone.folder(&self.folder).list()
    }

    fn unfinished(&self) -> Vec<String> {
        let mut uploads = self.rclone.uploads();
        uploads.retain(|key| key.starts_with(&format!("{}/", self.folder)));
        uploads
    }

    fn wrong_secrets(&self) -> Vec<(Box<dyn Storage>, &'static str)> {
        if self.is_google() {
            let folder = tempfile::tempdir().unwrap();
            let other = gcs::key_file(folder.path());
            return vec![(Self::google(&other, Gcs::shared(), self.bucket, &self.folder), "AuthenticationRequired")];
        }
        let signed = |who| self.s3(who, &Seaweedfs::shared().address(), self.bucket, &self.folder);
        vec![(signed([KEY, "d3Jvbmc="]), "SignatureDoesNotMatch"), (signed(["AKNOBODY", SECRET]), "InvalidAccessKeyId")]
    }

    fn denied(&self) -> Denied {
        let address = Seaweedfs::shared().address();
        let storage = if self.is_google() {
            static READER: OnceLock<Gcs> = OnceLock::new();
            let front = READER.get_or_init(|| Gcs::before_as(&address, [READER_KEY, READER_SECRET]));
            Self::google(&front.key_file, front, self.bucket, &self.folder)
        } else {
            self.s3([READER_KEY, READER_SECRET], &address, self.bucket, &self.folder)
        };
        Denied {
            storage,
            expected: |error| matches!(error, StorageError::Unauthorized(words) if words.contains("AccessDenied")),
            step: Some(StepKind::Write),
            note: None,
        }
    }

    fn missing(&self) -> Missing {
        let (server, front) = without_buckets();
        let storage = if self.is_google() {
            Self::google(&front.key_file, front, NOWHERE, "")
        } else {
            self.s3([KEY, SECRET], &server.address(), NOWHERE, "")
        };
        Missing::Told(storage, NOWHERE)
    }
}
