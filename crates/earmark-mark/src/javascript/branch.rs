//! # If and else, the arms of a conditional, exchanged
//!
//! What varies: `if (a === b) { x } else { y }` or `if (a !== b) { y } else { x }`; `c ? x : y` or `!c ? y : x`.
//!
//! Why behavior holds: `!==` is the negation of `===`, `!=` that of `==` (ECMAScript, 13.11), `!` that of truth (13.5.7); the same arm
//! runs as before.
//!
//! Example: `ok ? send(x) : fail()` / `!ok ? fail() : send(x)`

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::javascript::braces::single_statement;
use crate::javascript::place::{is_plain_place, tightness};
use crate::parts::{child, operator, verbatim};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["if_statement", "ternary_expression"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    drafts.extend(propose(node));
}

fn propose(node: Node<'_>) -> Option<Draft> {
    let (condition, yes) = (node.field("condition")?, node.field("consequence")?);
    let alternative = node.field("alternative")?;
    let is_statement = node.kind() == "if_statement";
    let no = if is_statement { alternative.named().last()? } else { alternative };
    let test =
        if condition.kind() == "parenthesized_expression" { condition.named().next()? } else { condition };
    // A block that may lose its braces is another rule's: with it, this site would come and go.
    let is_block = |arm: Node<'_>| arm.kind() == "statement_block" && single_statement(arm).is_none();
    let is_blocks = is_block(yes) && is_block(no);
    let loose = |arm: Node<'_>| {
        arm.is(&["ternary_expression", "assignment_expression", "arrow_function", "sequence_expression"])
            || arm.kind() == "yield_expression"
            || arm.kind() == "augmented_assignment_expression"
    };
    if (is_statement && !is_blocks) || (!is_statement && (loose(yes) || loose(no))) {
        return None;
    }
    let is_chained = node.parent().is_some_and(|parent| parent.kind() == "else_clause");
    let between = node.children().chain(alternative.children().filter(|_| is_statement));
    if is_chained || node.has_error() || condition.has_comment() || !is_plain_place(node) {
        return None;
    }
    if between.into_iter().any(Node::is_comment) {
        return None;
    }
    let source = node.source();
    let lead = verbatim(source, node.span().start, test.span().start);
    let gap = verbatim(source, test.span().end, yes.span().start);
    let middle = verbatim(source, yes.span().end, no.span().start);
    let (positive, negative, current, equal) = tests(test, is_statement || condition.id() != test.id())?;
    let form = |test: Vec<Part>, first: Node<'_>, second: Node<'_>| {
        let mut parts = vec![lead.clone()];
        parts.extend(test);
        parts.extend([gap.clone(), child(first), middle.clone(), child(second)]);
        parts.into_iter().filter(|part| *part != Part::Literal(Vec::new())).collect::<Vec<_>>()
    };
    let code = match (is_statement, equal) {
        (true, true) => b"J011",
        (true, false) => b"J012",
        (false, true) => b"J013",
        (false, false) => b"J014",
    };
    let (first, second) = if current == 0 { (yes, no) } else { (no, yes) };
    Some(Draft {
        span: node.span(),
        code: RuleCode(*code),
        forms: vec![form(positive, first, second), form(negative, second, first)],
        labels: vec![0, 1],
        current,
        order: FormOrder::Fixed,
        rank: 10,
    })
}

type Tests = (Vec<Part>, Vec<Part>, u8, bool);

/// The test plain and negated, which of them the text has, and whether it is an equality.
fn tests(test: Node<'_>, is_enclosed: bool) -> Option<Tests> {
    let source = test.source();
    if test.kind() == "binary_expression" {
        let (positive, negative, current): (&[u8], &[u8], u8) = match operator(test) {
            b"===" => (b"===", b"!==", 0),
            b"!==" => (b"===", b"!==", 1),
            b"==" => (b"==", b"!=", 0),
            b"!=" => (b"==", b"!=", 1),
            _ => return None,
        };
        let (left, right) = (test.field("left")?, test.field("right")?);
        let at = test.field("operator")?.span();
        let before = source.get(left.span().end as usize..at.start as usize)?;
        let after = source.get(at.end as usize..right.span().start as usize)?;
        let form =
            |sign: &[u8]| vec![child(left), Part::Literal([before, sign, after].concat()), child(right)];
        return Some((form(positive), form(negative), current, true));
    }
    let is_negated = test.kind() == "unary_expression" && operator(test) == b"!";
    let inner = if is_negated { test.field("argument")? } else { test };
    if tightness(inner) != 16
        || inner.kind() == "parenthesized_expression"
        || (!is_enclosed && inner.text().contains(&b'\n'))
    {
        return None;
    }
    let sign =
        if is_negated { verbatim(source, test.span().start, inner.span().start) } else { Part::text("!") };
    Some((vec![child(inner)], vec![sign, child(inner)], u8::from(is_negated), false))
}
