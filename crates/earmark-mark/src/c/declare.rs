//! # Declarations joined or split; order of declarators and declarations
//!
//! What varies: `int a, b;` or `int a; int b;`; `int a, b;` or `int b, a;`; `int n; char *s;` or
//! `char *s; int n;`.
//!
//! Why behavior holds: a declaration of several names is as many declarations (C17 6.7.6). Order among
//! locals has no meaning where initializers have no effect and do not name each other. Fields of a structure
//! keep their order.
//!
//! Example: `int i, n; double x;` / `double x; int n; int i;`

use std::collections::BTreeSet;

use earmark_model::Span;

use crate::c::expression::is_pure;
use crate::c::macros::{hides_a_name, is_shouted};
use crate::c::place::{blank_between, is_code, is_directed, is_usable, verbatim};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["compound_statement", "field_declaration_list"], find };

/// One declaration of names alike.
struct Declaration<'t> {
    span: Span,
    /// What comes before the names.
    specifiers: Span,
    /// The same in words that other rules do not change.
    words: Vec<&'t [u8]>,
    declarators: Vec<Node<'t>>,
}

/// Neighboring declarations with the same specifiers.
struct Run<'t> {
    declarations: Vec<Declaration<'t>>,
}

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let local = node.kind() == "compound_statement" && is_code(facts, node);
    let mut stretch: Vec<Run<'_>> = Vec::new();
    let mut end = 0;
    for child in node.children() {
        let declaration = parse(facts, child);
        let adjoins = blank_between(node.source(), end, child.span().start).is_some();
        if (declaration.is_none() || !adjoins) && !stretch.is_empty() {
            propose(facts, node, &std::mem::take(&mut stretch), local, drafts);
        }
        end = child.span().end;
        let Some(declaration) = declaration else { continue };
        match stretch.last_mut() {
            Some(run) if run.declarations[0].words == declaration.words => run.declarations.push(declaration),
            _ => stretch.push(Run { declarations: vec![declaration] }),
        }
    }
    propose(facts, node, &stretch, local, drafts);
}

fn parse<'t>(facts: &Facts, node: Node<'t>) -> Option<Declaration<'t>> {
    if !node.is(&["declaration", "field_declaration"]) || !is_usable(facts, node) || is_directed(node) {
        return None;
    }
    let kind = node.field("type")?;
    let plain = match kind.kind() {
        "primitive_type" | "sized_type_specifier" => true,
        // Labels must come first in a block, and a type that is taken from the value has one name only.
        "type_identifier" => {
            !matches!(kind.text(), b"__label__" | b"__auto_type")
                && !facts.object_macros.contains(kind.text())
                && !is_shouted(kind.text())
        }
        "struct_specifier" | "union_specifier" | "enum_specifier" => kind.field("body").is_none(),
        _ => false,
    };
    let mut declarators = Vec::new();
    let mut specifiers: Option<Span> = None;
    let mut words = Vec::new();
    for child in node.children() {
        if child.field_name() == "declarator" {
            declarators.push(child);
        } else if declarators.is_empty() {
            let fits = child.id() == kind.id() || child.is(&["type_qualifier", "storage_class_specifier"]);
            if !fits {
                return None;
            }
            specifiers =
                Some(Span::new(specifiers.map_or(child.span().start, |span| span.start), child.span().end));
            words.extend(child.leaves().map(Node::text));
        } else if !matches!(child.text(), b"," | b";") {
            return None;
        }
    }
    let sized = words.iter().any(|word| matches!(*word, b"unsigned" | b"long" | b"short" | b"signed"));
    words.retain(|word| !(sized && *word == b"int"));
    words.sort_unstable();
    let specifiers = specifiers?;
    let one_line = node.source().get(specifiers.range()).is_some_and(|text| !text.contains(&b'\n'));
    let simple =
        !declarators.is_empty() && declarators.iter().all(|declarator| name_of(*declarator).is_some());
    (plain && one_line && simple).then_some(Declaration { span: node.span(), specifiers, words, declarators })
}

/// The name that a simple declarator declares.
fn name_of(node: Node<'_>) -> Option<Node<'_>> {
    match node.kind() {
        "identifier" | "field_identifier" => Some(node),
        "pointer_declarator" | "array_declarator" | "init_declarator" => name_of(node.field("declarator")?),
        _ => None,
    }
}

fn propose(facts: &Facts, node: Node<'_>, stretch: &[Run<'_>], local: bool, drafts: &mut Vec<Draft>) {
    for run in stretch.iter().filter(|run| !hides_a_type(&[run])) {
        separators(node, run, drafts);
        if local {
            let declarators: Vec<Node<'_>> = all_declarators(run);
            for group in declarators.chunks(2).filter(|group| group.len() == 2) {
                if are_free(facts, group) {
                    drafts.push(exchange(b"C036", group[0].span(), group[1].span(), node, true));
                }
            }
        }
    }
    if !local {
        return;
    }
    for (at, pair) in stretch.chunks(2).enumerate().filter(|(_, pair)| pair.len() == 2) {
        // Kinds of neighbors must differ whichever way they stand, or runs would merge.
        let near = &stretch[(2 * at).saturating_sub(2)..(2 * at + 4).min(stretch.len())];
        let kinds: BTreeSet<&Vec<&[u8]>> = near.iter().map(|run| &run.declarations[0].words).collect();
        let both: Vec<Node<'_>> = pair.iter().flat_map(all_declarators).collect();
        let hidden = hides_a_type(&pair.iter().collect::<Vec<_>>());
        if kinds.len() == near.len() && !hidden && are_free(facts, &both) {
            drafts.push(exchange(b"C012", span_of(&pair[0]), span_of(&pair[1]), node, false));
        }
    }
}

