#![no_main]
//! Compressed streams: the first byte chooses the magic.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    const HEADS: [&[u8]; 5] =
        [b"\x1f\x8b\x08\0\0\0\0\0\0\x03", b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"\x78\x9c"];
    if let Some((choice, rest)) = bytes.split_first() {
        earmark_fuzz::check("x", &[HEADS[usize::from(*choice) % HEADS.len()], rest].concat());
    }
});
