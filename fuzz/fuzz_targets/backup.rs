//! Backups: a tar of any bytes, and one that is whole but for the rows in it. Whatever comes, there is a vault or none.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use earmark_model::Digest;
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().expect("a runtime"));

/// A backup whose digests fit, with these rows.
fn with_rows(rows: &[u8]) -> Vec<u8> {
    let head = json!({ "format": 1, "name": "Fuzz", "made": "2026-03-01T17:00:00Z" }).to_string().into_bytes();
    let part = |bytes: &[u8]| json!({ "bytes": bytes.len(), "sha256": Digest::of(bytes).to_string() });
    let edition = rows.split(|byte| *byte == b'\n').next().and_then(|line| {
        serde_json::from_slice::<serde_json::Value>(line).ok()?.get("edition")?.as_i64()
    });
    let manifest = json!({
        "edition": edition.unwrap_or(5),
        "rows": 0,
        "parts": { "earmark-backup.json": part(&head), "ledger.jsonl": part(rows) },
        "blobs": 0,
        "blobs_sha256": Digest::of(b"").to_string(),
    });
    let mut tar = tar::Builder::new(Vec::new());
    let manifest = manifest.to_string().into_bytes();
    for (name, bytes) in [("earmark-backup.json", &head[..]), ("ledger.jsonl", rows), ("manifest.json", &manifest)] {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, bytes).expect("memory takes it");
    }
    tar.into_inner().expect("memory takes it")
}

fuzz_target!(|bytes: &[u8]| {
    let Some((form, rest)) = bytes.split_first() else { return };
    let tar = if form % 2 == 0 { rest.to_vec() } else { with_rows(rest) };
    let packed = zstd::encode_all(tar.as_slice(), 1).expect("memory takes it");
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("vault");
    let restored =
        RUNTIME.block_on(earmark_store::restore(packed.as_slice(), Path::new("backup"), &root, None));
    assert_eq!(restored.is_ok(), root.join("vault.toml").exists(), "there is a vault or none");
});
