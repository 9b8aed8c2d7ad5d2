//! What the declarations and expressions of a tree say of objects in memory: which fields share theirs, which
//! are volatile, which may change without being named.
//!
//! Works on tokens, not on trees: it runs over every file, upstream's too, before any site is sought.

use crate::c::lexicon::LEXICON;
use crate::carrier::Facts;
use crate::lex::{NAME, Token, lex};

/// What a brace opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Braces {
    Union,
    Structure,
    Enumeration,
    /// A function's body, an initializer.
    Other,
    /// `extern "C" {`.
    Linkage,
}

struct Tokens<'a> {
    bytes: &'a [u8],
    tokens: Vec<Token>,
}

impl<'a> Tokens<'a> {
    fn text(&self, at: usize) -> &'a [u8] {
        self.tokens.get(at).and_then(|token| self.bytes.get(token.span.range())).unwrap_or_default()
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.blind == NAME)
    }

    fn before(&self, at: usize, back: usize) -> &'a [u8] {
        at.checked_sub(back).map_or(b"", |at| self.text(at))
    }

    /// Whether the name at this place is one that a declaration declares.
    fn is_declared(&self, at: usize, depth: usize) -> bool {
        let ends = matches!(self.text(at + 1), b";" | b"," | b"[" | b"=" | b":");
        self.is_name(at)
            && if depth == 0 { ends } else { self.before(at, 1) == b"*" && self.text(at + 1) == b")" }
    }

    /// What the brace at this place opens.
    fn braces(&self, at: usize) -> Braces {
        let word = |back: usize| match self.before(at, back) {
            b"union" => Some(Braces::Union),
            b"struct" => Some(Braces::Structure),
            b"enum" => Some(Braces::Enumeration),
            _ => None,
        };
        if self.before(at, 2) == b"extern" && self.before(at, 1).starts_with(b"\"") {
            return Braces::Linkage;
        }
        word(1).or_else(|| word(2)).unwrap_or(Braces::Other)
    }
}

/// Fields of unions in headers of the systems, which no tree shows: of `epoll_data_t`, `sigval`, `siginfo_t`, `ifreq`,
/// `in_addr`, `LARGE_INTEGER`. They may have the names of a tree's own fields.
const SYSTEM: &[&[u8]] = &[
    b"fd",
    b"ptr",
    b"u32",
    b"u64",
    b"sival_int",
    b"sival_ptr",
    b"sigval_int",
    b"sigval_ptr",
    b"s_addr",
    b"S_addr",
    b"S_un_b",
    b"S_un_w",
    b"s6_addr",
    b"s6_addr16",
    b"s6_addr32",
    b"QuadPart",
    b"LowPart",
    b"HighPart",
];

/// Whether fields of this name may share their memory with others.
pub(super) fn is_overlaid(facts: &Facts, field: &[u8]) -> bool {
    facts.union_fields.contains(field) || SYSTEM.contains(&field)
}

/// Notes fields, enumerators, volatile and atomic names, and names that are reached otherwise.
pub(super) fn learn(bytes: &[u8], facts: &mut Facts) {
    let tokens = Tokens { bytes, tokens: lex(bytes, &LEXICON) };
    let mut open: Vec<Braces> = Vec::new();
    let mut depth = 0_usize;
    for at in 0..tokens.tokens.len() {
        match tokens.text(at) {
            b"{" => open.push(tokens.braces(at)),
            b"}" => {
                open.pop();
                depth = 0;
            }
            b"(" => depth += 1,
            b")" => depth = depth.saturating_sub(1),
            b"." => note(&mut facts.reached_names, &tokens, at.checked_sub(1)),
            b"&" => note(&mut facts.reached_names, &tokens, addressed(&tokens, at)),
            word if is_vector_attribute(word) => {
                // `typedef int v4si __attribute__((vector_size(16)));`, or with the name behind.
                let before = (1..=at).find(|back| tokens.before(at, *back) == b"__attribute__");
                let name = before.and_then(|back| at.checked_sub(back + 1));
                note(&mut facts.vector_types, &tokens, name);
                let end = (at..tokens.tokens.len()).find(|end| tokens.text(*end) == b";");
                note(&mut facts.vector_types, &tokens, end.and_then(|end| end.checked_sub(1)));
            }
            word if is_volatile(word) => {
                facts.has_atomics |= matches!(word, b"_Atomic") || word.starts_with(b"atomic_");
                if depth == 0 && !open.contains(&Braces::Other) {
                    volatile(&tokens, at, facts);
                }
            }
            _ if tokens.is_name(at) && !open.contains(&Braces::Other) => {
                if open.contains(&Braces::Union) && tokens.is_declared(at, depth) {
                    note(&mut facts.union_fields, &tokens, Some(at));
                }
                if open.contains(&Braces::Structure) && tokens.is_declared(at, depth) {
                    note(&mut facts.fields, &tokens, Some(at));
                }
                if open.last() == Some(&Braces::Enumeration)
                    && matches!(tokens.before(at, 1), b"{" | b",")
                    && depth == 0
                {
                    note(&mut facts.enumerators, &tokens, Some(at));
                }
            }
            _ => {}
        }
    }
}

fn note(set: &mut std::collections::HashSet<Vec<u8>>, tokens: &Tokens<'_>, at: Option<usize>) {
    if let Some(at) = at.filter(|at| tokens.is_name(*at))
        && !set.contains(tokens.text(at))
    {
        set.insert(tokens.text(at).to_vec());
    }
}

