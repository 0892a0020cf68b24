//! A whole cluster: processes that serve the API and others that make exports, over one PostgreSQL and one object store, while
//! workers are killed and frozen and PostgreSQL is restarted. `make test` runs it small, `make cluster-test` large.

mod nodes;

use std::{
    collections::{HashMap, HashSet},
    io::Read,
    time::{Duration, Instant},
};

use serde_json::Value;

use self::nodes::Cluster;
use crate::{
    app::{client, until},
    foreign::seven_zip,
    process::{carryall, stderr},
    servers::postgres::Postgres,
};

/// How much is asked for, and how bad the days are.
struct Size {
    exports: usize,
    kills: usize,
    /// How long a worker is frozen.
    frozen: Duration,
}

fn size() -> Size {
    match std::env::var("CARRYALL_CLUSTER_EXPORTS").ok() {
        Some(exports) => {
            let exports = exports.parse().unwrap();
            Size { exports, kills: (exports / 10).max(1), frozen: Duration::from_secs(120) }
        }
        None => Size { exports: 16, kills: 3, frozen: Duration::from_secs(70) },
    }
}

/// A number below `end`, at random.
fn random(end: usize) -> usize {
    let mut bytes = [0; 4];
    std::fs::File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    usize::try_from(u32::from_le_bytes(bytes)).unwrap() % end
}

/// Queues an export at one of the two processes that serve the API. What is not answered is asked again, under the same key, so
/// that it is not made twice.
async fn create(cluster: &Cluster, number: usize) {
    let input = format!("{{name: \"export {number}\", idempotencyKey: \"{number}\"}}");
    let create =
        format!("mutation {{ createDataExport(input: {input}) {{ dataExport {{ id }} userErrors {{ code }} }} }}");
    let answered = async || match cluster.try_graphql(number % 2, &create).await {
        Some(data) => {
            assert!(data["createDataExport"]["dataExport"]["id"].is_string(), "{data}");
            true
        }
        None => false,
    };
    until("the export is queued", answered).await;
}

/// The history, once no export waits or runs any more.
async fn settled(cluster: &Cluster) -> Vec<Value> {
    let begun = Instant::now();
    let unsettled = "{ dataExports(first: 100) { nodes { status } } workers { id } }";
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(begun.elapsed() < Duration::from_secs(15 * 60), "the exports do not end");
        let Some(data) = cluster.try_graphql(0, unsettled).await else { continue };
        let newest = data["dataExports"]["nodes"].as_array().unwrap();
        if newest.iter().any(|export| export["status"] == "QUEUED" || export["status"] == "RUNNING") {
            continue;
        }
        let history = cluster.apis[0].history().await;
        if history.iter().all(|export| export["status"] != "QUEUED" && export["status"] != "RUNNING") {
            return history;
        }
    }
}

/// Each export that was asked for came to its end once, be it by a restart; returns those, and how many runs were lost.
fn completed(history: &[Value], asked: usize) -> (Vec<&Value>, usize) {
    let by_id: HashMap<_, _> = history.iter().map(|export| (export["id"].as_str().unwrap(), export)).collect();
    let mut completed = Vec::new();
    for export in history.iter().filter(|export| export["trigger"] == "MANUAL" || export["status"] == "COMPLETED") {
        // From the first of a chain on; one that was given back while its process stopped is a restart of itself.
        let mut last = export;
        while let Some(next) = last["restartedAs"]["id"].as_str() {
            assert_eq!(last["failure"]["code"], "WORKER_LOST", "{last}");
            last = by_id[next];
        }
        assert_eq!(last["status"], "COMPLETED", "{last}");
        if !completed.contains(&last) {
            completed.push(last);
        }
    }
    assert_eq!(completed.len(), asked, "none is lost, and none was made twice");
    (completed, history.iter().filter(|export| export["status"] == "FAILED").count())
}

