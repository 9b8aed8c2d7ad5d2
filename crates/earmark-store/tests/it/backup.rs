//! Whole vaults, backed up and restored: on either database, while others write, cut short, changed, on a full disk.

use std::fs;
use std::io;
use std::path::Path;

use earmark_model::{Digest, Entry, EntryKind, Manifest, UnixMillis};
use earmark_store::{
    CheckOptions, Contact, FORMAT, NewSighting, Restored, StoreError, Vault, VaultSettings, WholeFile,
    back_up, check, restore,
};

use crate::material::{NOW, asset, code, contact, copy, partner, plan, raw, revision};

const ALL: CheckOptions =
    CheckOptions { collect: false, contents: true, settled_before: UnixMillis(i64::MAX / 2) };

/// A dump of the first edition's ledger, made when that was the last one. Never to be edited.
const FIRST_EDITION: &str = include_str!("../golden/ledger-edition-1.jsonl");

/// Protects and issues one revision whose blobs are all there, succeeding `before`.
async fn protect(vault: &Vault, content: &str, before: Option<Digest>) -> Digest {
    let file = vault.blobs().put(content.as_bytes().to_vec()).await.unwrap();
    let entry = Entry {
        path: b"main.c".to_vec(),
        mode: 0o644,
        kind: EntryKind::File,
        length: content.len() as u64,
        sha256: file,
    };
    let manifest = vault.put_manifest(&Manifest::new(vec![entry])).await.unwrap();
    let table = vault.blobs().put(format!("table of {content}").into_bytes()).await.unwrap();
    let mut revision = revision("proof", content, manifest);
    revision.succeeds = before;
    vault.ledger().add_revision(&revision).await.unwrap();
    let plan = plan("proof", content, table);
    vault.ledger().record_plan(&plan).await.unwrap();
    vault.ledger().record_copy(&copy(&plan, "harbor")).await.unwrap();
    revision.digest
}

/// Rows of every kind of value, awkward texts among them.
async fn fill(vault: &Vault) {
    let ledger = vault.ledger();
    ledger.add_partner(&partner("harbor")).await.unwrap();
    let harbor = earmark_store::Recipient::of("harbor".parse().unwrap(), NOW);
    ledger.ensure_recipient(&harbor).await.unwrap();
    let ann = Contact { name: "A\tn\\n \"é\"\r\n\\N \u{1f512}".to_owned(), ..contact("harbor", "ann") };
    ledger.add_contact(&ann).await.unwrap();
    ledger.add_contact(&Contact { mail: None, ..contact("harbor", "z") }).await.unwrap();
    ledger.add_asset(&asset("proof")).await.unwrap();
    ledger.add_code(&code("proof", 0)).await.unwrap();
    let mut before = None;
    // Successors whose digests stand before and behind those of their predecessors.
    for n in 0..8 {
        before = Some(protect(vault, &format!("int a = {n};\n"), before).await);
    }
    let matter = "m1".parse().unwrap();
    ledger.open_matter(&matter, NOW).await.unwrap();
    let sample = Digest::of(b"sample");
    for alpha in [1e-6, 0.1 + 0.2, f64::MIN_POSITIVE] {
        ledger.open_look(&matter, &[sample], NOW, |_| alpha).await.unwrap();
    }
    ledger
        .add_sighting(&NewSighting { sample: "a".to_owned(), digest: sample, seen: UnixMillis(-1) })
        .await
        .unwrap();
    crate::program::one_of_each(ledger).await;
    // A drill's message is refused until its recipient takes part: restoring must not ask.
    crate::program::a_drill(ledger, "harbor").await;
    vault.write_key("program.key", b"secret\n").unwrap();
}

async fn vault_on(root: &Path, ledger: Option<String>) -> Vault {
    let vault = Vault::create_with(root, VaultSettings { format: FORMAT, name: "Böse".to_owned(), ledger });
    vault.await.unwrap()
}

async fn backed_up(vault: &Vault) -> Vec<u8> {
    back_up(vault, NOW, Vec::new(), Path::new("b")).await.unwrap().1
}

