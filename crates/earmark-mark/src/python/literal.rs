//! # The spelling of numbers
//!
//! What varies: `10` or `0xa`, and with letters `0xab` or `0xAB`.
//!
//! Why behavior holds: the same integer (Python reference, 2.4.5). Tables of numbers are left alone.
//!
//! Example: `size & 255` / `size & 0xff`

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::python::place::is_plain_place;
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["integer"], find };

/// More elements than this make a table.
const TABLE: usize = 8;

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let Ok(text) = std::str::from_utf8(node.text()) else { return };
    let hex = text.strip_prefix("0x");
    let value = match hex {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let Ok(value) = value else { return };
    if !(10..1 << 31).contains(&value) || !is_plain_place(node) || is_in_table(node) {
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
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(*b"P001"),
        labels: (0..u8::try_from(spelled.len()).unwrap_or(0)).collect(),
        forms: spelled.into_iter().map(|form| vec![Part::text(form)]).collect(),
        current,
        order: FormOrder::Fixed,
        rank: 40,
    });
}

fn is_in_table(node: Node<'_>) -> bool {
    node.ancestors().take(6).any(|above| {
        above.is(&["list", "tuple", "dictionary", "set"]) && above.named().take(TABLE + 1).count() > TABLE
    })
}