/// The archive is what it says it is, by our own command and by 7-Zip.
async fn check(export: &Value, folder: &std::path::Path) {
    let path = folder.join(export["fileName"].as_str().unwrap());
    let answer = client().get(export["downloadUrl"].as_str().unwrap()).send().await.unwrap();
    assert!(answer.status().is_success(), "{export}: {}", answer.status());
    std::fs::write(&path, answer.bytes().await.unwrap()).unwrap();
    let password = export["filePassword"].as_str().unwrap();
    let verified =
        carryall().arg("verify").arg(&path).env("CARRYALL_EXPORT_PASSWORD", password).output().await.unwrap();
    assert!(verified.status.success(), "{}", stderr(&verified));
    let tested = seven_zip(&["t", &format!("-p{password}")], &path);
    assert!(tested.status.success(), "{tested:?}");
    std::fs::remove_file(path).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "`make cluster-test` shows the figures")]
async fn whatever_dies_each_export_is_made_once_and_whole_and_nothing_is_left_behind() {
    let Size { exports, kills, frozen } = size();
    let mut postgres = Postgres::start(&[]);
    let mut cluster = Cluster::start(postgres.database().await.address(), 2, 3).await;
    let maximum = "mutation { updateDataExportSettings(input: {maximumExports: 1000}) { settings { version } } }";
    assert!(cluster.try_graphql(0, maximum).await.is_some());
    let begun = Instant::now();
    for number in 0..exports {
        create(&cluster, number).await;
    }
    // One is frozen for longer than it may be silent, in the middle of an export.
    let held = cluster.freeze_in_the_middle(0).await;
    let frozen_at = Instant::now();
    for kill in 0..kills {
        tokio::time::sleep(Duration::from_millis(500 + u64::try_from(random(2500)).unwrap())).await;
        cluster.replace(1 + random(2)).await;
        if kill == kills / 2 {
            postgres.restart();
        }
    }
    tokio::time::sleep(frozen.saturating_sub(frozen_at.elapsed())).await;
    cluster.workers[0].thaw();
    let history = settled(&cluster).await;
    let took = begun.elapsed();
    let (completed, lost) = completed(&history, exports);
    assert!(lost > 0, "no run was hit");
    let held = history.iter().find(|export| export["id"] == held).unwrap();
    assert_eq!(held["failure"]["code"], "WORKER_LOST", "it came back too late: {held}");
    let folder = tempfile::tempdir().unwrap();
    for export in &completed {
        check(export, folder.path()).await;
    }
    // Each start sweeps what an earlier one has left.
    for number in 0..3 {
        cluster.replace(number).await;
    }
    let expected: HashSet<_> = completed.iter().map(|export| export["fileName"].as_str().unwrap().to_owned()).collect();
    let archives = cluster.archives.clone();
    until("nothing else is in the store", async || {
        archives.list().into_iter().collect::<HashSet<_>>() == expected && cluster.drafts().is_empty()
    })
    .await;
    println!(
        "{exports} exports, {kills} workers killed, one frozen for {} s, PostgreSQL restarted once: all {} completed in {} s, \
         {lost} runs were lost and restarted; every archive verifies, the store holds {} objects",
        frozen.as_secs(),
        completed.len(),
        took.as_secs(),
        expected.len(),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn five_processes_make_one_automatic_export_as_midnight_comes() {
    // The database's clock is theirs, so that it is enough to set that one.
    let postgres = Postgres::start_at("2026-11-20 23:59:40", &["timezone=UTC"]);
    let database = postgres.database().await;
    let _cluster = Cluster::start(database.address(), 0, 5).await;
    database.execute("UPDATE data_export_settings SET automatic_exports = true, automatic_since = now()").await;
    let nights = "SELECT count(*)::text FROM data_export WHERE trigger = 'AUTOMATIC' AND state = 'COMPLETED'";
    assert_eq!(database.value(nights).await, "0", "midnight is still to come");
    until("the night's export is made", async || database.value(nights).await == "1").await;
    // Until every process has looked once more.
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(
        database.value("SELECT string_agg(name, ', ') FROM data_export").await,
        "Automatic export of 2026-11-21"
    );
}
