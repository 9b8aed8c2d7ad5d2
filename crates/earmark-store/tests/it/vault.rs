//! The folder: making, opening, checking.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use earmark_model::{Digest, Entry, EntryKind, Manifest, UnixMillis};
use earmark_store::{BlobError, Blobs, CheckOptions, Finding, MemoryBlobs, StoreError, Vault, check};

use crate::material::{asset, commitment, furnish, raw_in, revision};

/// Everything is settled: nobody else is at work in these tests.
const ALL: CheckOptions =
    CheckOptions { collect: false, contents: true, settled_before: UnixMillis(i64::MAX / 2) };

#[tokio::test]
async fn is_made_once_and_opened_often() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("deep/vault");
    assert!(matches!(Vault::open(&root).await, Err(StoreError::NotAVault(_))));
    let vault = Vault::create(&root, "Böse \"Namen\"").await.unwrap();
    assert!(matches!(Vault::create(&root, "x").await, Err(StoreError::NotEmpty(_))));
    let again = Vault::open(&root).await.unwrap();
    assert_eq!(again.name(), "Böse \"Namen\"");
    furnish(vault.ledger()).await;
    assert_eq!(again.ledger().partners().await.unwrap().len(), 1, "both see one ledger");
    assert_eq!(fs::metadata(vault.keys()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_folder_with_anything_in_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.tex"), "").unwrap();
    assert!(matches!(Vault::create(folder.path(), "x").await, Err(StoreError::NotEmpty(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn an_interrupted_making_is_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    Vault::create(folder.path(), "x").await.unwrap().ledger().close().await;
    fs::remove_file(folder.path().join("vault.toml")).unwrap();
    assert!(matches!(Vault::open(folder.path()).await, Err(StoreError::NotAVault(_))));
    assert!(
        Vault::create(folder.path(), "x").await.is_err(),
        "a vault that lost its settings is not overwritten"
    );
    fs::write(folder.path().join("making"), "").unwrap();
    Vault::create(folder.path(), "y").await.unwrap();
    assert_eq!(Vault::open(folder.path()).await.unwrap().name(), "y");
}

#[tokio::test]
async fn a_later_edition_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    Vault::create(folder.path(), "x").await.unwrap().ledger().close().await;
    let settings = folder.path().join("vault.toml");
    fs::write(&settings, "format = 2\nname = { changed = \"meaning\" }\n").unwrap();
    let refusal = Vault::open(folder.path()).await.unwrap_err();
    assert!(matches!(refusal, StoreError::Newer { found: 2, known: 1 }));
    assert!(refusal.to_string().contains("made by a newer earmark"));
    for malformed in ["", "format = 1", "format = \"1\"\nname = \"x\"", "format = 0\nname = \"x\"", "]["] {
        fs::write(&settings, malformed).unwrap();
        assert!(matches!(Vault::open(folder.path()).await, Err(StoreError::Malformed { .. })), "{malformed}");
    }
}

#[tokio::test]
async fn a_ledger_with_later_tables_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::create(folder.path(), "x").await.unwrap();
    let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                 values (9, 'later', true, x'00', 0)";
    raw_in(folder.path(), later).await;
    vault.ledger().close().await;
    assert!(matches!(Vault::open(folder.path()).await, Err(StoreError::Newer { found: 9, known: ..9 })));
    fs::remove_file(folder.path().join("ledger.sqlite")).unwrap();
    let refusal = Vault::open(folder.path()).await;
    assert!(
        matches!(refusal, Err(StoreError::NotThere { what: "ledger", .. })),
        "a lost ledger is not made anew"
    );
}

#[tokio::test]
async fn keys_are_private_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::create(folder.path(), "x").await.unwrap();
    vault.write_key("program.key", b"secret").unwrap();
    assert!(matches!(vault.write_key("program.key", b"other"), Err(StoreError::AlreadyThere { .. })));
    assert_eq!(vault.read_key("program.key").unwrap(), b"secret");
    assert!(matches!(vault.read_key("index.key"), Err(StoreError::NotThere { .. })));
    let path = vault.keys().join("program.key");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(check(&vault, ALL).await.unwrap().is_sound());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(check(&vault, ALL).await.unwrap().findings, [Finding::Open { path, mode: 0o644 }]);
}

#[tokio::test]
async fn blobs_are_whole_or_said_to_be_broken() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::create(folder.path(), "x").await.unwrap();
    for blobs in [vault.blobs(), &MemoryBlobs::default() as &dyn Blobs] {
        let digest = blobs.put(b"content".to_vec()).await.unwrap();
        assert_eq!(digest, Digest::of(b"content"));
        assert_eq!(blobs.put(b"content".to_vec()).await.unwrap(), digest);
        assert_eq!(blobs.get(digest).await.unwrap(), b"content");
        assert!(blobs.has(digest).await.unwrap());
        let absent = Digest::of(b"absent");
        assert!(!blobs.has(absent).await.unwrap());
        assert!(matches!(blobs.get(absent).await, Err(BlobError::Missing(name)) if name == absent));
        let many = blobs.put_all(vec![b"".to_vec(), b"a".to_vec(), b"".to_vec()]).await.unwrap();
        assert_eq!(many, [Digest::of(b""), Digest::of(b"a"), Digest::of(b"")]);
        assert_eq!(blobs.list().await.unwrap().iter().map(|blob| blob.length).sum::<u64>(), 8);
        assert!(blobs.remove(many[1], UnixMillis(i64::MAX)).await.unwrap());
        let crowd: Vec<Vec<u8>> = (0..100u32).map(|n| (n % 70).to_le_bytes().to_vec()).collect();
        for (bytes, digest) in crowd.iter().zip(blobs.put_all(crowd.clone()).await.unwrap()) {
            assert_eq!(&blobs.get(digest).await.unwrap(), bytes);
            blobs.remove(digest, UnixMillis(i64::MAX)).await.unwrap_or_default();
            blobs.put(bytes.clone()).await.unwrap();
        }
        for bytes in &crowd {
            blobs.remove(Digest::of(bytes), UnixMillis(i64::MAX)).await.unwrap();
        }
        assert_eq!(blobs.list().await.unwrap().len(), 2);
    }
    let digest = Digest::of(b"content");
    let path = folder.path().join(format!("blobs/{:02x}/{digest}", digest.0[0]));
    fs::write(&path, b"c0ntent").unwrap();
    assert!(matches!(vault.blobs().get(digest).await, Err(BlobError::Corrupted(name)) if name == digest));
    vault.blobs().put(b"content".to_vec()).await.unwrap();
    assert_eq!(vault.blobs().get(digest).await.unwrap(), b"content", "putting again heals");
}

#[tokio::test]
async fn what_was_just_put_is_not_collected() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::create(folder.path(), "x").await.unwrap();
    let digest = vault.blobs().put(b"orphan".to_vec()).await.unwrap();
    let path = folder.path().join(format!("blobs/{:02x}/{digest}", digest.0[0]));
    let old = fs::File::open(&path).unwrap();
    let touched = vault.blobs().list().await.unwrap()[0].touched;
    old.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000)).unwrap();
    let options = CheckOptions { collect: true, contents: false, settled_before: touched };
    vault.blobs().put(b"orphan".to_vec()).await.unwrap();
    assert_eq!(check(&vault, options).await.unwrap().collected, 0, "putting again makes it fresh");
    old.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000)).unwrap();
    let report = check(&vault, options).await.unwrap();
    assert_eq!((report.collected, report.findings), (1, vec![Finding::Orphan(digest)]));
    assert!(check(&vault, options).await.unwrap().findings.is_empty());
}

