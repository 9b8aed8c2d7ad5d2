//! # Order of neighboring assignments
//!
//! What varies: `a = 1; b = 2;` or `b = 2; a = 1;`, two or three neighbors, comments above them included.
//!
//! Why behavior holds: each writes a variable or a field that the others neither read nor write; no call; and
//! what is read or written through a pointer or an index stands only beside locals whose address is never
//! taken.
//!
//! Example: `s->len = 0; s->cap = n;` / `s->cap = n; s->len = 0;`

use std::collections::HashSet;

use crate::c::expression::{is_path, is_pure, operator};
use crate::c::place::is_usable;
use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Role, line_runs, permutations};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["function_definition"], find };

fn find(facts: &Facts, function: Node<'_>, drafts: &mut Vec<Draft>) {
    if function.leaves().any(|leaf| matches!(leaf.text(), b"volatile" | b"_Atomic")) {
        return;
    }
    let private = private_names(function);
    for block in function.subtree().filter(|node| node.is(&["compound_statement", "case_statement"])) {
        let runs = line_runs(block.source(), block.children(), |child| {
            if target(facts, child).is_some() { Role::Unit } else { Role::Wall }
        });
        for group in runs.runs.iter().flat_map(|run| run.chunks(3)).filter(|group| group.len() > 1) {
            let statements: Vec<Node<'_>> = group
                .iter()
                .filter_map(|span| {
                    block.children().find(|child| !child.is_comment() && span.holds(child.span()))
                })
                .collect();
            if statements.len() == group.len() && are_free(facts, &statements, &private) {
                drafts.extend(permutations(block.source(), RuleCode(*b"C018"), 1, group));
            }
        }
    }
}

/// Locals and parameters whose address is never taken.
fn private_names(function: Node<'_>) -> HashSet<&[u8]> {
    let mut names = HashSet::new();
    let mut taken = HashSet::new();
    for node in function.subtree() {
        let name = match node.kind() {
            "init_declarator" | "pointer_declarator" | "declaration" | "parameter_declaration" => {
                for declarator in node.children().filter(|child| child.field_name() == "declarator") {
                    if declarator.kind() == "identifier" {
                        names.insert(declarator.text());
                    }
                }
                continue;
            }
            "pointer_expression" if operator(node) == b"&" => node.field("argument"),
            _ => continue,
        };
        taken.extend(name.into_iter().flat_map(Node::leaves).map(Node::text));
    }
    names.retain(|name| !taken.contains(name));
    names
}

/// What a simple assignment or step writes: a name, or fields of one.
fn target<'t>(facts: &Facts, statement: Node<'t>) -> Option<Node<'t>> {
    if statement.kind() != "expression_statement" || !is_usable(facts, statement) {
        return None;
    }
    let inner = statement.named().next()?;
    let target = match inner.kind() {
        "assignment_expression" => {
            inner.field("left").filter(|_| inner.field("right").is_some_and(|right| is_pure(facts, right)))?
        }
        "update_expression" => inner.field("argument")?,
        _ => return None,
    };
    (is_path(target) && is_pure(facts, target)).then_some(target)
}

/// The name that tells a target from others: its last field, or itself.
fn last_name(target: Node<'_>) -> &[u8] {
    target.field("field").unwrap_or(target).text()
}

fn are_free(facts: &Facts, statements: &[Node<'_>], private: &HashSet<&[u8]>) -> bool {
    let targets: Vec<Node<'_>> =
        statements.iter().filter_map(|statement| target(facts, *statement)).collect();
    let own: Vec<&[u8]> = targets.iter().map(|target| last_name(*target)).collect();
    let local: Vec<bool> = targets
        .iter()
        .map(|target| target.kind() == "identifier" && private.contains(target.text()))
        .collect();
    let through = |statement: &Node<'_>| {
        statement.subtree().any(|below| {
            below.kind() == "subscript_expression"
                || (below.kind() == "pointer_expression" && operator(below) == b"*")
        })
    };
    statements.iter().enumerate().all(|(at, statement)| {
        let words: HashSet<&[u8]> = statement.leaves().map(Node::text).collect();
        own.iter().enumerate().all(|(other, name)| other == at || !words.contains(name))
            && (!through(statement) || local.iter().enumerate().all(|(other, local)| other == at || *local))
    })
}
