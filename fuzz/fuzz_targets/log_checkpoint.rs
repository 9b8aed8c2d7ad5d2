//! Checkpoints' texts, and opening one with a key that did not sign it.
#![no_main]

use earmark_log::{Checkpoint, KeyKind, Note, SignerKey, Trust};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.to_string(), text);
    }
    let Ok(note) = Note::parse(text) else { return };
    if let Ok(key) = SignerKey::from_seed("a", KeyKind::Ed25519, &[1; 32]) {
        let trust = Trust { log: vec![key.verifier()], ..Trust::default() };
        assert!(trust.open(&note).is_err());
    }
});
