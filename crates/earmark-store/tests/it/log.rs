//! Statements, heads, witnesses, erasure, and a ledger that comes from an earlier edition.

use std::fs;

use earmark_model::{Digest, UnixMillis};
use earmark_store::{Cosignature, EntryKind, Ledger, SignedHead, StoreError};

use crate::conformance::{At, already_there, not_there};
use crate::material::{NOW, copy, furnish, raw, statement};

on_every_database!(log: statements, heads, erasing, nothing_rewrites_what_was_signed);

pub(crate) async fn statements(At { ledger, .. }: At<'_>) {
    furnish(ledger).await;
    let pair = [statement(EntryKind::Key, "a key"), statement(EntryKind::Bell, "its bell")];
    let first = ledger.add_statements(&pair).await.unwrap();
    assert_eq!(ledger.log_length().await.unwrap(), first + 2);
    assert!(already_there(ledger.add_statements(&pair).await), "a commitment is used once");
    let one_known = [statement(EntryKind::Padding, "new"), pair[0].clone()];
    assert!(already_there(ledger.add_statements(&one_known).await));
    assert_eq!(ledger.log_length().await.unwrap(), first + 2, "all or none, and no gap");
    let there = ledger.statements().await.unwrap();
    assert_eq!(there.len(), 2);
    assert_eq!((there[1].log_index, &there[1].document), (first + 1, &pair[1].document));
    assert_eq!(there[1].nonce, pair[1].commitment.nonce);
    let kinds: Vec<EntryKind> =
        ledger.entries(first, 9).await.unwrap().into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::Key, EntryKind::Bell]);
}

pub(crate) async fn heads(At { ledger, .. }: At<'_>) {
    let head = |size| SignedHead { size, note: format!("head {size}"), signed: NOW };
    let batch = [statement(EntryKind::Padding, "1"), statement(EntryKind::Batch, "2")];
    ledger.add_head(0, &batch, &head(2)).await.unwrap();
    let late = ledger.add_head(0, &[statement(EntryKind::Batch, "3")], &head(3)).await;
    assert!(matches!(late, Err(StoreError::Outdated { .. })), "somebody was faster");
    assert!(already_there(ledger.add_head(2, &[statement(EntryKind::Batch, "3")], &head(2)).await));
    assert_eq!(ledger.log_length().await.unwrap(), 2);
    ledger.add_head(2, &[statement(EntryKind::Batch, "3")], &head(3)).await.unwrap();
    assert_eq!(ledger.heads().await.unwrap(), [head(2), head(3)]);
    for _ in 0..2 {
        ledger.add_witness("w+1+x").await.unwrap();
        ledger.add_cosignature(&Cosignature { size: 3, line: "— w x".to_owned() }).await.unwrap();
    }
    assert_eq!(ledger.witnesses().await.unwrap(), ["w+1+x"]);
    assert_eq!(ledger.cosignatures().await.unwrap().len(), 1);
    let nowhere = Cosignature { size: 4, line: "— w x".to_owned() };
    assert!(matches!(ledger.add_cosignature(&nowhere).await, Err(StoreError::Refused { .. })));
}

pub(crate) async fn erasing(At { ledger, .. }: At<'_>) {
    let plan = furnish(ledger).await;
    let mut issued = copy(&plan, "harbor");
    issued.bundle_sha256 = Some(Digest::of(b"bundle"));
    let index = ledger.record_copy(&issued).await.unwrap().copy.log_index;
    let key = ledger.add_statements(&[statement(EntryKind::Key, "a key")]).await.unwrap();
    let tombstone = |index: u64| {
        let mut new = statement(EntryKind::Erasure, &format!("erased {index}"));
        new.document = format!(r#"{{"erased":"{index}"}}"#);
        new
    };
    let length = ledger.log_length().await.unwrap();
    assert!(not_there(ledger.erase(99, &tombstone(99)).await));
    assert!(not_there(ledger.erase(0, &tombstone(0)).await), "a plan stays");
    assert_eq!(ledger.log_length().await.unwrap(), length, "what erases nothing adds nothing");
    assert_eq!(ledger.erase(index, &tombstone(index)).await.unwrap(), length);
    assert_eq!(ledger.erase(key, &tombstone(key)).await.unwrap(), length + 1);
    assert!(ledger.copies().await.unwrap().is_empty());
    assert!(ledger.bundles().await.unwrap().is_empty());
    let left: Vec<u64> = ledger.statements().await.unwrap().iter().map(|one| one.log_index).collect();
    assert_eq!(left, [length, length + 1], "the tombstones");
    assert_eq!(ledger.entries(0, 99).await.unwrap().len() as u64, length + 2, "entries stay");
}

pub(crate) async fn nothing_rewrites_what_was_signed(At { ledger, url }: At<'_>) {
    let head = SignedHead { size: 1, note: "head".to_owned(), signed: NOW };
    ledger.add_head(0, &[statement(EntryKind::Batch, "x")], &head).await.unwrap();
    for sql in [
        "delete from checkpoint",
        "update checkpoint set note = 'other'",
        "update statement set document = '{}'",
        "delete from entry",
        "update entry set added = 0",
        "insert into entry (log_index, kind, commitment, added) select 7, 'rumor', commitment, 0 from entry",
    ] {
        assert!(raw(url, sql).await.is_err(), "{sql}");
    }
}

/// Rows that the second edition wrote are there after the third took over, and still guarded.
#[tokio::test]
async fn an_earlier_ledger_keeps_its_entries() {
    let folder = tempfile::tempdir().unwrap();
    let earlier = folder.path().join("migrations");
    fs::create_dir(&earlier).unwrap();
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    for name in ["0001_ledger.sql", "0002_program.sql"] {
        fs::copy(here.join(name), earlier.join(name)).unwrap();
    }
    let path = folder.path().join("ledger.sqlite");
    let url = format!("sqlite:{}", path.display());
    fs::write(&path, "").unwrap();
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::migrate::Migrator::new(earlier.as_path()).await.unwrap().run(&pool).await.unwrap();
    pool.close().await;
    let digest = format!("x'{}'", Digest::of(b"x"));
    for sql in [
        "insert into tail (one, length) values (1, 0) on conflict (one) do update set length = 1".to_owned(),
        format!("insert into entry (log_index, kind, commitment, added) values (0, 'plan', {digest}, 5)"),
        "insert into asset (name, id, created) values ('a', 'a', 0)".to_owned(),
        format!("insert into code values (1, 'a', 1, 'GL2', {digest}, {digest}, 0, 0)"),
        format!("insert into revision values ({digest}, 'a', null, {digest}, null, 1, 1, 1, '[]', 0)"),
        format!(
            "insert into plan values ({digest}, {digest}, 'a', 1, {digest}, '1', '1', '{{}}', '{{}}', {digest}, {digest}, 0, 0)"
        ),
    ] {
        raw(&url, &sql).await.unwrap();
    }
    let ledger = Ledger::sqlite(&path, false).await.unwrap();
    let entries = ledger.entries(0, 9).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].kind, entries[0].added), (EntryKind::Plan, UnixMillis(5)));
    assert_eq!(ledger.plans().await.unwrap().len(), 1);
    assert!(ledger.integrity().await.unwrap().is_empty());
    assert!(raw(&url, "delete from entry").await.is_err());
    ledger.add_statements(&[statement(EntryKind::Bell, "bell")]).await.unwrap();
    ledger.close().await;
}
