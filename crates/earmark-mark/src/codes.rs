//! The catalog: every rule's code, once given never reused.

use earmark_model::{Layer, RuleClass};

use crate::language::Language;
use crate::rule::{RuleCode, RuleInfo};

/// Version of the catalog: raised when a rule is added or finds other sites.
pub const CATALOG_VERSION: u32 = 1;

const fn c(
    code: &[u8; 4],
    name: &'static str,
    layer: Layer,
    class: RuleClass,
    survival: u8,
    forms: &'static [&'static str],
) -> RuleInfo {
    RuleInfo { code: RuleCode(*code), name, language: Language::C, layer, class, survival, forms }
}

const fn j(
    code: &[u8; 4],
    name: &'static str,
    layer: Layer,
    class: RuleClass,
    survival: u8,
    forms: &'static [&'static str],
) -> RuleInfo {
    RuleInfo { code: RuleCode(*code), name, language: Language::JavaScript, layer, class, survival, forms }
}

const fn p(
    code: &[u8; 4],
    name: &'static str,
    layer: Layer,
    class: RuleClass,
    survival: u8,
    forms: &'static [&'static str],
) -> RuleInfo {
    RuleInfo { code: RuleCode(*code), name, language: Language::Python, layer, class, survival, forms }
}

const fn r(
    code: &[u8; 4],
    name: &'static str,
    layer: Layer,
    class: RuleClass,
    survival: u8,
    forms: &'static [&'static str],
) -> RuleInfo {
    RuleInfo { code: RuleCode(*code), name, language: Language::Rust, layer, class, survival, forms }
}

const fn d(code: &[u8; 4], name: &'static str, layer: Layer, survival: u8) -> RuleInfo {
    RuleInfo { code: RuleCode(*code), name, language: Language::Text, layer, class: C, survival, forms: &[] }
}

use Layer::{Declared, Literal, Operator, Order, Statement};
use RuleClass::{A, B, C};

