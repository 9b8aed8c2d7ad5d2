//! # Sums, products and bits, either way round
//!
//! What varies: `a + b` or `b + a`; the same for `*`, `&`, `|`, `^`.
//!
//! Why behavior holds: each is commutative, for floating point too (only association is not); neither
//! side has an effect. Both sides bind tighter than the operator, so that nothing is re-associated.
//!
//! Example: `base + offset` / `offset + base`; `flags | F_NEW` / `F_NEW | flags`

use crate::c::expression::{
    is_accumulation, is_lone_name_in_parens, is_negation, is_pure, operator, operator_tightness, tightness,
    would_glue,
};
use crate::c::place::{child, is_usable, may_end_in_cast};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["binary_expression"], find };

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if let Some(draft) = propose(facts, node) {
        drafts.push(draft);
    }
}

fn propose(facts: &Facts, node: Node<'_>) -> Option<Draft> {
    let sign = operator(node);
    let code = match sign {
        b"+" | b"*" => b"C007",
        b"&" | b"|" | b"^" => b"C008",
        _ => return None,
    };
    let (left, right) = (node.field("left")?, node.field("right")?);
    let tight = operator_tightness(sign);
    if tightness(left) <= tight || tightness(right) <= tight || !is_usable(facts, node) {
        return None;
    }
    if !is_pure(facts, left) || !is_pure(facts, right) || looks_like_a_type(left) || looks_like_a_type(right)
    {
        return None;
    }
    if may_end_in_cast(right) && sign != b"|" && sign != b"^" {
        return None;
    }
    // `!x & y` looks like `!(x & y)`, and compilers ask what is meant.
    if matches!(sign, b"&" | b"|") && (is_negation(left) || is_negation(right)) {
        return None;
    }
    // Of `a * b + c * d` one product may be fused with the sum and not be rounded, the other is (C17 6.5, 7.12.2).
    if sign == b"+" && is_product(left) && is_product(right) {
        return None;
    }
    if may_be_declared(node, sign) {
        return None;
    }
    if is_accumulation(node, left, right)
        || node.parent().is_some_and(|parent| parent.kind() == "expression_statement")
    {
        return None;
    }
    let middle = node.source().get(left.span().end as usize..right.span().start as usize)?;
    let glues = |before: &[u8], after: &[u8]| would_glue(before, after);
    if glues(middle, left.text()) || glues(right.text(), middle) {
        return None;
    }
    let literal = Part::Literal(middle.to_vec());
    Some(Draft {
        span: node.span(),
        code: RuleCode(*code),
        forms: vec![
            vec![child(left), literal.clone(), child(right)],
            vec![child(right), literal, child(left)],
        ],
        labels: Vec::new(),
        current: 0,
        order: FormOrder::Sorted,
        rank: 30,
    })
}

/// Whether it is a product, in parentheses or with a sign perhaps.
fn is_product(node: Node<'_>) -> bool {
    match node.kind() {
        "binary_expression" => operator(node) == b"*",
        "parenthesized_expression" => node.named().next().is_some_and(is_product),
        "unary_expression" => operator(node) == b"-" && node.field("argument").is_some_and(is_product),
        _ => false,
    }
}

/// What a parser without types may take for a cast or a type when it comes to stand first.
fn looks_like_a_type(node: Node<'_>) -> bool {
    is_lone_name_in_parens(node) || node.kind() == "cast_expression" || node.kind() == "sizeof_expression"
}

/// What holds statements and no declarations outside of functions.
const HOLDERS: &[&str] = &[
    "compound_statement",
    "if_statement",
    "else_clause",
    "for_statement",
    "while_statement",
    "do_statement",
];

/// `Type *name` that the parser took for a product: in a prototype like `static void MACRO f(Type *name);`, or in a
/// declaration like `Type *CONST *name = &value;`. A product stands in a function's body, and neither alone in its
/// statement nor left of an assignment.
fn may_be_declared(node: Node<'_>, sign: &[u8]) -> bool {
    if !matches!(sign, b"*" | b"&") {
        return false;
    }
    let mut below = node;
    let mut bare = true;
    for above in node.ancestors() {
        match above.kind() {
            "binary_expression" | "comma_expression" => {}
            "assignment_expression" if bare && below.field_name() == "left" => return true,
            "expression_statement" => {
                return bare || above.parent().is_none_or(|place| !place.is(HOLDERS));
            }
            "init_declarator" | "compound_statement" | "return_statement" | "initializer_list" => {
                return false;
            }
            "declaration" | "field_declaration" | "function_definition" | "parameter_list" => return true,
            _ => bare = false,
        }
        below = above;
    }
    true
}
