//! Paths of tiles and bundles of entries.
#![no_main]

use earmark_log::{Tile, read_bundle, write_bundle};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entries) = read_bundle(bytes) {
        assert_eq!(write_bundle(entries).as_deref(), Ok(bytes));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(tile) = text.parse::<Tile>() {
        assert_eq!(tile.to_string(), text);
        let span = tile.span();
        assert!(span.end - span.start <= 256);
    }
});
