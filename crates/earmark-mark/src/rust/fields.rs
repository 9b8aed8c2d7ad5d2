//! # Order of a struct expression's fields
//!
//! What varies: in `Point { x: 1, y }` neighboring fields change places.
//!
//! Why behavior holds: fields are found by name; their values are computed in the order of the text (Rust
//! reference, Struct expressions), and these values have no effect, nor does one move what another looks at.
//!
//! Example: `Span { start: 0, end }` / `Span { end, start: 0 }`

use std::collections::HashMap;

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::list_runs;
use crate::rule::RuleCode;
use crate::rust::place::is_plain_place;
use crate::rust::pure::{Mention, are_independent, mentions};
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["field_initializer_list"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if node.has_error() || !is_plain_place(node) {
        return;
    }
    let fields: Vec<Node<'_>> = node.named().collect();
    let uses: HashMap<u32, Vec<Mention<'_>>> =
        fields.iter().filter_map(|field| Some((field.id(), value_mentions(*field)?))).collect();
    let is_free = |field: Node<'_>| {
        uses.get(&field.id()).is_some_and(|own| {
            uses.iter().all(|(id, other)| *id == field.id() || are_independent(own, other))
        })
    };
    list_runs(node.children(), is_free).propose(node.source(), RuleCode(*b"R004"), 6, drafts);
}

fn value_mentions(field: Node<'_>) -> Option<Vec<Mention<'_>>> {
    if field.children().any(|part| part.kind() == "attribute_item") || field.has_comment() {
        return None;
    }
    match field.kind() {
        "shorthand_field_initializer" => mentions(field.named().next()?),
        "field_initializer" => mentions(field.field("value")?),
        _ => None,
    }
}
