//! What expressions do besides having a value: nothing, as far as their text tells.

use crate::parts::operator;
use crate::rust::words::{is_camel, is_shouted};
use crate::syntax::Node;

/// How an expression uses a variable or a field of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Its value is taken: moved, if the type does not copy.
    Take,
    /// It is looked at.
    Look,
}

/// A use of a path: `self.a.b` is `["self", "a", "b"]`.
pub(super) type Mention<'t> = (Vec<&'t [u8]>, Use);

/// Methods that look at their receiver and return a value of their own.
const LOOKING: &[&[u8]] = &[
    b"as_bytes",
    b"as_ref",
    b"as_slice",
    b"as_str",
    b"capacity",
    b"clone",
    b"cloned",
    b"contains",
    b"contains_key",
    b"copied",
    b"count_ones",
    b"ends_with",
    b"eq",
    b"eq_ignore_ascii_case",
    b"is_alphabetic",
    b"is_alphanumeric",
    b"is_ascii",
    b"is_ascii_alphabetic",
    b"is_ascii_alphanumeric",
    b"is_ascii_digit",
    b"is_ascii_hexdigit",
    b"is_ascii_lowercase",
    b"is_ascii_punctuation",
    b"is_ascii_uppercase",
    b"is_ascii_whitespace",
    b"is_digit",
    b"is_empty",
    b"is_err",
    b"is_negative",
    b"is_none",
    b"is_numeric",
    b"is_ok",
    b"is_positive",
    b"is_some",
    b"is_whitespace",
    b"leading_zeros",
    b"len",
    b"starts_with",
    b"to_lowercase",
    b"to_owned",
    b"to_string",
    b"to_uppercase",
    b"to_vec",
    b"trailing_zeros",
    b"wrapping_add",
    b"wrapping_mul",
    b"wrapping_sub",
];

const CONTAINERS: &[&[u8]] = &[
    b"BTreeMap",
    b"BTreeSet",
    b"BinaryHeap",
    b"HashMap",
    b"HashSet",
    b"OsString",
    b"PathBuf",
    b"String",
    b"Vec",
    b"VecDeque",
];

/// The uses an expression makes of variables, or `None` if it may do more than compute a value.
///
/// Calls are known by name alone: what the standard library gives these names, and constructors.
/// May panic (arithmetic, indices); see [`is_total`].
pub(super) fn mentions(node: Node<'_>) -> Option<Vec<Mention<'_>>> {
    let mut found = Vec::new();
    gather(node, Use::Take, 0, &mut found)?;
    Some(found)
}

/// Whether evaluating the expression does nothing at all and cannot panic.
pub(super) fn is_total(node: Node<'_>) -> bool {
    let in_unsafe = node.ancestors().any(|above| {
        above.kind() == "unsafe_block"
            || (above.kind() == "function_item"
                && above.text().windows(6).take(40).any(|word| word == b"unsafe"))
    });
    mentions(node).is_some()
        && node.subtree().all(|below| match below.kind() {
            "index_expression" | "match_expression" => false,
            "unary_expression" => {
                let sign = below.children().next().map_or(b"".as_slice(), Node::text);
                sign == b"!" || (sign == b"*" && !in_unsafe)
            }
            "binary_expression" => {
                !matches!(operator(below), b"+" | b"-" | b"*" | b"/" | b"%" | b"<<" | b">>")
            }
            _ => true,
        })
}

/// Whether two expressions may be evaluated in either order.
pub(super) fn are_independent(left: &[Mention<'_>], right: &[Mention<'_>]) -> bool {
    left.iter().all(|(path, how)| {
        right.iter().all(|(other, other_how)| {
            let short = path.len().min(other.len());
            let overlap = path[..short] == other[..short];
            let harmless = *how == Use::Look && *other_how == Use::Look;
            !overlap || harmless || (path == other && how == other_how)
        })
    })
}

fn gather<'t>(node: Node<'t>, how: Use, depth: usize, found: &mut Vec<Mention<'t>>) -> Option<()> {
    if depth > 40 {
        return None;
    }
    let next = depth + 1;
    match node.kind() {
        "integer_literal" | "float_literal" | "char_literal" | "string_literal" | "raw_string_literal"
        | "boolean_literal" | "scoped_identifier" | "unit_expression" => Some(()),
        "identifier" if is_shouted(node.text()) || node.text() == b"None" => Some(()),
        "identifier" | "self" => {
            found.push((vec![node.text()], how));
            Some(())
        }
        "field_expression" => match path(node, 0) {
            Some(path) => {
                found.push((path, how));
                Some(())
            }
            None => gather(node.field("value")?, Use::Look, next, found),
        },
        "reference_expression" => {
            let is_mutable = node.children().any(|part| part.is(&["mutable_specifier", "raw"]));
            if is_mutable { None } else { gather(node.field("value")?, Use::Look, next, found) }
        }
        "unary_expression" => gather(node.named().next()?, Use::Look, next, found),
        "type_cast_expression" => gather(node.field("value")?, Use::Look, next, found),
        "parenthesized_expression" => gather(node.named().next()?, how, next, found),
        "binary_expression" => {
            gather(node.field("left")?, Use::Look, next, found)?;
            gather(node.field("right")?, Use::Look, next, found)
        }
        "index_expression" => node.named().try_for_each(|part| gather(part, Use::Look, next, found)),
        "tuple_expression" | "array_expression" => {
            node.named().try_for_each(|part| gather(part, how, next, found))
        }
        "call_expression" => call(node, next, found),
        _ => None,
    }
}

fn call<'t>(node: Node<'t>, depth: usize, found: &mut Vec<Mention<'t>>) -> Option<()> {
    let (function, arguments) = (node.field("function")?, node.field("arguments")?);
    match function.kind() {
        "field_expression" => {
            let name = function.field("field")?.text();
            if !LOOKING.contains(&name) {
                return None;
            }
            gather(function.field("value")?, Use::Look, depth, found)?;
        }
        "identifier" if is_camel(function.text()) => {}
        "scoped_identifier" => {
            let name = function.field("name")?.text();
            let owner = function.field("path").map_or(b"".as_slice(), |path| {
                path.leaves().find(|leaf| is_camel(leaf.text())).map_or(b"".as_slice(), Node::text)
            });
            let makes_container = CONTAINERS.contains(&owner)
                && matches!(name, b"new" | b"with_capacity" | b"from" | b"default");
            if !is_camel(name) && !makes_container {
                return None;
            }
        }
        _ => return None,
    }
    arguments.named().try_for_each(|argument| gather(argument, Use::Take, depth, found))
}

/// `a.b.c` as words.
fn path(node: Node<'_>, depth: usize) -> Option<Vec<&[u8]>> {
    match node.kind() {
        "identifier" | "self" => Some(vec![node.text()]),
        "field_expression" if depth < 20 => {
            let mut words = path(node.field("value")?, depth + 1)?;
            words.push(node.field("field")?.text());
            Some(words)
        }
        _ => None,
    }
}
