//! # Order of match arms; alternatives of a pattern
//!
//! What varies: neighboring arms of a `match` change places; so do the alternatives of `A | B`.
//!
//! Why behavior holds: the arms that move match different variants of an enum or different literals, each
//! named once in the whole `match`, so that at most one of them matches any value, whatever its guard
//! says (Rust reference, Match expressions). An alternative without a binding matches or not, wherever it stands.
//! Names in capitals may be constants that are equal: they do not move.
//!
//! Example: `Kind::A => 1, Kind::B => 2,` / `Kind::B => 2, Kind::A => 1,`

use std::collections::HashMap;

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Role, Runs, line_runs};
use crate::rule::RuleCode;
use crate::rust::place::{is_plain_place, is_usable};
use crate::rust::words::{integer_value, is_camel};
use crate::syntax::Node;

pub(super) const ARMS: Rule = Rule { kinds: &["match_block"], find: find_arms };
pub(super) const ALTERNATIVES: Rule = Rule { kinds: &["or_pattern"], find: find_alternatives };

fn find_arms(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if node.has_error_child() || !is_plain_place(node) {
        return;
    }
    let mut count: HashMap<Vec<u8>, usize> = HashMap::new();
    let arms: Vec<_> = node.named().filter(|arm| arm.kind() == "match_arm").collect();
    for arm in &arms {
        for head in heads(*arm).unwrap_or_default() {
            *count.entry(head).or_insert(0) += 1;
        }
    }
    let is_free = |arm: Node<'_>| {
        arm.kind() == "match_arm"
            && !arm.has_error()
            && ends_itself(arm)
            && heads(arm).is_some_and(|heads| heads.iter().all(|head| count.get(head) == Some(&1)))
    };
    let runs =
        line_runs(
            node.source(),
            node.children(),
            |child| {
                if is_free(child) { Role::Unit } else { Role::Wall }
            },
        );
    runs.propose(node.source(), RuleCode(*b"R003"), 5, drafts);
}

/// Whether the arm ends with a comma or needs none.
fn ends_itself(arm: Node<'_>) -> bool {
    const BLOCKS: &[&str] = &[
        "block",
        "unsafe_block",
        "if_expression",
        "match_expression",
        "loop_expression",
        "while_expression",
        "for_expression",
    ];
    arm.text().ends_with(b",") || arm.field("value").is_some_and(|value| value.is(BLOCKS))
}

/// What the arm's alternatives are told apart by; `None` if one of them might match anything.
fn heads(arm: Node<'_>) -> Option<Vec<Vec<u8>>> {
    let pattern = arm.field("pattern")?.named().next()?;
    alternatives(pattern).into_iter().map(head).collect()
}

/// The alternatives of a pattern, in order.
fn alternatives(pattern: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut at = pattern;
    while at.kind() == "or_pattern" {
        let sides: Vec<_> = at.named().collect();
        let (Some(first), Some(last)) = (sides.first(), sides.last()) else { break };
        if sides.len() == 2 {
            found.push(*last);
        }
        at = *first;
    }
    found.push(at);
    found.reverse();
    found
}

fn head(pattern: Node<'_>) -> Option<Vec<u8>> {
    match pattern.kind() {
        "string_literal" | "char_literal" | "boolean_literal" => Some(pattern.text().to_vec()),
        "integer_literal" => integer_value(pattern.text()).map(|value| value.to_string().into_bytes()),
        "scoped_identifier" => {
            pattern.field("name").map(Node::text).filter(|name| is_camel(name)).map(<[u8]>::to_vec)
        }
        "identifier" => Some(pattern.text().to_vec()).filter(|name| is_camel(name)),
        "tuple_struct_pattern" | "struct_pattern" => {
            let name = pattern.field("type")?;
            let last = if name.is(&["scoped_identifier", "scoped_type_identifier"]) {
                name.field("name")?
            } else {
                name
            };
            last.is(&["identifier", "type_identifier"]).then(|| last.text().to_vec())
        }
        "reference_pattern" => pattern.named().last().and_then(head),
        "captured_pattern" => pattern.named().nth(1).and_then(head),
        _ => None,
    }
}

fn find_alternatives(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let is_inner = node.parent().is_some_and(|parent| parent.kind() == "or_pattern");
    if is_inner || !is_usable(node) {
        return;
    }
    let mut runs = Runs::default();
    for alternative in alternatives(node) {
        if binds_nothing(alternative) { runs.push(alternative.span()) } else { runs.cut() }
    }
    runs.propose(node.source(), RuleCode(*b"R025"), 6, drafts);
}

fn binds_nothing(pattern: Node<'_>) -> bool {
    match pattern.kind() {
        "string_literal" | "char_literal" | "boolean_literal" | "integer_literal" | "negative_literal"
        | "scoped_identifier" => true,
        "identifier" => is_camel(pattern.text()),
        "range_pattern" => pattern.named().all(|end| end.kind().ends_with("literal")),
        "tuple_struct_pattern" => {
            let is_open = |part: Node<'_>| part.is(&["remaining_field_pattern", "_"]) || binds_nothing(part);
            pattern.named().skip(1).all(is_open)
        }
        "struct_pattern" => pattern.named().skip(1).all(|part| part.kind() == "remaining_field_pattern"),
        "reference_pattern" => pattern.named().last().is_some_and(binds_nothing),
        _ => false,
    }
}
