//! # Order of neighboring assignments
//!
//! What varies: neighboring assignments to names, or to attributes of `self`, change places.
//!
//! Why behavior holds: the values are literals and names, the targets are different and none is read by a
//! neighbor; attributes with a setter, and files that define `__setattr__`, are left alone. Class bodies,
//! where order may show (enumerations, data classes, fields), are left alone.
//!
//! Example: `self.a = a` above `self.b = 0` / `self.b = 0` above `self.a = a`

use std::collections::HashMap;

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Role, bound_line_runs};
use crate::python::place::{is_plain_place, is_pure};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["module", "block"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let in_class = node.parent().is_some_and(|parent| parent.kind() == "class_definition");
    if in_class || node.has_error_child() || !is_plain_place(node) || holds(node.source(), b"__setattr__") {
        return;
    }
    // A target that occurs anywhere else in the neighbors is bound to its place. Looking at all
    // assignments of the block keeps the answer the same in every order.
    let mut seen: HashMap<&[u8], usize> = HashMap::new();
    let assignments: Vec<_> = node.named().filter_map(|statement| plain_assignment(statement)).collect();
    for name in assignments.iter().flat_map(|(target, value)| words(*target).into_iter().chain(reads(*value)))
    {
        *seen.entry(name).or_insert(0) += 1;
    }
    let runs = bound_line_runs(node.source(), node.children(), |statement| {
        let free = plain_assignment(statement).is_some_and(|(target, value)| {
            let name = words(target).last().copied().unwrap_or_default();
            let own = reads(value).iter().filter(|word| **word == name).count();
            seen.get(name) == Some(&(1 + own))
                && (own == 0 || target.kind() == "attribute")
                && !has_setter(node, name)
        });
        if free { Role::Unit } else { Role::Wall }
    });
    runs.propose(node.source(), RuleCode(*b"P004"), 5, drafts);
}

/// Target and value of `name = value` or `self.name = value`.
fn plain_assignment(statement: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let inner = statement.named().next().filter(|_| statement.kind() == "expression_statement")?;
    if inner.kind() != "assignment" || !inner.is_clean() || statement.named().count() != 1 {
        return None;
    }
    let (target, value) = (inner.field("left")?, inner.field("right")?);
    let is_target = target.kind() == "identifier"
        || (target.kind() == "attribute"
            && target.field("object").is_some_and(|object| object.text() == b"self"));
    (is_target && !holds_subscript(value) && is_pure(value)).then_some((target, value))
}

/// What a subscript reads may be what a neighbor writes, under another name.
fn holds_subscript(value: Node<'_>) -> bool {
    value.subtree().any(|below| below.kind() == "subscript")
}

/// The name that an assignment binds: the attribute's, or the variable's.
fn words(target: Node<'_>) -> Vec<&[u8]> {
    vec![target.field("attribute").unwrap_or(target).text()]
}

fn reads(value: Node<'_>) -> Vec<&[u8]> {
    value.leaves().filter(|leaf| leaf.kind() == "identifier").map(Node::text).collect()
}

fn has_setter(node: Node<'_>, name: &[u8]) -> bool {
    holds(node.source(), &[b"@", name, b".setter"].concat())
}

fn holds(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|window| window == needle)
}
