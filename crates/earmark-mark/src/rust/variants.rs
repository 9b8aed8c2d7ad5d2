//! # Order of an enum's variants
//!
//! What varies: neighboring variants of an enum change places, with their comments and attributes.
//!
//! Why behavior holds: the order of variants shows in comparison, hashing, serialization and in casts to
//! numbers. The enum derives nothing that looks at it, fixes no representation, has a variant with fields, so
//! that it cannot be cast, and no explicit number.
//!
//! Example: `enum Refusal { Closed, Unknown(String), }` / `enum Refusal { Unknown(String), Closed, }`

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Role, line_runs};
use crate::rule::RuleCode;
use crate::rust::place::{attribute_name, attributes, is_plain_place};
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["enum_variant_list"], find };

/// Derives that do not look at the order.
const BLIND: &[&[u8]] = &[
    b"Debug",
    b"Clone",
    b"Copy",
    b"PartialEq",
    b"Eq",
    b"Error",
    b"Display",
    b"Default",
    b"thiserror",
    b"snafu",
    b"Snafu",
];

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let Some(owner) = node.parent() else { return };
    if owner.has_error() || !is_plain_place(node) || !attributes(owner).into_iter().all(is_blind) {
        return;
    }
    let variants: Vec<_> = node.named().filter(|child| child.kind() == "enum_variant").collect();
    let is_plain = variants.iter().all(|variant| variant.field("value").is_none());
    if !is_plain || variants.iter().all(|variant| variant.field("body").is_none()) {
        return;
    }
    let runs = line_runs(node.source(), node.children(), |child| match child.kind() {
        "enum_variant" if child.next_sibling().is_some_and(|next| next.kind() == ",") => Role::Unit,
        "attribute_item" => Role::Lead,
        "," => Role::Tail,
        _ => Role::Wall,
    });
    runs.propose(node.source(), RuleCode(*b"R009"), 5, drafts);
}

fn is_blind(attribute: Node<'_>) -> bool {
    match attribute_name(attribute) {
        b"derive" => attribute
            .subtree()
            .filter(|token| token.kind() == "identifier" && token.text() != b"derive")
            .all(|token| BLIND.contains(&token.text())),
        b"allow" | b"expect" | b"warn" | b"must_use" | b"non_exhaustive" | b"doc" | b"error" => true,
        _ => false,
    }
}
