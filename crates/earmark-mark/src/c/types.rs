//! # Place of const; unsigned or unsigned int
//!
//! What varies: `const char *s` or `char const *s`; `unsigned n` or `unsigned int n`, `long` or `long int`,
//! `short` or `short int`.
//!
//! Why behavior holds: specifiers and qualifiers come in any order (C17 6.7), and `int` may be left out
//! (6.7.2). The type is no macro, which could hide a `*`.
//!
//! Example: `static const char *name;` / `static char const *name;`

use crate::c::macros::{TYPE_WORDS, is_shouted, is_word};
use crate::c::place::{blank_between, child, is_usable, span_over, verbatim};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const CONST: Rule = Rule { kinds: &["type_qualifier"], find: find_const };
pub(super) const INT: Rule = Rule { kinds: &["sized_type_specifier"], find: find_int };

fn find_const(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if node.text() != b"const" || !is_usable(facts, node) {
        return;
    }
    let parent_fits = node.parent().is_some_and(|parent| {
        parent.is(&[
            "declaration",
            "parameter_declaration",
            "field_declaration",
            "type_descriptor",
            "function_definition",
        ]) && parent.children().filter(|child| child.kind() == "type_qualifier").count() == 1
    });
    if !parent_fits {
        return;
    }
    // `const n = 10;`: what looks like the type is the name (C89 3.5.2).
    let is_nameless = |declarator: Node<'_>| {
        declarator.leaves().next().is_none_or(|leaf| leaf.text().is_empty() || leaf.text() == b"=")
    };
    let names_nothing = node.parent().is_some_and(|parent| {
        let mut declarators = parent.children().filter(|child| child.field_name() == "declarator").peekable();
        (declarators.peek().is_none() && parent.is(&["declaration", "function_definition"]))
            || parent.has_error_child()
            || declarators.any(is_nameless)
    });
    if names_nothing {
        return;
    }
    let fits = |node: &Node<'_>| node.field_name() == "type" && is_type(facts, *node);
    let (first, second, current, kind) = match (node.next_sibling(), node.previous_sibling()) {
        (Some(next), _) if fits(&next) => (node, next, 0, next),
        (_, Some(before)) if fits(&before) => (before, node, 1, before),
        _ => return,
    };
    if blank_between(node.source(), first.span().end, second.span().start).is_none() {
        return;
    }
    let gap = verbatim(node.source(), first.span().end, second.span().start);
    let word = Part::text("const");
    drafts.push(Draft {
        span: span_over(first, second),
        code: RuleCode(*b"C009"),
        forms: vec![vec![word.clone(), gap.clone(), child(kind)], vec![child(kind), gap, word]],
        labels: vec![0, 1],
        current,
        order: FormOrder::Fixed,
        rank: 10,
    });
}

fn is_type(facts: &Facts, node: Node<'_>) -> bool {
    if !node.is_clean() {
        return false;
    }
    match node.kind() {
        "primitive_type" => true,
        "sized_type_specifier" => is_plain_size(node),
        "type_identifier" => !is_shouted(node.text()) && !facts.object_macros.contains(node.text()),
        "struct_specifier" | "union_specifier" | "enum_specifier" => {
            node.field("body").is_none() && node.field("name").is_some_and(|name| !is_shouted(name.text()))
        }
        _ => false,
    }
}

/// Words of size in their usual order, `int` at the end if at all.
fn is_plain_size(node: Node<'_>) -> bool {
    let words: Vec<&[u8]> = node.children().map(Node::text).collect();
    let sizes = if words.last() == Some(&b"int".as_slice()) { &words[..words.len() - 1] } else { &words };
    !sizes.is_empty()
        && sizes.iter().all(|word| matches!(*word, b"unsigned" | b"signed" | b"long" | b"short"))
}

/// Whether words of the type stand apart from it: `unsigned static int n` (C17 6.7.2).
fn has_more_words(node: Node<'_>) -> bool {
    let Some(declaration) = node.parent() else { return false };
    let specifiers = declaration.leaves().take_while(|leaf| {
        node.span().holds(leaf.span()) || leaf.text().first().is_some_and(|byte| is_word(*byte))
    });
    specifiers
        .filter(|leaf| !node.span().holds(leaf.span()))
        .any(|leaf| TYPE_WORDS.contains(&leaf.text()) || leaf.text() == b"_Complex")
}

fn find_int(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if !is_plain_size(node) || !is_usable(facts, node) || has_more_words(node) {
        return;
    }
    let words: Vec<Node<'_>> = node.children().collect();
    let Some(last) = words.last() else { return };
    let with_int = last.text() == b"int";
    let Some(end) = (if with_int { words.len().checked_sub(2).map(|at| words[at]) } else { Some(*last) })
    else {
        return;
    };
    let source = node.source();
    if source.get(node.span().range()).is_none_or(|text| text.contains(&b'\n')) {
        return;
    }
    let short = verbatim(source, node.span().start, end.span().end);
    let long = if with_int {
        vec![verbatim(source, node.span().start, node.span().end)]
    } else {
        vec![short.clone(), Part::text(" int")]
    };
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(*b"C010"),
        forms: vec![vec![short], long],
        labels: vec![0, 1],
        current: u8::from(with_int),
        order: FormOrder::Fixed,
        rank: 20,
    });
}
