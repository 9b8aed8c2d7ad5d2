//! # Order of neighboring assignments
//!
//! What varies: neighboring assignments to names, or to attributes of `self`, change places.
//!
//! Why behavior holds: the values are literals and names, so that nothing runs, the targets are different and none is read
//! by a neighbor; inside `try` and `with` they are literals, which cannot fail. Attributes move where no base class may
//! have a setter for them; files that look at all names or attributes, and class bodies, where order may show
//! (enumerations, data classes, fields), are left alone.
//!
//! Example: `self.a = a` above `self.b = 0` / `self.b = 0` above `self.a = a`

use std::collections::HashMap;

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Role, bound_line_runs};
use crate::python::place::{is_inert, is_literal, is_plain_place};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["module", "block"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let Some(scope) = scope(node) else { return };
    if scope.kind() == "class_definition" || node.has_error_child() || !is_plain_place(node) {
        return;
    }
    // A target that occurs anywhere else in the neighbors is bound to its place. Looking at all
    // assignments of the block keeps the answer the same in every order.
    let mut seen: HashMap<&[u8], usize> = HashMap::new();
    let assignments: Vec<_> = node.named().filter_map(|statement| plain_assignment(statement)).collect();
    if assignments.len() < 2 {
        return;
    }
    for name in assignments.iter().flat_map(|(target, value)| words(*target).into_iter().chain(reads(*value)))
    {
        *seen.entry(name).or_insert(0) += 1;
    }
    // A name that is not bound ends the block before the next one is.
    let may_fail = node
        .ancestors()
        .take_while(|above| above.id() != scope.id())
        .any(|above| above.is(&["try_statement", "with_statement"]));
    let keeps_names = !shows(node.source(), &[b"locals(", b"globals(", b"vars("]);
    let keeps_attributes = has_plain_attributes(scope);
    let runs = bound_line_runs(node.source(), node.children(), |statement| {
        let free = plain_assignment(statement).is_some_and(|(target, value)| {
            let name = words(target).last().copied().unwrap_or_default();
            let own = reads(value).iter().filter(|word| **word == name).count();
            let is_attribute = target.kind() == "attribute";
            seen.get(name) == Some(&(1 + own))
                && (own == 0 || is_attribute)
                && (if is_attribute { keeps_attributes && !has_setter(node, name) } else { keeps_names })
                && (!may_fail || is_literal(value))
        });
        if free { Role::Unit } else { Role::Wall }
    });
    runs.propose(node.source(), RuleCode(*b"P004"), 5, drafts);
}

/// The function, class or module in which the block binds its names.
fn scope(node: Node<'_>) -> Option<Node<'_>> {
    let is_scope = |above: &Node<'_>| above.is(&["function_definition", "class_definition", "module"]);
    std::iter::once(node).chain(node.ancestors()).find(is_scope)
}

/// Whether an attribute of the method's object is a plain entry whose order nobody asks: the class is made from
/// classes whose text is here, or that have no setters, and none of the file looks at all attributes.
fn has_plain_attributes(method: Node<'_>) -> bool {
    let class = method.ancestors().find(|above| above.is(&["function_definition", "class_definition"]));
    class.is_some_and(|class| class.kind() == "class_definition" && has_known_bases(class, 0))
        && !shows(method.source(), &[b"__dict__", b"vars(", b"__setattr__", b"__set__"])
}

fn has_known_bases(class: Node<'_>, depth: usize) -> bool {
    const PLAIN: &[&[u8]] = &[b"ABC", b"Exception", b"Generic", b"Protocol", b"ValueError", b"object"];
    let is_known = |base: Node<'_>| {
        let base = if base.kind() == "subscript" { base.field("value").unwrap_or(base) } else { base };
        let name = base.field("attribute").unwrap_or(base).text();
        PLAIN.contains(&name)
            || (base.kind() == "identifier"
                && depth < 8
                && class_named(class, name).is_some_and(|own| has_known_bases(own, depth + 1)))
    };
    class.field("superclasses").is_none_or(|bases| bases.named().all(is_known))
}

/// The class of that name at the top of the file.
fn class_named<'t>(node: Node<'t>, name: &[u8]) -> Option<Node<'t>> {
    let module = node.ancestors().last()?;
    let definition = |statement: Node<'t>| statement.field("definition").unwrap_or(statement);
    module.named().map(definition).find(|own| {
        own.kind() == "class_definition" && own.field("name").is_some_and(|own| own.text() == name)
    })
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
    (is_target && is_inert(value)).then_some((target, value))
}

/// The name that an assignment binds: the attribute's, or the variable's.
fn words(target: Node<'_>) -> Vec<&[u8]> {
    vec![target.field("attribute").unwrap_or(target).text()]
}

fn reads(value: Node<'_>) -> Vec<&[u8]> {
    value.leaves().filter(|leaf| leaf.kind() == "identifier").map(Node::text).collect()
}

/// Whether the file makes the attribute more than an entry: `@x.setter`, or `x = property(...)`.
fn has_setter(node: Node<'_>, name: &[u8]) -> bool {
    holds(node.source(), &[b"@", name, b".setter"].concat())
        || holds(node.source(), &[b"    ", name, b" = property("].concat())
}

/// Whether the file says one of the words.
fn shows(source: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|word| holds(source, word))
}

fn holds(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|window| window == needle)
}
