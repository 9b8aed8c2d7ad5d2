//! # Self or the type's name
//!
//! What varies: in an impl of a type without parameters, `Self` or the type's name.
//!
//! Why behavior holds: there `Self` is that type (Rust reference, Paths, `Self`). The type is defined once
//! in the same file and has no parameters; items nested in bodies, where `Self` is unknown,
//! members whose bodies import or define the name anew, and macros are left alone.
//!
//! Example: `fn new() -> Self` / `fn new() -> Counter`

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::rust::place::{attribute_name, attributes, is_inert, is_plain_place};
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["impl_item"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let (Some(owner), Some(body)) = (node.field("type"), node.field("body")) else { return };
    let is_plain = owner.kind() == "type_identifier" && node.field("type_parameters").is_none();
    if !is_plain || !is_plain_place(node) || !is_defined_once(node, owner.text()) {
        return;
    }
    if attributes(node).into_iter().any(|attribute| !is_inert(attribute_name(attribute))) {
        return;
    }
    let name = owner.text();
    // Methods under attribute macros are left to those.
    let members: Vec<_> = body.named().collect();
    let is_ours = |member: &Node<'_>| {
        member.is(&["function_item", "const_item", "function_signature_item"])
            && !member.has_error()
            && !renames(*member, name)
            && attributes(*member).into_iter().all(|attribute| is_inert(attribute_name(attribute)))
    };
    for member in members.into_iter().filter(is_ours) {
        let mut skip_to = 0;
        for below in member.subtree() {
            if below.id() < skip_to {
                continue;
            }
            let is_world_of_its_own = below.id() != member.id()
                && (below.kind().ends_with("_item")
                    || below.is(&["token_tree", "macro_definition", "use_declaration"]));
            if is_world_of_its_own {
                skip_to = below.id() + u32::try_from(below.subtree().count()).unwrap_or(u32::MAX);
            } else if let Some(draft) = propose(below, name) {
                drafts.push(draft);
            }
        }
    }
}

/// Whether the member's body may give the name to something else: it imports, or holds an item of that name.
fn renames(member: Node<'_>, name: &[u8]) -> bool {
    member.subtree().filter(|below| below.id() != member.id()).any(|below| match below.kind() {
        "use_declaration" => {
            below.leaves().any(|leaf| leaf.text() == name)
                || below.subtree().any(|part| part.kind() == "use_wildcard")
        }
        "type_parameter" | "const_parameter" => below.leaves().any(|leaf| leaf.text() == name),
        kind => kind.ends_with("_item") && below.field("name").is_some_and(|own| own.text() == name),
    })
}

fn propose(node: Node<'_>, name: &[u8]) -> Option<Draft> {
    let parent = node.parent()?;
    let refers = match (node.kind(), parent.kind()) {
        // `Self::Item` may be a trait's, which only `Self` leads to.
        ("type_identifier" | "identifier", "scoped_type_identifier") => false,
        ("type_identifier", "type_parameter" | "type_binding" | "const_parameter") => {
            node.field_name() != "name"
        }
        // With arguments it is another type, and `impl Trait for` needs the trait's own name.
        ("type_identifier", "generic_type" | "generic_type_with_turbofish") => false,
        ("type_identifier", _) => true,
        ("identifier", "scoped_identifier") => {
            node.field_name() == "path"
                && parent
                    .parent()
                    .is_none_or(|above| !above.is(&["scoped_identifier", "scoped_type_identifier"]))
        }
        _ => false,
    };
    let is_self = node.text() == b"Self";
    if !refers || (!is_self && node.text() != name) || is_visibility_or_bound(node) {
        return None;
    }
    Some(Draft {
        span: node.span(),
        code: RuleCode(*b"R012"),
        forms: vec![vec![Part::text("Self")], vec![Part::text(name)]],
        labels: vec![0, 1],
        current: u8::from(!is_self),
        order: FormOrder::Fixed,
        rank: 40,
    })
}

/// Where the name would be a trait's or a module's, or the type of `self`.
fn is_visibility_or_bound(node: Node<'_>) -> bool {
    node.ancestors().take(5).any(|above| {
        above.is(&["trait_bounds", "where_clause", "visibility_modifier", "use_declaration"])
            || above.field("pattern").is_some_and(|pattern| pattern.text() == b"self")
    })
}

/// Whether the file defines the type once, without parameters, and gives the name to nothing else.
fn is_defined_once(node: Node<'_>, name: &[u8]) -> bool {
    let Some(root) = node.ancestors().last() else { return false };
    let mut plain = 0;
    let mut others = 0;
    let mut pending: Vec<Node<'_>> = vec![root];
    while let Some(list) = pending.pop() {
        for item in list.named() {
            if item.kind() == "mod_item" {
                pending.extend(item.field("body"));
            }
            let is_named = item.field("name").is_some_and(|own| own.text() == name);
            let is_type = item.is(&["struct_item", "enum_item", "union_item"]);
            let is_other = item.is(&["type_item", "trait_item"]);
            if is_named && is_type && item.field("type_parameters").is_none() {
                plain += 1;
            } else if is_named && (is_type || is_other) {
                others += 1;
            }
        }
    }
    plain == 1 && others == 0
}
