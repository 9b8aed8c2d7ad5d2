//! # Order in lists: keyword arguments, imported names, types to test for, members to test for
//!
//! What varies: `f(a=1, b=x)` or `f(b=x, a=1)`; `from m import a, b` or `from m import b, a`; `except (A,
//! B)`, `isinstance(x, (A, B))`, `x in ("a", "b")`, `re.A | re.B` in any order.
//!
//! Why behavior holds: arguments are bound by name and their values here only read (Python reference, 6.3.4;
//! calls of what takes any keyword, in the tree or in Python's library, keep the order and are left alone); names imported from one module are independent (7.11);
//! the others ask whether any matches (8.4, 6.10.2); flags are joined by a commutative operator.
//!
//! Example: `open(path, encoding="utf-8", newline="")` / `open(path, newline="", encoding="utf-8")`

use std::collections::HashSet;

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Runs, list_runs};
use crate::python::place::{is_literal, is_plain_place, is_pure, is_shouted, is_usable};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const ARGUMENTS: Rule = Rule { kinds: &["argument_list"], find: find_arguments };
pub(super) const IMPORTS: Rule = Rule { kinds: &["module"], find: find_imports };
pub(super) const TYPES: Rule = Rule { kinds: &["tuple"], find: find_types };
pub(super) const MEMBERS: Rule = Rule { kinds: &["tuple", "list", "set"], find: find_members };
pub(super) const FLAGS: Rule = Rule { kinds: &["binary_operator"], find: find_flags };

/// Calls that show the order of their keywords.
const ORDERED: &[&[u8]] = &[
    b"Counter",
    b"Element",
    b"Namespace",
    b"OrderedDict",
    b"SimpleNamespace",
    b"SubElement",
    b"__init__",
    b"__new__",
    b"cls",
    b"defaultdict",
    b"dict",
    b"namedtuple",
    b"partial",
    b"partialmethod",
    b"update",
];

fn find_arguments(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let Some(call) = node.parent().filter(|parent| parent.kind() == "call") else { return };
    let Some(name) = call.field("function").and_then(|function| function.leaves().last()) else { return };
    let is_ordered = ORDERED.contains(&name.text()) || facts.keyword_takers.contains(name.text());
    if node.has_error() || !is_plain_place(node) || is_ordered || name.text() == b")" {
        return;
    }
    let runs = list_runs(node.children(), |argument| {
        argument.kind() == "keyword_argument" && argument.field("value").is_some_and(is_pure)
    });
    runs.propose(node.source(), RuleCode(*b"P005"), 6, drafts);
}

fn find_imports(_: &Facts, module: Node<'_>, drafts: &mut Vec<Draft>) {
    let called: HashSet<&[u8]> = module
        .subtree()
        .filter(|node| node.kind() == "call")
        .filter_map(|call| call.field("function"))
        .flat_map(|function| function.leaves().next())
        .map(Node::text)
        .collect();
    for import in module.subtree().filter(|node| node.kind() == "import_from_statement") {
        find_names(import, &called, drafts);
    }
}

/// What may be a module runs when it is imported: a name in small letters that nothing calls.
fn find_names(node: Node<'_>, called: &HashSet<&[u8]>, drafts: &mut Vec<Draft>) {
    // Names of a bare package are modules.
    let from = node.field("module_name");
    if from.is_none_or(|module| module.text().ends_with(b".")) || node.has_error() || !is_plain_place(node) {
        return;
    }
    let is_no_module = |name: Node<'_>| {
        let bound = name.field("alias").unwrap_or(name);
        bound.text().iter().any(u8::is_ascii_uppercase) || called.contains(bound.text())
    };
    let runs = list_runs(node.children(), |name| name.field_name() == "name" && is_no_module(name));
    runs.propose(node.source(), RuleCode(*b"P006"), 6, drafts);
}

fn find_types(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if !is_usable(node) || !asks_for_types(node) {
        return;
    }
    let runs = list_runs(node.children(), |kind| kind.is(&["identifier", "attribute"]) || is_literal(kind));
    runs.propose(node.source(), RuleCode(*b"P013"), 6, drafts);
}

fn asks_for_types(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        "except_clause" => true,
        "as_pattern" => parent.parent().is_some_and(|above| above.kind() == "except_clause"),
        "argument_list" => {
            let name =
                parent.parent().and_then(|call| call.field("function")).and_then(|name| name.leaves().last());
            name.is_some_and(|name| {
                matches!(name.text(), b"isinstance" | b"issubclass" | b"startswith" | b"endswith")
            })
        }
        _ => false,
    }
}

fn find_members(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let Some(test) = node.parent().filter(|parent| parent.kind() == "comparison_operator") else { return };
    let mut parts = test.children();
    let (Some(_), Some(sign), Some(list)) = (parts.next(), parts.next(), parts.next()) else { return };
    if !matches!(sign.kind(), "in" | "not in")
        || list.id() != node.id()
        || !is_usable(node)
        || parts.next().is_some()
    {
        return;
    }
    let runs = list_runs(node.children(), is_literal);
    runs.propose(node.source(), RuleCode(*b"P014"), 6, drafts);
}

fn find_flags(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let is_or = |node: Node<'_>| {
        node.kind() == "binary_operator" && node.field("operator").is_some_and(|sign| sign.text() == b"|")
    };
    if !is_or(node) || node.parent().is_some_and(is_or) || !is_usable(node) {
        return;
    }
    let mut operands = Vec::new();
    let mut at = node;
    while is_or(at) {
        let (Some(left), Some(right)) = (at.field("left"), at.field("right")) else { return };
        operands.push(right);
        at = left;
    }
    operands.push(at);
    let mut runs = Runs::default();
    for operand in operands.into_iter().rev() {
        if is_flag(operand) { runs.push(operand.span()) } else { runs.cut() }
    }
    runs.propose(node.source(), RuleCode(*b"P015"), 6, drafts);
}

/// A constant of a module that Python brings along and that has flags. Dictionaries and grammars are joined by the
/// same sign, and their order shows.
fn is_flag(operand: Node<'_>) -> bool {
    const MODULES: &[&[u8]] = &[
        b"curses", b"fcntl", b"mmap", b"os", b"re", b"select", b"signal", b"socket", b"ssl", b"stat",
        b"termios",
    ];
    let owner = operand.field("object").filter(|_| operand.kind() == "attribute");
    owner.is_some_and(|owner| MODULES.contains(&owner.text()))
        && operand.field("attribute").is_some_and(|name| is_shouted(name.text()))
}