/// `volatile`, `_Atomic` and the types that stand for one of them (C17 7.14, 7.17.6).
pub(super) fn is_volatile(word: &[u8]) -> bool {
    matches!(word, b"volatile" | b"__volatile__" | b"_Atomic" | b"sig_atomic_t")
        || word.starts_with(b"atomic_")
}

fn is_vector_attribute(word: &[u8]) -> bool {
    [b"vector_size".as_slice(), b"__vector_size__", b"ext_vector_type", b"__ext_vector_type__"]
        .contains(&word)
}

/// Words of a file that has vectors: attributes that make them, the types and headers of Intel's, ARM's and IBM's
/// machines: `__m128i`, `uint8x16_t`, `<immintrin.h>`, `<arm_neon.h>`, `<altivec.h>`.
pub(super) fn is_vector(word: &[u8]) -> bool {
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let lanes = word.strip_suffix(b"_t").and_then(|word| {
        let times = word.iter().rposition(|byte| *byte == b'x')?;
        let width = word[..times].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        Some(width > 0 && digits(&word[times + 1..]))
    });
    let intel = word.strip_prefix(b"__m").is_some_and(|rest| {
        let rest = rest.trim_ascii_end();
        digits(rest.strip_suffix(b"i").or_else(|| rest.strip_suffix(b"d")).unwrap_or(rest))
    });
    is_vector_attribute(word)
        || lanes == Some(true)
        || intel
        || word.ends_with(b"mmintrin")
        || [b"immintrin".as_slice(), b"x86intrin", b"intrin", b"arm_neon", b"altivec", b"__vector"]
            .contains(&word)
}

/// The names that the declaration with a `volatile` at this place declares.
fn volatile(tokens: &Tokens<'_>, at: usize, facts: &mut Facts) {
    let (mut depth, mut braces) = (0_usize, 0_usize);
    for at in at + 1..tokens.tokens.len() {
        match tokens.text(at) {
            // A function's body: what it declares ended.
            b"{" if braces == 0 && tokens.before(at, 1) == b")" => return,
            b"{" => braces += 1,
            b"}" if braces == 0 => return,
            b"}" => braces -= 1,
            _ if braces > 0 => {}
            b"(" => depth += 1,
            b")" if depth == 0 => return,
            b")" => depth -= 1,
            b";" => return,
            _ if tokens.is_declared(at, depth) => note(&mut facts.volatile_names, tokens, Some(at)),
            _ => {}
        }
    }
}

/// Whether the parentheses that end before this place may hold a type: words, and stars behind them.
fn may_be_a_type(tokens: &Tokens<'_>, end: usize) -> bool {
    let stars = (1..end).take_while(|back| tokens.before(end - 1, *back) == b"*").count();
    let words = (stars + 1..end)
        .take_while(|back| {
            let word = tokens.before(end - 1, *back);
            word.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        })
        .count();
    words > 0 && tokens.before(end - 1, stars + words + 1) == b"("
}

/// The last name of the path whose address the `&` at this place takes.
fn addressed(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let binary = at.checked_sub(1).is_some_and(|before| {
        tokens.is_name(before)
            || matches!(tokens.text(before), b")" | b"]")
            || tokens.text(before).first().is_some_and(u8::is_ascii_digit)
    });
    // `(T)&x` takes an address, `(a) & x` does not: to be sure, both do. No mark may make one of the other.
    if binary && !(tokens.before(at, 1) == b")" && may_be_a_type(tokens, at)) {
        return None;
    }
    let mut at = at + 1;
    while tokens.text(at) == b"(" {
        at += 1;
    }
    let mut last = None;
    while tokens.is_name(at) {
        last = Some(at);
        at += 1;
        while tokens.text(at) == b"[" {
            let mut depth = 0_usize;
            while let Some(text) = Some(tokens.text(at)).filter(|text| !text.is_empty()) {
                at += 1;
                match text {
                    b"[" => depth += 1,
                    b"]" => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
        }
        if !matches!(tokens.text(at), b"." | b"->") {
            break;
        }
        at += 1;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(set: &std::collections::HashSet<Vec<u8>>) -> Vec<String> {
        let mut words: Vec<String> =
            set.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        words.sort_unstable();
        words
    }

    #[test]
    fn declarations_tell_what_shares_memory_and_what_is_volatile() {
        let mut facts = Facts::default();
        let text = "struct a { int tag; union { int i; struct { float f, g; } s[2]; void (*call)(int no); } u; };\n\
                    typedef volatile struct { int c; } regs_t; extern volatile sig_atomic_t got;\n\
                    int volatile *f(volatile int no) { volatile int n; return &n; }\n\
                    struct b { _Atomic int count; atomic_bool ready; };\n\
                    enum e { ONE, TWO = 2 << 1, };\n";
        learn(text.as_bytes(), &mut facts);
        assert_eq!(sorted(&facts.union_fields), ["call", "f", "g", "i", "s"]);
        assert_eq!(sorted(&facts.volatile_names), ["count", "got", "ready", "regs_t"]);
        assert_eq!(sorted(&facts.enumerators), ["ONE", "TWO"]);
    }

    #[test]
    fn members_and_addresses_reach_an_object() {
        let mut facts = Facts::default();
        learn(
            b"f(&a, &b->c[i + 1].d, e & x, (e + 1) & y); h.i = (struct s **)&j; k = &l[2]; m->n = o.p.q;",
            &mut facts,
        );
        assert_eq!(sorted(&facts.reached_names), ["a", "d", "h", "j", "l", "o", "p"]);
    }
}
