use std::fmt::Write as _;

use crate::markdown;

/// A field that may take any value in an attack.
///
/// Whether copies differ in it is not said: the list holds every declared field and as many undeclared ones,
/// and is the same for all recipients.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VaryingField {
    /// The file, from the top of the copy.
    pub file: String,
    /// The line, from 1: line numbers agree between copies.
    pub line: u32,
    /// What the field is: `marker string`, `filler byte`.
    pub field: String,
    /// What an attacker may put there: `any 4 bytes`, `1024 to 65535`.
    pub range: String,
}

/// Writes `VARIES.md`. Deterministic; the order of `fields` leaves no trace, so it cannot tell which are declared.
#[must_use]
pub fn varies_md(fields: &[VaryingField]) -> String {
    let mut fields: Vec<&VaryingField> = fields.iter().collect();
    fields.sort();
    fields.dedup();
    let mut out = "# Fields that vary\n\n\
         These fields may take any value in an attack; do not key detection on them. The list is the same for \
         every recipient. The value in your copy is an example.\n\n"
        .to_owned();
    if fields.is_empty() {
        return out + "No field is listed for this material.\n";
    }
    out += "| where | field | may be |\n|---|---|---|\n";
    for field in fields {
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            markdown::code(&format!("{}:{}", field.file, field.line)),
            markdown::words(&field.field),
            markdown::words(&field.range)
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(line: u32) -> VaryingField {
        VaryingField {
            file: "poc|x.py".to_owned(),
            line,
            field: "marker *string*".to_owned(),
            range: "any 4 bytes".to_owned(),
        }
    }

    #[test]
    fn order_says_nothing() {
        let one_way = varies_md(&[field(9), field(2), field(30)]);
        assert_eq!(one_way, varies_md(&[field(30), field(9), field(2), field(2)]));
        assert!(one_way.contains("| `poc\\|x.py:2` | marker \\*string\\* | any 4 bytes |\n| `poc\\|x.py:9`"));
        assert!(varies_md(&[]).contains("No field is listed"));
    }
}
