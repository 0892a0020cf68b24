//! Uploads that break off, at S3, Google Cloud Storage and Azure, each behind a proxy that breaks them.

use std::time::Duration;

use carryall::{
    secret::Secret,
    storage::{GoogleCloudStorage, Storage, StorageError},
};

use super::{
    buckets::{azure, google, google_network, network, space},
    content::{InMemory, noise, put},
    fault_proxy::{Fault, FaultProxy, Rule},
};
use crate::{
    foreign::python_with,
    servers::{
        azurite::{self, Azurite},
        gcs::Gcs,
        rclone::Rclone,
        seaweedfs::Seaweedfs,
    },
};

const NAME: &str = "ü a.zip";

/// A storage that is reached through a proxy.
struct Broken {
    proxy: FaultProxy,
    storage: Box<dyn Storage>,
    rclone: Rclone,
    requests: Requests,
}

/// What a client sends in the requests that an upload in parts is made of.
struct Requests {
    name: &'static str,
    /// What begins it; empty: nothing does.
    begin: &'static str,
    part: &'static str,
    /// In one that ends it, and perhaps in another.
    end: &'static str,
    /// In the one that ends it alone.
    last: &'static str,
    /// It is aborted by a request.
    aborts: bool,
}

impl Requests {
    const fn of_s3(name: &'static str) -> Self {
        // The first POST begins the upload.
        let (part, end, last) = ("partNumber=2", "POST /", "<CompleteMultipartUpload");
        Self { name, begin: "uploads=", part, end, last, aborts: true }
    }

    const AZURE: Self = Self {
        name: "Azure",
        begin: "",
        part: "comp=block&",
        end: "comp=blocklist",
        last: "<BlockList",
        aborts: false,
    };
}

impl Broken {
    async fn s3() -> Self {
        let server = Seaweedfs::shared();
        let (bucket, rclone) = server.bucket();
        let proxy = FaultProxy::before(server.port).await;
        let storage = space(&proxy.address(), &bucket).open(&network(&[])).unwrap();
        Self { proxy, storage, rclone, requests: Requests::of_s3("S3") }
    }

    async fn google() -> Self {
        let front = Gcs::shared();
        let (bucket, rclone) = Seaweedfs::shared().bucket();
        let proxy = FaultProxy::before(front.port).await;
        let settings = GoogleCloudStorage { key_file: Secret::new(&*front.key_file), ..google(&bucket) };
        let storage = settings.open(&google_network(&proxy.address())).unwrap();
        Self { proxy, storage, rclone, requests: Requests::of_s3("Google") }
    }

    async fn azure() -> Self {
        let server = Azurite::shared();
        let (container, rclone) = server.container();
        let proxy = FaultProxy::before(server.port).await;
        let storage = azure(&container).open(&network(&[("azure-blob", proxy.address())])).unwrap();
        Self { proxy, storage, rclone, requests: Requests::AZURE }
    }

    /// At each of them, while the others take pauses.
    async fn each(test: impl AsyncFn(Self)) {
        tokio::join!(test(Self::s3().await), test(Self::google().await), test(Self::azure().await));
    }

    async fn put(&self, content: &InMemory) -> Result<(), StorageError> {
        self.storage.put(NAME, content, &Default::default()).await.map(drop)
    }

    /// Another client finds this there, and nothing on its way.
    fn holds(&self, content: Option<&InMemory>, what: &str) {
        let name = self.requests.name;
        assert!(self.rclone.read(NAME).as_ref() == content.map(|content| &content.0), "{name}: {what}");
        if self.requests.aborts {
            assert_eq!(self.rclone.uploads(), [""; 0], "{name}: {what}");
        }
    }
}

