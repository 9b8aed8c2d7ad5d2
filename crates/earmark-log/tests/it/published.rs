//! A published log, whole and damaged in every byte.

use std::fs;
use std::path::{Path, PathBuf};

use earmark_log::{
    Checkpoint, Fault, Folder, FolderError, Hash, KeyKind, LogProof, LogProofError, Note, Seen, SignerKey,
    Tree, Trust, WitnessError, audit, cosign, own_keys,
};
use proptest::prelude::*;

use crate::trees::{entries, tree};

pub(crate) const ORIGIN: &str = "log.example/engine";

/// A log's two keys.
pub(crate) fn keys() -> [SignerKey; 2] {
    let key = |kind, seed| SignerKey::from_seed(ORIGIN, kind, &[seed; 32]).unwrap();
    [key(KeyKind::Ed25519, 1), key(KeyKind::MlDsa44, 2)]
}

pub(crate) fn trust() -> Trust {
    Trust { log: keys().iter().map(SignerKey::verifier).collect(), ..Trust::default() }
}

pub(crate) fn head(tree: &Tree, size: u64) -> Note {
    let root = tree.root(size).unwrap();
    let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root, extensions: Vec::new() };
    let mut note = Note::new(checkpoint.to_string()).unwrap();
    note.signatures.extend(keys().iter().map(|key| key.sign(&checkpoint, 1_700_000_000 + size).unwrap()));
    note
}

pub(crate) fn publish(root: &Path, sizes: &[u64]) -> Tree {
    let entries = entries(*sizes.last().unwrap() as usize);
    let tree = tree(&entries);
    let heads: Vec<Note> = sizes.iter().map(|size| head(&tree, *size)).collect();
    Folder::new(root).extend(&tree, &entries, &heads, &trust()).unwrap();
    tree
}

pub(crate) fn files(root: &Path) -> Vec<PathBuf> {
    let (mut found, mut waiting) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn a_log_is_written_once_and_grows() {
    let folder = tempfile::tempdir().unwrap();
    let (root, entries) = (folder.path(), entries(515));
    let tree = tree(&entries);
    let extend = |sizes: &[u64]| {
        let heads: Vec<Note> = sizes.iter().map(|size| head(&tree, *size)).collect();
        Folder::new(root).extend(&tree, &entries, &heads, &trust()).unwrap()
    };
    assert_eq!(extend(&[3, 256]), 9);
    assert_eq!(extend(&[3, 256]), 0);
    assert!(extend(&[3, 256, 515]) > 0);
    // A killed writer's leftover is no part of the log, and gone with the next writing.
    fs::write(root.join(".writing"), "half").unwrap();
    let found = audit(root, &trust()).unwrap();
    assert_eq!((found.faults, found.entries.len(), found.checkpoints.len()), (vec![], 515, 3));
    extend(&[3, 256, 515]);
    assert!(!root.join(".writing").exists());
    assert_eq!(own_keys(root), Ok(trust()));
    let names: Vec<String> =
        files(root).iter().map(|path| path.strip_prefix(root).unwrap().display().to_string()).collect();
    for name in [
        "checkpoint",
        "checkpoints/515",
        "keys",
        "tile/0/001",
        "tile/0/002.p/3",
        "tile/1/000.p/2",
        "tile/entries/000.p/3",
    ] {
        assert!(names.iter().any(|there| there == name), "{name} in {names:?}");
    }
    // What never changes is not written over.
    fs::write(root.join("tile/0/002.p/3"), [0; 96]).unwrap();
    let again = Folder::new(root).extend(&tree, &entries, &[head(&tree, 515)], &trust());
    assert!(matches!(again, Err(FolderError::Differs(_))));
    let short = Folder::new(&root.join("x")).extend(&tree, &entries[..5], &[head(&tree, 515)], &trust());
    assert!(matches!(short, Err(FolderError::Short(_))));
}

#[test]
fn every_changed_byte_of_every_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    publish(root, &[3, 7]);
    assert_eq!(audit(root, &trust()).unwrap().faults, []);
    let mut changed = 0;
    for path in files(root) {
        let bytes = fs::read(&path).unwrap();
        // Post-quantum keys and signatures are long, and each byte of them costs a verification.
        let step = if bytes.len() > 2_000 { 41 } else { 1 };
        for at in (0..bytes.len()).step_by(step) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(&path, &damaged).unwrap();
            assert!(!audit(root, &trust()).unwrap().faults.is_empty(), "{} byte {at}", path.display());
            if let Ok(own) = own_keys(root) {
                assert!(!audit(root, &own).unwrap().faults.is_empty(), "{} byte {at}", path.display());
            }
            changed += 1;
        }
        for damaged in [&bytes[1..], &bytes[..bytes.len() - 1], &[bytes.as_slice(), b"\n"].concat()] {
            fs::write(&path, damaged).unwrap();
            assert!(!audit(root, &trust()).unwrap().faults.is_empty(), "{} cut", path.display());
        }
        fs::remove_file(&path).unwrap();
        assert!(!audit(root, &trust()).unwrap().faults.is_empty(), "{} dropped", path.display());
        fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(audit(root, &trust()).unwrap().faults, []);
    assert!(changed > 1_000, "{changed}");
    for stray in ["tile/0/000.p/4", "tile/entries/000.p/1", "more", "checkpoints/07", "checkpoints/x"] {
        fs::create_dir_all(root.join(stray).parent().unwrap()).unwrap();
        fs::write(root.join(stray), "x").unwrap();
        assert!(audit(root, &trust()).unwrap().faults.contains(&Fault::Stray(stray.to_owned())), "{stray}");
        fs::remove_file(root.join(stray)).unwrap();
    }
    // A publisher that is stopped leaves tiles that no checkpoint holds yet, or the checkpoint of before.
    fs::write(root.join("tile/entries/009"), "x").unwrap();
    let stopped = audit(root, &trust()).unwrap();
    assert!(stopped.behind && stopped.faults.is_empty(), "{:?}", stopped.faults);
    fs::remove_file(root.join("tile/entries/009")).unwrap();
    fs::copy(root.join("checkpoints/3"), root.join("checkpoint")).unwrap();
    let stopped = audit(root, &trust()).unwrap();
    assert!(stopped.behind && stopped.faults.is_empty(), "{:?}", stopped.faults);
}

