//! `verify/log.js`, which shares no line with us, judges what we publish as we do.

use std::fs;
use std::path::Path;
use std::process::Command;

use earmark_log::{Folder, KeyKind, LogProof, Note, Opening, SignerKey, Trust, audit, hex};
use earmark_testkit::peer;

use crate::published::{files, head, keys, trust};
use crate::trees::tree;

#[test]
fn the_second_verifier_agrees() {
    let Some(node) = peer("node") else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../verify/log.js");
    let run = |arguments: &[&str]| {
        let output = Command::new(&node).arg(&script).args(arguments).output().unwrap();
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("log");
    let openings: Vec<Opening> = (0..515u16)
        .map(|number| Opening { nonce: [number as u8; 32], document: format!(r#"{{"number":"{number}"}}"#) })
        .collect();
    let entries: Vec<Vec<u8>> = openings.iter().map(|opening| opening.commitment().to_vec()).collect();
    let tree = tree(&entries);
    let witness = SignerKey::from_seed("partner.example/w", KeyKind::Ed25519Cosignature, &[9; 32]).unwrap();
    let mut heads: Vec<Note> = [3, 256, 300, 515].iter().map(|size| head(&tree, *size)).collect();
    let cosigned = witness.sign(&trust().open(&heads[3]).unwrap().checkpoint, 77).unwrap();
    heads[3].signatures.push(cosigned);
    let trust = Trust { witnesses: vec![witness.verifier()], ..trust() };
    Folder::new(&root).extend(&tree, &entries, &heads, &trust).unwrap();
    assert_eq!(audit(&root, &trust).unwrap().faults, []);
    let log = root.to_str().unwrap();
    let (code, said) = run(&[log]);
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("the log is sound: 515 entries, 4 checkpoints"), "{said}");
    let key = keys()[0].verifier().to_string();
    assert_eq!(run(&[log, "--key", &key]).0, 0);
    let other = SignerKey::from_seed("log.example/engine", KeyKind::Ed25519, &[8; 32]).unwrap();
    assert_eq!(run(&[log, "--key", &other.verifier().to_string()]).0, 1);

    // Every file, damaged somewhere at its start, in its middle, and dropped: both verifiers see it.
    for (number, path) in files(&root).into_iter().enumerate() {
        let bytes = fs::read(&path).unwrap();
        // In a checkpoint: not in the line that Node cannot check.
        let at = [0, 40, 150][number % 3].min(bytes.len() - 1);
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        fs::write(&path, damaged).unwrap();
        let (code, said) = run(&[log]);
        assert!(code == 1 && said.starts_with("wrong: "), "{} byte {at}: {said}", path.display());
        assert!(!audit(&root, &trust).unwrap().faults.is_empty());
        fs::remove_file(&path).unwrap();
        // That there was an older checkpoint, only the ledger and whoever kept it can tell.
        let older = path.ends_with("checkpoints/256") || path.ends_with("checkpoints/300");
        assert!(older || run(&[log]).0 == 1, "{}", path.display());
        fs::write(&path, bytes).unwrap();
    }
    fs::write(root.join("tile/0/000.p/9"), "x").unwrap();
    assert_eq!(run(&[log]).0, 1);
    fs::remove_file(root.join("tile/0/000.p/9")).unwrap();

    let path = folder.path().join("proof");
    for index in [0usize, 255, 256, 299, 514] {
        let (opening, commitment) = (&openings[index], hex(&entries[index]));
        let (nonce, document) = (hex(&opening.nonce), opening.document.replace('"', "\\\""));
        let extra = format!(r#"{{"commitment":"{commitment}","nonce":"{nonce}","document":"{document}"}}"#);
        let proof = LogProof::new(&tree, index as u64, heads[3].clone(), Some(extra.into_bytes())).unwrap();
        fs::write(&path, proof.to_string()).unwrap();
        let (code, said) = run(&[path.to_str().unwrap(), log]);
        assert_eq!((code, said.ends_with(&format!("{}\n", opening.document))), (0, true), "{said}");
        let wrong = proof.to_string().replacen(&format!("index {index}"), &format!("index {}", index ^ 1), 1);
        fs::write(&path, wrong).unwrap();
        assert_eq!(run(&[path.to_str().unwrap(), log]).0, 1);
        let wrong = LogProof { index: 1, ..proof };
        fs::write(&path, wrong.to_string()).unwrap();
        assert_eq!(run(&[path.to_str().unwrap(), log]).0, 1);
    }
}
