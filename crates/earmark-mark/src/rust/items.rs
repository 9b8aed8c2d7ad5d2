//! # Order of items; order of an impl's or a trait's members
//!
//! What varies: neighboring functions, types, constants, traits and impls change places, with their
//! comments and attributes; so do neighboring members of an impl or a trait.
//!
//! Why behavior holds: the items of a module or block are in scope everywhere in it, wherever they
//! stand (Rust reference, Items; Scopes). What is looked up in order of text (`macro_rules!`, calls of macros
//! that make items, modules, which may hold macros) moves nowhere, and nothing moves past it; imports stay because
//! formatters sort them. Fields and variants are not touched: their order shows.
//!
//! Example: `const A: u8 = 1;` above `fn f() {}` / `fn f() {}` above `const A: u8 = 1;`

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Role, line_runs};
use crate::rule::RuleCode;
use crate::rust::place::{attribute_name, attributes, is_plain_place};
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["source_file", "declaration_list", "block"], find };

const ITEMS: &[&str] = &[
    "function_item",
    "function_signature_item",
    "struct_item",
    "enum_item",
    "union_item",
    "const_item",
    "static_item",
    "type_item",
    "associated_type",
    "trait_item",
    "impl_item",
];

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let owner = if node.kind() == "declaration_list" { node.parent() } else { None };
    // An attribute macro may do anything with the order of what it is given.
    let is_macro_food = owner.is_some_and(|owner| attributes(owner).into_iter().any(is_foreign));
    if is_macro_food || owner.is_some_and(|owner| owner.kind() == "foreign_mod_item") || !is_plain_place(node)
    {
        return;
    }
    let code = match owner.map(Node::kind) {
        Some("impl_item" | "trait_item") => b"R002",
        _ => b"R001",
    };
    let runs = line_runs(node.source(), node.children(), |child| {
        if child.is(ITEMS) && !child.has_error() {
            Role::Unit
        } else if child.kind() == "attribute_item" {
            if is_movable(child) { Role::Lead } else { Role::Wall }
        } else {
            Role::Wall
        }
    });
    runs.propose(node.source(), RuleCode(*code), 5, drafts);
}

fn is_foreign(attribute: Node<'_>) -> bool {
    !crate::rust::place::is_inert(attribute_name(attribute))
}

/// Whether an item may move with this attribute. One that changes how macros are found may not.
fn is_movable(attribute: Node<'_>) -> bool {
    !attribute.has_error() && !matches!(attribute_name(attribute), b"macro_use" | b"macro_export" | b"path")
}
