//! Grows code and prose that read like somebody's own, from a seed.

use earmark_model::Digest;
use earmark_scan::{IndexBuilder, IndexKey, ScanOptions, Scanner, Segment};

pub(crate) fn key() -> IndexKey {
    IndexKey::new([42; 32])
}

/// SplitMix64.
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub(crate) fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

const ROOTS: &[&str] = &[
    "buf", "node", "page", "slot", "lock", "cache", "queue", "entry", "frame", "route", "token", "vault",
    "probe", "chunk", "inode", "timer", "batch", "index", "state", "owner", "lease", "guard", "topic",
    "shard", "merge", "drain", "flush", "scan", "seal", "epoch", "quota", "limit", "mask", "span", "range",
    "track", "label", "value", "count", "depth",
];
const WORDS: &[&str] = &[
    "the",
    "a",
    "remote",
    "attacker",
    "may",
    "send",
    "crafted",
    "packet",
    "which",
    "overflows",
    "buffer",
    "kernel",
    "driver",
    "when",
    "length",
    "field",
    "exceeds",
    "allocated",
    "memory",
    "and",
    "execute",
    "code",
    "with",
    "system",
    "privileges",
    "update",
    "vendors",
    "should",
    "apply",
    "before",
    "release",
    "mitigation",
    "disable",
    "service",
    "on",
    "port",
    "until",
    "patch",
    "available",
    "affected",
    "versions",
    "include",
    "all",
    "builds",
    "since",
    "protocol",
    "handler",
    "parses",
    "header",
    "twice",
    "without",
    "check",
    "result",
    "heap",
    "corruption",
    "exploit",
    "reliable",
    "against",
    "default",
    "configuration",
    "logs",
    "show",
    "malformed",
    "request",
    "from",
    "unknown",
    "hosts",
    "detection",
    "rule",
    "matches",
];

fn name(seed: &mut Seed) -> String {
    match seed.below(4) {
        0 => seed.one(ROOTS).to_owned(),
        1 => format!("{}_{}", seed.one(ROOTS), seed.one(ROOTS)),
        _ => format!("{}_{}{}", seed.one(ROOTS), seed.one(ROOTS), seed.below(900)),
    }
}

fn expression(seed: &mut Seed, names: &[String], depth: u32) -> String {
    let pick = |seed: &mut Seed| names[seed.below(names.len())].clone();
    match seed.below(if depth == 0 { 4 } else { 10 }) {
        0 => format!("{}", seed.below(4096)),
        1..=3 => pick(seed),
        4 => format!("{}->{}", pick(seed), name(seed)),
        5 => format!("{}[{}]", pick(seed), expression(seed, names, depth - 1)),
        6 => format!(
            "{}({}, {})",
            name(seed),
            expression(seed, names, depth - 1),
            expression(seed, names, depth - 1)
        ),
        7 => format!(
            "({} {} {})",
            expression(seed, names, depth - 1),
            seed.one(&["+", "-", "*", "&", "|", "<<"]),
            pick(seed)
        ),
        8 => format!("!{}", pick(seed)),
        _ => format!(
            "{} {} {}",
            pick(seed),
            seed.one(&["+", "-", "/", "%", "^"]),
            expression(seed, names, depth - 1)
        ),
    }
}

fn statement(seed: &mut Seed, names: &[String], tab: &str, out: &mut String) {
    let value = expression(seed, names, 2);
    let target = names[seed.below(names.len())].clone();
    let compare = seed.one(&["<", ">", "==", "!=", "<=", ">="]);
    match seed.below(9) {
        0 | 1 => *out += &format!("{tab}{target} = {value};\n"),
        2 => {
            *out += &format!(
                "{tab}if ({target} {compare} {value}) {{\n{tab}\treturn -{};\n{tab}}}\n",
                seed.below(99)
            )
        }
        3 => {
            *out +=
                &format!("{tab}{target}->{} {} {value};\n", name(seed), seed.one(&["=", "+=", "-=", "|="]))
        }
        4 => {
            *out += &format!(
                "{tab}for ({target} = {}; {target} {compare} {value}; {target}++) {{\n",
                seed.below(9)
            );
            *out += &format!(
                "{tab}\t{}({}, \"{} {}\");\n{tab}}}\n",
                name(seed),
                expression(seed, names, 1),
                seed.one(WORDS),
                seed.one(WORDS)
            );
        }
        5 => *out += &format!("{tab}{}({value}, {});\n", name(seed), expression(seed, names, 1)),
        6 => {
            *out += &format!(
                "{tab}/* {} {} {} */\n{tab}{target} {compare}= {value};\n",
                seed.one(WORDS),
                seed.one(WORDS),
                seed.one(WORDS)
            )
        }
        7 => {
            *out += &format!(
                "{tab}while ({value}) {{\n{tab}\t{target}--;\n{tab}\t{}({target});\n{tab}}}\n",
                name(seed)
            )
        }
        _ => {
            *out += &format!(
                "{tab}switch ({target}) {{\n{tab}case {}:\n{tab}\treturn {value};\n{tab}default:\n{tab}\tbreak;\n{tab}}}\n",
                seed.below(50)
            )
        }
    }
}

/// About `lines` lines of C.
pub(crate) fn code(seed: &mut Seed, lines: usize) -> String {
    let mut out = format!(
        "/* {} {} {}: {} */\n",
        seed.one(WORDS),
        seed.one(WORDS),
        seed.one(ROOTS),
        seed.below(10_000)
    );
    while out.lines().count() < lines {
        let names: Vec<String> = (0..4 + seed.below(4)).map(|_| name(seed)).collect();
        out += &format!(
            "static {} {}(struct {} *{}, {} {})\n{{\n",
            seed.one(&["int", "void", "long"]),
            name(seed),
            name(seed),
            names[0],
            seed.one(&["int", "size_t", "char"]),
            names[1]
        );
        for variable in &names[2..] {
            out += &format!(
                "\t{} {variable} = {};\n",
                seed.one(&["int", "long", "unsigned"]),
                expression(seed, &names[..2], 1)
            );
        }
        for _ in 0..6 + seed.below(14) {
            statement(seed, &names, "\t", &mut out);
        }
        out += &format!("\treturn {};\n}}\n\n", expression(seed, &names, 1));
    }
    out
}

/// `words` words of prose, in sentences.
pub(crate) fn prose(seed: &mut Seed, words: usize) -> Vec<String> {
    (0..words)
        .map(|at| {
            let word = seed.one(WORDS);
            match at % 17 {
                0 => word[..1].to_uppercase() + &word[1..],
                16 => format!("{word}."),
                8 if at % 3 == 0 => format!("{word},"),
                _ if seed.below(12) == 0 => format!("{}{}", seed.one(ROOTS), seed.below(500)),
                _ => word.to_owned(),
            }
        })
        .collect()
}

/// A scanner over these files, numbered from 0.
pub(crate) fn scanner<T: AsRef<[u8]>>(files: &[T]) -> Scanner {
    scanner_beside(files, &[])
}

/// A scanner over these files, with what upstream has.
pub(crate) fn scanner_beside<T: AsRef<[u8]>>(files: &[T], upstream: &[&str]) -> Scanner {
    let mut builder = IndexBuilder::new(&key(), Digest::of(b"garden"));
    upstream.iter().for_each(|text| builder.upstream(text.as_bytes()));
    for (number, file) in files.iter().enumerate() {
        builder.file(number as u32, file.as_ref());
    }
    let segment = Segment::open(builder.finish().unwrap()).unwrap();
    Scanner::new(&key(), vec![segment], ScanOptions::default()).unwrap()
}
