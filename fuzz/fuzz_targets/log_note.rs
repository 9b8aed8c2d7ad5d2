//! Signed notes and verifier keys: what is read is written again in the same bytes.
#![no_main]

use earmark_log::{Note, VerifierKey, parse_keys};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(note) = Note::parse(text) {
        assert_eq!(note.to_string(), text);
    }
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text);
    }
    let _ = parse_keys(text);
});