#[test]
fn a_forked_log_is_found_by_audit_and_witness() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let honest = publish(root, &[5, 9]);
    // The owner signs another history of the same size.
    let mut other = entries(9);
    other[2] = b"rewritten".to_vec();
    let forged = tree(&other);
    fs::write(root.join("checkpoints/9"), head(&forged, 9).to_string()).unwrap();
    fs::write(root.join("checkpoint"), head(&forged, 9).to_string()).unwrap();
    let faults = audit(root, &trust()).unwrap().faults;
    assert_eq!(faults, [Fault::Root { path: "checkpoints/9".to_owned(), size: 9 }]);

    for kind in [KeyKind::Ed25519Cosignature, KeyKind::MlDsa44] {
        let witness = SignerKey::from_seed("partner.example/w1", kind, &[9; 32]).unwrap();
        let sign = |tree: &Tree, seen: Option<&Seen>, from: u64| {
            let proof = honest.consistency(from, 9).unwrap();
            cosign(&head(tree, 9), &trust(), seen, &proof, &witness, 77)
        };
        let (_, seen) = cosign(&head(&honest, 5), &trust(), None, &[], &witness, 76).unwrap();
        let forked = sign(&forged, Some(&seen), 5);
        assert!(matches!(forked, Err(WitnessError::Forked { seen: 5, .. })), "{forked:?}");
        let (signature, seen) = sign(&honest, Some(&seen), 5).unwrap();
        assert_eq!((seen.size, seen.root), (9, honest.root(9).unwrap()));
        // The old head again: a witness does not go back.
        assert!(cosign(&head(&honest, 5), &trust(), Some(&seen), &[], &witness, 78).is_err());
        let mut note = head(&honest, 9);
        note.signatures.push(signature);
        let with = Trust { witnesses: vec![witness.verifier()], quorum: 1, ..trust() };
        assert_eq!(with.open(&note).unwrap().witnesses, ["partner.example/w1"]);
    }
}

#[test]
fn a_proof_is_carried_away_and_opens_its_entry_only() {
    let entries = entries(300);
    let tree = tree(&entries);
    for index in [0, 17, 255, 256, 299] {
        let proof = LogProof::new(&tree, index, head(&tree, 300), Some(b"{}".to_vec())).unwrap();
        let text = proof.to_string();
        let read = LogProof::parse(&text).unwrap();
        assert_eq!(read, proof);
        assert_eq!(read.check(&entries[index as usize], &trust()).unwrap().checkpoint.size, 300);
        let other = read.check(b"another", &trust());
        assert!(matches!(other, Err(LogProofError::Proof(_))), "{other:?}");
    }
    assert_eq!(LogProof::new(&tree, 300, head(&tree, 300), None), None);
    let text = LogProof::new(&tree, 7, head(&tree, 300), None).unwrap().to_string();
    for (wrong, line) in [
        (text.replace("proof@v1", "proof@v2"), 1),
        (text.replace("index 7", "index 07"), 2),
        (text.replace("index 7", "index"), 2),
        (text.replace("index 7", "extra !\nindex 7"), 2),
        (text.replacen("\n\n", &"\nAAAA\n\n".replace("AAAA", &Hash([0; 32]).to_string().repeat(2)), 1), 12),
    ] {
        assert_eq!(LogProof::parse(&wrong), Err(LogProofError::Line(line)), "{wrong}");
    }
    let long = text.replacen("\n\n", &format!("\n{}\n", format!("{}\n", Hash([0; 32])).repeat(60)), 1);
    assert!(LogProof::parse(&long).is_err());
}

proptest! {
    /// What a reader of notes takes, it writes again in the same bytes.
    #[test]
    fn notes_are_read_strictly(text in "[ -~\n—]{0,60}\n\n(— [a-z+ ]{1,4} [A-Za-z0-9+/=]{4,20}\n){0,3}") {
        if let Ok(note) = Note::parse(&text) {
            prop_assert_eq!(note.to_string(), text);
        }
    }

    #[test]
    fn checkpoints_are_read_strictly(text in "[a-z/ ]{0,5}\n[0-9]{1,22}\n[A-Za-z0-9+/=]{42,45}\n([a-z]{0,2}\n){0,2}") {
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            prop_assert_eq!(checkpoint.to_string(), text);
        }
    }
}