/// Every rule, by code.
#[rustfmt::skip]
pub const CATALOG: &[RuleInfo] = &[
    c(b"C001", "braces round a single statement", Statement, B, 95, &["bare", "braced"]),
    c(b"C002", "parentheses round a returned value", Statement, A, 97, &["return x", "return (x)"]),
    c(b"C003", "truth spelled out", Operator, A, 97, &["p", "p != 0", "0 != p"]),
    c(b"C004", "falsehood spelled out", Operator, A, 97, &["!p", "p == 0", "0 == p"]),
    c(b"C005", "comparison with a constant, either way round", Operator, A, 96, &["x == 1", "1 == x"]),
    c(b"C006", "comparison, either way round", Operator, C, 95, &[]),
    c(b"C007", "sum or product, either way round", Operator, C, 95, &[]),
    c(b"C008", "bits and, or, exclusive or, either way round", Operator, C, 95, &[]),
    c(b"C009", "place of const", Statement, A, 95, &["const T", "T const"]),
    c(b"C010", "unsigned or unsigned int", Statement, A, 97, &["short", "with int"]),
    c(b"C011", "declarations joined or split", Statement, A, 93, &["joined", "split"]),
    c(b"C012", "order of neighboring declarations", Order, C, 93, &[]),
    c(b"C013", "increment", Operator, A, 97, &["x++", "++x", "x += 1", "x = x + 1"]),
    c(b"C014", "compound assignment", Operator, A, 96, &["x += y", "x = x + y"]),
    c(b"C015", "decimal, hexadecimal, HEXADECIMAL", Literal, B, 96, &["10", "0xa", "0xA"]),
    c(b"C016", "string literal in one or two", Literal, B, 60, &["one", "two"]),
    c(b"C017", "if and else exchanged", Statement, C, 93, &["as sorted", "negated"]),
    c(b"C018", "order of neighboring assignments", Order, C, 93, &[]),
    c(b"C019", "order of neighboring defines", Order, A, 93, &[]),
    c(b"C020", "order of neighboring prototypes", Order, C, 93, &[]),
    c(b"C021", "order of neighboring case labels", Order, C, 93, &[]),
    c(b"C022", "order of designated initializers", Order, C, 93, &[]),
    c(b"C023", "parentheses round a compared operand", Operator, A, 97, &["a", "(a)"]),
    c(b"C024", "conditional expression flipped", Operator, C, 94, &["a == b ? x : y", "a != b ? y : x"]),
    c(b"C025", "for or while", Statement, A, 95, &["while (x)", "for (; x; )"]),
    c(b"C026", "endless loop", Statement, A, 97, &["while (1)", "for (;;)"]),
    c(b"C027", "sizeof with or without parentheses", Operator, A, 97, &["sizeof x", "sizeof(x)"]),
    c(b"C028", "conjuncts and disjuncts, either way round", Operator, C, 95, &[]),
    c(b"C029", "else after a jump", Statement, C, 94, &["no else", "else", "else in braces"]),
    c(b"C030", "first element", Operator, A, 97, &["*p", "p[0]"]),
    c(b"C031", "ifdef or if defined", Statement, A, 95, &["#ifdef X", "#if defined(X)"]),
    c(b"C032", "zero character", Literal, B, 97, &["0", "'\\0'"]),
    c(b"C033", "parentheses round an arithmetic operand", Operator, A, 97, &["a", "(a)"]),
    c(b"C034", "parentheses round an assigned comparison", Operator, A, 97, &["a", "(a)"]),
    c(b"C035", "parentheses round a deciding comparison", Operator, A, 97, &["a", "(a)"]),
    c(b"C036", "order of declarators", Order, C, 93, &[]),
    c(b"C037", "order of case blocks", Order, C, 93, &[]),
    c(b"C038", "order of functions", Order, C, 90, &[]),
    c(b"C039", "order of valued enumerators", Order, C, 93, &[]),
    d(b"D001", "declared alternative", Declared, 97),
    d(b"D002", "declared parameter", Declared, 97),
    d(b"D003", "declared blocks in any order", Declared, 93),
    j(b"J001", "braces round a single statement", Statement, B, 95, &["bare", "braced"]),
    j(b"J002", "comparison with a constant, either way round", Operator, A, 95, &["x === 1", "1 === x"]),
    j(b"J003", "comparison, either way round", Operator, C, 95, &[]),
    j(b"J004", "product or bits with a constant, either way round", Operator, C, 95, &["x * 2", "2 * x"]),
    j(b"J005", "product or bits, either way round", Operator, C, 95, &[]),
    j(b"J006", "order of functions", Order, C, 93, &[]),
    j(b"J007", "order of a class's methods", Order, C, 93, &[]),
    j(b"J008", "order of a pattern's properties", Order, C, 93, &[]),
    j(b"J009", "order of imported and exported names", Order, A, 80, &[]),
    j(b"J010", "order of case labels", Order, C, 93, &[]),
    j(b"J011", "if and else exchanged", Statement, C, 93, &["a === b", "a !== b"]),
    j(b"J012", "if not and else exchanged", Statement, C, 93, &["if (a)", "if (!a)"]),
    j(b"J013", "conditional exchanged", Operator, C, 93, &["a === b ? x : y", "a !== b ? y : x"]),
    j(b"J014", "negated conditional exchanged", Operator, C, 93, &["a ? x : y", "!a ? y : x"]),
    j(b"J015", "decimal, hexadecimal, HEXADECIMAL", Literal, B, 96, &["10", "0xa", "0xA"]),
    j(b"J016", "increment", Operator, A, 95, &["x++", "++x"]),
    j(b"J017", "shorthand property", Statement, A, 93, &["{ x }", "{ x: x }"]),
    j(b"J018", "declarations joined or split", Statement, A, 90, &["joined", "split"]),
    j(b"J019", "conjuncts and disjuncts, in any order", Operator, C, 95, &[]),
    p(b"P001", "decimal, hexadecimal, HEXADECIMAL", Literal, B, 96, &["10", "0xa", "0xA"]),
    p(b"P002", "order of a class's members", Order, C, 93, &[]),
    p(b"P003", "order of functions", Order, C, 93, &[]),
    p(b"P004", "order of neighboring assignments", Order, C, 93, &[]),
    p(b"P005", "order of keyword arguments", Order, C, 93, &[]),
    p(b"P006", "order of imported names", Order, A, 60, &[]),
    p(b"P007", "comparison with a constant, either way round", Operator, A, 90, &["x == 1", "1 == x"]),
    p(b"P008", "comparison, either way round", Operator, C, 95, &[]),
    p(b"P009", "negated test", Operator, A, 80, &["x not in y", "not x in y"]),
    p(b"P010", "product with a number, either way round", Operator, C, 95, &["x * 2", "2 * x"]),
    p(b"P011", "returned nothing", Statement, A, 80, &["return", "return None"]),
    p(b"P012", "conjuncts and disjuncts, in any order", Operator, C, 95, &[]),
    p(b"P013", "order of types to test for", Order, C, 93, &[]),
    p(b"P014", "order of members to test for", Order, C, 93, &[]),
    p(b"P015", "order of flags", Operator, C, 93, &[]),
    p(b"P016", "if and else exchanged", Statement, C, 93, &["a == b", "a != b"]),
    p(b"P017", "if not and else exchanged", Statement, C, 93, &["if a", "if not a"]),
    p(b"P018", "conditional expression exchanged", Operator, C, 93, &["a == b", "a != b"]),
    p(b"P019", "negated conditional expression exchanged", Operator, C, 93, &["if a", "if not a"]),
    p(b"P020", "parentheses round a deciding comparison", Operator, A, 97, &["a", "(a)"]),
    p(b"P021", "parentheses round a product", Operator, A, 97, &["a", "(a)"]),
    r(b"R001", "order of items", Order, C, 93, &[]),
    r(b"R002", "order of an impl's or a trait's members", Order, C, 93, &[]),
    r(b"R003", "order of match arms", Order, C, 93, &[]),
    r(b"R004", "order of a struct expression's fields", Order, C, 93, &[]),
    r(b"R005", "order of a struct pattern's fields", Order, A, 93, &[]),
    r(b"R006", "order of derived traits", Order, C, 93, &[]),
    r(b"R007", "order of trait bounds", Order, A, 93, &[]),
    r(b"R009", "order of an error enum's variants", Order, C, 93, &[]),
    r(b"R010", "decimal, hexadecimal, HEXADECIMAL", Literal, B, 96, &["10", "0xa", "0xA"]),
    r(b"R011", "large number", Literal, B, 96, &["1000", "1_000", "0x3e8", "0x3E8"]),
    r(b"R012", "Self or the type's name", Statement, A, 90, &["Self", "Name"]),
    r(b"R013", "comparison with a literal, either way round", Operator, A, 96, &["x == 1", "1 == x"]),
    r(b"R014", "comparison, either way round", Operator, C, 95, &[]),
    r(b"R015", "sum or product, either way round", Operator, C, 95, &[]),
    r(b"R016", "bits and, or, exclusive or, either way round", Operator, C, 95, &[]),
    r(b"R017", "conjuncts and disjuncts, either way round", Operator, C, 95, &[]),
    r(b"R018", "if and else exchanged", Statement, C, 93, &["a == b", "a != b"]),
    r(b"R019", "if not and else exchanged", Statement, C, 93, &["if a", "if !a"]),
    r(b"R020", "parentheses round a cast operand", Operator, A, 97, &["a as T", "(a as T)"]),
    r(b"R021", "parentheses round an arithmetic operand", Operator, A, 97, &["a", "(a)"]),
    r(b"R022", "parentheses round a compared operand", Operator, A, 97, &["a", "(a)"]),
    r(b"R023", "parentheses round a deciding comparison", Operator, A, 97, &["a", "(a)"]),
    r(b"R025", "alternatives of a pattern, either way round", Order, C, 93, &[]),
];

/// What the catalog says of a code.
#[must_use]
pub fn rule_info(code: RuleCode) -> Option<&'static RuleInfo> {
    let at = CATALOG.binary_search_by_key(&code, |info| info.code).ok()?;
    CATALOG.get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_are_unique() {
        assert!(CATALOG.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn every_code_reads_back() {
        for info in CATALOG {
            assert_eq!(RuleCode::parse(info.code.as_str()), Some(info.code));
            assert_eq!(rule_info(info.code).map(|found| found.name), Some(info.name));
        }
    }
}
