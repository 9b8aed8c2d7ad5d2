//! # Order of defines, prototypes, functions, case blocks and labels, valued enumerators, initializers
//!
//! What varies: the order of two or three neighbors of one kind, comments above them included.
//!
//! Why behavior holds: a macro is replaced where it is used, not where it is defined; prototypes do
//! not depend on one another; two functions that do not name each other, and that no macro names or pastes
//! together, may be defined in either
//! order; a case that neither falls out nor is fallen into stands anywhere; so do labels of one
//! statement, enumerators whose values are written out, and initializers with a designator and no
//! effect.
//!
//! Example: `case 'a': case 'b':` / `case 'b': case 'a':`

use std::collections::HashSet;

use earmark_model::Span;

use crate::c::branch::leaves;
use crate::c::expression::is_pure;
use crate::c::macros::is_behind;
use crate::c::place::{blank_between, function_name, is_directed, is_plain_place, is_usable};
use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::{Role, Runs, groups, line_runs, list_runs, permutations};
use crate::rule::RuleCode;
use crate::syntax::Node;

/// A switch with more cases than this dispatches over a table that other files, or tools that read this one,
/// may know by its order.
const DISPATCHER: usize = 32;

/// Attributes of functions whose order may have a meaning.
const ORDERED: &[&[u8]] =
    &[b"constructor", b"__constructor__", b"destructor", b"__destructor__", b"section", b"__section__"];

const TOP: &[&str] = &["translation_unit", "preproc_ifdef", "preproc_if", "preproc_else", "preproc_elif"];

pub(super) const DEFINES: Rule = Rule { kinds: TOP, find: find_defines };
pub(super) const PROTOTYPES: Rule = Rule { kinds: TOP, find: find_prototypes };
pub(super) const FUNCTIONS: Rule = Rule { kinds: TOP, find: find_functions };
pub(super) const CASES: Rule = Rule { kinds: &["switch_statement"], find: find_cases };
pub(super) const LISTS: Rule = Rule { kinds: &["enumerator_list", "initializer_list"], find: find_lists };

/// The children of `node` that lie in `span`.
fn inside<'t>(node: Node<'t>, span: Span) -> impl Iterator<Item = Node<'t>> {
    node.children().filter(move |child| !child.is_comment() && span.holds(trimmed(*child)))
}

/// A directive's node takes its line end along.
fn trimmed(node: Node<'_>) -> Span {
    let blanks = node.text().iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    Span::new(node.span().start, node.span().end - u32::try_from(blanks).unwrap_or(0))
}

/// Proposes groups of up to three of each run whose members `fit` together.
fn propose(
    source: &[u8],
    runs: &Runs,
    code: &[u8; 4],
    drafts: &mut Vec<Draft>,
    fit: impl Fn(&[Span]) -> bool,
) {
    for (group, spare) in runs.runs.iter().flat_map(|run| groups(run)) {
        if fit(group) {
            drafts.extend(permutations(source, RuleCode(*code), 1 | spare, group));
        }
    }
}

fn find_defines(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let guard = node.field("name").map(Node::text);
    let runs = line_runs(node.source(), node.children(), |child| {
        let define = child.is(&["preproc_def", "preproc_function_def"])
            && !child.has_error()
            && is_one_line(child.text().trim_ascii_end());
        if define && child.field("name").map(Node::text) != guard { Role::Unit } else { Role::Wall }
    });
    propose(node.source(), &runs, b"C019", drafts, |group| {
        let names: Vec<&[u8]> = group
            .iter()
            .filter_map(|span| inside(node, *span).next()?.field("name"))
            .map(Node::text)
            .collect();
        let different: HashSet<&&[u8]> = names.iter().collect();
        names.len() == group.len() && different.len() == names.len()
    });
}

/// Whether a directive's text ends where its line ends, continued lines counted as one. A last line that is continued
/// takes in the line below, an empty one as a rule: it must stay where it is. And the parser takes the line end after
/// `#define DIR tests/` for a part of the body, and the directive below too.
fn is_one_line(text: &[u8]) -> bool {
    let mut lines =
        text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).rev();
    lines.next().is_some_and(|last| !last.ends_with(b"\\")) && lines.all(|line| line.ends_with(b"\\"))
}

