//! # Numbers, steps, properties, declarations
//!
//! What varies: `10`, `0xa`; `i++` or `++i` where the value is not used; `{ x }` or `{ x: x }`; two declarations in one statement or in
//! two, each on its own line.
//!
//! Why behavior holds: the same number (ECMAScript, 12.9.3); prefix and postfix differ in their value only (13.4); a shorthand property is
//! the long one (13.2.5); declarations run in the order of the text (14.3).
//!
//! Example: `var a = 1,` above `b = 2;` / `var a = 1;` above `var b = 2;`

use earmark_model::Span;

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::javascript::place::{is_plain_place, is_usable};
use crate::parts::{blank_between, child};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const NUMBER: Rule = Rule { kinds: &["number"], find: find_number };
pub(super) const STEP: Rule = Rule { kinds: &["update_expression"], find: find_step };
pub(super) const SHORTHAND: Rule =
    Rule { kinds: &["pair", "shorthand_property_identifier"], find: find_shorthand };
pub(super) const DECLARATION: Rule =
    Rule { kinds: &["lexical_declaration", "variable_declaration"], find: find_declaration };

/// More elements than this make a table.
const TABLE: usize = 8;

fn find_number(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let Ok(text) = std::str::from_utf8(node.text()) else { return };
    let hex = text.strip_prefix("0x");
    let value = match hex {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let is_table =
        |above: Node<'_>| above.is(&["array", "object"]) && above.named().take(TABLE + 1).count() > TABLE;
    let Ok(value) = value else { return };
    let is_octal = hex.is_none() && text.starts_with('0');
    // `1..toString()`, `{ 10: x }`: not here.
    let is_key = node.parent().is_none_or(|parent| {
        parent.kind() == "member_expression" || node.field_name() == "key" || node.field_name() == "name"
    });
    if is_octal
        || is_key
        || !(10..1 << 31).contains(&value)
        || !is_plain_place(node)
        || node.ancestors().take(6).any(is_table)
    {
        return;
    }
    let width = hex.map_or(1, str::len);
    let (lower, upper) = (format!("0x{value:0width$x}"), format!("0x{value:0width$X}"));
    let mut spelled = vec![value.to_string(), lower.clone()];
    if upper != lower {
        spelled.push(upper);
    }
    let Some(current) = spelled.iter().position(|form| form == text) else { return };
    let Ok(current) = u8::try_from(current) else { return };
    let labels = (0..u8::try_from(spelled.len()).unwrap_or(0)).collect();
    let forms = spelled.into_iter().map(|form| vec![Part::text(form)]).collect();
    drafts.push(fixed(node.span(), b"J015", forms, labels, current, 40));
}

fn fixed(span: Span, code: &[u8; 4], forms: Vec<Vec<Part>>, labels: Vec<u8>, current: u8, rank: u8) -> Draft {
    Draft { span, code: RuleCode(*code), forms, labels, current, order: FormOrder::Fixed, rank }
}

fn find_step(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let (Some(target), Some(sign), Some(parent)) =
        (node.field("argument"), node.field("operator"), node.parent())
    else {
        return;
    };
    let is_unused = match parent.kind() {
        "expression_statement" => parent.text().ends_with(b";"),
        "for_statement" => node.field_name() == "increment",
        _ => false,
    };
    // `(x)++` would go on with the line before.
    let goes_on = target.text().first().is_none_or(|byte| b"([".contains(byte));
    if !is_unused || goes_on || !is_usable(node) || node.span().len() != target.span().len() + 2 {
        return;
    }
    let forms =
        vec![vec![child(target), Part::text(sign.text())], vec![Part::text(sign.text()), child(target)]];
    let current = u8::from(sign.span().start < target.span().start);
    drafts.push(fixed(node.span(), b"J016", forms, vec![0, 1], current, 20));
}

fn find_shorthand(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let (name, current) = if node.kind() == "pair" {
        let (Some(key), Some(value)) = (node.field("key"), node.field("value")) else { return };
        if key.kind() != "property_identifier" || value.kind() != "identifier" || key.text() != value.text() {
            return;
        }
        (value.text(), 1)
    } else {
        (node.text(), 0)
    };
    let in_object = node.parent().is_some_and(|parent| parent.kind() == "object");
    if !in_object || !is_usable(node) || name == b"__proto__" {
        return;
    }
    let mut forms = vec![vec![Part::text(name)], vec![Part::Literal([name, b": ", name].concat())]];
    forms[current] = vec![Part::text(node.text())];
    drafts.push(fixed(node.span(), b"J017", forms, vec![0, 1], u8::from(current == 1), 40));
}

fn find_declaration(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if !is_declaration(node) || !is_plain_place(node) || node.has_error() {
        return;
    }
    let source = node.source();
    let indent = indentation(source, node.span().start);
    let keyword = node.children().next().map_or(b"".as_slice(), Node::text);
    let declarators: Vec<_> = node.named().filter(|part| part.kind() == "variable_declarator").collect();
    for pair in declarators.windows(2) {
        let (from, to) = (pair[0].span().end, pair[1].span().start);
        let gap = source.get(from as usize..to as usize).unwrap_or_default();
        let lines = gap.iter().filter(|byte| **byte == b'\n').count();
        if lines == 0 || gap.iter().any(|byte| !byte.is_ascii_whitespace() && *byte != b',') {
            continue;
        }
        let split = [b";", vec![b'\n'; lines].as_slice(), indent, keyword, b" "].concat();
        let forms = vec![vec![Part::text(gap)], vec![Part::Literal(split)]];
        drafts.push(fixed(Span::new(from, to), b"J018", forms, vec![0, 1], 0, 40));
    }
    let Some(next) = node.next_sibling().filter(|next| is_declaration(*next) && !next.has_error()) else {
        return;
    };
    let (Some(last), Some(first)) =
        (declarators.last(), next.named().find(|part| part.kind() == "variable_declarator"))
    else {
        return;
    };
    let same = next.children().next().is_some_and(|word| word.text() == keyword);
    let gap = blank_between(source, node.span().end, next.span().start).unwrap_or_default();
    let ends_at_once = last.span().end + 1 == node.span().end;
    let (from, to) = (last.span().end, first.span().start);
    if same
        && ends_at_once
        && gap.contains(&b'\n')
        && blank_between(source, next.span().start + u32::try_from(keyword.len()).unwrap_or(0), to).is_some()
    {
        let lines = source
            .get(from as usize..to as usize)
            .unwrap_or_default()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let joined = [b",", vec![b'\n'; lines].as_slice(), indent, b"  "].concat();
        let text = source.get(from as usize..to as usize).unwrap_or_default();
        let forms = vec![vec![Part::Literal(joined)], vec![Part::text(text)]];
        drafts.push(fixed(Span::new(from, to), b"J018", forms, vec![0, 1], 1, 40));
    }
}

/// A declaration that is a statement of its own and ends with a semicolon.
fn is_declaration(node: Node<'_>) -> bool {
    node.is(&["lexical_declaration", "variable_declaration"])
        && node.text().ends_with(b";")
        && node.parent().is_some_and(|parent| parent.is(&["program", "statement_block"]))
}

/// The white space that the line of `at` begins with.
fn indentation(source: &[u8], at: u32) -> &[u8] {
    let before = source.get(..at as usize).unwrap_or_default();
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |line| line + 1);
    let line = &before[start..];
    let blanks = line.iter().take_while(|byte| matches!(**byte, b' ' | b'\t')).count();
    &line[..blanks]
}
