//! `verify/log.js`, which shares no line with us, judges what we publish as we do.

use std::fs;
use std::path::Path;
use std::process::Command;

use earmark_log::{
    Checkpoint, Folder, KeyKind, LogProof, Note, Opening, Past, SignerKey, Trust, audit, handover_document,
    handover_proof, hex, own_keys,
};
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

/// A log that was handed over twice: whoever has any of the keys checks all of it, and who has none of them is refused.
#[test]
fn both_verifiers_follow_a_log_to_its_new_keys() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let generation = |number: u8| -> Vec<SignerKey> {
        [KeyKind::Ed25519, KeyKind::MlDsa44]
            .map(|kind| SignerKey::from_seed("log.example/engine", kind, &[number; 32]).unwrap())
            .into()
    };
    let public = |signers: &[SignerKey]| signers.iter().map(SignerKey::verifier).collect::<Vec<_>>();
    let generations: Vec<Vec<SignerKey>> = (1..=3).map(generation).collect();
    let mut entries: Vec<Vec<u8>> = (0..700u16).map(|number| vec![number as u8; 32]).collect();
    for (until, index, next) in [(256, 250, 1), (512, 300, 2)] {
        let document = handover_document(until, &public(&generations[next]));
        entries[index] = Opening { nonce: [5; 32], document }.commitment().to_vec();
    }
    let tree = tree(&entries);
    let signed = |size: u64, by: usize| {
        let root = tree.root(size).unwrap();
        let checkpoint =
            Checkpoint { origin: "log.example/engine".to_owned(), size, root, extensions: Vec::new() };
        let mut note = Note::new(checkpoint.to_string()).unwrap();
        note.signatures.extend(generations[by].iter().map(|key| key.sign(&checkpoint, 1).unwrap()));
        note
    };
    let heads = [signed(100, 0), signed(256, 0), signed(400, 1), signed(512, 1), signed(700, 2)];
    let past = |until: u64, index: u64, by: usize| Past {
        until,
        keys: public(&generations[by]),
        proof: handover_proof(&tree, index, &[5; 32], signed(until, by)).unwrap(),
    };
    let trust = Trust {
        log: public(&generations[2]),
        past: vec![past(256, 250, 0), past(512, 300, 1)],
        ..Trust::default()
    };
    Folder::new(root).extend(&tree, &entries, &heads, &trust).unwrap();
    assert_eq!(audit(root, &trust).unwrap().faults, []);
    assert_eq!(own_keys(root), Ok(trust.clone()));
    let copy = tempfile::tempdir().unwrap();
    earmark_log::mirror(copy.path(), |path| match fs::read(root.join(path)) {
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    })
    .unwrap();
    assert_eq!(own_keys(copy.path()), Ok(trust.clone()));

    let node = peer("node");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../verify/log.js");
    let run = |arguments: &[&str]| {
        let Some(node) = &node else { return None };
        let output = Command::new(node).arg(&script).arg(root).args(arguments).output().unwrap();
        Some((output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap()))
    };
    for key in generations.iter().flatten() {
        if let Some((code, said)) = run(&["--key", &key.verifier().to_string()]) {
            assert_eq!(code, 0, "{said}");
        }
    }
    let stranger = generation(9)[0].verifier().to_string();
    assert!(run(&["--key", &stranger]).is_none_or(|(code, _)| code == 1));

    // An impostor lists its own keys as those of today, and the true ones as past.
    let impostor = Trust { log: public(&generation(9)), ..trust.clone() };
    let forged = Folder::new(&folder.path().join("forged"));
    forged.extend(&tree, &entries, &heads[..4], &impostor).unwrap();
    let fault = own_keys(&folder.path().join("forged")).unwrap_err();
    assert!(fault.to_string().contains("handover/512"), "{fault}");
    fs::remove_dir_all(folder.path().join("forged")).unwrap();

    // A handover that is gone, damaged, or another one's.
    let place = root.join("handover/256");
    let whole = fs::read_to_string(&place).unwrap();
    for wrong in [String::new(), whole.replacen("index 250", "index 251", 1), past(512, 300, 1).proof] {
        fs::write(&place, wrong).unwrap();
        assert!(own_keys(root).is_err() && !audit(root, &trust).unwrap().faults.is_empty());
        assert!(run(&[]).is_none_or(|(code, said)| code == 1 && said.starts_with("wrong: ")));
    }
    fs::remove_file(&place).unwrap();
    assert!(own_keys(root).is_err() && !audit(root, &trust).unwrap().faults.is_empty());
    assert!(run(&[]).is_none_or(|(code, _)| code == 1));
    fs::write(&place, whole).unwrap();
    // Old keys that sign on behind their last checkpoint.
    fs::write(root.join("checkpoints/700"), signed(700, 0).to_string()).unwrap();
    fs::write(root.join("checkpoint"), signed(700, 0).to_string()).unwrap();
    assert!(!audit(root, &trust).unwrap().faults.is_empty());
    assert!(run(&[]).is_none_or(|(code, _)| code == 1));
}
