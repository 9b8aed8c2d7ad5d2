//! The main job end to end: protect, issue, leak, scan, trace, replay.

use std::fs;
use std::path::Path;

use earmark_disguise::{Names, SourceFile, decoys, language, reformat, rename, strip_comments};

use crate::bench::{Bench, write_files};

const PARTNERS: [&str; 6] = ["amber", "birch", "cedar", "delta", "ember", "fjord"];

fn texts(root: &Path) -> Vec<SourceFile> {
    let mut files = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let below = path.strip_prefix(root).unwrap().display().to_string();
                files.push(SourceFile::new(below, text));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn disguised(files: &[SourceFile]) -> Vec<SourceFile> {
    let mut names = Names::new(3);
    let disguise = |file: &SourceFile| {
        let spoken = language(&file.path);
        let text = rename(spoken, &strip_comments(spoken, &file.text), &mut names);
        SourceFile::new(file.path.clone(), reformat(spoken, &text, 3))
    };
    files.iter().map(disguise).collect()
}

#[test]
fn a_disguised_leak_names_its_copy_and_the_original_names_nobody() {
    let bench = Bench::with_partners(&PARTNERS);
    let tree = bench.tree("asset", 11, 60);
    let protected = bench.ok(&["protect", tree.to_str().unwrap(), "--name", "asset"]);
    assert!(protected["positions"].as_u64().unwrap() > 200, "{protected}");
    let issued = bench.ok(&["issue", "asset", "--to", "all", "--out", &bench.path("out"), "--plain"]);
    assert_eq!(issued["copies"].as_array().unwrap().len(), PARTNERS.len());

    let leaked = disguised(&texts(&bench.root().join("out/delta")));
    write_files(&bench.root().join("leak"), &leaked);
    let scanned = bench.ok(&["scan", &bench.path("leak")]);
    assert!(!scanned["matches"].as_array().unwrap().is_empty());
    let traced = bench.ok(&["trace", &bench.path("leak")]);
    assert_eq!(traced["verdict"], "traced", "{traced}");
    let suspects = traced["suspects"].as_array().unwrap();
    assert_eq!(suspects.len(), 1);
    assert_eq!(suspects[0]["recipient"], "delta");
    assert_eq!(traced["controls"][0]["suspects"].as_array().unwrap().len(), 0);

    let replayed = bench.ok(&["trace", "--replay", traced["reading"].as_str().unwrap()]);
    assert_eq!(replayed["suspects"], traced["suspects"]);
    assert_eq!(replayed["recipients"], traced["recipients"]);
    let report = fs::read_to_string(traced["report"].as_str().unwrap()).unwrap();
    assert!(report.contains("delta"));

    let unmarked = bench.ok(&["trace", tree.to_str().unwrap()]);
    assert_eq!(unmarked["verdict"], "unmarked", "{unmarked}");
    write_files(&bench.root().join("innocent"), &decoys(99, 40));
    let innocent = bench.ok(&["trace", &bench.path("innocent")]);
    assert_eq!(innocent["verdict"], "not-ours", "{innocent}");
}

#[test]
fn copies_keep_names_and_line_counts_and_are_made_again_the_same() {
    let bench = Bench::with_partners(&PARTNERS);
    let tree = bench.tree("asset", 12, 20);
    bench.ok(&["protect", tree.to_str().unwrap(), "--name", "asset"]);
    let first = bench.ok(&["issue", "asset", "--to", "amber,birch", "--out", &bench.path("one"), "--plain"]);
    let again = bench.ok(&["issue", "asset", "--to", "amber,birch", "--out", &bench.path("two"), "--plain"]);
    for index in 0..2 {
        assert_eq!(first["copies"][index]["copy_sha256"], again["copies"][index]["copy_sha256"]);
        assert_eq!(first["copies"][index]["log_index"], again["copies"][index]["log_index"]);
    }
    let (original, copy) = (texts(&tree), texts(&bench.root().join("one/amber")));
    assert_eq!(copy, texts(&bench.root().join("two/amber")));
    assert_ne!(copy, texts(&bench.root().join("one/birch")));
    assert_eq!(original.len(), copy.len());
    for (before, after) in original.iter().zip(&copy) {
        assert_eq!(before.path, after.path);
        assert_eq!(before.text.lines().count(), after.text.lines().count(), "{}", before.path);
        // `make` builds what is older than its source: nothing is.
        let changed =
            fs::metadata(bench.root().join("one/amber").join(&before.path)).unwrap().modified().unwrap();
        assert_eq!(changed, std::time::UNIX_EPOCH + std::time::Duration::from_secs(946_684_800));
    }
    assert_eq!(bench.ok(&["vault", "check"])["sound"], true);
}

#[test]
fn a_second_look_takes_in_the_first_and_the_same_bytes_spend_nothing() {
    let bench = Bench::with_partners(&PARTNERS);
    let tree = bench.tree("asset", 13, 40);
    bench.ok(&["protect", tree.to_str().unwrap(), "--name", "asset"]);
    bench.ok(&["issue", "asset", "--to", "all", "--out", &bench.path("out"), "--plain"]);
    let copy = texts(&bench.root().join("out/cedar"));
    write_files(&bench.root().join("first"), &copy[..copy.len() / 2]);
    write_files(&bench.root().join("second"), &copy[copy.len() / 2..]);
    let first = bench.ok(&["trace", &bench.path("first")]);
    let matter = first["matter"].as_str().unwrap();
    assert_eq!(first["look"], 1);
    let second = bench.ok(&["trace", &bench.path("second"), "--matter", matter]);
    assert_eq!(second["look"], 2);
    assert!(second["positions"]["read"].as_u64() > first["positions"]["read"].as_u64(), "{second}");
    let replay = bench.ok(&["trace", &bench.path("first"), "--matter", matter]);
    assert_eq!(replay["look"], 1);
    assert_eq!(replay["alpha_look"], first["alpha_look"]);
}

#[test]
fn upstream_is_left_unmarked_and_is_no_evidence() {
    let bench = Bench::with_partners(&PARTNERS);
    let tree = bench.tree("asset", 14, 20);
    write_files(&tree.join("vendor"), &decoys(77, 10));
    bench.ok(&["protect", tree.to_str().unwrap(), "--name", "asset", "--upstream", "vendor"]);
    bench.ok(&["issue", "asset", "--to", "amber", "--out", &bench.path("out"), "--plain"]);
    assert_eq!(texts(&tree.join("vendor")), texts(&bench.root().join("out/amber/vendor")));
    let traced = bench.ok(&["trace", &bench.path("out/amber/vendor")]);
    assert_eq!(traced["verdict"], "not-ours", "{traced}");
    assert!(!traced["public"].as_array().unwrap().is_empty());
}

#[test]
fn a_successor_keeps_the_symbols_of_unchanged_declarations() {
    let bench = Bench::with_partners(&PARTNERS);
    let tree = bench.tree("asset", 15, 20);
    let first = bench.ok(&["protect", tree.to_str().unwrap(), "--name", "asset"]);
    bench.ok(&["issue", "asset", "--to", "amber", "--out", &bench.path("one"), "--plain"]);
    let added = decoys(16, 3);
    write_files(&tree.join("more"), &added);
    let revision = first["revision"].as_str().unwrap();
    bench.ok(&["protect", tree.to_str().unwrap(), "--name", "asset", "--succeeds", revision]);
    bench.ok(&["issue", "asset", "--to", "amber", "--out", &bench.path("two"), "--plain"]);
    for before in texts(&bench.root().join("one/amber")) {
        let after = fs::read_to_string(bench.root().join("two/amber").join(&before.path)).unwrap();
        assert_eq!(before.text, after, "{}", before.path);
    }
}
