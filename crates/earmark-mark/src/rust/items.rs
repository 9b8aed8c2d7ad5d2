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

use std::cell::Cell;

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Role, line_runs};
use crate::rule::RuleCode;
use crate::rust::place::{attribute_name, attributes, is_inert, is_plain_place};
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
    let is_macro_food = std::iter::once(node)
        .chain(node.ancestors())
        .filter(|above| above.kind().ends_with("_item"))
        .any(|above| attributes(above).into_iter().any(is_foreign));
    if is_macro_food || owner.is_some_and(|owner| owner.kind() == "foreign_mod_item") || !is_plain_place(node)
    {
        return;
    }
    let code = match owner.map(Node::kind) {
        Some("impl_item" | "trait_item") => b"R002",
        _ => b"R001",
    };
    // An item stays with an attribute that may not move.
    let is_bound = Cell::new(false);
    let runs = line_runs(node.source(), node.children(), |child| {
        if child.kind() == "attribute_item" {
            is_bound.set(is_bound.get() || !is_movable(child, item_below(child)));
            return if is_bound.get() { Role::Wall } else { Role::Lead };
        }
        if is_bound.take() || !child.is(ITEMS) || child.has_error() { Role::Wall } else { Role::Unit }
    });
    runs.propose(node.source(), RuleCode(*code), 5, drafts);
}

fn is_foreign(attribute: Node<'_>) -> bool {
    !is_inert(attribute_name(attribute)) && !is_plain(attribute_name(attribute))
}

/// What an attribute stands above.
fn item_below(attribute: Node<'_>) -> Option<Node<'_>> {
    let mut at = attribute.next_sibling();
    while let Some(next) = at.filter(|next| next.kind() == "attribute_item" || next.is_comment()) {
        at = next.next_sibling();
    }
    at
}

/// Whether an item may move with this attribute. One that changes how macros are found may not, nor one that puts
/// the item into a list which the linker joins in the order of the text. A macro may make of a type or a trait another
/// macro, which is looked up in the order of text; of functions they make functions.
fn is_movable(attribute: Node<'_>, item: Option<Node<'_>>) -> bool {
    const BOUND: &[&[u8]] = &[
        b"ctor",
        b"distributed_slice",
        b"dtor",
        b"link_section",
        b"macro_export",
        b"macro_use",
        b"path",
        b"used",
    ];
    let name = attribute_name(attribute);
    let last = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
    let is_unsafe = attribute.text().starts_with(b"#[unsafe");
    let is_bound =
        BOUND.contains(&last) || (is_unsafe && attribute.leaves().any(|leaf| BOUND.contains(&leaf.text())));
    !(attribute.has_error() || is_bound)
        && (item.is_some_and(|item| item.kind() == "function_item") || is_inert(name) || is_plain(name))
}

/// Attributes without a macro that the list of the inert leaves out.
fn is_plain(name: &[u8]) -> bool {
    const TOOLS: &[&[u8]] = &[b"clippy::", b"diagnostic::", b"rustfmt::"];
    matches!(name, b"automatically_derived" | b"cfg_attr" | b"fundamental" | b"rustc_on_unimplemented")
        || TOOLS.iter().any(|tool| name.starts_with(tool))
}
