//! # Conjuncts and disjuncts, either way round
//!
//! What varies: `a && b` or `b && a`; the same for `||`. In a chain the first and second change
//! places, the third and fourth, and so on.
//!
//! Why behavior holds: both sides are without effect and cannot trap, so that it does not matter
//! which is evaluated when the other decides: no division, no shift, no sum that could overflow (C17 6.5), nothing
//! volatile; both sides read through exactly the same pointers, and what may not have a value yet is read by both.
//!
//! Example: `x > 0 && y > 0` / `y > 0 && x > 0`

use std::collections::{BTreeSet, HashSet};

use crate::c::expression::{is_constant, is_pure, operator, operator_tightness, tightness};
use crate::c::macros::{hides_a_name, is_unknown_constant, is_whole};
use crate::c::memory::is_volatile;
use crate::c::place::{child, is_usable, span_over, verbatim};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["binary_expression"], find };

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let sign = operator(node);
    let inner =
        node.parent().is_some_and(|parent| parent.kind() == "binary_expression" && operator(parent) == sign);
    if !matches!(sign, b"&&" | b"||") || inner || !is_usable(facts, node) {
        return;
    }
    let operands = chain(node, sign);
    let mut locals = None;
    for pair in operands.chunks_exact(2) {
        let (left, right) = (pair[0], pair[1]);
        let tight = operator_tightness(sign);
        if tightness(left) <= tight
            || tightness(right) <= tight
            || !is_total(facts, left)
            || !is_total(facts, right)
        {
            continue;
        }
        if reads_through(left) != reads_through(right) {
            continue;
        }
        let Some(locals) = locals.get_or_insert_with(|| locals_around(node)) else { return };
        if !locals.have_values(left, right) || overlaid(facts, left) != overlaid(facts, right) {
            continue;
        }
        let middle = verbatim(node.source(), left.span().end, right.span().start);
        drafts.push(Draft {
            span: span_over(left, right),
            code: RuleCode(*b"C028"),
            forms: vec![
                vec![child(left), middle.clone(), child(right)],
                vec![child(right), middle, child(left)],
            ],
            labels: Vec::new(),
            current: 0,
            order: FormOrder::Sorted,
            rank: 25,
        });
    }
}

/// The operands of `a && b && c` in order.
fn chain<'t>(node: Node<'t>, sign: &[u8]) -> Vec<Node<'t>> {
    let mut operands = Vec::new();
    let mut at = node;
    while at.kind() == "binary_expression" && operator(at) == sign {
        let (Some(left), Some(right)) = (at.field("left"), at.field("right")) else { return Vec::new() };
        operands.push(right);
        at = left;
    }
    operands.push(at);
    operands.reverse();
    operands
}

fn is_total(facts: &Facts, node: Node<'_>) -> bool {
    is_pure(facts, node)
        && is_whole(facts, node)
        && node.subtree().all(|below| match below.kind() {
            "binary_expression" => {
                !matches!(operator(below), b"/" | b"%" | b"<<" | b">>" | b"+" | b"-" | b"*")
            }
            "unary_expression" => operator(below) != b"-" || below.field("argument").is_some_and(is_constant),
            // A number with a fraction may be too large for the type (C17 6.3.1.4).
            "cast_expression" => below.field("type").is_some_and(|kind| kind.text().ends_with(b"*")),
            "identifier" => !hides_a_name(facts, below) && !is_unknown_constant(facts, below.text()),
            _ => true,
        })
}

/// What a function declares, as far as it tells whether its variables have a value where they are read.
struct Locals<'t> {
    /// Parameters and locals.
    all: HashSet<&'t [u8]>,
    /// Locals that may be read before they are written: declared without a value, or where a jump leads past it.
    bare: HashSet<&'t [u8]>,
}

/// `None` where something volatile or atomic is at work, or outside of every function.
fn locals_around(node: Node<'_>) -> Option<Locals<'_>> {
    let function = node.ancestors().find(|above| above.kind() == "function_definition")?;
    let (mut all, mut bare) = (HashSet::new(), HashSet::new());
    let mut jumps = false;
    for below in function.subtree() {
        if is_volatile(below.text()) {
            return None;
        }
        jumps |= below.is(&["goto_statement", "case_statement"]);
        if !below.is(&["declaration", "parameter_declaration"]) {
            continue;
        }
        let lasting = below.children().any(|child| matches!(child.text(), b"static" | b"extern"));
        for declarator in below.children().filter(|child| child.field_name() == "declarator") {
            let valued = lasting
                || below.kind() == "parameter_declaration"
                || (declarator.kind() == "init_declarator" && !jumps);
            let Some(name) = declarator.subtree().find(|leaf| leaf.kind() == "identifier") else { continue };
            all.insert(name.text());
            if !valued {
                bare.insert(name.text());
            }
        }
    }
    Some(Locals { all, bare })
}

impl Locals<'_> {
    /// Whether each side reads only what surely has a value, or what the other side reads too: `ok && n > 0` may
    /// keep from reading an `n` that was never written (C17 6.3.2.1). Fields stand for memory of which nothing is
    /// known, unless they are of a variable with static storage (6.7.9).
    fn have_values(&self, left: Node<'_>, right: Node<'_>) -> bool {
        let (one, two) = (reads(left), reads(right));
        one.symmetric_difference(&two).all(|words| match words.as_slice() {
            [name] => !self.bare.contains(name),
            [base, ..] => !words.contains(&b"->".as_slice()) && !self.all.contains(base),
            [] => false,
        })
    }
}

/// The fields of unions that the expression names. One side may tell which of them is there: what another left in the
/// memory of a `_Bool` need be no value of it (C17 6.2.6.1).
fn overlaid<'t>(facts: &Facts, node: Node<'t>) -> BTreeSet<&'t [u8]> {
    node.leaves().map(Node::text).filter(|word| facts.union_fields.contains(*word)).collect()
}

/// The names and fields that the expression reads, each as its tokens.
fn reads(node: Node<'_>) -> BTreeSet<Vec<&[u8]>> {
    let read = |below: &Node<'_>| below.is(&["identifier", "field_expression"]);
    node.subtree().filter(read).map(|below| below.leaves().map(Node::text).collect()).collect()
}

/// What the expression dereferences: for each pointer its tokens, sorted, so that rules at work
/// inside do not show.
fn reads_through(node: Node<'_>) -> BTreeSet<Vec<&[u8]>> {
    node.subtree()
        .filter_map(|below| match below.kind() {
            "pointer_expression" if operator(below) == b"*" => below.field("argument").map(tokens),
            "field_expression" if operator(below) == b"->" => below.field("argument").map(tokens),
            "subscript_expression" => {
                let zero = below.field("index").is_some_and(|index| index.text() == b"0");
                if zero {
                    below.field("argument").map(tokens)
                } else {
                    // Reading the element `a[4]` is not reading through it, which `a[4][0]` does.
                    Some([vec![b"element".as_slice()], tokens(below)].concat())
                }
            }
            _ => None,
        })
        .collect()
}

fn tokens(node: Node<'_>) -> Vec<&[u8]> {
    let mut words: Vec<&[u8]> =
        node.leaves().map(Node::text).filter(|word| !matches!(*word, b"(" | b")")).collect();
    words.sort_unstable();
    words
}
