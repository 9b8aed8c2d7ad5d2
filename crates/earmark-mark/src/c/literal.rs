//! # The spelling of literals
//!
//! What varies: `10` or `0xa`, and with letters `0xab` or `0xAB`; one string literal or two that
//! adjoin; `0` or `'\0'` where a character is compared or stored.
//!
//! Why behavior holds: same value and, below 2^15, same type on every machine (C17 6.4.4.1); adjoining
//! string literals are joined before anything looks at them (5.1.1.2); `'\0'` is an `int` of value 0
//! (6.4.4.4). Tables of constants are left alone: a changed one shines out.
//!
//! Example: `buf[255] = '\0';` / `buf[0xff] = 0;`

use crate::c::expression::operator;
use crate::c::place::{blank_between, is_usable, verbatim};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const NUMBER: Rule = Rule { kinds: &["number_literal"], find: find_number };
pub(super) const STRING: Rule = Rule { kinds: &["string_literal", "concatenated_string"], find: find_string };
pub(super) const ZERO: Rule = Rule { kinds: &["number_literal", "char_literal"], find: find_zero };

/// More elements than this make a table.
const TABLE: usize = 8;

fn is_in_table(node: Node<'_>) -> bool {
    node.ancestors()
        .any(|above| above.kind() == "initializer_list" && above.named().take(TABLE + 1).count() > TABLE)
}

fn find_number(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let text = node.text();
    let hex = text.len() > 2 && text[0] == b'0' && matches!(text[1], b'x' | b'X');
    let digits = if hex { &text[2..] } else { text };
    let count = digits
        .iter()
        .take_while(|byte| if hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() })
        .count();
    let (number, suffix) = digits.split_at(count);
    let octal = !hex && number.first() == Some(&b'0');
    if octal || count > 8 + 2 || suffix.len() > 3 || !suffix.iter().all(|byte| b"uUlL".contains(byte)) {
        return;
    }
    let Ok(number) = std::str::from_utf8(number) else { return };
    let Ok(value) = u64::from_str_radix(number, if hex { 16 } else { 10 }) else { return };
    // Above 2^15 - 1 decimal and hexadecimal may differ in type where `int` has 16 bits (C17 5.2.4.2.1, 6.4.4.1).
    if !(10..1 << 15).contains(&value) || !is_usable(facts, node) || is_in_table(node) {
        return;
    }
    // `0xe-i` is one preprocessing number and no number at all (C17 6.4.8), and a swap may bring the sign.
    if value % 16 == 14 && suffix.is_empty() {
        return;
    }
    let width = if hex { number.len() } else { 1 };
    let suffix = String::from_utf8_lossy(suffix);
    let lower = format!("0x{value:0width$x}{suffix}");
    let upper = format!("0x{value:0width$X}{suffix}");
    let mut spelled = vec![format!("{value}{suffix}"), lower.clone()];
    if upper != lower {
        spelled.push(upper);
    }
    let Some(current) = spelled.iter().position(|form| form.as_bytes() == text) else { return };
    let labels = (0..u8::try_from(spelled.len()).unwrap_or(0)).collect();
    let Ok(current) = u8::try_from(current) else { return };
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(*b"C015"),
        forms: spelled.into_iter().map(|form| vec![Part::text(form)]).collect(),
        labels,
        current,
        order: FormOrder::Fixed,
        rank: 40,
    });
}

fn find_string(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if node.kind() == "string_literal"
        && node.parent().is_some_and(|parent| parent.kind() == "concatenated_string")
    {
        return;
    }
    if !is_usable(facts, node)
        || is_in_table(node)
        || node.parent().is_some_and(|up| up.kind() == "preproc_include")
    {
        return;
    }
    // Of several strings one in two pieces looks as if a comma was missing: compilers ask.
    let beside = node.parent().filter(|list| list.kind() == "initializer_list").is_some_and(|list| {
        list.named().filter(|one| one.is(&["string_literal", "concatenated_string"])).take(2).count() > 1
    });
    if beside {
        return;
    }
    let source = node.source();
    let whole = |content: &[u8]| [b"\"", content, b"\""].concat();
    let Some((content, current_text)) = contents(node) else { return };
    let Some(at) = cut(&content) else { return };
    let split = [whole(&content[..at]).as_slice(), b" ", &whole(&content[at..])].concat();
    let (forms, current) = match current_text {
        None => (vec![whole(&content), split], 0),
        Some(gap) => {
            let lines: Vec<u8> = gap.iter().copied().filter(|byte| *byte == b'\n').collect();
            let text = source.get(node.span().range()).unwrap_or_default().to_vec();
            (vec![[whole(&content), lines].concat(), text], 1)
        }
    };
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(*b"C016"),
        forms: forms.into_iter().map(|form| vec![Part::Literal(form)]).collect(),
        labels: vec![0, 1],
        current,
        order: FormOrder::Fixed,
        rank: 40,
    });
}

