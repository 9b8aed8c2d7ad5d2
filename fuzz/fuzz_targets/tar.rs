#![no_main]
//! tar archives, leniently and strictly.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    earmark_fuzz::check("x.tar", bytes);
    let _ = earmark_unpack::extract(bytes, &earmark_fuzz::LIMITS);
});
