use serde_json::Value;

/// Why a document has no canonical text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A number with a fraction: write it as a string, in the digits that are meant.
    #[error("`{0}` is a number with a fraction: write it as a string")]
    Fraction(String),
    /// Nested too deeply.
    #[error("the document is nested more than {DEEPEST} deep")]
    Deep,
}

const DEEPEST: usize = 64;

/// The canonical text of a JSON document (RFC 8785) in which integers are written as strings.
///
/// RFC 8785 writes numbers as IEEE 754 doubles, which lose integers above 2^53; as strings they are
/// exact. Members are sorted by their UTF-16 code units (section 3.2.3).
///
/// # Errors
/// [`CanonicalError`].
pub fn canonical(document: &Value) -> Result<String, CanonicalError> {
    let mut out = String::new();
    write(document, &mut out, 0)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String, depth: usize) -> Result<(), CanonicalError> {
    if depth > DEEPEST {
        return Err(CanonicalError::Deep);
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) if number.is_i64() || number.is_u64() => string(&number.to_string(), out),
        Value::Number(number) => return Err(CanonicalError::Fraction(number.to_string())),
        Value::String(text) => string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write(item, out, depth + 1)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            out.push('{');
            for (n, (name, member)) in sorted.into_iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                string(name, out);
                out.push(':');
                write(member, out, depth + 1)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// RFC 8785, section 3.2.2.2: two-character escapes where JSON has them, `\u00xx` for the other
/// control characters, everything else as it is.
fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sorts_by_utf_16_as_rfc_8785_section_3_2_3_shows() {
        let document = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control",
            "\u{f6}": "Latin Small Letter O With Diaeresis"
        });
        let text = canonical(&document).unwrap();
        let order = ["Carriage", "One", "Control", "Diaeresis", "Euro", "Grinning", "Hebrew"];
        let places: Vec<_> = order.iter().map(|word| text.find(word).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
    }

    #[test]
    fn escapes_only_what_must_be() {
        let text = canonical(&json!("\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{7f}")).unwrap();
        assert_eq!(text, "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}\"");
    }

    #[test]
    fn integers_are_exact_and_fractions_refused() {
        let exact = json!({ "b": u64::MAX, "a": [-1, true, null, {}] });
        assert_eq!(canonical(&exact).unwrap(), r#"{"a":["-1",true,null,{}],"b":"18446744073709551615"}"#);
        assert_eq!(canonical(&json!([0.5])), Err(CanonicalError::Fraction("0.5".to_owned())));
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!([deep]);
        }
        assert_eq!(canonical(&deep), Err(CanonicalError::Deep));
    }
}
