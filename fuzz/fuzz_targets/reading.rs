//! Reading documents: what is read is written again to the same document, and a replay answers or refuses.
#![no_main]

use earmark_odds::document::ReadingDocument;
use earmark_odds::replay::replay;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = ReadingDocument::parse(bytes) else { return };
    let text = document.to_json().expect("what was read can be written");
    assert_eq!(ReadingDocument::parse(text.as_bytes()).expect("what was written can be read"), document);
    // Large ones take seconds: a replay derives everything again.
    if document.positions.len() * document.codewords.0.len() < 10_000 {
        let _ = replay(&document);
    }
});
