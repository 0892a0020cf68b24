//! Uploads that break off, at an S3 server behind a proxy that breaks them, and at Azurite.

use std::time::Duration;

use carryall::storage::{Storage, StorageError};

use super::{
    buckets::{azure, network, space},
    content::{InMemory, noise, put},
    fault_proxy::{Fault, FaultProxy, Rule},
};
use crate::{
    foreign::python_with,
    servers::{
        azurite::{self, Azurite},
        rclone::Rclone,
        seaweedfs::Seaweedfs,
    },
};

const NAME: &str = "ü a.zip";

struct Broken {
    proxy: FaultProxy,
    storage: Box<dyn Storage>,
    rclone: Rclone,
}

impl Broken {
    async fn new() -> Self {
        let server = Seaweedfs::shared();
        let (bucket, rclone) = server.bucket();
        let proxy = FaultProxy::before(server.port).await;
        let storage = space(&proxy.address(), &bucket).open(&network(&[])).unwrap();
        Self { proxy, storage, rclone }
    }

    async fn put(&self, content: &InMemory) -> Result<(), StorageError> {
        self.storage.put(NAME, content, &Default::default()).await.map(drop)
    }
}

/// A fault in each place of an upload in parts, until the caller gives up: nothing is there but what was there before.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_leaves_nothing_and_the_next_one_succeeds() {
    let (content, before) = (noise(20 << 20, 1), noise(1000, 2));
    let parts = ["partNumber=2", "uploads=", "POST /"];
    let faults = [Fault::Reset, Fault::Answer(500), Fault::Answer(503), Fault::Truncate(20)];
    let there = Broken::new().await;
    for (place, fault) in parts.into_iter().flat_map(|place| faults.map(|fault| (place, fault))) {
        let Broken { proxy, storage, rclone } = &there;
        put(&**storage, NAME, &before).await;
        proxy.arm(Rule { after: if place == "partNumber=2" { 1 << 20 } else { 0 }, ..Rule::always(fault, place) });
        let error = there.put(&content).await.unwrap_err();
        assert!(error.is_retryable() && proxy.struck() > 0, "{place} {fault:?}: {error:?}");
        assert!(rclone.read(NAME) == Some(before.0.clone()), "{place} {fault:?}");
        assert_eq!(rclone.uploads(), [""; 0], "{place} {fault:?}");
        proxy.disarm();
        put(&**storage, NAME, &content).await;
        assert!(rclone.read(NAME).as_ref() == Some(&content.0), "{place} {fault:?}");
        assert_eq!(rclone.uploads(), [""; 0], "{place} {fault:?}");
        storage.delete(NAME).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_passes_is_got_over_within_one_upload() {
    let content = noise(20 << 20, 3);
    let there = Broken::new().await;
    for fault in [Fault::Reset, Fault::Answer(500), Fault::Answer(503), Fault::Truncate(20), Fault::Truncate(0)] {
        there.proxy.arm(Rule { after: 1 << 20, times: 1, ..Rule::always(fault, "partNumber=2") });
        put(&*there.storage, NAME, &content).await;
        assert_eq!(there.proxy.struck(), 1, "{fault:?}");
        assert!(there.rclone.read(NAME).as_ref() == Some(&content.0), "{fault:?}");
        assert_eq!(there.rclone.uploads(), [""; 0], "{fault:?}");
        there.storage.delete(NAME).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_upload_that_breaks_off_leaves_what_was_there() {
    let (content, before) = (noise(4 << 20, 4), noise(1000, 5));
    let there = Broken::new().await;
    for fault in [Fault::Reset, Fault::Answer(500), Fault::Answer(503)] {
        put(&*there.storage, NAME, &before).await;
        there.proxy.arm(Rule { after: 1 << 20, ..Rule::always(fault, "PUT /") });
        let error = there.put(&content).await.unwrap_err();
        assert!(error.is_retryable() && there.proxy.struck() > 0, "{fault:?}: {error:?}");
        assert!(there.rclone.read(NAME) == Some(before.0.clone()), "{fault:?}");
        there.proxy.disarm();
        put(&*there.storage, NAME, &content).await;
    }
}

/// The answer to the last request is lost again and again, though it was done.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_last_answer_is_lost_is_known_to_be_whole() {
    let there = Broken::new().await;
    for (content, last) in [(noise(20 << 20, 6), "POST /"), (noise(1 << 20, 7), "PUT /")] {
        // The first POST begins the upload.
        let last = if last == "POST /" { "<CompleteMultipartUpload" } else { last };
        there.proxy.arm(Rule::always(Fault::Truncate(0), last));
        put(&*there.storage, NAME, &content).await;
        assert!(there.proxy.struck() > 0);
        there.proxy.disarm();
        assert!(there.rclone.read(NAME).as_ref() == Some(&content.0), "{last}");
        assert_eq!(there.rclone.uploads(), [""; 0], "{last}");
    }
}

/// Waits for a condition of the server's, which another client looks at.
async fn until(what: &str, condition: impl Fn() -> bool) {
    let patience = std::time::Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(std::time::Instant::now() < patience, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_dropped_in_the_middle_is_aborted() {
    let there = Broken::new().await;
    there.proxy.arm(Rule { after: 1 << 20, ..Rule::always(Fault::Hang, "partNumber=2") });
    let content = noise(20 << 20, 8);
    tokio::select! {
        result = there.put(&content) => panic!("it hangs: {result:?}"),
        () = there.proxy.wait_for_strike() => {}
    }
    until("the upload is aborted", || there.rclone.uploads().is_empty()).await;
    assert!(there.rclone.list().is_empty());
    there.proxy.disarm();
    put(&*there.storage, NAME, &content).await;
    assert!(there.rclone.read(NAME).as_ref() == Some(&content.0));
}

/// As after a crash: the connection is gone for all that follows, so that nothing can be aborted.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_broken_off_upload_has_left_goes_with_the_next_upload_or_deletion_of_its_name() {
    let there = Broken::new().await;
    for by_deletion in [false, true] {
        let content = noise(20 << 20, 9);
        let (part, abort) = ("partNumber=2", "uploadId=");
        there.proxy.arm(Rule { after: 1 << 20, ..Rule::always(Fault::Reset, part) });
        tokio::select! {
            result = there.put(&content) => panic!("it takes pauses: {result:?}"),
            () = async {
                there.proxy.wait_for_strike().await;
                there.proxy.arm(Rule::always(Fault::Reset, abort));
            } => {}
        }
        // The abort has been tried.
        until("the abort is tried", || there.proxy.struck() >= 3).await;
        assert_eq!(there.rclone.uploads(), [NAME]);
        there.proxy.disarm();
        if by_deletion {
            there.storage.delete(NAME).await.unwrap();
            assert_eq!(there.rclone.read(NAME), None);
        } else {
            put(&*there.storage, NAME, &noise(1000, 10)).await;
        }
        assert_eq!(there.rclone.uploads(), [""; 0]);
    }
}

/// Azure keeps the blocks of a broken-off upload for a week, and cannot be told to drop them but by something of that name.
#[tokio::test(flavor = "multi_thread")]
async fn blocks_that_azure_keeps_of_a_broken_off_upload_go_with_the_next_upload_or_deletion_of_its_name() {
    let server = Azurite::shared();
    let (container, rclone) = server.container();
    let holds = |names: &[&str]| {
        let address = server.address();
        let arguments = [&[&*address, azurite::ACCOUNT, &*container], names].concat();
        python_with("azure_blobs.py", &arguments, azurite::KEY);
    };
    let proxy = FaultProxy::before(server.port).await;
    let storage = azure(&container).open(&network(&[("azure-blob", proxy.address())])).unwrap();
    let content = noise(20 << 20, 11);
    for by_deletion in [true, false] {
        // All but the list of the blocks comes through.
        proxy.arm(Rule::always(Fault::Reset, "comp=blocklist"));
        let error = storage.put(NAME, &content, &Default::default()).await.unwrap_err();
        assert!(error.is_retryable() && proxy.struck() > 0, "{error:?}");
        proxy.disarm();
        assert!(rclone.list().is_empty());
        holds(&[NAME]);
        if by_deletion {
            storage.delete(NAME).await.unwrap();
            holds(&[]);
        } else {
            put(&*storage, NAME, &content).await;
            assert!(rclone.read(NAME).as_ref() == Some(&content.0));
        }
    }
}