async fn restored(backup: &[u8], root: &Path, ledger: Option<&str>) -> Result<(Vault, Restored), StoreError> {
    restore(backup, Path::new("b"), root, ledger).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn comes_back_on_either_database() {
    let folder = tempfile::tempdir().unwrap();
    let databases = [None, earmark_testkit::fresh_database()];
    for (number, from) in databases.into_iter().enumerate() {
        if number > 0 && from.is_none() {
            return;
        }
        let vault = vault_on(&folder.path().join(format!("from{number}")), from).await;
        fill(&vault).await;
        let backup = backed_up(&vault).await;
        for to in [None, earmark_testkit::fresh_database()] {
            let root = folder.path().join(format!("{number} to {}", to.is_some()));
            let (again, said) = restored(&backup, &root, to.as_deref()).await.unwrap();
            assert_eq!((said.name.as_str(), said.blobs, said.keys), ("Böse", 24, 1));
            assert_eq!(again.name(), "Böse");
            assert_eq!(check(&again, ALL).await.unwrap().findings, []);
            assert_eq!(again.read_key("program.key").unwrap(), b"secret\n");
            assert_eq!(again.ledger().copies().await.unwrap(), vault.ledger().copies().await.unwrap());
            let harbor = "harbor".parse().unwrap();
            assert_eq!(
                again.ledger().contacts(&harbor).await.unwrap(),
                vault.ledger().contacts(&harbor).await.unwrap()
            );
            // A backup of what was restored holds the same rows, to the byte.
            let told = |bytes: Vec<u8>| {
                let mut tar = tar_of(&bytes);
                tar.remove("earmark-backup.json");
                tar
            };
            assert_eq!(told(backed_up(&again).await), told(backup.clone()));
            // Numbers go on.
            let acts = again.ledger().acts("disclosure", "d1").await.unwrap();
            again.ledger().add_act(&acts[0].act).await.unwrap();
            let more = again.ledger().acts("disclosure", "d1").await.unwrap();
            assert!(more.last().unwrap().id > acts.last().unwrap().id);
            // Neither folder nor database is overwritten.
            assert!(matches!(restored(&backup, &root, None).await, Err(StoreError::NotEmpty(_))));
            if let Some(url) = to {
                let other = folder.path().join("other");
                let refusal = restored(&backup, &other, Some(&url)).await;
                assert!(matches!(refusal, Err(StoreError::LedgerInUse)));
                assert!(!other.exists());
            }
            again.ledger().close().await;
        }
        vault.ledger().close().await;
    }
}

/// The files of a backup by name.
fn tar_of(backup: &[u8]) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut tar = tar::Archive::new(zstd::stream::read::Decoder::new(backup).unwrap());
    let mut files = std::collections::BTreeMap::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        files.insert(name, bytes);
    }
    // It holds the digest of the head, which says when.
    files.remove("manifest.json");
    files
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_amid_writing_is_whole() {
    for (number, ledger) in [None, earmark_testkit::fresh_database()].into_iter().enumerate() {
        if number > 0 && ledger.is_none() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let vault = vault_on(&folder.path().join("vault"), ledger).await;
        vault.ledger().add_partner(&partner("harbor")).await.unwrap();
        let harbor = earmark_store::Recipient::of("harbor".parse().unwrap(), NOW);
        vault.ledger().ensure_recipient(&harbor).await.unwrap();
        vault.ledger().add_asset(&asset("proof")).await.unwrap();
        vault.ledger().add_code(&code("proof", 0)).await.unwrap();
        let writer = vault.clone();
        let writing = tokio::spawn(async move {
            for n in 0..60 {
                protect(&writer, &format!("int b = {n};\n").repeat(300), None).await;
            }
        });
        let mut sizes = Vec::new();
        while !writing.is_finished() && sizes.len() < 6 {
            // What was acknowledged before the backup began is in it.
            let before = vault.ledger().revisions().await.unwrap().len();
            let backup = backed_up(&vault).await;
            let root = folder.path().join(format!("again{}", sizes.len()));
            let (again, _) = restored(&backup, &root, None).await.unwrap();
            let report = check(&again, ALL).await.unwrap();
            assert!(report.is_sound(), "{:?}", report.findings);
            let there = again.ledger().revisions().await.unwrap().len();
            assert!(there >= before, "{there} of {before}");
            sizes.push(there);
            again.ledger().close().await;
        }
        writing.await.unwrap();
        eprintln!("backups amid writing held {sizes:?} revisions");
        assert!(!sizes.is_empty());
        vault.ledger().close().await;
    }
}

