//! A disk that fills up.

use std::fs;
use std::path::Path;
use std::process::Command;

use earmark_model::{Digest, UnixMillis};
use earmark_store::{BlobError, CheckOptions, NewSighting, StoreError, Vault, check};
use earmark_testkit::skip;

use crate::material::NOW;

const ALL: CheckOptions =
    CheckOptions { collect: true, contents: true, settled_before: UnixMillis(i64::MAX / 2) };

/// A file system of its own, unmounted in the end.
pub(crate) struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    pub(crate) fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "earmark-test"])
            .arg(folder.path())
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        skip("mounting a small disk needs root");
        None
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(self.path()).output());
    }
}

#[tokio::test]
async fn blobs_say_that_the_disk_is_full_and_lose_nothing() {
    let Some(disk) = SmallDisk::new("2m") else { return };
    let root = disk.path().join("vault");
    let vault = Vault::create(&root, "x").await.unwrap();
    let mut kept = Vec::new();
    let refusal = loop {
        let blob = vec![kept.len() as u8; 90_000];
        match vault.blobs().put(blob).await {
            Ok(digest) => kept.push(digest),
            Err(refusal) => break refusal,
        }
    };
    assert!(matches!(refusal, BlobError::Full(_)), "{refusal}");
    assert!(kept.len() > 3);
    assert_eq!(fs::read_dir(vault.tmp()).unwrap().count(), 0, "the half-written file is gone");
    for (n, digest) in kept.iter().enumerate() {
        assert_eq!(vault.blobs().get(*digest).await.unwrap(), vec![n as u8; 90_000]);
    }
    // Many at once, synced together: all or an error, and again nothing half-written.
    let many = (0..40u8).map(|n| vec![100 + n; 90_000]).collect();
    assert!(matches!(vault.blobs().put_all(many).await, Err(BlobError::Full(_))));
    assert_eq!(fs::read_dir(vault.tmp()).unwrap().count(), 0);
    // All are orphans; with them collected there is room again.
    let report = check(&vault, ALL).await.unwrap();
    assert_eq!((report.is_sound(), report.collected), (true, kept.len() as u64));
    vault.blobs().put(vec![9; 90_000]).await.unwrap();
}

#[tokio::test]
async fn the_ledger_says_that_the_disk_is_full_and_loses_nothing() {
    let Some(disk) = SmallDisk::new("2m") else { return };
    let root = disk.path().join("vault");
    let vault = Vault::create(&root, "x").await.unwrap();
    let ballast = root.join("tmp/ballast");
    let sighting = |n: u64| NewSighting {
        sample: format!("{n} {}", "x".repeat(5_000)),
        digest: Digest::of(b""),
        seen: NOW,
    };
    let mut kept = 0;
    let refusal = loop {
        match vault.ledger().add_sighting(&sighting(kept)).await {
            Ok(_) => kept += 1,
            Err(refusal) => break refusal,
        }
        assert!(kept < 1_000, "acknowledged more than there is room for");
        if kept == 5 {
            fs::write(&ballast, vec![0; 300_000]).unwrap();
        }
    };
    assert!(matches!(refusal, StoreError::Full), "{refusal:?}");
    assert!(kept > 5);
    for _ in 0..10 {
        // Every connection of the pool meets the full disk, and none may come back out of step.
        let again = vault.ledger().add_sighting(&sighting(kept)).await;
        assert!(matches!(again, Err(StoreError::Full)), "{again:?}");
    }
    assert_eq!(
        vault.ledger().sightings().await.unwrap().len() as u64,
        kept,
        "what was acknowledged, no more"
    );
    fs::remove_file(&ballast).unwrap();
    vault.ledger().add_sighting(&sighting(kept)).await.unwrap();
    vault.ledger().close().await;
    let vault = Vault::open(&root).await.unwrap();
    assert_eq!(vault.ledger().sightings().await.unwrap().len() as u64, kept + 1);
    assert!(check(&vault, ALL).await.unwrap().is_sound());
}

#[tokio::test]
async fn the_log_has_no_gap_after_a_full_disk() {
    let Some(disk) = SmallDisk::new("2m") else { return };
    let root = disk.path().join("vault");
    let vault = Vault::create(&root, "x").await.unwrap();
    let ballast = root.join("tmp/ballast");
    fs::write(&ballast, vec![0; 300_000]).unwrap();
    let mut kept = 0u64;
    let refusal = loop {
        match crate::material::pad(vault.ledger(), Digest::of(&kept.to_le_bytes())).await {
            Ok(index) => assert_eq!(index, kept),
            Err(refusal) => break refusal,
        }
        kept += 1;
        assert!(kept < 10_000, "acknowledged more than there is room for");
    };
    assert!(matches!(refusal, StoreError::Full), "{refusal:?}");
    assert_eq!(vault.ledger().log_length().await.unwrap(), kept);
    fs::remove_file(&ballast).unwrap();
    assert_eq!(crate::material::pad(vault.ledger(), Digest::of(b"after")).await.unwrap(), kept);
    let report = check(&vault, ALL).await.unwrap();
    assert_eq!((report.is_sound(), report.entries), (true, kept + 1));
}
