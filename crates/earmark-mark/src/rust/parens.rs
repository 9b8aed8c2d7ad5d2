//! # Parentheses that change nothing
//!
//! What varies: `a as usize + b` or `(a as usize) + b`; `a * b + c` or `(a * b) + c`; the same round an
//! operand of a comparison, and round a comparison beside `&&` or `||`.
//!
//! Why behavior holds: what is in the parentheses binds tighter than what is around them (Rust reference,
//! Expression precedence). No cast stands before a `<`, which would open the type's arguments. The compiler's lint against
//! needless parentheses does not look at operands.
//!
//! Example: `x as u64 + 1` / `(x as u64) + 1`

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::parts::{child, operator};
use crate::rule::RuleCode;
use crate::rust::binding::{is_beside_angle, tightness};
use crate::rust::place::is_usable;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["binary_expression", "type_cast_expression"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let wrapper = node.parent().filter(|parent| parent.kind() == "parenthesized_expression");
    let operand = wrapper.unwrap_or(node);
    let Some(outer) = operand.parent().filter(|parent| parent.kind() == "binary_expression") else { return };
    if !is_usable(operand) || operand.text().contains(&b'\n') || is_jump_value(operand) {
        return;
    }
    let Some(code) = family(node, outer, operand) else { return };
    let starts_oddly = node.leaves().next().is_none_or(|leaf| {
        matches!(
            leaf.text(),
            b"{" | b"if" | b"match" | b"loop" | b"unsafe" | b"while" | b"for" | b"|" | b"return" | b"break"
        )
    });
    if starts_oddly {
        return;
    }
    let mut forms = vec![vec![child(node)], vec![Part::text("("), child(node), Part::text(")")]];
    if let Some(wrapper) = wrapper {
        let source = node.source();
        let open = source.get(wrapper.span().start as usize..node.span().start as usize).unwrap_or_default();
        let close = source.get(node.span().end as usize..wrapper.span().end as usize).unwrap_or_default();
        forms[1] = vec![Part::text(open), child(node), Part::text(close)];
    }
    drafts.push(Draft {
        span: operand.span(),
        code: RuleCode(*code),
        forms,
        labels: vec![0, 1],
        current: u8::from(wrapper.is_some()),
        order: FormOrder::Fixed,
        rank: 12,
    });
}

/// Whether the whole of which the operand is a part, which may come to stand first in it, is the value of
/// `break` or `return`: parentheses behind those would look like a call.
fn is_jump_value(operand: Node<'_>) -> bool {
    let whole = operand.ancestors().find(|above| above.kind() != "binary_expression");
    whole.is_some_and(|above| above.is(&["break_expression", "return_expression"]))
}

fn family(node: Node<'_>, outer: Node<'_>, operand: Node<'_>) -> Option<&'static [u8; 4]> {
    // The grammar takes `..*x - 1` for a product whose left side is `..`.
    if node.named().any(|side| side.field_name() != "type" && tightness(side) == 0) {
        return None;
    }
    let around = operator(outer);
    if node.kind() == "type_cast_expression" {
        return (!is_beside_angle(operand)).then_some(b"R020");
    }
    if node.subtree().any(|below| below.kind() == "type_cast_expression") {
        return None;
    }
    match (operator(node), around) {
        (b"*" | b"/" | b"%", b"+" | b"-") => Some(b"R021"),
        (b"+" | b"-" | b"*" | b"/" | b"%", b"<" | b">" | b"<=" | b">=" | b"==" | b"!=") => Some(b"R022"),
        (b"<" | b">" | b"<=" | b">=" | b"==" | b"!=", b"&&" | b"||") => Some(b"R023"),
        _ => None,
    }
}
