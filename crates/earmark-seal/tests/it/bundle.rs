//! The tar: the same bytes every time, and every tar opens it.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use earmark_model::{Digest, EntryKind};
use earmark_seal::{BundleError, TarEntry, TarError, copy_digest, write_tar, write_tar_zst};
use earmark_testkit::peer;
use proptest::prelude::*;

use crate::peers::run;

fn file(path: &[u8], mode: u32, bytes: &[u8]) -> TarEntry<'static> {
    TarEntry {
        path: Cow::Owned(path.to_vec()),
        mode,
        kind: EntryKind::File,
        bytes: Cow::Owned(bytes.to_vec()),
    }
}

fn link(path: &[u8], target: &[u8]) -> TarEntry<'static> {
    TarEntry {
        path: Cow::Owned(path.to_vec()),
        mode: 0,
        kind: EntryKind::Symlink,
        bytes: Cow::Owned(target.to_vec()),
    }
}

fn tree() -> Vec<TarEntry<'static>> {
    let mut entries = vec![
        file(b"README", 0o100_644, b"hello\n"),
        file(b"bin/run", 0o755, &[7; 512]),
        file(b"empty", 0o600, b""),
        link(b"link", b"bin/run"),
        file(b"n\xc3\xa9.c", 0o644, b"int n;\n"),
        file(b"raw\xff.c", 0o644, b"raw"),
        file(&[b"long/".repeat(30), b"file.c".to_vec()].concat(), 0o644, &[9; 513]),
        file(&[b"long/".repeat(31), b"\xfe.c".to_vec()].concat(), 0o644, b"long and foreign"),
        link(b"longlink", &b"../x/".repeat(30)),
    ];
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    entries
}

fn packed(entries: &[TarEntry<'static>]) -> (Vec<u8>, Digest) {
    let mut out = Vec::new();
    let digest = write_tar(entries.iter().cloned().map(Ok::<_, Infallible>), &mut out).unwrap();
    (out, digest)
}

#[test]
fn the_bytes_never_change() {
    let (bytes, digest) = packed(&tree());
    assert_eq!(digest, Digest::of(&bytes));
    assert_eq!(copy_digest(tree().into_iter().map(Ok::<_, Infallible>)).unwrap(), digest);
    // A golden digest: if this fails, every copy ever issued has lost its name.
    assert_eq!(digest.to_string(), "46b292a6addda7cd9ec59105909c0c1bcb3e1a167e33ba8e58d480f48a74dcf6");
}

#[test]
fn tar_opens_it() {
    let Some(tar) = peer("tar") else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("copy.tar"), packed(&tree()).0).unwrap();
    fs::create_dir(folder.path().join("out")).unwrap();
    let out = run(Command::new(&tar).current_dir(folder.path()).args([
        "--warning=all",
        "-xpf",
        "copy.tar",
        "-C",
        "out",
    ]));
    // GNU tar takes names as bytes anyway, and says that it needs no telling (POSIX has it told).
    let complaints = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(complaints.lines().all(|line| line.contains("keyword 'hdrcharset'")), "{complaints}");
    for entry in tree() {
        let path = folder.path().join("out").join(std::ffi::OsStr::from_bytes(&entry.path));
        let about = fs::symlink_metadata(&path).unwrap();
        if entry.kind == EntryKind::Symlink {
            assert_eq!(fs::read_link(&path).unwrap().as_os_str().as_bytes(), &*entry.bytes);
        } else {
            assert_eq!(fs::read(&path).unwrap(), &*entry.bytes);
            assert_eq!(about.permissions().mode() & 0o777, entry.mode & 0o777);
            assert_eq!(about.mtime(), 0);
        }
    }
}

#[test]
fn zstd_and_tar_open_the_bundle() {
    let (Some(zstd), Some(tar)) = (peer("zstd"), peer("tar")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.tar.zst");
    let out = fs::File::create(&path).unwrap();
    let digest = write_tar_zst(tree().into_iter().map(Ok::<_, Infallible>), out).unwrap();
    assert_eq!(Digest::of(&run(Command::new(zstd).arg("-dcq").arg(&path)).stdout), digest);
    let listing = run(Command::new(tar).arg("--zstd").arg("-tf").arg(&path)).stdout;
    assert_eq!(listing.split(|byte| *byte == b'\n').count() - 1, tree().len());
}

#[test]
fn disorder_and_escapes_are_refused() {
    let attempt = |entries: Vec<TarEntry<'static>>| match write_tar(
        entries.into_iter().map(Ok::<_, Infallible>),
        std::io::sink(),
    ) {
        Err(BundleError::Tar(why)) => why,
        Err(BundleError::Entry(never)) => match never {},
        Ok(_) => panic!("not refused"),
    };
    let order = attempt(vec![file(b"b", 0, b""), file(b"a", 0, b"")]);
    assert_eq!(order.to_string(), "`a` comes after `b`: entries are sorted by path, each path once");
    assert!(matches!(attempt(vec![file(b"a", 0, b""), file(b"a", 0, b"")]), TarError::Order { .. }));
    for path in [&b""[..], b"/etc/passwd", b"../x", b"a/../b", b"a//b", b"a/", b"./a", b"a\0b"] {
        assert!(matches!(attempt(vec![file(path, 0, b"")]), TarError::Path(_)), "{path:?}");
    }
    assert!(matches!(attempt(vec![link(b"a", b"")]), TarError::Path(_)));
}

#[test]
fn whoever_makes_the_entries_may_fail() {
    let entries = [Ok(file(b"a", 0, b"")), Err("no more")];
    assert!(matches!(write_tar(entries, std::io::sink()), Err(BundleError::Entry("no more"))));
}

proptest! {
    #[test]
    fn another_reader_finds_what_was_packed(
        entries in proptest::collection::btree_map(
            "[a-zé ]{1,40}(/[a-z.]{3,60}x){0,4}", (0u32..0o1000, proptest::collection::vec(any::<u8>(), 0..2000)), 0..8)
    ) {
        let packed = packed(&entries.iter().map(|(path, (mode, bytes))| file(path.as_bytes(), *mode, bytes)).collect::<Vec<_>>()).0;
        prop_assert_eq!(packed.len() % 512, 0);
        let mut archive = tar::Archive::new(&packed[..]);
        let mut found = std::collections::BTreeMap::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
            found.insert(path, (entry.header().mode().unwrap(), bytes));
        }
        prop_assert_eq!(found, entries);
    }
}
