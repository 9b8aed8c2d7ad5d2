//! # Order of neighboring assignments
//!
//! What varies: `a = 1; b = 2;` or `b = 2; a = 1;`, two or three neighbors, comments above them included.
//!
//! Why behavior holds: each writes a variable or a field that the others neither read nor write, by that name
//! or by another: no macro hides one, fields of unions stand alone, a structure copied whole stands only where
//! nothing of it is written, and what is read or written through a pointer or an index stands only beside
//! locals whose address is never taken. No call, nothing volatile.
//!
//! Example: `s->len = 0; s->cap = n;` / `s->cap = n; s->len = 0;`

use std::collections::HashSet;

use crate::c::expression::{is_path, is_pure, operator};
use crate::c::macros::{hides_a_name, is_macro_call, is_shouted, knows_its_line};
use crate::c::memory::{is_overlaid, is_volatile};
use crate::c::place::{begins_statement, is_directed, is_usable, is_value_of_block};
use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Role, groups, line_runs, permutations};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["function_definition"], find };

fn find(facts: &Facts, function: Node<'_>, drafts: &mut Vec<Draft>) {
    let is_volatile_type =
        |leaf: Node<'_>| leaf.kind() == "type_identifier" && facts.volatile_names.contains(leaf.text());
    if function.leaves().any(|leaf| is_volatile(leaf.text()) || is_volatile_type(leaf)) {
        return;
    }
    let private = private_names(facts, function);
    for block in function.subtree().filter(|node| node.is(&["compound_statement", "case_statement"])) {
        let runs = line_runs(block.source(), block.children(), |child| {
            if target(facts, child).is_some() { Role::Unit } else { Role::Wall }
        });
        for (group, spare) in runs.runs.iter().flat_map(|run| groups(run)) {
            let statements: Vec<Node<'_>> = group
                .iter()
                .filter_map(|span| {
                    block.children().find(|child| !child.is_comment() && span.holds(child.span()))
                })
                .collect();
            if statements.len() == group.len() && are_free(facts, &statements, &private) {
                drafts.extend(permutations(block.source(), RuleCode(*b"C018"), 1 | spare, group));
            }
        }
    }
}

/// Parameters, and locals of the function's outermost block, whose address is never taken, not even by a macro.
fn private_names<'t>(facts: &Facts, function: Node<'t>) -> HashSet<&'t [u8]> {
    let mut names = HashSet::new();
    let mut taken = HashSet::new();
    for node in function.subtree() {
        match node.kind() {
            "parameter_declaration" | "declaration" if is_outermost(node) => names.extend(declared(node)),
            "pointer_expression" if operator(node) == b"&" => {
                taken.extend(node.field("argument").into_iter().flat_map(Node::leaves).map(Node::text));
            }
            "call_expression" if is_macro_call(facts, node) => taken.extend(node.leaves().map(Node::text)),
            _ => {}
        }
    }
    names.retain(|name| !taken.contains(name));
    names
}

/// Whether a declaration is the function's own: a parameter, or in its outermost block and not `extern`.
fn is_outermost(node: Node<'_>) -> bool {
    let parent = node.parent();
    match node.kind() {
        "declaration" => {
            let in_body =
                parent.and_then(Node::parent).is_some_and(|above| above.kind() == "function_definition");
            in_body && node.children().all(|child| child.text() != b"extern")
        }
        _ => parent
            .and_then(|list| list.ancestors().find(|above| !above.kind().ends_with("_declarator")))
            .is_some_and(|above| above.kind() == "function_definition"),
    }
}

/// The variables and pointers that a declaration declares.
fn declared(node: Node<'_>) -> impl Iterator<Item = &[u8]> {
    node.children().filter(|child| child.field_name() == "declarator").filter_map(|declarator| {
        let mut at = declarator;
        while at.is(&["init_declarator", "pointer_declarator"]) {
            at = at.field("declarator")?;
        }
        (at.kind() == "identifier").then(|| at.text())
    })
}

/// What a simple assignment or step writes: a name, or fields of one.
fn target<'t>(facts: &Facts, statement: Node<'t>) -> Option<Node<'t>> {
    let is_alone = statement.kind() == "expression_statement"
        && is_usable(facts, statement)
        && begins_statement(statement)
        && !is_directed(statement)
        && !is_value_of_block(statement)
        && !knows_its_line(facts, statement);
    if !is_alone {
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
    // A name in capitals is a macro of another tree: perhaps a register, whose writes keep their order.
    let plain =
        is_path(target) && is_pure(facts, target) && !target.leaves().any(|leaf| is_shouted(leaf.text()));
    (plain && !hides_a_name(facts, statement)).then_some(target)
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
    // `u.x.a` and `u.y.b` share their memory as `u.x` and `u.y` do.
    let overlaid = |node: Node<'_>| node.leaves().any(|leaf| is_overlaid(facts, leaf.text()));
    statements.iter().enumerate().all(|(at, statement)| {
        let words: HashSet<&[u8]> = statement.leaves().map(Node::text).collect();
        let others =
            || targets.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, other)| *other);
        let copied = copied_names(*statement);
        own.iter().enumerate().all(|(other, name)| other == at || !words.contains(name))
            && (!through(statement) || local.iter().enumerate().all(|(other, local)| other == at || *local))
            && !(overlaid(*statement) && others().any(overlaid))
            && others().all(|other| are_apart(facts, *statement, other))
            && copied.iter().all(|name| {
                let reached = facts.reached_names.contains(*name) && !private.contains(name);
                !others().any(|other| holds_target(name, other) || (reached && is_through_pointer(other)))
            })
    })
}

/// Whether no field that the statement names may share its memory with the target by a union that the tree does not
/// declare, such as those of the system's headers: not both are unknown to it, and of one object none is.
fn are_apart(facts: &Facts, statement: Node<'_>, target: Node<'_>) -> bool {
    let known = |field: Node<'_>| facts.fields.contains(last_name(field));
    target.kind() != "field_expression"
        || statement.subtree().filter(|below| below.kind() == "field_expression").all(|field| {
            let same = field.field("argument").zip(target.field("argument"));
            match (known(field), known(target)) {
                (true, true) => true,
                (false, false) => false,
                _ => !same.is_some_and(|(one, two)| one.same_as(two)),
            }
        })
}

/// The last names of what the statement reads as a whole and might be a structure: only a copy does so (C17 6.3.2.1).
fn copied_names(statement: Node<'_>) -> Vec<&[u8]> {
    let mut names = Vec::new();
    let mut left: Vec<Node<'_>> =
        statement.named().next().and_then(|inner| inner.field("right")).into_iter().collect();
    while let Some(node) = left.pop() {
        match node.kind() {
            "parenthesized_expression" => left.extend(node.named()),
            "conditional_expression" => {
                left.extend([node.field("consequence"), node.field("alternative")].into_iter().flatten());
            }
            "comma_expression" => left.extend(node.field("right")),
            _ if is_path(node) => names.push(last_name(node)),
            _ => {}
        }
    }
    names
}

/// Whether what is written is a member of an object of this name: `a.b` and `x->a.b` for `a`.
fn holds_target(name: &[u8], target: Node<'_>) -> bool {
    let bases = std::iter::successors(Some(target), |node| node.field("argument"));
    bases
        .filter(|node| operator(*node) == b".")
        .filter_map(|node| node.field("argument"))
        .any(|base| last_name(base) == name)
}

fn is_through_pointer(target: Node<'_>) -> bool {
    std::iter::successors(Some(target), |node| node.field("argument")).any(|node| operator(node) == b"->")
}
