//! Processes that are killed while they write, and processes that write at once.
//!
//! `kill -9` shows that the order of writing is right: what was acknowledged is there, and what was
//! not leaves nothing but orphans. It cannot show that the disk was told to write (a lost power
//! supply would); that rests on the calls of `fsync` in `files.rs` and on SQLite's `synchronous=FULL`.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::Duration;

use earmark_model::{Digest, Entry, EntryKind, Manifest, UnixMillis};
use earmark_store::{CheckOptions, Finding, Recipient, StoreError, Vault, check};

use crate::material::{NOW, asset, code, copy, partner, plan, revision};

const VAULT: &str = "EARMARK_TEST_VAULT";
const WRITER: &str = "EARMARK_TEST_WRITER";
const ITEMS: &str = "EARMARK_TEST_ITEMS";

const ALL: CheckOptions =
    CheckOptions { collect: false, contents: true, settled_before: UnixMillis(i64::MAX / 2) };

fn content(writer: &str, item: u32) -> String {
    format!("{writer} {item}\n").repeat(400)
}

/// Protects and issues one revision: blobs, rows, entries, in the order the desk does.
async fn protect(vault: &Vault, writer: &str, item: u32) -> Result<(), StoreError> {
    let text = content(writer, item);
    let file = vault.blobs().put(text.clone().into_bytes()).await?;
    let entry = Entry {
        path: b"main.c".to_vec(),
        mode: 0o644,
        kind: EntryKind::File,
        length: text.len() as u64,
        sha256: file,
    };
    let manifest = vault.put_manifest(&Manifest::new(vec![entry])).await?;
    let table = vault.blobs().put(format!("table of {text}").into_bytes()).await?;
    vault.ledger().add_revision(&revision("proof", &text, manifest)).await?;
    let plan = plan("proof", &text, table);
    vault.ledger().record_plan(&plan).await?;
    vault.ledger().record_copy(&copy(&plan, "harbor")).await.map(drop)
}

/// Not a test: what the killed processes run. It does nothing unless it was started as one of them.
#[tokio::test]
async fn the_writer() {
    let (Ok(root), Ok(writer)) = (env::var(VAULT), env::var(WRITER)) else { return };
    let items: u32 = env::var(ITEMS).unwrap().parse().unwrap();
    let root = Path::new(&root);
    if items == 0 {
        let made = Vault::create(root, "x").await;
        assert!(matches!(made, Ok(_) | Err(StoreError::NotEmpty(_))));
        return;
    }
    let vault = Vault::open(root).await.unwrap();
    for item in 0..items {
        protect(&vault, &writer, item).await.unwrap();
        // Straight to the pipe: the acknowledgment must not wait in a buffer.
        let mut acknowledged = std::io::stderr();
        acknowledged.write_all(format!("done {item}\n").as_bytes()).unwrap();
    }
}

fn start(root: &Path, writer: &str, items: u32) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "crash::the_writer", "--nocapture"])
        .env(VAULT, root)
        .env(WRITER, writer)
        .env(ITEMS, items.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

type Lines = std::io::Lines<BufReader<ChildStderr>>;

fn lines(child: &mut Child) -> Lines {
    BufReader::new(child.stderr.take().unwrap()).lines()
}

/// What the child acknowledges, from here until it ends.
fn acknowledged(lines: Lines) -> impl Iterator<Item = u32> {
    lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("done ")?.parse().ok())
}

async fn vault_to_write_to(root: &Path) -> Vault {
    let vault = Vault::create(root, "x").await.unwrap();
    vault.ledger().add_partner(&partner("harbor")).await.unwrap();
    vault.ledger().ensure_recipient(&Recipient::of("harbor".parse().unwrap(), NOW)).await.unwrap();
    vault.ledger().add_asset(&asset("proof")).await.unwrap();
    vault.ledger().add_code(&code("proof", 0)).await.unwrap();
    vault
}

/// A repeatable stand-in for chance: the n-th number of Knuth's MMIX generator, its high bits.
fn chance(n: u64) -> u64 {
    let mut state = 2004;
    for _ in 0..=n {
        state =
            u64::wrapping_add(u64::wrapping_mul(state, 6_364_136_223_846_793_005), 1_442_695_040_888_963_407);
    }
    state >> 33
}

#[tokio::test]
async fn what_was_acknowledged_outlives_forty_kills() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("vault");
    let vault = vault_to_write_to(&root).await;
    let mut kept = 0;
    for kill in 0..40 {
        let writer = format!("writer {kill}");
        let mut child = start(&root, &writer, 100_000);
        let mut done = acknowledged(lines(&mut child));
        // Three of four die while they write, however slow the machine is; the others while they open.
        let first = if kill % 4 > 0 { Some(done.next().unwrap()) } else { None };
        thread::sleep(Duration::from_micros(chance(kill) % 60_000));
        child.kill().unwrap();
        child.wait().unwrap();
        for item in first.into_iter().chain(done) {
            let id = Digest::of(format!("plan {}", content(&writer, item)).as_bytes());
            vault.ledger().plan(&id).await.unwrap();
            assert!(vault.ledger().copy(&id, &"harbor".parse().unwrap()).await.unwrap().is_some());
            kept += 1;
        }
        // The contents of all blobs are read at the end; here the rows, and that all blobs are there.
        let report = check(&vault, CheckOptions { contents: false, ..ALL }).await.unwrap();
        assert!(report.is_sound(), "after kill {kill}: {:?}", report.findings);
    }
    let report = check(&vault, CheckOptions { collect: true, ..ALL }).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    let orphans = report.findings.iter().filter(|finding| matches!(finding, Finding::Orphan(_))).count();
    eprintln!(
        "40 kills: {kept} acknowledged revisions are there, {orphans} orphans, {} collected",
        report.collected
    );
    assert!(kept >= 30);
    assert_eq!(check(&vault, ALL).await.unwrap().findings, []);
}

#[tokio::test]
async fn a_vault_whose_making_was_killed_can_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let mut finished = 0;
    for kill in 0..20 {
        let root = folder.path().join(format!("vault{kill}"));
        let mut child = start(&root, "maker", 0);
        thread::sleep(Duration::from_micros(1_000 + chance(100 + kill) % 40_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let vault = match Vault::open(&root).await {
            Ok(vault) => {
                finished += 1;
                vault
            }
            Err(StoreError::NotAVault(_)) => Vault::create(&root, "x").await.unwrap(),
            Err(other) => panic!("kill {kill}: {other}"),
        };
        assert!(check(&vault, ALL).await.unwrap().is_sound());
        vault.ledger().add_partner(&partner("harbor")).await.unwrap();
        vault.ledger().close().await;
    }
    eprintln!("20 kills while making a vault: {finished} were made by then");
}

#[tokio::test]
async fn two_processes_write_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("vault");
    let vault = vault_to_write_to(&root).await;
    let mut children = ["one", "two", "three"].map(|writer| start(&root, writer, 15));
    for child in &mut children {
        let done: Vec<u32> = acknowledged(lines(child)).collect();
        assert!(child.wait().unwrap().success());
        assert_eq!(done.len(), 15);
    }
    let report = check(&vault, ALL).await.unwrap();
    assert_eq!((report.findings, report.entries), (vec![], 90));
    assert_eq!(vault.ledger().revisions().await.unwrap().len(), 45);
}