#[tokio::test]
async fn what_is_cut_short_or_changed_becomes_no_vault() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_on(&folder.path().join("vault"), None).await;
    fill(&vault).await;
    let backup = backed_up(&vault).await;
    let root = folder.path().join("again");
    let plain = zstd::stream::decode_all(backup.as_slice()).unwrap();
    let step = (backup.len() / 20).max(1);
    for at in (0..backup.len()).step_by(step) {
        let cut = restored(&backup[..at], &root, None).await;
        assert!(matches!(cut, Err(StoreError::Backup { .. })), "cut at {at}: {:?}", cut.err());
        assert!(!root.exists(), "nothing is left");
        let mut changed = backup.clone();
        changed[at] ^= 0x10;
        // A few bits of a compressed block say nothing.
        let is_same = zstd::stream::decode_all(changed.as_slice()).is_ok_and(|unpacked| unpacked == plain);
        let changed = restored(&changed, &root, None).await;
        assert_eq!(changed.is_ok(), is_same, "changed at {at}");
        if let Ok((again, _)) = changed {
            again.ledger().close().await;
            fs::remove_dir_all(&root).unwrap();
        }
        assert!(!root.exists(), "changed at {at}");
    }
    // Changed under its compression, so that no sum of zstd's sees it.
    let step = (plain.len() / 40).max(1);
    let mut same = 0;
    for at in (0..plain.len()).step_by(step) {
        let mut changed = plain.clone();
        changed[at] ^= 1;
        let changed = zstd::stream::encode_all(changed.as_slice(), 1).unwrap();
        match restored(&changed, &root, None).await {
            Err(_) => assert!(!root.exists(), "changed at {at}"),
            // Padding between the files of a tar, and what a header says of owner and mode, is nobody's.
            Ok((again, _)) => {
                assert_eq!(check(&again, ALL).await.unwrap().findings, []);
                assert_eq!(tar_of(&backed_up(&again).await)["ledger.jsonl"], tar_of(&backup)["ledger.jsonl"]);
                again.ledger().close().await;
                fs::remove_dir_all(&root).unwrap();
                same += 1;
            }
        }
    }
    eprintln!("{same} of 40 changes meant nothing");
    assert!(restored(b"no backup", &root, None).await.is_err());
    assert!(restored(&[], &root, None).await.is_err());
}

#[tokio::test]
async fn an_interrupted_restoring_is_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_on(&folder.path().join("vault"), None).await;
    fill(&vault).await;
    let backup = backed_up(&vault).await;
    let root = folder.path().join("again");
    let (again, _) = restored(&backup, &root, None).await.unwrap();
    again.ledger().close().await;
    // As a death before the last step leaves it.
    fs::remove_file(root.join("vault.toml")).unwrap();
    fs::write(root.join("making"), "").unwrap();
    assert!(matches!(Vault::open(&root).await, Err(StoreError::NotAVault(_))));
    let (again, _) = restored(&backup, &root, None).await.unwrap();
    assert_eq!(check(&again, ALL).await.unwrap().findings, []);
}