/// A fault in each place of an upload in parts, until the caller gives up: nothing is there but what was there before.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_leaves_nothing_and_the_next_one_succeeds() {
    let (content, before) = (noise(20 << 20, 1), noise(1000, 2));
    let faults = [Fault::Reset, Fault::Answer(500), Fault::Answer(503), Fault::Truncate(20)];
    Broken::each(async |there| {
        let Broken { proxy, storage, requests, .. } = &there;
        let places = [requests.part, requests.begin, requests.end].into_iter().filter(|place| !place.is_empty());
        for (place, fault) in places.flat_map(|place| faults.map(|fault| (place, fault))) {
            let what = format!("{place} {fault:?}");
            put(&**storage, NAME, &before).await;
            let after = if place == requests.part { 1 << 20 } else { 0 };
            proxy.arm(Rule { after, ..Rule::always(fault, place) });
            let result = there.put(&content).await;
            assert!(proxy.struck() > 0, "{}: {what}", requests.name);
            // What was done although its answer was cut off is found to be done.
            let done = result.is_ok() && place == requests.end && matches!(fault, Fault::Truncate(_));
            assert!(
                done && !requests.aborts || result.is_err_and(|error| error.is_retryable()),
                "{}: {what}",
                requests.name
            );
            there.holds(Some(if done { &content } else { &before }), &what);
            proxy.disarm();
            put(&**storage, NAME, &content).await;
            there.holds(Some(&content), &what);
            storage.delete(NAME).await.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_passes_is_got_over_within_one_upload() {
    let content = noise(20 << 20, 3);
    Broken::each(async |there| {
        for fault in [Fault::Reset, Fault::Answer(500), Fault::Answer(503), Fault::Truncate(20), Fault::Truncate(0)] {
            there.proxy.arm(Rule { after: 1 << 20, times: 1, ..Rule::always(fault, there.requests.part) });
            put(&*there.storage, NAME, &content).await;
            assert_eq!(there.proxy.struck(), 1, "{} {fault:?}", there.requests.name);
            there.holds(Some(&content), &format!("{fault:?}"));
            there.storage.delete(NAME).await.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_line_takes_its_time() {
    let content = noise(20 << 20, 12);
    Broken::each(async |there| {
        // A part in pieces of 16 KiB, with a pause after each.
        there.proxy.arm(Rule { times: 1, ..Rule::always(Fault::Slow(Duration::from_millis(5)), there.requests.part) });
        put(&*there.storage, NAME, &content).await;
        assert_eq!(there.proxy.struck(), 1, "{}", there.requests.name);
        there.holds(Some(&content), "slowly");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_upload_that_breaks_off_leaves_what_was_there() {
    let (content, before) = (noise(4 << 20, 4), noise(1000, 5));
    Broken::each(async |there| {
        for fault in [Fault::Reset, Fault::Answer(500), Fault::Answer(503)] {
            put(&*there.storage, NAME, &before).await;
            there.proxy.arm(Rule { after: 1 << 20, ..Rule::always(fault, "PUT /") });
            let error = there.put(&content).await.unwrap_err();
            assert!(error.is_retryable() && there.proxy.struck() > 0, "{} {fault:?}: {error:?}", there.requests.name);
            there.holds(Some(&before), &format!("{fault:?}"));
            there.proxy.disarm();
            put(&*there.storage, NAME, &content).await;
        }
    })
    .await;
}

/// The answer to the last request is lost again and again, though it was done.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_last_answer_is_lost_is_known_to_be_whole() {
    Broken::each(async |there| {
        for (content, last) in [(noise(20 << 20, 6), there.requests.last), (noise(1 << 20, 7), "PUT /")] {
            there.proxy.arm(Rule::always(Fault::Truncate(0), last));
            put(&*there.storage, NAME, &content).await;
            assert!(there.proxy.struck() > 0);
            there.proxy.disarm();
            there.holds(Some(&content), last);
        }
    })
    .await;
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
    Broken::each(async |there| {
        there.proxy.arm(Rule { after: 1 << 20, ..Rule::always(Fault::Hang, there.requests.part) });
        let content = noise(20 << 20, 8);
        tokio::select! {
            result = there.put(&content) => panic!("it hangs: {result:?}"),
            () = there.proxy.wait_for_strike() => {}
        }
        if there.requests.aborts {
            until("the upload is aborted", || there.rclone.uploads().is_empty()).await;
        }
        assert!(there.rclone.list().is_empty());
        there.proxy.disarm();
        put(&*there.storage, NAME, &content).await;
        there.holds(Some(&content), "after one that was dropped");
    })
    .await;
}

/// As after a crash: the connection is gone for all that follows, so that nothing can be aborted.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_broken_off_upload_has_left_goes_with_the_next_upload_or_deletion_of_its_name() {
    let there = [Broken::s3().await, Broken::google().await];
    for (there, by_deletion) in there.iter().flat_map(|there| [(there, false), (there, true)]) {
        let content = noise(20 << 20, 9);
        let (part, abort) = (there.requests.part, "uploadId=");
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
            there.holds(None, "deleted");
        } else {
            let small = noise(1000, 10);
            put(&*there.storage, NAME, &small).await;
            there.holds(Some(&small), "put again");
        }
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
