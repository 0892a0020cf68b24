//! A server whose archives cannot be kept where it is told to does not start, and says why in one line.

use std::process::Output;

use super::There;
use crate::{
    app::{PATIENCE, database_of},
    process::{carryall, stderr},
    servers::{
        free_port,
        rclone::RcloneS3,
        seaweedfs::{KEY, READER_KEY, READER_SECRET, SECRET},
    },
};

/// Starts a server that is not meant to start.
async fn refused(url: &str, variables: &[(&str, String)], more: &[&str]) -> Output {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let mut command = carryall();
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--files-url", url, "--data-dir"])
        .arg(folder.path().join("data"));
    command.args(["--source", &format!("app=sqlite:{}", database.display())]).args(more);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    tokio::time::timeout(PATIENCE, command.output()).await.unwrap().unwrap()
}

/// What it says, in one line behind what it has logged.
async fn says(url: &str, variables: &[(&str, String)], code: i32) -> String {
    let output = refused(url, variables, &[]).await;
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    let last = said.lines().last().unwrap_or_default().to_owned();
    assert!(last.contains("--files-url"), "{said}");
    last
}

/// The variables of a store, with some changed.
fn with(there: &There, changed: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let of = |name: &str| changed.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
    there.variables.iter().map(|(name, value)| (*name, of(name).unwrap_or_else(|| value.clone()))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_used_ends_the_start_with_what_to_do() {
    let s3 = There::s3();
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let away = says(&s3.url, &with(&s3, &[("AWS_ENDPOINT_URL", &nobody)]), 1).await;
    assert!(away.contains("no connection"), "{away}");
    let wrong = says(&s3.url, &with(&s3, &[("AWS_SECRET_ACCESS_KEY", "hunter2")]), 1).await;
    assert!(wrong.contains("credentials") && !wrong.contains("hunter2"), "{wrong}");
    let reader = [("AWS_ACCESS_KEY_ID", READER_KEY), ("AWS_SECRET_ACCESS_KEY", READER_SECRET)];
    let reads = says(&s3.url, &with(&s3, &reader), 1).await;
    assert!(reads.contains("does not allow") && reads.contains("may list it, and read, write and delete"), "{reads}");
    assert_eq!(s3.rclone.list(), [""; 0]);
    let other = RcloneS3::start(KEY, SECRET);
    let missing = says("s3://nowhere/a", &with(&s3, &[("AWS_ENDPOINT_URL", &other.address())]), 1).await;
    assert!(missing.contains("nowhere"), "{missing}");
    let azure = There::azure();
    let key = "bm90LXRoZS1yaWdodC1vbmU=";
    let wrong = says(&azure.url, &with(&azure, &[("AZURE_STORAGE_ACCOUNT_KEY", key)]), 1).await;
    assert!(wrong.contains("credentials") && !wrong.contains(key), "{wrong}");
    let google = There::google();
    let foreign = crate::servers::gcs::key_file(tempfile::tempdir().unwrap().path());
    let wrong = says(&google.url, &with(&google, &[("GOOGLE_SERVICE_ACCOUNT_KEY", &foreign)]), 1).await;
    assert!(wrong.contains("credentials") && !wrong.contains("PRIVATE"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_right_are_refused_without_showing_them() {
    let s3 = There::s3();
    for url in ["s3://key:hunter2@exports/a", "s3://exports?key=hunter2", "ftp://exports/hunter2", "hunter2"] {
        let said = says(url, &s3.variables, 2).await;
        assert!(!said.contains("hunter2"), "{said}");
    }
    let half = &with(&s3, &[])[..1];
    let said = says(&s3.url, half, 2).await;
    assert!(said.contains("AWS_SECRET_ACCESS_KEY"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let output = refused(&format!("file://{}", folder.path().display()), &[], &["--presigned-downloads"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("--presigned-downloads") && stderr(&output).contains("folder"),
        "{}",
        stderr(&output)
    );
}
