//! Vaults that are not there, of a later version, damaged, or none.

use std::fs;

use super::refused;
use crate::bench::Bench;

#[test]
fn a_vault_that_is_none_is_not_found_and_a_later_one_is_left_alone() {
    let bench = Bench::with_partners(&["amber"]);
    bench.tree("asset", 51, 2);
    for vault in ["nowhere", "asset", "vault/vault.toml"] {
        let said = refused(&bench, 4, &["--vault", vault, "partner", "list"]);
        assert!(said.contains("earmark init"), "{said}");
        refused(&bench, 4, &["--vault", vault, "vault", "check"]);
    }
    let mut bare = bench.command(&["partner", "list"]);
    let output = bare.env_remove("EARMARK_VAULT").current_dir(bench.root().join("asset")).output().unwrap();
    super::well_refused(&output, 4, &["no vault at all"]);

    let settings = bench.root().join("vault/vault.toml");
    let before = fs::read_to_string(&settings).unwrap();
    assert!(before.contains("format = 1"), "{before}");
    fs::write(&settings, before.replace("format = 1", "format = 99")).unwrap();
    for arguments in
        [["partner", "list"].as_slice(), &["vault", "check"], &["protect", "asset", "--name", "a"]]
    {
        let said = refused(&bench, 6, arguments);
        assert!(said.contains("newer") && said.contains("99"), "{said}");
    }
    for text in ["", "format = \"x\"\n", "]]\n", "format = 1\nname = 3\n", "format = -1\n", "\u{0}"] {
        fs::write(&settings, text).unwrap();
        let said = refused(&bench, 5, &["partner", "list"]);
        assert!(said.contains("vault.toml"), "{said}");
    }
    fs::write(&settings, before).unwrap();
    assert_eq!(bench.ok(&["vault", "check"])["sound"], true);
}

#[test]
fn a_damaged_vault_is_named_never_repaired_in_silence() {
    let bench = Bench::with_partners(&["amber"]);
    let tree = bench.tree("asset", 52, 4);
    bench.ok(&["protect", tree.to_str().unwrap(), "--name", "asset"]);
    let (mut blobs, mut waiting) = (Vec::new(), vec![bench.root().join("vault/blobs")]);
    while let Some(folder) = waiting.pop() {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() { waiting.push(path) } else { blobs.push(path) }
        }
    }
    blobs.sort_by_key(|path| fs::metadata(path).unwrap().len());
    let blob = blobs.last().unwrap();
    let bytes = fs::read(blob).unwrap();
    // Blobs are written once and read-only; damage does not ask.
    fs::remove_file(blob).unwrap();
    fs::write(blob, &bytes[1..]).unwrap();
    let output = bench.run(&["vault", "check", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    fs::remove_file(blob).unwrap();
    let output = bench.run(&["vault", "check"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("wrong: ") && said.ends_with("the vault is damaged\n"), "{said}");
    fs::write(blob, &bytes).unwrap();
    assert_eq!(bench.ok(&["vault", "check"])["sound"], true);

    fs::write(bench.root().join("vault/ledger.sqlite"), [0x55; 4_096]).unwrap();
    for side in ["ledger.sqlite-wal", "ledger.sqlite-shm"] {
        drop(fs::remove_file(bench.root().join("vault").join(side)));
    }
    refused(&bench, 6, &["partner", "list"]);
    refused(&bench, 6, &["vault", "check"]);
    fs::rename(bench.root().join("vault/keys"), bench.root().join("keys")).unwrap();
    refused(&bench, 6, &["partner", "list"]);
}
