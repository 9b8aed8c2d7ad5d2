//! # Increment; compound assignment
//!
//! What varies: `x++`, `++x`, `x += 1` or `x = x + 1` where the value is not used; `x += y` or
//! `x = x + y`.
//!
//! Why behavior holds: they differ in their value only, or not at all (C17 6.5.2.4, 6.5.3.1, 6.5.16.2). The
//! target is a name or a field of one, so that naming it twice has no effect; what is added binds
//! tighter than the operator and has no effect.
//!
//! Example: `n++;` / `n += 1;`; `sum += x;` / `sum = sum + x;`

use crate::c::expression::{is_path, is_pure, operator, operator_tightness, tightness};
use crate::c::place::{child, is_usable, is_value_of_block, verbatim};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule =
    Rule { kinds: &["update_expression", "assignment_expression"], find: find_step };
pub(super) const COMPOUND: Rule = Rule { kinds: &["assignment_expression"], find: find_compound };

/// Whether nobody uses the value of the expression.
fn is_unused(node: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| match parent.kind() {
        "expression_statement" => !is_value_of_block(parent),
        "for_statement" => node.field_name() == "update",
        "comma_expression" => parent
            .parent()
            .is_some_and(|above| above.kind() == "for_statement" && parent.field_name() == "update"),
        _ => false,
    })
}

fn find_step(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if !is_unused(node) || !is_usable(facts, node) || node.text().contains(&b'\n') {
        return;
    }
    let Some((target, up, current)) = parse_step(node) else { return };
    if !is_path(target) || !is_pure(facts, target) || is_atomic(facts, node) || is_never_read(target) {
        return;
    }
    let name = target.text();
    let (double, sign): (&[u8], &[u8]) = if up { (b"++", b"+") } else { (b"--", b"-") };
    let spelled = [
        [name, double].concat(),
        [double, name].concat(),
        [name, b" ", sign, b"= 1"].concat(),
        [name, b" = ", name, b" ", sign, b" 1"].concat(),
    ];
    let mut forms: Vec<Vec<Part>> = spelled.into_iter().map(|text| vec![Part::Literal(text)]).collect();
    forms[usize::from(current)] = vec![verbatim(node.source(), node.span().start, node.span().end)];
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(*b"C013"),
        forms,
        labels: vec![0, 1, 2, 3],
        current,
        order: FormOrder::Fixed,
        rank: 20,
    });
}

/// Whether the function knows atomic objects: there `x++` is one step, `x = x + 1` is two (C17 6.5.2.4).
fn is_atomic(facts: &Facts, node: Node<'_>) -> bool {
    facts.has_atomics
        && node.ancestors().find(|above| above.kind() == "function_definition").is_none_or(|function| {
            function.leaves().any(|leaf| leaf.text() == b"_Atomic" || leaf.text().starts_with(b"atomic_"))
        })
}

/// Whether a local variable is only ever written. `n = n + 1` reads it, to the eye of a compiler that warns of such
/// variables, and `n++` does not.
fn is_never_read(target: Node<'_>) -> bool {
    let Some(function) = target.ancestors().find(|above| above.kind() == "function_definition") else {
        return false;
    };
    let is_name = |leaf: &Node<'_>| leaf.kind() == "identifier" && leaf.text() == target.text();
    target.kind() == "identifier"
        && function.leaves().filter(is_name).any(is_declared)
        && function.leaves().filter(is_name).all(|leaf| is_declared(leaf) || is_written(leaf))
}

/// Whether the name is one that a declaration declares.
fn is_declared(name: Node<'_>) -> bool {
    name.field_name() == "declarator"
        && name.parent().is_some_and(|parent| {
            parent.kind().ends_with("_declarator") || parent.is(&["declaration", "parameter_declaration"])
        })
}

/// Whether the variable is written here, or read for nothing else.
fn is_written(name: Node<'_>) -> bool {
    let Some(parent) = name.parent() else { return false };
    match parent.kind() {
        "update_expression" => is_unused(parent),
        "assignment_expression" => name.field_name() == "left" && is_unused(parent),
        "binary_expression" => parent.parent().is_some_and(|above| {
            name.field_name() == "left"
                && above.kind() == "assignment_expression"
                && parent.field_name() == "right"
                && above.field("left").is_some_and(|left| left.same_as(name))
                && is_unused(above)
        }),
        _ => false,
    }
}

/// The target of a step by one, whether it goes up, and its form.
fn parse_step(node: Node<'_>) -> Option<(Node<'_>, bool, u8)> {
    if node.kind() == "update_expression" {
        let target = node.field("argument")?;
        return Some((target, operator(node) == b"++", u8::from(target.span().start != node.span().start)));
    }
    let (target, value) = (node.field("left")?, node.field("right")?);
    match operator(node) {
        b"+=" if value.text() == b"1" => Some((target, true, 2)),
        b"-=" if value.text() == b"1" => Some((target, false, 2)),
        b"=" if value.kind() == "binary_expression" && matches!(operator(value), b"+" | b"-") => {
            let one = value.field("right").is_some_and(|right| right.text() == b"1");
            let same = value.field("left").is_some_and(|left| left.same_as(target));
            (one && same).then(|| (target, operator(value) == b"+", 3))
        }
        _ => None,
    }
}

fn find_compound(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if !is_unused(node) || !is_usable(facts, node) || parse_step(node).is_some() {
        return;
    }
    let (Some(target), Some(right)) = (node.field("left"), node.field("right")) else { return };
    let sign = operator(node);
    let (plain, value, current): (&[u8], _, _) = if sign == b"=" {
        let same = right.kind() == "binary_expression"
            && right.field("left").is_some_and(|left| left.same_as(target));
        let Some(value) = right.field("right").filter(|_| same) else { return };
        (operator(right), value, 1)
    } else {
        (&sign[..sign.len().saturating_sub(1)], right, 0)
    };
    let arithmetic = matches!(plain, b"+" | b"-" | b"*" | b"/" | b"%" | b"&" | b"|" | b"^" | b"<<" | b">>");
    if !arithmetic
        || !is_path(target)
        || !is_pure(facts, target)
        || !is_pure(facts, value)
        || is_atomic(facts, node)
    {
        return;
    }
    // Sums within shifts and bits, and bits within bits, are where compilers ask for parentheses.
    let is_asked_for = operator_tightness(plain) <= 10 && value.kind() == "binary_expression";
    if tightness(value) <= operator_tightness(plain) || is_asked_for || is_never_read(target) {
        return;
    }
    let source = node.source();
    let lead = source.get(node.span().start as usize..value.span().start as usize).unwrap_or_default();
    if lead.contains(&b'\n') {
        return;
    }
    let name = target.text();
    let short = [name, b" ", plain, b"= "].concat();
    let long = [name, b" = ", name, b" ", plain, b" "].concat();
    let mut forms = vec![vec![Part::Literal(short), child(value)], vec![Part::Literal(long), child(value)]];
    forms[usize::from(current)] = vec![Part::Literal(lead.to_vec()), child(value)];
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(*b"C014"),
        forms,
        labels: vec![0, 1],
        current,
        order: FormOrder::Fixed,
        rank: 20,
    });
}