fn find_prototypes(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let runs = line_runs(node.source(), node.children(), |child| {
        let mut declarators = child.children().filter(|part| part.field_name() == "declarator");
        let function = declarators.next().is_some_and(is_function) && declarators.next().is_none();
        let body = child.subtree().any(|below| below.is(&["field_declaration_list", "enumerator_list"]));
        let fits = child.kind() == "declaration"
            && function
            && !body
            && is_usable(facts, child)
            && !is_directed(child);
        if fits { Role::Unit } else { Role::Wall }
    });
    propose(node.source(), &runs, b"C020", drafts, |group| {
        let prototypes: Vec<Node<'_>> = group.iter().filter_map(|span| inside(node, *span).next()).collect();
        prototypes.len() == group.len() && are_apart(&prototypes)
    });
}

/// Whether no function of these names another, and none uses a tag that another's type may be the first to declare:
/// `struct s *f(void);` declares it for what follows, `void g(struct s *);` for itself alone (C17 6.2.1).
fn are_apart(functions: &[Node<'_>]) -> bool {
    let names: Vec<&[u8]> = functions.iter().filter_map(|function| function_name(*function)).collect();
    let different: HashSet<&&[u8]> = names.iter().collect();
    names.len() == functions.len()
        && different.len() == names.len()
        && functions.iter().zip(&names).all(|(function, own)| {
            let declared = function.field("type").map(tags).unwrap_or_default();
            function.leaves().all(|leaf| leaf.text() == *own || !names.contains(&leaf.text()))
                && functions
                    .iter()
                    .filter(|other| other.id() != function.id())
                    .all(|other| tags(*other).is_disjoint(&declared))
        })
}

fn is_function(node: Node<'_>) -> bool {
    match node.kind() {
        "function_declarator" => true,
        "pointer_declarator" => node.field("declarator").is_some_and(is_function),
        _ => false,
    }
}

/// The tags of structures, unions and enumerations that a node names.
fn tags(node: Node<'_>) -> HashSet<&[u8]> {
    let specifiers =
        node.subtree().filter(|below| below.is(&["struct_specifier", "union_specifier", "enum_specifier"]));
    specifiers.filter_map(|below| below.field("name")).map(Node::text).collect()
}

fn find_functions(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let runs = line_runs(node.source(), node.children(), |child| {
        let directive = child
            .subtree()
            .any(|below| below.kind().starts_with("preproc_") || below.kind().starts_with('#'));
        let fits = child.kind() == "function_definition"
            && !child.has_error()
            && !directive
            && child.field("type").is_none_or(|kind| kind.field("body").is_none())
            // What runs before `main` runs in the order of definition; what lies in a section of its own may too.
            && !child.leaves().any(|leaf| is_behind(facts, leaf.text(), &|word| ORDERED.contains(&word)))
            && is_plain_place(facts, child)
            && !is_directed(child)
            && child.field("declarator").is_some_and(is_function);
        if fits { Role::Unit } else { Role::Wall }
    });
    propose(node.source(), &runs, b"C038", drafts, |group| {
        let functions: Vec<Node<'_>> = group
            .iter()
            .filter_map(|span| inside(node, *span).find(|child| child.kind() == "function_definition"))
            .collect();
        let names: Vec<&[u8]> = functions.iter().filter_map(|function| function_name(*function)).collect();
        names.len() == group.len()
            && names.iter().all(|name| !facts.macro_words.contains(*name))
            && functions
                .iter()
                .all(|one| one.leaves().all(|leaf| !facts.pasting_macros.contains(leaf.text())))
            && are_apart(&functions)
    });
}

fn find_cases(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let Some(body) = node.field("body").filter(|_| is_plain_place(facts, node)) else { return };
    if body.children().filter(|child| child.kind() == "case_statement").nth(DISPATCHER).is_some() {
        return;
    }
    labels(facts, body, drafts);
    let mut closed = true;
    let mut runs: Vec<Vec<Span>> = Vec::new();
    let mut open = false;
    let mut start: Option<u32> = None;
    let mut end = 0;
    for child in body.children() {
        let adjoins = blank_between(body.source(), end, child.span().start).is_some();
        end = child.span().end;
        if child.kind() != "case_statement" || child.has_error() {
            open = false;
            // A label above a comment falls into whatever stands below: that block cannot move.
            closed = child.kind() == "{" || (closed && child.is_comment() && start.is_none());
            start = None;
            continue;
        }
        if !adjoins {
            open = false;
        }
        // Labels without a statement belong to the block that follows.
        if child.named().filter(|part| part.field_name() != "value").count() == 0 {
            start = start.or(Some(child.span().start));
            continue;
        }
        let free = closed && is_block(child);
        let unit = Span::new(start.take().unwrap_or(child.span().start), child.span().end);
        closed = child.named().last().is_some_and(leaves);
        match runs.last_mut() {
            Some(run) if open && free => run.push(unit),
            _ if free => runs.push(vec![unit]),
            _ => {}
        }
        open = free;
    }
    for (group, spare) in runs.iter().flat_map(|run| groups(run)) {
        drafts.extend(permutations(body.source(), RuleCode(*b"C037"), 1 | spare, group));
    }
}

/// Whether a case ends with a jump and declares nothing that a neighbor could see.
fn is_block(case: Node<'_>) -> bool {
    case.named().last().is_some_and(leaves)
        && case.named().all(|part| !part.is(&["declaration", "type_definition", "labeled_statement"]))
        && case.subtree().all(|below| {
            !below.kind().starts_with("preproc_") && below.kind() != "case_statement"
                || below.id() == case.id()
        })
}

/// The values of labels that share a statement.
fn labels(facts: &Facts, body: Node<'_>, drafts: &mut Vec<Draft>) {
    let mut runs: Vec<Vec<Span>> = vec![Vec::new()];
    let mut end = None;
    for case in body.children() {
        let value =
            case.field("value").filter(|value| case.kind() == "case_statement" && is_usable(facts, *value));
        let Some(value) = value else {
            runs.push(Vec::new());
            end = None;
            continue;
        };
        let adjoins = end.is_some_and(|end| blank_between(body.source(), end, case.span().start).is_some());
        if !adjoins {
            runs.push(Vec::new());
        }
        if let Some(run) = runs.last_mut() {
            run.push(value.span());
        }
        let empty = case.children().count() == 3;
        end = empty.then_some(case.span().end);
    }
    for (group, spare) in runs.iter().flat_map(|run| groups(run)) {
        drafts.extend(permutations(body.source(), RuleCode(*b"C021"), 1 | spare, group));
    }
}

fn find_lists(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if !is_plain_place(facts, node) {
        return;
    }
    if node.kind() == "initializer_list" {
        // What follows without a designator goes to the next field; of two values for one field the last counts.
        let fields: Option<Vec<&[u8]>> =
            node.named().filter(|child| !child.is_comment()).map(designated).collect();
        let overlaid = |field: &&[u8]| {
            facts.union_fields.contains(field.strip_prefix(b".").unwrap_or(field).trim_ascii())
        };
        let free = fields.is_some_and(|fields| {
            let different: HashSet<&&[u8]> = fields.iter().collect();
            different.len() == fields.len() && !fields.iter().any(overlaid)
        });
        if !free {
            return;
        }
        let runs = list_runs(node.children(), |pair| designated(pair).is_some() && is_pure(facts, pair));
        runs.propose(node.source(), RuleCode(*b"C022"), 1, drafts);
        return;
    }
    let valued =
        |one: Node<'_>| one.field("value").is_some_and(|value| value.is(&["number_literal", "char_literal"]));
    let all = node.named().all(|one| one.kind() == "enumerator" && valued(one));
    if all && !node.has_directive() {
        let runs = list_runs(node.children(), |one| one.is_clean());
        runs.propose(node.source(), RuleCode(*b"C039"), 1, drafts);
    }
}

/// The one field that an initializer names.
fn designated(pair: Node<'_>) -> Option<&[u8]> {
    let mut designators = pair.children().filter(|part| part.field_name() == "designator");
    let only = designators.next().filter(|_| designators.next().is_none())?;
    (pair.kind() == "initializer_pair" && only.kind() == "field_designator").then(|| only.text())
}
