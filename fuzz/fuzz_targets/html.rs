#![no_main]
//! Web pages.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    earmark_fuzz::check("x.html", &[b"<html>", bytes].concat());
});
