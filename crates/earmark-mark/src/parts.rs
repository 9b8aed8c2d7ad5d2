//! The pieces that rules of every language put forms together from.

use crate::draft::Part;
use crate::syntax::Node;

/// A child part of the node.
pub(crate) fn child(node: Node<'_>) -> Part {
    Part::Child(node.span())
}

/// A literal part with the text from one position to another.
pub(crate) fn verbatim(source: &[u8], from: u32, to: u32) -> Part {
    Part::Literal(source.get(from as usize..to as usize).unwrap_or_default().to_vec())
}

/// The bytes between two positions, if they are nothing but white space.
pub(crate) fn blank_between(source: &[u8], from: u32, to: u32) -> Option<&[u8]> {
    let gap = source.get(from as usize..to as usize)?;
    gap.iter().all(u8::is_ascii_whitespace).then_some(gap)
}

/// The operator of a node that has one; empty for none.
pub(crate) fn operator(node: Node<'_>) -> &[u8] {
    node.field("operator").map_or(b"", Node::text)
}
