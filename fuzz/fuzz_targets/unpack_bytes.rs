#![no_main]
//! Anything, as it would come from outside.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    earmark_fuzz::check("x", bytes);
    let _ = earmark_unpack::looks_like_container("x", bytes);
    let _ = earmark_unpack::caged::serve(bytes, bytes, &mut |_| Ok(()));
});