fn all_declarators<'t>(run: &Run<'t>) -> Vec<Node<'t>> {
    run.declarations.iter().flat_map(|declaration| declaration.declarators.iter().copied()).collect()
}

fn span_of(run: &Run<'_>) -> Span {
    let (first, last) = (run.declarations.first(), run.declarations.last());
    Span::new(first.map_or(0, |first| first.span.start), last.map_or(0, |last| last.span.end))
}

/// Whether a name that the runs declare is one of the words they begin with, as in `client *c; sds client;`: then
/// order and splitting have a meaning.
fn hides_a_type(runs: &[&Run<'_>]) -> bool {
    let words: Vec<&[u8]> = runs
        .iter()
        .flat_map(|run| &run.declarations)
        .flat_map(|declaration| declaration.words.iter().copied())
        .collect();
    let declarators = runs.iter().flat_map(|run| all_declarators(run));
    declarators.filter_map(name_of).any(|name| words.contains(&name.text()))
}

/// Whether the declarators have no effect and none names another.
fn are_free(facts: &Facts, declarators: &[Node<'_>]) -> bool {
    let names: Vec<&[u8]> = declarators.iter().filter_map(|one| name_of(*one)).map(Node::text).collect();
    declarators.iter().zip(&names).all(|(declarator, own)| {
        is_pure(facts, *declarator)
            && !hides_a_name(facts, *declarator)
            && declarator.leaves().all(|leaf| leaf.text() == *own || !names.contains(&leaf.text()))
            && declarator.leaves().filter(|leaf| leaf.text() == *own).count() == 1
    })
}

fn exchange(code: &[u8; 4], first: Span, second: Span, node: Node<'_>, sites_between: bool) -> Draft {
    let gap = Span::new(first.end, second.start);
    let between = if sites_between { Part::Child(gap) } else { verbatim(node.source(), gap.start, gap.end) };
    let (one, two) = (Part::Child(first), Part::Child(second));
    Draft {
        span: Span::new(first.start, second.end),
        code: RuleCode(*code),
        forms: vec![vec![one.clone(), between.clone(), two.clone()], vec![two, between, one]],
        labels: Vec::new(),
        current: 0,
        order: FormOrder::Sorted,
        rank: 15,
    }
}

/// Between two names of a run: a comma, or a semicolon and the specifiers again.
fn separators(node: Node<'_>, run: &Run<'_>, drafts: &mut Vec<Draft>) {
    let source = node.source();
    let specifiers = source.get(run.declarations[0].specifiers.range()).unwrap_or_default();
    let names: Vec<(usize, Node<'_>)> = run
        .declarations
        .iter()
        .enumerate()
        .flat_map(|(at, declaration)| declaration.declarators.iter().map(move |name| (at, *name)))
        .collect();
    for pair in names.windows(2) {
        let span = Span::new(pair[0].1.span().end, pair[1].1.span().start);
        let text = source.get(span.range()).unwrap_or_default();
        let split = pair[0].0 != pair[1].0;
        let blanks: Vec<u8> = if split {
            let next = &run.declarations[pair[1].0];
            let Some(gap) = blank_between(source, run.declarations[pair[0].0].span.end, next.span.start)
            else {
                continue;
            };
            let tail = blank_between(source, next.specifiers.end, span.end);
            if !text.starts_with(b";") || tail.is_none_or(|tail| tail.contains(&b'\n')) {
                continue;
            }
            gap.to_vec()
        } else {
            let Some(gap) =
                blank_between(source, span.start + 1, span.end).filter(|_| text.starts_with(b","))
            else {
                continue;
            };
            gap.to_vec()
        };
        let space = if blanks.is_empty() { b" ".to_vec() } else { blanks };
        let mut forms =
            vec![[b",".as_slice(), &space].concat(), [b";", space.as_slice(), specifiers, b" "].concat()];
        forms[usize::from(split)] = text.to_vec();
        drafts.push(Draft {
            span,
            code: RuleCode(*b"C011"),
            forms: forms.into_iter().map(|form| vec![Part::Literal(form)]).collect(),
            labels: vec![0, 1],
            current: u8::from(split),
            order: FormOrder::Fixed,
            rank: 16,
        });
    }
}
