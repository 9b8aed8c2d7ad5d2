//! What partners come in by: address cards and files of allowed signers.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(cards) = earmark_papers::read_vcards(bytes) {
        assert!(cards.len() <= bytes.len() / 20, "a card begins and ends");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        for signer in earmark_seal::read_allowed_signers(text).flatten() {
            assert!(!signer.principals.is_empty() && signer.line <= text.lines().count());
        }
    }
});