/// A vault with one revision whose blobs are all there.
async fn furnished(root: &std::path::Path) -> (Vault, Digest) {
    let vault = Vault::create(root, "x").await.unwrap();
    let file = vault.blobs().put(b"int main;\n".to_vec()).await.unwrap();
    let entry =
        Entry { path: b"main.c".to_vec(), mode: 0o644, kind: EntryKind::File, length: 10, sha256: file };
    let manifest = Manifest::new(vec![entry]);
    let blob = vault.put_manifest(&manifest).await.unwrap();
    assert_eq!(vault.manifest(blob).await.unwrap(), manifest);
    vault.ledger().add_asset(&asset("real")).await.unwrap();
    vault.ledger().add_revision(&revision("real", "real", blob)).await.unwrap();
    (vault, file)
}

#[tokio::test]
async fn a_check_tells_what_is_lost_from_what_is_untidy() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, file) = furnished(folder.path()).await;
    assert_eq!(check(&vault, ALL).await.unwrap().findings, []);

    let orphan = vault.blobs().put(b"orphan".to_vec()).await.unwrap();
    let evidence = vault.blobs().put(b"evidence".to_vec()).await.unwrap();
    vault.ledger().keep_blob(&evidence, "case 1", UnixMillis(0)).await.unwrap();
    let stray = vault.tmp().join("1-1");
    fs::write(&stray, "half").unwrap();
    let report = check(&vault, ALL).await.unwrap();
    assert_eq!(report.findings, [Finding::Orphan(orphan), Finding::Stray(stray.clone())]);
    assert!(report.is_sound() && report.collected == 0 && stray.exists());
    let report = check(&vault, CheckOptions { collect: true, ..ALL }).await.unwrap();
    assert_eq!(report.collected, 2);
    assert!(!stray.exists() && !vault.blobs().has(orphan).await.unwrap());
    assert!(vault.blobs().has(evidence).await.unwrap() && vault.blobs().has(file).await.unwrap());

    let path = folder.path().join(format!("blobs/{:02x}/{file}", file.0[0]));
    fs::write(&path, "int pain;\n").unwrap();
    let report = check(&vault, ALL).await.unwrap();
    assert_eq!((report.is_sound(), report.findings), (false, vec![Finding::Corrupted(file)]));
    fs::remove_file(&path).unwrap();
    let report = check(&vault, ALL).await.unwrap();
    assert_eq!(report.findings, [Finding::Missing { blob: file, named_by: "file" }]);
}

