#![no_main]
//! Mails and mailboxes.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let head = b"From a 10:10:10\nFrom: a\nTo: b\nContent-Type: multipart/mixed; boundary=b\n";
    earmark_fuzz::check("x.mbox", &[head, bytes].concat());
});
