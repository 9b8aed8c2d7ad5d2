use std::fmt::Write as _;

use crate::markdown;

/// A field that may take any value in an attack.
///
/// Nothing here says whether copies differ in it: the list holds every declared field and as many undeclared ones,
/// is the same for all recipients, and gives neither line nor range, which only a declared field has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VaryingField {
    /// The file, from the top of the copy.
    pub file: String,
    /// What the field is: `marker string`, `filler byte`.
    pub field: String,
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
    out += "| file | field |\n|---|---|\n";
    for field in fields {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| {} | {} |", markdown::code(&field.file), markdown::words(&field.field));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(file: &str) -> VaryingField {
        VaryingField { file: file.to_owned(), field: "marker *string*".to_owned() }
    }

    #[test]
    fn order_says_nothing() {
        let one_way = varies_md(&[field("c.py"), field("a|b.py"), field("d.py")]);
        assert_eq!(one_way, varies_md(&[field("d.py"), field("c.py"), field("a|b.py"), field("c.py")]));
        assert!(one_way.contains("| `a\\|b.py` | marker \\*string\\* |\n| `c.py`"));
        assert!(varies_md(&[]).contains("No field is listed"));
    }
}
