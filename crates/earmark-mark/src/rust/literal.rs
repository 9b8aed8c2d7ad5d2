//! # The spelling of numbers
//!
//! What varies: `10` or `0xa`, and with letters `0xab` or `0xAB`; from a thousand on also `1_000`.
//!
//! Why behavior holds: the same value and the same suffix (Rust reference, Integer literals). Tables of numbers
//! are left alone: a changed one shines out. Inside macros only where the macro is known to
//! use its arguments as expressions and not as text.
//!
//! Example: `let mask = 255;` / `let mask = 0xff;`

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["integer_literal"], find };

/// More elements than this make a table.
const TABLE: usize = 8;

/// Macros that take expressions and never show them.
const OPEN: &[&[u8]] = &[
    b"vec",
    b"assert_eq",
    b"assert_ne",
    b"debug_assert_eq",
    b"debug_assert_ne",
    b"format",
    b"print",
    b"println",
    b"eprint",
    b"eprintln",
    b"write",
    b"writeln",
];

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let Ok(text) = std::str::from_utf8(node.text()) else { return };
    // `pair.10` is a name, spelled in one way.
    let is_field = |owner: Node<'_>| {
        owner.is(&["field_expression", "field_pattern", "field_initializer"])
            && !(owner.kind() == "field_initializer" && node.field_name() == "value")
            && !(owner.kind() == "field_pattern" && node.field_name() == "pattern")
    };
    if node.parent().is_some_and(is_field)
        || node.previous_sibling().is_some_and(|before| before.text() == b".")
    {
        return;
    }
    let hex = text.starts_with("0x");
    let digits = if hex { &text[2..] } else { text };
    let is_digit = |letter: char| {
        letter == '_' || if hex { letter.is_ascii_hexdigit() } else { letter.is_ascii_digit() }
    };
    let count = digits.chars().take_while(|letter| is_digit(*letter)).count();
    let (number, suffix) = digits.split_at(count);
    if text.starts_with("0b") || text.starts_with("0o") || suffix.starts_with('f') {
        return;
    }
    let plain: String = number.chars().filter(|letter| *letter != '_').collect();
    let Ok(value) = u64::from_str_radix(&plain, if hex { 16 } else { 10 }) else { return };
    if !(10..1 << 31).contains(&value) || !is_open(node) || is_in_table(node) {
        return;
    }
    let width = if hex { plain.len() } else { 1 };
    let suffix = if number.ends_with('_') { format!("_{suffix}") } else { suffix.to_owned() };
    let lower = format!("0x{value:0width$x}{suffix}");
    let upper = format!("0x{value:0width$X}{suffix}");
    let mut spelled = vec![(0, format!("{value}{suffix}"))];
    let large = value >= 1000;
    if large {
        spelled.push((1, format!("{}{suffix}", grouped(value))));
    }
    let first_hex = if large { 2 } else { 1 };
    if upper != lower {
        spelled.extend([(first_hex, lower), (first_hex + 1, upper)]);
    } else {
        spelled.push((first_hex, lower));
    }
    let Some(current) = spelled.iter().position(|form| form.1 == text) else { return };
    let Ok(current) = u8::try_from(current) else { return };
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(if large { *b"R011" } else { *b"R010" }),
        labels: spelled.iter().map(|form| form.0).collect(),
        forms: spelled.into_iter().map(|form| vec![Part::text(form.1)]).collect(),
        current,
        order: FormOrder::Fixed,
        rank: 40,
    });
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// Whether the number is code: not in an attribute, a macro's definition, or a call of a macro that
/// might show its arguments.
fn is_open(node: Node<'_>) -> bool {
    !node.is_error()
        && node.ancestors().enumerate().all(|(height, above)| {
            let guessed = above.is_error() || (height < 3 && above.has_error_child());
            !guessed
                && !above.is(&["macro_definition", "attribute_item", "inner_attribute_item"])
                && (above.kind() != "macro_invocation"
                    || above.field("macro").is_some_and(|name| OPEN.contains(&name.text())))
        })
}

fn is_in_table(node: Node<'_>) -> bool {
    node.ancestors().take(4).any(|above| {
        let elements = match above.kind() {
            "array_expression" => above.named().take(TABLE + 1).count(),
            "token_tree" => above.children().filter(|token| token.kind() == ",").take(TABLE + 1).count(),
            _ => 0,
        };
        elements > TABLE
    })
}
