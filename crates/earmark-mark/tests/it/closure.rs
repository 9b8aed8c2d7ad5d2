//! Closure: a file marked at random shows the same sites again, in Rust, Python and JavaScript, for
//! programs put together at random from pieces that meet every rule.

use earmark_model::Digest;
use proptest::prelude::*;

use crate::marks::assert_closed;

const RUST: &[&str] = &[
    "/// Adds.\nfn name(a: usize, b: usize) -> usize {\n    (a as usize) + b.len() * 255 + 1_000\n}\n",
    "#[derive(Debug, Clone, PartialEq)]\npub struct Name {\n    a: u8, // a\n    b: u8,\n}\n",
    "impl Name {\n    fn one(self) -> Self {\n        Name { a: self.a, b: 3 }\n    }\n\n    /// Two.\n    #[inline]\n    fn two(&self) -> Name {\n        Self::new()\n    }\n    const C: u8 = 16;\n}\n",
    "fn name(k: Kind, x: &str) -> u8 {\n    match k {\n        Kind::A | Kind::B => 1,\n        Kind::C(n) if n > 3 => {\n            n\n        }\n        // D.\n        Kind::D { n, m } => n + m, // sum\n        _ => 0,\n    }\n}\n",
    "fn name(a: &[u8], b: bool) -> bool {\n    if a.len() == b.count_ones() { f(); } else { g() }\n    if !b { 1 } else { 2 };\n    a.is_empty() && b || a.len() > 0 && !b\n}\n",
    "fn name<T: Clone + Send + 'static>(t: T) -> u64 {\n    vec![10, 20];\n    x as u64 * (y + 1) < (z * 2) && (a != b as u8)\n}\n",
    "#[derive(Debug)]\nenum Name {\n    /// A.\n    A,\n    B(u8),\n    #[allow(dead_code)]\n    C { n: u8 },\n}\n",
    "macro_rules! name { ($x:expr) => { 255 + $x }; }\n",
    "#[test]\nfn name() {\n    assert_eq!(x, 0xff);\n    let Name { a, b, .. } = y;\n    loop { break real as usize & MASK; }\n}\n",
    "use std::fmt; // fmt\nconst NAME: u32 = 0xAB; // c\nstatic S: u8 = 1; type T = u8;\n",
];

const PYTHON: &[&str] = &[
    "def name(a, b=1, *, c: int = 2) -> int:\n    \"\"\"Doc's.\"\"\"\n    return None\n\n",
    "class Name(Base):\n    \"\"\"Doc.\"\"\"\n    x = 3\n\n    def one(self):\n        self.a = 1\n        self.b = b\n        return  # nothing\n\n    # Two.\n    @property\n    def two(self):\n        return self.a * 255\n\n    def three(self): return 2 * n\n",
    "class NameError(ValueError):\n    pass\n\n",
    "if a == b:\n    f(x=1, y=z.q, **k)\nelse:\n    g(0xff)\n",
    "if not x:\n    pass\nelse:\n    return\n",
    "if not a in b and (c == 1) or d is not None:\n    x = 1 if a is b else 2\n",
    "try:\n    pass\nexcept (A, b.B, C) as e:\n    isinstance(x, (int, str))\n",
    "from m import a, b as c, d\n",
    "while a and not b and c is None:\n    z = x < len(y) or x in (\"a\", \"b\", \"c\")\n",
    "NAME = re.A | re.B | re.C\nother = [16, 32]\nlast = f\"{16}\"\n",
];

const JAVASCRIPT: &[&str] = &[
    "function name(a, b) {\n  if (a) return 1;\n  else { b++; }\n  for (var i = 0; i < 16; ++i) f(i);\n}\n",
    "export function name({ a, b = 1, c: d }) {\n  var x = 1,\n    y = 2;\n  var z = 3;\n  return x * y & 255;\n}\n",
    "class Name extends B {\n  one() {\n    return this.a === b ? 1 : 2;\n  }\n\n  // Two.\n  static two() { return !c ? x : y; }\n  get three() { return { a, b: b }; }\n}\n",
    "import { a, b as c, d } from 'm';\n",
    "if (a !== b) { f(); g(); } else { h(); i(); }\n",
    "if (a) {\n  f();\n} else {\n  h();\n}\n",
    "if (!a && b === null && typeof c === 'undefined') { f(); } else g();\n",
    "switch (x) {\n  case 'a':\n  case 'b':\n  case 3:\n    f();\n    break;\n  default:\n}\n",
    "const a = require('a'),\n  b = 2;\nconst c = 0xFF;\n",
    "const f = `t ${16} \\``; // '\nwhile (x < y.length) x += 1;\n",
];

/// A program of pieces, each with names of its own.
fn program(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec((0..pieces.len(), any::<bool>()), 1..12).prop_map(move |chosen| {
        let piece = |(at, (piece, blank)): (usize, &(usize, bool))| {
            let text =
                pieces[*piece].replace("name", &format!("name{at}")).replace("Name", &format!("Name{at}"));
            if *blank { text + "\n" } else { text }
        };
        chosen.iter().enumerate().map(piece).collect()
    })
}

/// A shift for each key, at random from a seed.
fn shift(seed: u64) -> impl FnMut(Digest, u8) -> u8 {
    move |key, k| {
        let head = u64::from_le_bytes([
            key.0[0], key.0[1], key.0[2], key.0[3], key.0[4], key.0[5], key.0[6], key.0[7],
        ]);
        (((head ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) % u64::from(k)) as u8
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn rust_is_closed(text in program(RUST), seed in any::<u64>()) {
        assert_closed("a.rs", &text, &mut shift(seed));
    }

    #[test]
    fn python_is_closed(text in program(PYTHON), seed in any::<u64>()) {
        assert_closed("a.py", &text, &mut shift(seed));
    }

    #[test]
    fn javascript_is_closed(text in program(JAVASCRIPT), seed in any::<u64>()) {
        assert_closed("a.js", &text, &mut shift(seed));
    }

    /// Whatever the text, finding sites ends, and what is found can be written and validated.
    #[test]
    fn any_text_is_taken(text in "[a-z{}()<>=!&|;:,.'\"#@ \n0-9]{0,200}", seed in any::<u64>()) {
        for path in ["a.rs", "a.py", "a.js"] {
            let table = crate::marks::sites_of(path, &text);
            crate::marks::shifted(&text, &table, &mut shift(seed));
        }
    }
}

#[test]
fn macros_and_errors_are_left_alone() {
    for (path, text) in [
        ("a.rs", "macro_rules! m { ($a:expr) => { if $a == 255 { 1 } else { 2 } } }\nm! { 255 == x }\n"),
        ("a.rs", "fn fn 255 ) { =>\n"),
        ("a.py", "def f(:\n  return None ==\n"),
        ("a.js", "function ( { return 255 +; }}\n"),
    ] {
        let table = crate::marks::sites_of(path, text);
        assert!(table.files.is_empty(), "{path}: {:?}", table.files);
    }
}
