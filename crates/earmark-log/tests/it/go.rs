//! Go's `note` and `tlog`, which run the checksum database of its modules, judge what we publish.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use earmark_log::Hash;
use earmark_testkit::peer;

use crate::published::{head, keys, publish};
use crate::trees::{entries, tree};

/// The peer, built; `None` when Go or its packages are not here.
fn built(folder: &Path) -> Option<PathBuf> {
    let go = peer("go")?;
    peer("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go")?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/log/peer.go");
    let program = folder.join("peer");
    // Its own cache: tests leave nothing in a home.
    let output = Command::new(go)
        .args(["build", "-o"])
        .arg(&program)
        .arg(source)
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOCACHE", folder.join("cache"))
        .env("GOFLAGS", "")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(program)
}

fn run(program: &Path, arguments: &[String]) -> Output {
    Command::new(program).args(arguments).output().unwrap()
}

#[test]
fn go_opens_our_checkpoints_and_checks_our_proofs() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = built(folder.path()) else { return };
    let root = folder.path().join("log");
    publish(&root, &[3, 256, 300]);
    let key = keys()[0].verifier().to_string();
    let path = root.join("checkpoint").display().to_string();
    let opened = run(&program, &["note".to_owned(), key.clone(), path.clone()]);
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    let tree_of_300 = tree(&entries(300));
    assert_eq!(String::from_utf8(opened.stdout).unwrap(), head(&tree_of_300, 300).text());
    let damaged = fs::read_to_string(&path).unwrap().replacen("300", "301", 1);
    fs::write(&path, damaged).unwrap();
    assert!(!run(&program, &["note".to_owned(), key, path]).status.success());

    let entries = entries(300);
    for size in [1u64, 2, 3, 7, 8, 255, 256, 257, 300] {
        let root = tree_of_300.root(size).unwrap();
        for index in [0, size / 3, size / 2, size - 1] {
            let proof = tree_of_300.inclusion(index, size).unwrap();
            let leaf = Hash::of_leaf(&entries[index as usize]);
            let mut words = vec![
                "inclusion".to_owned(),
                size.to_string(),
                root.to_string(),
                index.to_string(),
                leaf.to_string(),
            ];
            words.extend(proof.iter().map(ToString::to_string));
            let output = run(&program, &words);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{index} of {size}: {said}");
            words[4] = Hash::of_leaf(b"another").to_string();
            assert!(!run(&program, &words).status.success());
        }
        for old in [1, size / 2, size - 1, size].into_iter().filter(|old| *old > 0) {
            let before = tree_of_300.root(old).unwrap();
            let proof = tree_of_300.consistency(old, size).unwrap();
            let mut words = vec![
                "consistency".to_owned(),
                old.to_string(),
                before.to_string(),
                size.to_string(),
                root.to_string(),
            ];
            words.extend(proof.iter().map(ToString::to_string));
            let output = run(&program, &words);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{old} in {size}: {said}");
            words[2] = Hash::of_leaf(b"another").to_string();
            assert!(!run(&program, &words).status.success());
        }
    }
}
