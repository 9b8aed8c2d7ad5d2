//! Names, options and nouns that are wrong or not there.

use std::fs;

use super::refused;
use crate::bench::Bench;

#[test]
fn what_does_not_exist_is_not_found() {
    let bench = Bench::with_partners(&["amber"]);
    let tree = bench.tree("asset", 31, 4);
    let tree = tree.to_str().unwrap();
    bench.ok(&["protect", tree, "--name", "asset"]);
    let out = bench.path("out");
    for arguments in [
        ["protect", "nowhere", "--name", "a"].as_slice(),
        &["protect", tree, "--name", "asset", "--succeeds", "ffff"],
        &["protect", tree, "--name", "other", "--succeeds", "ffff"],
        &["protect", tree, "--name", "other", "--upstream", "no/such/folder"],
        &["issue", "nothing", "--to", "all", "--out", &out],
        &["issue", "asset@ffff", "--to", "all", "--out", &out],
        &["issue", "asset", "--to", "nobody", "--out", &out],
        &["issue", "asset", "--to", "amber,nobody", "--out", &out, "--plain"],
        &["scan", "nowhere"],
        &["trace", "nowhere"],
        &["trace", tree, "--matter", "unknown"],
        &["trace", "--replay", "nowhere"],
        &["partner", "show", "nobody"],
        &["partner", "key", "add", "nobody", "age1"],
        &["partner", "import", "nowhere"],
        &["holder", "add", "x", "--asset", "nothing"],
    ] {
        refused(&bench, 4, arguments);
    }
    assert!(!bench.root().join("out").exists(), "a refused issue leaves a folder");
    assert_eq!(bench.ok(&["vault", "check"])["sound"], true);
}

#[test]
fn what_is_malformed_is_named_and_changes_nothing() {
    let bench = Bench::with_partners(&["amber"]);
    let tree = bench.tree("asset", 32, 4);
    let tree = tree.to_str().unwrap();
    bench.ok(&["protect", tree, "--name", "asset"]);
    let before = bench.ok(&["partner", "list"]);
    let long = "x".repeat(5_000);
    fs::write(bench.root().join("rows.csv"), "slug,name,country,tier\nbirch,Birch,DE,one\n../x,X,DE,one\n")
        .unwrap();
    fs::write(bench.root().join("binary.csv"), [0xff, 0x00, b'\n', 0xfe, 0xff]).unwrap();
    fs::write(bench.root().join("rows.json"), "[{\"slug\": 3}]").unwrap();
    let partner = |slug: &'static str, name: &'static str, country: &'static str, tier: &'static str| {
        ["partner", "add", slug, "--name", name, "--country", country, "--tier", tier]
    };
    for arguments in [
        ["protect", tree, "--name", "../up"].as_slice(),
        &["protect", tree, "--name", ""],
        &["protect", tree, "--name", "a\nerror: b"],
        &["protect", tree, "--name", &long],
        &["protect", tree, "--name", "new", "--code", "GL3"],
        &["issue", "a/b", "--to", "all", "--out", "out"],
        &["issue", "asset", "--to", ",", "--out", "out"],
        &["trace", tree, "--matter", "../x"],
        &partner("../x", "X", "DE", "one"),
        &partner("x", "X", "Germany", "one"),
        &partner("x", " ", "DE", "one"),
        &partner("x", "two\nlines", "DE", "one"),
        &partner("x", "X", "DE", "../"),
        &["partner", "import", "rows.csv"],
        &["partner", "import", "binary.csv"],
        &["partner", "import", "rows.json"],
        &["holder", "add", ""],
        &["init", "new", "--name", ""],
        &["init", "new", "--name", "\u{1b}[2J"],
    ] {
        refused(&bench, 5, arguments);
    }
    assert_eq!(bench.ok(&["partner", "list"]), before);
    assert!(!bench.root().join("out").exists() && !bench.root().join("new").exists());
    let said = refused(&bench, 5, &["partner", "import", "rows.csv"]);
    assert!(said.contains("row 2"), "{said}");
    let preview = bench.ok(&["partner", "import", "rows.csv", "--dry-run"]);
    assert_eq!((&preview["added"][0], &preview["rejected"][0]["row"]), (&"birch".into(), &2.into()));
}

#[test]
fn what_contradicts_what_is_there_is_refused() {
    let bench = Bench::with_partners(&["amber"]);
    let tree = bench.tree("asset", 33, 4);
    let tree = tree.to_str().unwrap();
    bench.ok(&["protect", tree, "--name", "asset", "--code", "S4"]);
    // The same content and another code, further content and another code, even the same code again.
    refused(&bench, 3, &["protect", tree, "--name", "asset", "--code", "GL2"]);
    refused(&bench, 3, &["protect", tree, "--name", "asset", "--code", "S4"]);
    bench.tree("asset/more", 34, 2);
    let said = refused(&bench, 3, &["protect", tree, "--name", "asset", "--code", "S4"]);
    assert!(said.contains("--new-epoch"), "{said}");
    let moved = bench.ok(&["protect", tree, "--name", "asset", "--code", "GL2", "--new-epoch"]);
    assert_eq!((&moved["epoch"], &moved["code"]), (&2.into(), &"GL2".into()));
    let said = refused(&bench, 3, &["protect", tree, "--name", "other"]);
    assert!(said.contains("`asset`"), "{said}");
    refused(&bench, 3, &["partner", "add", "amber", "--name", "Again", "--country", "DE", "--tier", "one"]);
    refused(&bench, 3, &["init", "vault", "--name", "Again"]);
    refused(&bench, 3, &["init", "asset", "--name", "Again"]);
    // The vault is no asset: its keys would go to every partner.
    for inside in ["vault", "vault/keys", "asset/../vault", "vault/keys/recovery-kit.txt"] {
        refused(&bench, 3, &["protect", inside, "--name", "loot"]);
    }
    std::os::unix::fs::symlink(bench.root().join("vault/keys"), bench.root().join("innocent")).unwrap();
    refused(&bench, 3, &["protect", "innocent", "--name", "loot"]);
}

#[test]
fn wrong_use_and_later_nouns_have_their_own_codes() {
    let bench = Bench::with_partners(&[]);
    for arguments in [
        [].as_slice(),
        &["nonsense"],
        &["protect"],
        &["protect", "--frobnicate"],
        &["issue", "asset"],
        &["partner", "add", "x"],
        &["partner", "frobnicate"],
        &["trace"],
        &["trace", "x", "--replay", "y"],
        &["protect", "x", "--name", "a", "--kind", "poem"],
        &["init", "", "--name", "x"],
    ] {
        let output = bench.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
        assert!(said.lines().filter(|line| line.starts_with("error: ")).count() <= 1, "{said}");
        let output = bench.run(&[arguments, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        super::well_refused_in_json(&output, 2, arguments);
    }
    for arguments in [
        ["serve", "--port", "80"].as_slice(),
        &["case", "replay", "bag"],
        &["protect", "vault/vault.toml", "--name", "tool", "--kind", "executable"],
    ] {
        let said = refused(&bench, 6, arguments);
        assert!(said.contains("not part of this build"), "{said}");
    }
    let help = bench.run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
}
