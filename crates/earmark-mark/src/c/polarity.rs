use crate::c::expression::operator;
use crate::c::macros::is_whole;
use crate::c::place::child;
use crate::c::truth::{is_bits_test, is_operand};
use crate::carrier::Facts;
use crate::draft::Part;
use crate::syntax::Node;

/// A condition that can be turned into its opposite without a doubt: equality, or a plain operand.
pub(super) struct Polarity {
    /// The parts of the condition, said positively: `a == b`, `p`.
    pub(super) positive: Vec<Part>,
    /// Its opposite: `a != b`, `!p`.
    pub(super) negative: Vec<Part>,
    /// Whether the text is the positive one.
    pub(super) is_positive: bool,
}

/// Tells the polarity of a condition; `None` for one whose opposite is not simply written, such as
/// an order (false both ways for a NaN) or a conjunction.
pub(super) fn polarity(facts: &Facts, node: Node<'_>) -> Option<Polarity> {
    if !node.is_clean() || !is_whole(facts, node) {
        return None;
    }
    let source = node.source();
    if node.kind() == "binary_expression" {
        let sign = node.field("operator")?;
        let (left, right) = (node.field("left")?, node.field("right")?);
        // `(a & b) != 0` comes and goes with the rule of truth spelled out.
        if is_bits_test(node) {
            return None;
        }
        let is_positive = match operator(node) {
            b"==" => true,
            b"!=" => false,
            _ => return None,
        };
        let say = |word: &str| {
            let before = source.get(left.span().end as usize..sign.span().start as usize).unwrap_or_default();
            let after = source.get(sign.span().end as usize..right.span().start as usize).unwrap_or_default();
            vec![child(left), Part::Literal([before, word.as_bytes(), after].concat()), child(right)]
        };
        return Some(Polarity { positive: say("=="), negative: say("!="), is_positive });
    }
    // The operand is written as it is: a site inside could put a comparison behind the `!`.
    if node.kind() == "unary_expression" && operator(node) == b"!" {
        let inner = node.field("argument").filter(|inner| is_operand(facts, *inner))?;
        let positive = vec![Part::text(inner.text())];
        return Some(Polarity { positive, negative: vec![Part::text(node.text())], is_positive: false });
    }
    is_operand(facts, node).then(|| Polarity {
        positive: vec![Part::text(node.text())],
        negative: vec![Part::Literal([b"!", node.text()].concat())],
        is_positive: true,
    })
}
