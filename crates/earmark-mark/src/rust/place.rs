use crate::syntax::Node;

/// Whether a rule may touch the node: neither a comment nor a parse error inside, no parse error and
/// no macro around.
pub(super) fn is_usable(node: Node<'_>) -> bool {
    !node.has_error() && !node.has_comment() && is_plain_place(node)
}

/// Whether the node is plain Rust: no parse error around, not inside a macro's call or definition,
/// not inside an attribute.
pub(super) fn is_plain_place(node: Node<'_>) -> bool {
    const CLOSED: &[&str] = &["token_tree", "macro_definition", "attribute_item", "inner_attribute_item"];
    node.ancestors().enumerate().all(|(height, above)| {
        let guessed = above.is_error() || (height < 3 && above.has_error_child());
        !guessed && !above.is(CLOSED)
    })
}

/// The attributes that stand right above a node.
pub(super) fn attributes(node: Node<'_>) -> Vec<Node<'_>> {
    let Some(parent) = node.parent() else { return Vec::new() };
    let mut found = Vec::new();
    for sibling in parent.children().take_while(|sibling| sibling.id() != node.id()) {
        if sibling.kind() == "attribute_item" {
            found.push(sibling);
        } else if !sibling.is_comment() {
            found.clear();
        }
    }
    found
}

/// The name of an attribute: `cfg` of `#[cfg(test)]`.
pub(super) fn attribute_name(attribute: Node<'_>) -> &[u8] {
    let inner = attribute.named().find(|node| node.kind() == "attribute");
    inner.and_then(|inner| inner.named().next()).map_or(b"", Node::text)
}

/// Whether the compiler itself gives the attribute its meaning, so that no macro sees the item.
pub(super) fn is_inert(name: &[u8]) -> bool {
    const INERT: &[&[u8]] = &[
        b"allow",
        b"cfg",
        b"cold",
        b"default",
        b"deny",
        b"deprecated",
        b"derive",
        b"doc",
        b"error",
        b"expect",
        b"forbid",
        b"from",
        b"ignore",
        b"inline",
        b"must_use",
        b"no_mangle",
        b"non_exhaustive",
        b"repr",
        b"rustfmt::skip",
        b"serde",
        b"should_panic",
        b"source",
        b"target_feature",
        b"test",
        b"track_caller",
        b"warn",
    ];
    INERT.contains(&name)
}
