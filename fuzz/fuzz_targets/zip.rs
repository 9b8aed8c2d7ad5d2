#![no_main]
//! zip archives, by local heads and by the directory.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let bytes = [b"PK\x03\x04", bytes].concat();
    earmark_fuzz::check("x.zip", &bytes);
    let _ = earmark_unpack::extract(&bytes, &earmark_fuzz::LIMITS);
});
