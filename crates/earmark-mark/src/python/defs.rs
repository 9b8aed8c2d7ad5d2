//! # Order of functions; order of a class's members
//!
//! What varies: neighboring functions of a module or block, neighboring methods of a class and plain exception classes
//! change places, with their comments.
//!
//! Why behavior holds: a definition binds a name and runs nothing (Python reference, 8.7) but decorators,
//! defaults and annotations. Decorators are those of the standard library that only wrap; defaults and
//! annotations read names that no neighbor defines; every name is defined once among the neighbors.
//!
//! Example: `def a(): ...` above `def b(): ...` / `def b(): ...` above `def a(): ...`

use std::collections::HashMap;

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Role, bound_line_runs};
use crate::python::place::{is_literal, is_plain_place, is_pure};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["module", "block"], find };

const WRAPPERS: &[&[u8]] = &[
    b"abc.abstractmethod",
    b"abstractmethod",
    b"classmethod",
    b"contextlib.contextmanager",
    b"contextmanager",
    b"override",
    b"property",
    b"staticmethod",
];

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if !is_plain_place(node) || node.has_error_child() {
        return;
    }
    // Other classes stay where they are, so that reading their names does no harm.
    let mut defined: HashMap<&[u8], usize> = HashMap::new();
    for own in
        node.named().map(definition).filter(|own| own.kind() == "function_definition" || is_exception(*own))
    {
        if let Some(name) = own.field("name") {
            *defined.entry(name.text()).or_insert(0) += 1;
        }
    }
    let in_class = node.parent().is_some_and(|parent| parent.kind() == "class_definition");
    let runs = bound_line_runs(node.source(), node.children(), |child| {
        let own = definition(child);
        let is_once = own.field("name").is_some_and(|name| defined.get(name.text()) == Some(&1));
        let free = is_once
            && !child.has_error()
            && decorators_wrap(child, &defined)
            && !is_read_by_line(own)
            && match own.kind() {
                "function_definition" => header_is_free(own, &defined),
                "class_definition" => !in_class && is_plain_exception(own, &defined),
                _ => false,
            };
        if free { Role::Unit } else { Role::Wall }
    });
    let code = if in_class { b"P002" } else { b"P003" };
    runs.propose(node.source(), RuleCode(*code), 5, drafts);
}

fn definition(node: Node<'_>) -> Node<'_> {
    if node.kind() == "decorated_definition" { node.field("definition").unwrap_or(node) } else { node }
}

fn decorators_wrap(node: Node<'_>, defined: &HashMap<&[u8], usize>) -> bool {
    let wraps = |name: Node<'_>| {
        WRAPPERS.contains(&name.text()) && name.leaves().all(|leaf| !defined.contains_key(leaf.text()))
    };
    node.kind() != "decorated_definition"
        || node
            .named()
            .filter(|part| part.kind() == "decorator")
            .all(|decorator| decorator.named().next().is_some_and(wraps))
}

/// Whether a function is named as the rules of scanners and grammars are (`t_NUMBER`, `p_term`): those are
/// gathered by their names and tried in the order of their lines.
fn is_read_by_line(definition: Node<'_>) -> bool {
    definition
        .field("name")
        .is_some_and(|name| name.text().starts_with(b"t_") || name.text().starts_with(b"p_"))
}

/// Whether defaults and annotations read nothing that a neighbor defines.
fn header_is_free(function: Node<'_>, defined: &HashMap<&[u8], usize>) -> bool {
    let Some(parameters) = function.field("parameters") else { return false };
    let reads_free = |part: Node<'_>| {
        part.subtree().all(|leaf| leaf.kind() != "identifier" || !defined.contains_key(leaf.text()))
    };
    let annotation_is_free = |kind: Node<'_>| {
        reads_free(kind) && kind.subtree().all(|below| !below.is(&["call", "named_expression", "await"]))
    };
    let parameter_is_free = |parameter: Node<'_>| {
        parameter.field("type").is_none_or(annotation_is_free)
            && parameter.field("value").is_none_or(|value| is_pure(value) && reads_free(value))
    };
    function.field("return_type").is_none_or(annotation_is_free) && parameters.named().all(parameter_is_free)
}

/// `class RefusedError(Exception): """..."""`, with nothing but text and `pass` inside.
fn is_plain_exception(class: Node<'_>, defined: &HashMap<&[u8], usize>) -> bool {
    let Some(bases) = class.field("superclasses") else { return false };
    let reads_free = bases.leaves().all(|leaf| !defined.contains_key(leaf.text()));
    let is_idle = |statement: Node<'_>| {
        statement.kind() == "pass_statement"
            || (statement.kind() == "expression_statement" && statement.named().all(is_literal))
    };
    is_exception(class) && reads_free && class.field("body").is_some_and(|body| body.named().all(is_idle))
}

/// Whether all bases of a class are exceptions by their names.
fn is_exception(class: Node<'_>) -> bool {
    let is_error = |base: Node<'_>| {
        let ends = |end: &[u8]| base.text().ends_with(end);
        base.is(&["identifier", "attribute"]) && (ends(b"Error") || ends(b"Exception") || ends(b"Warning"))
    };
    class.field("superclasses").is_some_and(|bases| bases.named().all(is_error))
}