/// The content of one literal, or of two and the white space between them.
fn contents(node: Node<'_>) -> Option<(Vec<u8>, Option<&[u8]>)> {
    let inside = |literal: Node<'_>| Some(literal.text().strip_prefix(b"\"")?.strip_suffix(b"\"")?.to_vec());
    if node.kind() == "string_literal" {
        return Some((inside(node)?, None));
    }
    let pieces: Vec<Node<'_>> = node.named().collect();
    let [first, second] = pieces.as_slice() else { return None };
    if first.kind() != "string_literal" || second.kind() != "string_literal" {
        return None;
    }
    let gap = blank_between(node.source(), first.span().end, second.span().start)?;
    let (one, two) = (inside(*first)?, inside(*second)?);
    // `"\x01" "2"` is not `"\x012"`, and `"?" "?/"` is no trigraph (C17 5.2.1.1, 6.4.4.4).
    let digits = one.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let escape = one.get(one.len().saturating_sub(digits + 2)..one.len() - digits);
    if one.iter().rev().take(4).any(|byte| *byte == b'\\')
        || escape == Some(b"\\x")
        || (one.ends_with(b"?") && two.starts_with(b"?"))
        || one.ends_with(b"??")
    {
        return None;
    }
    Some(([one, two].concat(), Some(gap)))
}

/// Where a literal of 16 characters and more may be cut: after the space nearest its middle, away
/// from escapes.
fn cut(content: &[u8]) -> Option<usize> {
    if content.len() < 16 {
        return None;
    }
    let middle = content.len() / 2;
    (4..content.len() - 4)
        .filter(|at| content[at - 1] == b' ' && !content[at - 4..at + 1].contains(&b'\\'))
        .min_by_key(|at| at.abs_diff(middle))
}

/// Whether an element, or what a pointer points to, is surely no pointer: to compilers `'\0'` is a doubtful spelling of
/// a null pointer.
fn is_number(element: Node<'_>) -> bool {
    let Some(base) = element.field("argument").filter(|base| base.kind() == "identifier") else {
        return false;
    };
    let Some(function) = element.ancestors().find(|above| above.kind() == "function_definition") else {
        return false;
    };
    let mut kinds = function
        .subtree()
        .filter(|below| below.is(&["declaration", "parameter_declaration"]))
        .flat_map(|below| {
            let declarators = below.children().filter(|child| child.field_name() == "declarator");
            declarators.map(move |declarator| (below, declarator))
        })
        .filter_map(|(declaration, declarator)| {
            let (name, depth) = declared(declarator)?;
            (name.text() == base.text()).then_some((declaration, depth))
        })
        .peekable();
    kinds.peek().is_some()
        && kinds.all(|(declaration, depth)| {
            depth == 1
                && declaration
                    .field("type")
                    .is_some_and(|kind| kind.is(&["primitive_type", "sized_type_specifier"]))
        })
}

/// The name that a declarator declares, and of how many pointers and arrays.
fn declared(declarator: Node<'_>) -> Option<(Node<'_>, usize)> {
    let (mut at, mut depth) = (declarator, 0);
    while at.kind() != "identifier" {
        depth += usize::from(at.is(&["pointer_declarator", "array_declarator"]));
        if at.kind() == "function_declarator" {
            return None;
        }
        at = at.field("declarator")?;
    }
    Some((at, depth))
}

fn find_zero(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let current = match node.text() {
        b"0" => 0,
        b"'\\0'" => 1,
        _ => return,
    };
    let Some(parent) = node.parent() else { return };
    let other = match parent.kind() {
        "assignment_expression" if operator(parent) == b"=" && node.field_name() == "right" => {
            parent.field("left")
        }
        "binary_expression" if matches!(operator(parent), b"==" | b"!=") => {
            parent.field(if node.field_name() == "left" { "right" } else { "left" })
        }
        _ => None,
    };
    let reads_one = other.is_some_and(|other| {
        other.kind() == "subscript_expression"
            || (other.kind() == "pointer_expression" && operator(other) == b"*")
    });
    if !reads_one || !is_usable(facts, node) || !other.is_some_and(is_number) {
        return;
    }
    let mut forms = vec![vec![Part::text("0")], vec![Part::text("'\\0'")]];
    forms[usize::from(current)] = vec![verbatim(node.source(), node.span().start, node.span().end)];
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(*b"C032"),
        forms,
        labels: vec![0, 1],
        current,
        order: FormOrder::Fixed,
        rank: 45,
    });
}