#[tokio::test]
async fn a_lost_manifest_condemns_no_blob() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, file) = furnished(folder.path()).await;
    let manifest = vault.ledger().revisions().await.unwrap()[0].manifest;
    assert!(vault.blobs().remove(manifest, UnixMillis(i64::MAX)).await.unwrap());
    let report = check(&vault, CheckOptions { collect: true, ..ALL }).await.unwrap();
    assert_eq!(report.findings, [Finding::Missing { blob: manifest, named_by: "manifest" }]);
    assert!(vault.blobs().has(file).await.unwrap());
}

#[tokio::test]
async fn a_check_sees_every_tampering_with_the_sequence() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::create(folder.path(), "x").await.unwrap();
    let ledger = vault.ledger();
    furnish(ledger).await;
    crate::material::pad(ledger, commitment("padding").digest).await.unwrap();
    crate::material::pad(ledger, commitment("more").digest).await.unwrap();
    let faults = async || {
        let mut findings = check(&vault, ALL).await.unwrap().findings;
        // The furnished rows name blobs that were never put.
        findings.retain(|finding| !matches!(finding, Finding::Missing { .. }));
        findings
    };
    assert_eq!(faults().await, []);
    for statement in ["drop trigger entry_is_never_deleted", "drop trigger entry_never_changes"] {
        raw_in(folder.path(), statement).await;
    }
    raw_in(folder.path(), "update entry set kind = 'copy' where log_index = 2").await;
    assert_eq!(faults().await, [Finding::Unexplained(2)]);
    raw_in(folder.path(), "update entry set kind = 'padding', commitment = zeroblob(32) where log_index = 0")
        .await;
    assert_eq!(faults().await, [Finding::WrongEntry { noun: "plan", log_index: 0 }, Finding::Unexplained(2)]);
    raw_in(folder.path(), "delete from statement where log_index = 1").await;
    raw_in(folder.path(), "delete from entry where log_index = 1").await;
    assert_eq!(
        faults().await[1..],
        [Finding::Gap(1), Finding::Unexplained(2), Finding::Tail { counted: 3, found: 2 }]
    );
}

#[tokio::test]
async fn the_lock_is_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::create(folder.path(), "x").await.unwrap();
    let held = vault.exclusive().await.unwrap();
    let other = vault.clone();
    let waiting = tokio::spawn(async move { other.exclusive().await.map(drop) });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    drop(held);
    waiting.await.unwrap().unwrap();
}
