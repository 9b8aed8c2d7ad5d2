//! # If and else exchanged
//!
//! What varies: `if a == b: x else: y` or `if a != b: y else: x`; the same for `is`, `in` and `not`, and for
//! conditional expressions.
//!
//! Why behavior holds: the tests are each other's negation (Python reference, 6.10, 6.11; `==` and `!=` of the built-in types
//! and of every class that does not contradict itself); the same suite runs.
//!
//! Example: `x = 1 if done else 2` / `x = 2 if not done else 1`

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::parts::{child, verbatim};
use crate::python::place::{defines_comparison, is_plain_place, tightness};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const STATEMENT: Rule = Rule { kinds: &["if_statement"], find: find_statement };
pub(super) const EXPRESSION: Rule = Rule { kinds: &["conditional_expression"], find: find_expression };

fn find_statement(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    drafts.extend(propose_statement(node));
}

fn find_expression(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    drafts.extend(propose_expression(node));
}

fn propose_statement(node: Node<'_>) -> Option<Draft> {
    let (test, yes) = (node.field("condition")?, node.field("consequence")?);
    let mut alternatives = node.children().filter(|child| child.field_name() == "alternative");
    let clause = alternatives.next().filter(|clause| clause.kind() == "else_clause")?;
    let no = clause.field("body")?;
    if alternatives.next().is_some() || node.has_error() || !is_plain_place(node) {
        return None;
    }
    let source = node.source();
    let first_gap = source.get(test.span().end as usize..yes.span().start as usize)?;
    let middle = source.get(yes.span().end as usize..no.span().start as usize)?;
    let second_gap = middle.iter().rposition(|byte| *byte == b':').and_then(|at| middle.get(at..))?;
    // The suites change places as they are: both indented alike, nothing else on their lines.
    if first_gap != second_gap
        || !first_gap.contains(&b'\n')
        || first_gap.contains(&b'#')
        || middle.contains(&b'#')
    {
        return None;
    }
    let lead = verbatim(source, node.span().start, test.span().start);
    let (positive, negative, current, code) = tests(test, [*b"P016", *b"P017"])?;
    let form = |test: Vec<Part>, first: Node<'_>, second: Node<'_>| {
        let mut parts = vec![lead.clone()];
        parts.extend(test);
        parts.extend([Part::text(first_gap), child(first), Part::text(middle), child(second)]);
        parts
    };
    let (first, second) = if current == 0 { (yes, no) } else { (no, yes) };
    let forms = vec![form(positive, first, second), form(negative, second, first)];
    Some(draft(node, code, forms, current))
}

fn propose_expression(node: Node<'_>) -> Option<Draft> {
    let parts: Vec<Node<'_>> = node.named().collect();
    let [yes, test, no] = parts.as_slice() else { return None };
    if !node.is_clean() || !is_plain_place(node) || tightness(*no) == 0 || tightness(*yes) == 0 {
        return None;
    }
    let source = node.source();
    let before = verbatim(source, yes.span().end, test.span().start);
    let after = verbatim(source, test.span().end, no.span().start);
    let (positive, negative, current, code) = tests(*test, [*b"P018", *b"P019"])?;
    let form = |test: Vec<Part>, first: Node<'_>, second: Node<'_>| {
        let mut parts = vec![child(first), before.clone()];
        parts.extend(test);
        parts.extend([after.clone(), child(second)]);
        parts
    };
    let (first, second) = if current == 0 { (*yes, *no) } else { (*no, *yes) };
    let forms = vec![form(positive, first, second), form(negative, second, first)];
    Some(draft(node, code, forms, current))
}

fn draft(node: Node<'_>, code: [u8; 4], forms: Vec<Vec<Part>>, current: u8) -> Draft {
    let order = FormOrder::Fixed;
    Draft { span: node.span(), code: RuleCode(code), forms, labels: vec![0, 1], current, order, rank: 10 }
}

type Tests = (Vec<Part>, Vec<Part>, u8, [u8; 4]);

/// The test as it stands and negated, which of them the text has, and the code of the rule.
fn tests(test: Node<'_>, codes: [[u8; 4]; 2]) -> Option<Tests> {
    let source = test.source();
    if test.has_comment() {
        return None;
    }
    if test.kind() == "comparison_operator" {
        let parts: Vec<Node<'_>> = test.children().collect();
        let [left, sign, right] = parts.as_slice() else { return None };
        if sign.is(&["==", "!="]) && defines_comparison(test) {
            return None;
        }
        let (positive, negative, current): (&[u8], &[u8], u8) = match sign.kind() {
            "==" => (b"==", b"!=", 0),
            "!=" => (b"==", b"!=", 1),
            "is" => (b"is", b"is not", 0),
            "is not" => (b"is", b"is not", 1),
            "in" => (b"in", b"not in", 0),
            "not in" => (b"in", b"not in", 1),
            _ => return None,
        };
        let before = source.get(left.span().end as usize..sign.span().start as usize)?;
        let after = source.get(sign.span().end as usize..right.span().start as usize)?;
        let form =
            |sign: &[u8]| vec![child(*left), Part::Literal([before, sign, after].concat()), child(*right)];
        return Some((form(positive), form(negative), current, codes[0]));
    }
    let (inner, current) =
        if test.kind() == "not_operator" { (test.field("argument")?, 1) } else { (test, 0) };
    if tightness(inner) != 15 || inner.kind() == "parenthesized_expression" {
        return None;
    }
    let lead = if current == 1 {
        verbatim(source, test.span().start, inner.span().start)
    } else {
        Part::text("not ")
    };
    Some((vec![child(inner)], vec![lead, child(inner)], current, codes[1]))
}
