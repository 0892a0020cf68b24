//! The key of many processes over one PostgreSQL: it is replaced by one at a time, and who missed it ends.

use std::{process::Output, time::Duration};

use carryall::secret::Keyring;
use rustix::process::{Pid, Signal, kill_process};

use super::Instance;
use crate::{
    app::{PATIENCE, until},
    process::{Server, carryall, stderr, stdout},
    servers::postgres::{Database, Postgres},
};

fn key() -> String {
    Keyring::generate().unwrap().text().trim().to_owned()
}

/// A server over this database that has these keys.
async fn start(instance: &Instance, database: &Database<'_>, keys: &str) -> Server {
    let mut command = carryall();
    command.args(["serve", "--listen", "127.0.0.1:0", "--source", &instance.source, "--data-dir"]).arg(&instance.data);
    command.env("CARRYALL_SECRET_KEY", keys).env("CARRYALL_DATABASE_URL", database.address());
    Server::spawn_for(command, &instance.data, String::new()).await
}

/// Rotates over this database, with these keys or the file's.
async fn rotate(instance: &Instance, database: &Database<'_>, keys: Option<&str>, more: &[&str]) -> Output {
    let mut command = carryall();
    command.args(["key", "rotate"]).args(more).arg("--data-dir").arg(&instance.data);
    command.env("CARRYALL_DATABASE_URL", database.address()).envs(keys.map(|keys| ("CARRYALL_SECRET_KEY", keys)));
    tokio::time::timeout(PATIENCE, command.output()).await.unwrap().unwrap()
}

fn refused(output: &Output, why: &str) {
    let said = stderr(output);
    assert!(!output.status.success() && said.contains(why), "{why}: {said}");
}

#[tokio::test]
async fn a_process_that_was_frozen_while_the_key_was_replaced_ends() {
    let (instance, database) = (Instance::new(), Postgres::shared().database().await);
    let (old, new) = (key(), key());
    let mut server = start(&instance, &database, &old).await;
    let seen = async || database.value("SELECT count(*)::text FROM process").await == "1";
    until("it is seen", seen).await;
    let both = format!("{new} {old}");
    refused(&rotate(&instance, &database, Some(&both), &[]).await, "does not seal with the new key: give it");
    refused(&rotate(&instance, &database, None, &[]).await, "1 processes of Carryall are running");

    let pid = Pid::from_raw(server.child.id().unwrap().try_into().unwrap()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    // It is frozen for so long already.
    database.execute("UPDATE process SET seen_at = seen_at - interval '50 seconds'").await;
    for keys in [Some(&*both), None] {
        refused(&rotate(&instance, &database, keys, &[]).await, "did not take its leave");
    }
    let rotated = rotate(&instance, &database, Some(&both), &["--despite-silent"]).await;
    assert!(rotated.status.success() && stdout(&rotated).contains("can be taken out"), "{}", stderr(&rotated));
    kill_process(pid, Signal::CONT).unwrap();
    let ended = tokio::time::timeout(PATIENCE, server.child.wait()).await.unwrap().unwrap();
    assert!(!ended.success());
    until("it says why", async || server.log().contains("carryall: CARRYALL_SECRET_KEY: it is not the key")).await;
    assert_eq!(database.value("SELECT count(*)::text FROM process").await, "0", "it took its leave");

    // One that forgot to is forgotten after an hour.
    let server = start(&instance, &database, &new).await;
    until("it is seen", seen).await;
    server.kill().await;
    let both = format!("{} {new}", key());
    for (ago, success) in [("59 minutes", false), ("61 minutes", true)] {
        database.execute(&format!("UPDATE process SET seen_at = now() - interval '{ago}'")).await;
        let rotated = rotate(&instance, &database, Some(&both), &[]).await;
        assert_eq!(rotated.status.success(), success, "{ago}: {}", stderr(&rotated));
    }
}

#[tokio::test]
async fn a_process_that_knows_the_new_key_and_seals_with_the_old_one_is_no_less_in_the_way() {
    let (instance, database) = (Instance::new(), Postgres::shared().database().await);
    let (old, new) = (key(), key());
    let (former, both) = (format!("{old} {new}"), format!("{new} {old}"));
    let servers = [start(&instance, &database, &former).await, start(&instance, &database, &both).await];
    until("they are seen", async || database.value("SELECT count(*)::text FROM process").await == "2").await;
    refused(&rotate(&instance, &database, Some(&both), &[]).await, "does not seal with the new key: give it");
    let [server, other] = servers;
    assert!(server.stop().await.success());
    let rotated = rotate(&instance, &database, Some(&both), &[]).await;
    assert!(rotated.status.success(), "{}", stderr(&rotated));
    assert!(other.stop().await.success());
}

#[tokio::test]
async fn one_at_a_time_replaces_the_key() {
    let (instance, database) = (Instance::new(), Postgres::shared().database().await);
    let (old, new) = (key(), key());
    assert!(start(&instance, &database, &old).await.stop().await.success());
    let both = format!("{new} {old}");
    let rotations = (0..6).map(|_| rotate(&instance, &database, Some(&both), &[]));
    let rotations = futures_util::future::join_all(rotations).await;
    assert!(rotations.iter().any(|output| output.status.success()));
    for output in rotations.iter().filter(|output| !output.status.success()) {
        refused(output, "another `carryall key rotate`");
    }
    // However long it takes.
    let mut other = database.connect().await;
    let hold = format!("SELECT pg_advisory_lock({}, 6)", i32::from_be_bytes(*b"Cary"));
    crate::servers::postgres::execute(&mut other, &hold).await;
    refused(&rotate(&instance, &database, Some(&both), &[]).await, "another `carryall key rotate`");
    drop(other);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(rotate(&instance, &database, Some(&both), &[]).await.status.success(), "its end is that of its session");
}
