//! # Order of functions, methods, names and labels
//!
//! What varies: neighboring function declarations and methods of a class change places, with their comments; so do the names
//! of `import { a, b }`, `export { a, b }` and `const { a, b } = x`, and literal labels of one `case`.
//!
//! Why behavior holds: functions are bound before anything runs (ECMAScript, 10.2.11, 16.1.7); methods are found by name
//! (each occurs once); imports and exports bind by name (16.2); a pattern without a rest and with literal defaults only reads
//! properties (14.3.3); labels that share a body are different literals.
//!
//! Example: `const { port, host } = options;` / `const { host, port } = options;`

use std::collections::HashMap;

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::javascript::place::{is_literal, is_plain_place};
use crate::order::{Role, Runs, line_runs, list_runs};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const FUNCTIONS: Rule = Rule { kinds: &["program", "statement_block"], find: find_functions };
pub(super) const METHODS: Rule = Rule { kinds: &["class_body"], find: find_methods };
pub(super) const NAMES: Rule =
    Rule { kinds: &["named_imports", "export_clause", "object_pattern"], find: find_names };
pub(super) const LABELS: Rule = Rule { kinds: &["switch_body"], find: find_labels };

const FUNCTION: &[&str] = &["function_declaration", "generator_function_declaration"];

fn find_functions(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    // In other blocks sloppy code binds functions when the block is entered, or later.
    let is_body = node.kind() == "program"
        || node.parent().is_some_and(|owner| {
            owner.is(FUNCTION) || owner.is(&["function_expression", "method_definition", "arrow_function"])
        });
    if !is_body || !is_plain_place(node) || node.has_error_child() {
        return;
    }
    let count = count_names(node.named().filter_map(|child| function(child)?.field("name")));
    let runs = line_runs(node.source(), node.children(), |child| {
        let name = function(child).filter(|own| !own.has_error()).and_then(|own| own.field("name"));
        if name.is_some_and(|name| count.get(name.text()) == Some(&1)) { Role::Unit } else { Role::Wall }
    });
    runs.propose(node.source(), RuleCode(*b"J006"), 5, drafts);
}

/// The function that a statement declares, exported or not.
fn function(statement: Node<'_>) -> Option<Node<'_>> {
    let own =
        if statement.kind() == "export_statement" { statement.field("declaration")? } else { statement };
    own.is(FUNCTION).then_some(own)
}

fn count_names<'t>(names: impl Iterator<Item = Node<'t>>) -> HashMap<&'t [u8], usize> {
    let mut count = HashMap::new();
    names.for_each(|name| *count.entry(name.text()).or_insert(0) += 1);
    count
}

fn find_methods(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if !is_plain_place(node) || node.has_error_child() {
        return;
    }
    let count = count_names(node.named().filter_map(|member| member.field("name")));
    let runs = line_runs(node.source(), node.children(), |member| {
        let name = member.field("name").filter(|name| !name.is(&["computed_property_name"]));
        let free = member.kind() == "method_definition"
            && !member.has_error()
            && member.children().all(|part| part.kind() != "decorator")
            && !goes_on(member)
            && name.is_some_and(|name| count.get(name.text()) == Some(&1));
        if free { Role::Unit } else { Role::Wall }
    });
    runs.propose(node.source(), RuleCode(*b"J007"), 5, drafts);
}

/// Whether the member would go on with a field above it that has no semicolon: `x = 1` above `*values() {}`.
fn goes_on(member: Node<'_>) -> bool {
    member.leaves().next().is_none_or(|leaf| matches!(leaf.text(), b"*" | b"in" | b"instanceof"))
}

fn find_names(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if node.has_error() || !is_plain_place(node) {
        return;
    }
    let runs = list_runs(node.children(), |name| match name.kind() {
        "import_specifier" | "export_specifier" | "shorthand_property_identifier_pattern" => true,
        "pair_pattern" => {
            name.field("key").is_some_and(|key| key.kind() == "property_identifier")
                && name.field("value").is_some_and(|value| value.kind() == "identifier")
        }
        "object_assignment_pattern" => name.field("right").is_some_and(is_literal),
        _ => false,
    });
    let code = if node.kind() == "object_pattern" { b"J008" } else { b"J009" };
    runs.propose(node.source(), RuleCode(*code), 6, drafts);
}

fn find_labels(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if node.has_error() || !is_plain_place(node) {
        return;
    }
    let mut runs = Runs::default();
    for case in node.children() {
        match case.field("value").filter(|_| case.kind() == "switch_case") {
            Some(value) if is_literal(value) => runs.push(value.span()),
            _ => runs.cut(),
        }
        if case.field("body").is_some() {
            runs.cut();
        }
    }
    runs.propose(node.source(), RuleCode(*b"J010"), 6, drafts);
}
