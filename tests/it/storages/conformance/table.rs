//! The table of providers and checks: a test for each cell. One that has passed leaves a file in `target/tmp/conformance`, of
//! which `scripts/conformance.py` makes the table that is in the README.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{AzurePlace, BucketPlace, DropboxPlace, Note, Place, RackspacePlace, SftpPlace, buckets::Provider};
use crate::servers::sftp::Kind;

/// Where it is noted that a cell's assertions have held.
fn cell(provider: &str, check: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance").join(provider).join(check)
}

/// What is noted of an earlier run.
fn forget(cell: &Path) {
    match fs::remove_file(cell) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => panic!("{error}"),
        _ => {}
    }
}

fn record(cell: &Path, note: Note, place: &dyn Place) {
    fs::create_dir_all(cell.parent().unwrap()).unwrap();
    fs::write(cell.with_file_name("described"), place.described().join("\n")).unwrap();
    fs::write(cell, note.unwrap_or_default()).unwrap();
}

macro_rules! cells {
    ($provider:ident, $place:expr, $($check:ident)*) => {
        mod $provider {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $check() {
                    let cell = cell(stringify!($provider), stringify!($check));
                    forget(&cell);
                    let place = $place;
                    let note = super::super::$check(&place).await;
                    record(&cell, note, &place);
                }
            )*
        }
    };
}

macro_rules! providers {
    ($($provider:ident: $place:expr;)*) => {
        $(cells! {
            $provider, $place,
            put_and_read replace put_of_0_bytes put_of_40_mib names base_paths delete_twice wrong_secret without_rights
            missing_bucket damaged_file check
        })*
    };
}

providers! {
    amazon_s3: BucketPlace::new(Provider::Amazon);
    azure_blob: AzurePlace::new();
    digitalocean_spaces: BucketPlace::new(Provider::DigitalOcean);
    dropbox: DropboxPlace::new();
    google_cloud_storage: BucketPlace::new(Provider::Google);
    rackspace: RackspacePlace::new();
    scaleway: BucketPlace::new(Provider::Scaleway);
    sftp: SftpPlace::new(Kind::OpenSsh);
}