#[tokio::test]
async fn a_full_disk_says_so_and_leaves_nothing() {
    let Some(disk) = crate::full::SmallDisk::new("2m") else { return };
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_on(&folder.path().join("vault"), None).await;
    let noise = |n: u64| Digest::of(&n.to_le_bytes()).0;
    vault.blobs().put((0..100_000).flat_map(noise).collect()).await.unwrap();
    let backup = backed_up(&vault).await;
    let root = disk.path().join("again");
    let refusal = restored(&backup, &root, None).await.err().unwrap();
    let said = refusal.to_string();
    assert!(said.contains("no space") || said.contains("No space"), "{said}");
    assert!(!root.exists());
    // The backup itself.
    let place = disk.path().join("b");
    let file = WholeFile::create(&place).unwrap();
    let refusal = back_up(&vault, NOW, file, &place).await.err().unwrap();
    assert!(refusal.to_string().contains("No space"), "{refusal}");
    assert_eq!(fs::read_dir(disk.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_whole_file_is_there_when_it_is_finished() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("b");
    let mut file = WholeFile::create(&place).unwrap();
    file.write_all(b"half").unwrap();
    assert!(!place.exists());
    drop(file);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let mut file = WholeFile::create(&place).unwrap();
    file.write_all(b"whole").unwrap();
    fs::write(&place, b"mine").unwrap();
    assert_eq!(file.finish().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(WholeFile::create(&place).err().unwrap().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&place).unwrap(), b"mine");
}

/// A backup as the first edition would have made it.
fn first_edition() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut parts = serde_json::Map::new();
    let mut add = |tar: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, bytes).unwrap();
        let part = serde_json::json!({ "bytes": bytes.len(), "sha256": Digest::of(bytes).to_string() });
        parts.insert(name.to_owned(), part);
    };
    let head = r#"{ "format": 1, "name": "Old", "made": "2026-03-01T17:00:00Z" }"#;
    add(&mut tar, "earmark-backup.json", head.as_bytes());
    add(&mut tar, "ledger.jsonl", FIRST_EDITION.as_bytes());
    let manifest = serde_json::json!({
        "edition": 1, "rows": 16, "parts": parts, "blobs": 0, "blobs_sha256": Digest::of(b"").to_string(),
    });
    let bytes = manifest.to_string().into_bytes();
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    tar.append_data(&mut header, "manifest.json", bytes.as_slice()).unwrap();
    zstd::stream::encode_all(tar.into_inner().unwrap().as_slice(), 1).unwrap()
}

#[tokio::test]
async fn an_older_vault_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    for (number, to) in [None, earmark_testkit::fresh_database()].into_iter().enumerate() {
        let root = folder.path().join(format!("vault{number}"));
        let (vault, said) = restored(&first_edition(), &root, to.as_deref()).await.unwrap();
        assert_eq!(said.edition, 1);
        let entries = vault.ledger().entries(0, 10).await.unwrap();
        assert_eq!(entries.len(), 3);
        assert_eq!(vault.ledger().plans().await.unwrap().len(), 1);
        assert_eq!(vault.ledger().copies().await.unwrap().len(), 1);
        // What later editions added works on old rows.
        crate::program::one_of_each(vault.ledger()).await;
        let mut findings = check(&vault, ALL).await.unwrap().findings;
        findings.retain(|finding| !matches!(finding, earmark_store::Finding::Missing { .. }));
        assert_eq!(findings, []);
        let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                     values (99, 'later', true, '', 0)";
        let url = to.unwrap_or_else(|| format!("sqlite:{}", root.join("ledger.sqlite").display()));
        raw(&url, later).await.unwrap();
        vault.ledger().close().await;
        assert!(matches!(Vault::open(&root).await, Err(StoreError::Newer { found: 99, .. })));
    }
}

#[tokio::test]
async fn a_ledger_of_the_first_edition_is_migrated_when_the_vault_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("vault");
    // A vault of today, with the ledger of the first edition put in its place.
    vault_on(&root, None).await.ledger().close().await;
    for end in ["", "-wal", "-shm"] {
        drop(fs::remove_file(root.join(format!("ledger.sqlite{end}"))));
    }
    let path = root.join("ledger.sqlite");
    let url = format!("sqlite:{}?mode=rwc", path.display());
    let first = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite/0001_ledger.sql");
    raw(&url, &fs::read_to_string(first).unwrap()).await.unwrap();
    let checksum = sha384(first);
    raw(
        &url,
        &format!(
            "create table _sqlx_migrations (version bigint primary key, description text not null, \
             installed_on timestamp not null default current_timestamp, success boolean not null, \
             checksum blob not null, execution_time bigint not null); \
             insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
             values (1, 'ledger', true, x'{checksum}', 0); \
             insert into partner values ('harbor', 'Harbor', 'DE', 'one', 'active', 1);"
        ),
    )
    .await
    .unwrap();
    let vault = Vault::open(&root).await.unwrap();
    assert_eq!(vault.ledger().partners().await.unwrap()[0].name, "Harbor");
    assert_eq!(vault.ledger().staff().await.unwrap(), []);
    assert_eq!(check(&vault, ALL).await.unwrap().findings, []);
}

/// What sqlx keeps of a migration's text.
fn sha384(path: &str) -> String {
    let Some(program) = earmark_testkit::peer("sha384sum") else { return String::new() };
    let output = std::process::Command::new(program).arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}
