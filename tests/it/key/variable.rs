//! A key that the operator keeps in a variable.

use std::{path::Path, process::Output};

use carryall::secret::Keyring;

use super::{Instance, fill, passwords};
use crate::{
    app::PATIENCE,
    process::{Server, carryall, stderr, stdout},
};

const VARIABLE: &str = "CARRYALL_SECRET_KEY";

fn key() -> String {
    Keyring::generate().unwrap().text().trim().to_owned()
}

async fn start(instance: &Instance, key: &str) -> Server {
    let mut command = carryall();
    command.args(["serve", "--listen", "127.0.0.1:0", "--source", &instance.source, "--data-dir"]);
    command.arg(&instance.data).env(VARIABLE, key);
    Server::spawn(command, &instance.data).await
}

/// Runs a command over the instance to its end.
async fn run(instance: &Instance, key: &str, arguments: &[&str], folder: &Path) -> Output {
    let mut command = carryall();
    command.args(arguments).arg("--data-dir").arg(&instance.data).env(VARIABLE, key).current_dir(folder);
    tokio::time::timeout(PATIENCE, command.output()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_key_in_a_variable_seals_is_replaced_and_makes_no_file() {
    let (instance, here) = (Instance::new(), Path::new("."));
    let (old, new) = (key(), key());
    let server = start(&instance, &old).await;
    fill(&server).await;
    let shown = passwords(&server).await;
    assert!(server.stop().await.success());
    let opened = instance.opened_with(&old).unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--source", &instance.source];
    for other in [&new, ""] {
        let refused = run(&instance, other, &serve, here).await;
        let said = stderr(&refused);
        let told = said.contains("it is not the key") || said.contains("put the file back");
        assert!(!refused.status.success() && told, "{said}");
    }

    let alone = run(&instance, &old, &["key", "rotate"], here).await;
    assert!(!alone.status.success() && stderr(&alone).contains("put a new one"), "{}", stderr(&alone));
    let both = format!("{new} {old}");
    for resealed in ["2 secrets", "0 secrets"] {
        let rotated = run(&instance, &both, &["key", "rotate"], here).await;
        assert!(rotated.status.success(), "{}", stderr(&rotated));
        let said = stdout(&rotated);
        assert!(said.starts_with(resealed) && said.contains("can be taken out"), "{said}");
    }
    assert_eq!((instance.opened_with(&new), instance.opened_with(&old)), (Some(opened), None));
    let server = start(&instance, &new).await;
    assert_eq!(passwords(&server).await, shown);
    assert!(server.stop().await.success());
    let refused = run(&instance, &old, &serve, here).await;
    assert!(!refused.status.success() && stderr(&refused).contains("it is not the key"), "{}", stderr(&refused));
    assert!(!instance.key_file().exists());
}

#[tokio::test]
async fn a_server_that_has_both_keys_seals_with_the_first() {
    let instance = Instance::new();
    let (old, new) = (key(), key());
    let server = start(&instance, &old).await;
    fill(&server).await;
    assert!(server.stop().await.success());
    let server = start(&instance, &format!("{new}\n{old}")).await;
    server.create().await;
    assert_eq!(server.settled().await.len(), 2);
    assert_eq!(passwords(&server).await.len(), 2, "both passwords are shown");
    assert!(server.stop().await.success());
    let rotated = run(&instance, &format!("{new} {old}"), &["key", "rotate"], Path::new(".")).await;
    assert!(stdout(&rotated).starts_with("2 secrets"), "all but the one that was made since: {}", stdout(&rotated));
    assert_eq!(instance.opened_with(&new).map(|opened| opened.len()), Some(4), "and what the key is checked by");
}

#[tokio::test]
async fn a_key_that_was_in_a_file_goes_on_in_a_variable() {
    let instance = Instance::filled().await;
    let key = instance.keys();
    std::fs::remove_file(instance.key_file()).unwrap();
    let server = start(&instance, &key).await;
    assert_eq!(passwords(&server).await.len(), 1);
    assert!(!instance.key_file().exists());
}

#[tokio::test]
async fn a_key_that_is_given_twice_or_is_none_is_refused_and_not_shown() {
    let instance = Instance::new();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("other.toml"), "secret-key-file = \"x.key\"\n").unwrap();
    let (key, here) = (key(), folder.path());
    let serve = ["serve", "--demo", "--listen", "127.0.0.1:0"];
    let rotate = ["key", "rotate"];
    for command in [&serve[..], &rotate] {
        for more in [["--secret-key-file", "x.key"], ["--config", "other.toml"]] {
            let refused = run(&instance, &key, &[command, &more].concat(), here).await;
            let said = stderr(&refused);
            assert_eq!(refused.status.code(), Some(2), "{said}");
            assert!(said.contains("both here and by --secret-key-file") && !said.contains(&key), "{said}");
        }
        let cut = &key[..key.len() - 4];
        let twice = format!("{key} {key}");
        for (wrong, why) in [
            (cut, "word 1 of it is not a key"),
            ("S3cretThatNobodyMaySee", "word 1"),
            (" ", "empty"),
            (&*twice, "word 2"),
        ] {
            let refused = run(&instance, wrong, command, here).await;
            let said = stderr(&refused);
            assert_eq!(refused.status.code(), Some(2), "{said}");
            assert!(said.starts_with("carryall: CARRYALL_SECRET_KEY: ") && said.contains(why), "{said}");
            assert!(!said.contains("S3cret") && !said.contains(cut) && said.lines().count() == 1, "{said}");
        }
    }
    assert!(!instance.data.exists(), "nothing was made");
}
