//! Proofs to be carried away, and checking ways that lead nowhere.
#![no_main]

use earmark_log::{Hash, LogProof, Trust, check_consistency, check_inclusion};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(proof) = LogProof::parse(text) else { return };
    let again = proof.to_string();
    assert_eq!(LogProof::parse(&again).as_ref(), Ok(&proof));
    let _ = proof.check(b"entry", &Trust::default());
    let leaf = Hash::of_leaf(b"entry");
    for size in [0, 1, proof.index, u64::MAX] {
        let _ = check_inclusion(leaf, proof.index, size, &proof.way, leaf);
        let _ = check_consistency(proof.index, leaf, size, leaf, &proof.way);
    }
});
