#![no_main]
//! Declarations of what may vary, against a small file.

use earmark_mark::{Declarations, Options, SourceFile, analyze};
use libfuzzer_sys::fuzz_target;

const SOURCE: &[u8] = b"int wait_for(int ticks)\n{\n    if (ticks < 250) {\n        put(\"a b\", 11, 0x41);\n    }\n    return 11;\n}\n";

fuzz_target!(|text: &str| {
    let Ok(declared) = Declarations::parse(text) else { return };
    let files = [SourceFile { file: 0, path: b"a.c", bytes: SOURCE }];
    let usable = declared.check(&files).is_ok();
    let found = analyze(&files, &Options { declared: Some(declared), ..Options::default() });
    assert!(found.table.validate().is_ok());
    assert!(!usable || found.left_alone.iter().all(|left| left.path != b"earmark.toml"));
});
