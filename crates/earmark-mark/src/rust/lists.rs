//! # Order in lists: fields of patterns, derived traits, bounds
//!
//! What varies: `Point { x, y }` or `Point { y, x }` as a pattern; `#[derive(Clone, Debug)]` or
//! `#[derive(Debug, Clone)]`; `T: Send + Sync` or `T: Sync + Send`.
//!
//! Why behavior holds: fields of a pattern are found by name and bind different names (Rust reference,
//! Struct patterns), here of something borrowed, since what is moved out is dropped in the order of the text; each derive sees the item alone and adds an impl beside it (Derive macros); bounds are a set
//! (Trait and lifetime bounds).
//!
//! Example: `let Span { start, end } = span;` / `let Span { end, start } = span;`

use earmark_model::Span;

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Runs, list_runs};
use crate::rule::RuleCode;
use crate::rust::place::{attribute_name, is_plain_place, is_usable};
use crate::syntax::Node;

pub(super) const PATTERN: Rule = Rule { kinds: &["struct_pattern"], find: find_pattern };
pub(super) const DERIVE: Rule = Rule { kinds: &["attribute_item"], find: find_derive };
pub(super) const BOUNDS: Rule = Rule { kinds: &["trait_bounds"], find: find_bounds };

fn find_pattern(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if node.has_error() || !is_plain_place(node) || takes_apart(node) {
        return;
    }
    let runs = list_runs(node.children(), |field| {
        field.kind() == "field_pattern" && field.children().all(|part| part.kind() != "attribute_item")
    });
    runs.propose(node.source(), RuleCode(*b"R005"), 6, drafts);
}

/// Whether the pattern may move values out: those are dropped in the order in which they were bound. What is
/// borrowed, or belongs to a borrowed `self`, stays where it is.
fn takes_apart(pattern: Node<'_>) -> bool {
    let around = pattern.ancestors().find(|above| {
        above.is(&[
            "match_expression",
            "let_condition",
            "let_declaration",
            "for_expression",
            "closure_expression",
        ]) || above.is(&["function_item"])
    });
    let Some(value) = around.and_then(|around| around.field("value")) else { return true };
    let function = pattern.ancestors().find(|above| above.kind() == "function_item");
    let receiver = function.and_then(|function| {
        function.field("parameters")?.named().find(|parameter| parameter.kind() == "self_parameter")
    });
    let is_borrowed_self = || {
        receiver.is_some_and(|own| own.text().starts_with(b"&"))
            && value.subtree().all(|part| {
                part.is(&["self", "field_expression", "field_identifier", "unary_expression", "*", "."])
            })
    };
    !(value.kind() == "reference_expression" || is_borrowed_self())
}

fn find_bounds(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if !is_usable(node) {
        return;
    }
    // `T: A + B` may end before `>` or `{`; a lifetime or a plain path may stand anywhere.
    let runs = list_runs(node.children(), |bound| {
        bound.is(&[
            "lifetime",
            "type_identifier",
            "scoped_type_identifier",
            "generic_type",
            "removed_trait_bound",
        ])
    });
    runs.propose(node.source(), RuleCode(*b"R007"), 6, drafts);
}

fn find_derive(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if attribute_name(node) != b"derive" || node.has_error() || node.has_comment() || !is_plain_place(node) {
        return;
    }
    let list = node.subtree().find(|below| below.kind() == "token_tree");
    let Some(list) = list else { return };
    let mut runs = Runs::default();
    let mut open: Option<Span> = None;
    for token in list.children() {
        if token.is(&["(", ")", ","]) {
            open.take().into_iter().for_each(|unit| runs.push(unit));
        } else {
            let start = open.map_or(token.span().start, |unit| unit.start);
            open = Some(Span::new(start, token.span().end));
        }
    }
    runs.propose(node.source(), RuleCode(*b"R006"), 6, drafts);
}
