//! A rotation that is cut off: the server starts, nothing is lost, and another rotation ends it.

use std::{process::Stdio, time::Duration};

use aes_gcm::{
    Aes256Gcm, Nonce,
    aead::{Aead, KeyInit, Payload},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use carryall::secret::Keyring;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Instance, Opened, passwords};
use crate::process::{carryall, stderr, stdout};

/// Starts a server over what a rotation left, and looks at what it shows; then ends the rotation.
async fn check_and_end(instance: &Instance, opened: &[Opened], case: &str) {
    assert_eq!(instance.opened(), opened, "{case}: nothing is lost");
    let server = instance.start().await;
    let shown = passwords(&server).await;
    assert!(server.stop().await.success());
    assert!(!shown.is_empty());
    for (id, password) in shown {
        let expected = (format!("data_export.file_password {id}"), password);
        assert!(opened.contains(&expected), "{case}: the server shows the password that it was");
    }
    let active = instance.keys().lines().next().unwrap().to_owned();
    let was_cut_off = instance.keys().lines().count() > 1;
    let output = instance.rotate().await;
    assert!(output.status.success(), "{case}: {}", stderr(&output));
    let keys = instance.keys();
    assert_eq!(keys.lines().count(), 1, "{case}");
    if was_cut_off {
        assert_eq!(keys.trim(), active, "{case}: it went on with the key that was there");
        assert!(stdout(&output).contains("was cut off is done"), "{case}: {}", stdout(&output));
    }
    assert_eq!(instance.opened(), opened, "{case}: nothing is lost in the end");
    assert!(!instance.data.join(".secret.key.part").exists(), "{case}: no keys lie about");
}

#[tokio::test]
async fn a_rotation_that_is_killed_at_any_moment_is_ended_by_the_next() {
    let instance = Instance::filled().await;
    instance.add_exports(1500);
    let opened = instance.opened();
    let (mut before, mut during) = (0, 0);
    for round in 0..12 {
        let mut command = carryall();
        command.args(["key", "rotate", "--data-dir"]).arg(&instance.data);
        let mut rotation = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if round < 3 {
            tokio::time::sleep(Duration::from_millis(10) * round).await;
        } else {
            // From the moment on in which the file holds both keys.
            while instance.keys().lines().count() == 1 && rotation.try_wait().unwrap().is_none() {
                tokio::task::yield_now().await;
            }
            tokio::time::sleep(Duration::from_millis(8) * (round - 3)).await;
        }
        rotation.kill().await.unwrap();
        let both = instance.keys();
        match both.lines().collect::<Vec<_>>()[..] {
            [new, old] => {
                during += 1;
                let (new, old) = (instance.opened_with(new), instance.opened_with(old));
                assert!(new.is_none() || old.is_none(), "no value opens with both");
            }
            _ => before += 1,
        }
        check_and_end(&instance, &opened, &format!("round {round}")).await;
    }
    assert!(before > 0 && during > 0, "kills hit it before and while it seals: {before}, {during}");
}

/// A value as it was sealed before keys had ids.
fn sealed_formerly(key: &str, context: &str, plain: &str) -> Vec<u8> {
    let derive = |key: &[u8], purpose: &[u8]| {
        let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).unwrap();
        <[u8; 32]>::from(mac.chain_update(purpose).finalize().into_bytes())
    };
    let cipher = Aes256Gcm::new(&derive(&STANDARD.decode(key.trim()).unwrap(), b"carryall seal 1").into());
    let nonce = carryall::secret::salt::<12>().unwrap();
    let payload = Payload { msg: plain.as_bytes(), aad: context.as_bytes() };
    [&nonce[..], &cipher.encrypt(&Nonce::from(nonce), payload).unwrap()].concat()
}

/// What each step of a rotation leaves behind if the power goes.
#[tokio::test]
async fn every_state_that_a_rotation_goes_through_is_one_that_a_server_takes() {
    let instance = Instance::filled().await;
    instance.add_exports(20);
    let opened = instance.opened();
    for (case, resealed, former_form) in [
        ("a draft was begun", None, false),
        ("there are two keys", Some(0), false),
        ("one value is sealed anew", Some(1), false),
        ("half of the values are", Some(11), false),
        ("all exports are", Some(21), false),
        ("all values are", Some(22), false),
        ("values of before keys had ids, and no rotation", None, true),
        ("half of those are sealed anew", Some(11), true),
    ] {
        let old = instance.keys();
        if former_form {
            let former = opened.iter().map(|(context, plain)| (context.clone(), sealed_formerly(&old, context, plain)));
            instance.store(&former.collect::<Vec<_>>());
        }
        std::fs::write(instance.data.join(".secret.key.part"), &old[..20]).unwrap();
        if let Some(resealed) = resealed {
            let keys = Keyring::load(&instance.key_file()).unwrap().turn().unwrap();
            keys.replace(&instance.key_file()).unwrap();
            let values = instance.sealed().into_iter().take(resealed).map(|(context, sealed)| {
                let sealed = keys.reseal(&sealed, &context).unwrap().unwrap();
                (context, sealed)
            });
            instance.store(&values.collect::<Vec<_>>());
            let both = instance.keys();
            let new = both.lines().next().unwrap();
            for (alone, opens) in [(new, resealed == opened.len()), (old.trim(), resealed == 0)] {
                std::fs::write(instance.key_file(), alone).unwrap();
                if !opens {
                    assert!(instance.refused().await.contains("is not the key"), "{case}: with one of the keys alone");
                }
            }
            std::fs::write(instance.key_file(), both).unwrap();
        }
        check_and_end(&instance, &opened, case).await;
    }
}

/// A server that starts in the middle of a rotation goes on sealing, with the new key.
#[tokio::test]
async fn a_server_may_run_between_two_parts_of_a_rotation() {
    let instance = Instance::filled().await;
    let keys = Keyring::load(&instance.key_file()).unwrap().turn().unwrap();
    keys.replace(&instance.key_file()).unwrap();
    let server = instance.start().await;
    server.create().await;
    server.settled().await;
    let shown = passwords(&server).await;
    let running = instance.rotate().await;
    assert!(!running.status.success() && stderr(&running).contains("in use"), "{}", stderr(&running));
    assert!(server.stop().await.success());
    let output = instance.rotate().await;
    assert!(stdout(&output).contains(": 2 more secrets"), "the new export's needed nothing: {}", stdout(&output));
    let server = instance.start().await;
    assert_eq!(passwords(&server).await, shown);
}
