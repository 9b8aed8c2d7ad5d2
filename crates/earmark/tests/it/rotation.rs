//! Other keys for the log and for bundles: whoever has the old ones finds the new, and a crash leaves one or the other.

use std::fs::{self, File};
use std::process::Command;

use earmark_desk::approval::WAIT_MILLIS;
use earmark_desk::error::Kind;
use earmark_desk::issue::log::{rotation, verify};
use earmark_desk::issue::signing;
use earmark_seal::{ProgramKeys, SecretKey};
use earmark_testkit::peer;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::log_rows::{Bench, run};

async fn rotate(bench: &Bench) -> rotation::Rotated {
    let out = bench.folder.path().join("handed-out");
    let waits = rotation::rotate(&bench.desk, "a laptop was lost", &out).await.unwrap();
    assert!(waits.waiting.is_some() && waits.keys.is_empty(), "one person alone waits");
    bench.clock.advance(WAIT_MILLIS);
    rotation::rotate(&bench.desk, "a laptop was lost", &out).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_handed_over_and_old_keys_lead_to_the_new_ones() {
    let bench = Bench::new().await;
    let log = bench.folder.path().join("vault/log");
    let before = bench.publish(true).await;
    let old_signers = signing::public_keys(&bench.desk).unwrap();
    let rotated = rotate(&bench).await;
    assert_ne!(rotated.keys, before.keys);
    let after = bench.publish(true).await;
    assert_eq!(after.keys, rotated.keys);
    assert_eq!(bench.faults().await, [""; 0]);
    for key in before.keys.iter().chain(&after.keys) {
        let answer = verify::published(&log, std::slice::from_ref(key)).unwrap();
        assert_eq!((answer.faults, answer.size), (Vec::new(), after.size));
    }
    // Once more, with what came between.
    let second = rotate(&bench).await;
    assert_eq!(second.until, Some(after.size + 8));
    bench.publish(true).await;
    assert_eq!(bench.faults().await, [""; 0]);
    assert!(verify::published(&log, &before.keys).unwrap().sound, "two steps from the first keys");
    let nobodys = "earmark/x+00000000+AQ==";
    assert_eq!(verify::published(&log, &[nobodys.to_owned()]).unwrap_err().kind, Kind::Malformed);

    // The recovery kit is of the keys in force.
    let kit = fs::read_to_string(second.recovery_kit.unwrap()).unwrap();
    let keys = earmark_seal::restore_kit(&kit, None).unwrap();
    assert_eq!(keys, ProgramKeys::load(&bench.folder.path().join("vault/keys"), None).unwrap());

    // The first rotation's file was signed by the keys that partners had.
    let Some(keygen) = peer("ssh-keygen") else { return };
    let out = bench.folder.path().join("handed-out");
    // The second rotation signed with the first one's keys; those are in its file.
    assert!(
        fs::read_to_string(out.join("bundle-keys.txt")).unwrap().contains("namespaces=\"earmark-bundle\"")
    );
    let allowed = bench.folder.path().join("allowed");
    fs::write(&allowed, &old_signers.allowed_signers).unwrap();
    let holds = |allowed: &std::path::Path| {
        let checked = Command::new(&keygen)
            .args(["-Y", "verify", "-n", old_signers.namespace, "-I", &old_signers.principal, "-f"])
            .arg(allowed)
            .arg("-s")
            .arg(out.join("bundle-keys.txt.sig"))
            .stdin(File::open(out.join("bundle-keys.txt")).unwrap())
            .output();
        checked.unwrap().status.success()
    };
    assert!(!holds(&allowed), "the first keys did not sign the second file");
    let third = bench.folder.path().join("third");
    let now = signing::public_keys(&bench.desk).unwrap();
    rotation::rotate(&bench.desk, "x", &third).await.unwrap();
    bench.clock.advance(WAIT_MILLIS);
    rotation::rotate(&bench.desk, "x", &third).await.unwrap();
    fs::write(&allowed, now.allowed_signers).unwrap();
    for name in ["bundle-keys.txt", "bundle-keys.txt.sig"] {
        fs::copy(third.join(name), out.join(name)).unwrap();
    }
    assert!(holds(&allowed), "the keys before signed the keys after");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_rotation_is_nothing_or_finished() {
    let bench = Bench::new().await;
    let keys = bench.folder.path().join("vault/keys");
    let before = bench.publish(true).await;
    // Killed before anybody was told.
    ProgramKeys::stage_log(&keys, &SecretKey::generate()).unwrap();
    assert_eq!(bench.publish(true).await.keys, before.keys);
    assert!(!keys.join("log-next.key").exists());

    // Killed when the entry was under a head, and before the new key took its place.
    let old = fs::read(keys.join("log.key")).unwrap();
    let rotated = rotate(&bench).await;
    let new = fs::read(keys.join("log.key")).unwrap();
    for killed_before_the_setting in [true, false] {
        fs::write(keys.join("log.key"), &old).unwrap();
        fs::write(keys.join("log-next.key"), &new).unwrap();
        if killed_before_the_setting {
            let path = bench.folder.path().join("vault/ledger.sqlite");
            let mut raw = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
            run(&mut raw, "delete from setting where name = 'log.handovers'").await;
        }
        assert_eq!(bench.publish(false).await.keys, rotated.keys);
        assert!(!keys.join("log-next.key").exists());
        assert_eq!(fs::read(keys.join("log.key")).unwrap(), new);
        assert_eq!(bench.faults().await, [""; 0]);
    }
    // A rotation that the ledger does not go by is a fault.
    let path = bench.folder.path().join("vault/ledger.sqlite");
    let mut raw = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    run(&mut raw, "delete from setting where name = 'log.handovers'").await;
    assert!(!bench.faults().await.is_empty());
}
