//! The reading document inside a page: `<script type="application/json" id="reading">{"version":1,...}</script>`.
//!
//! JSON knows `\u003c` for `<`, so a document can be rewritten to hold neither `<`, `>` nor `&` without
//! changing what it says: no text inside can then close the element, open a comment, or be an entity. Characters
//! that hide or turn around their neighbors are written the same way.

use serde::de::IgnoredAny;

use crate::text;

/// Why a reading document was not embedded.
#[derive(Debug, thiserror::Error)]
#[error("the reading document is no valid JSON")]
pub struct ReadingError(#[from] serde_json::Error);

pub(crate) const OPENING: &str = "<script type=\"application/json\" id=\"reading\">";
const CLOSING: &str = "</script>";

/// Rewrites `json` for the inside of a script element; equal as JSON, free of `<`, `>` and `&`.
///
/// # Errors
/// [`ReadingError`] if `json` is not one JSON document: outside a string none of the three may stand,
/// so only what parses can be rewritten safely.
pub(crate) fn embeddable(json: &str) -> Result<String, ReadingError> {
    serde_json::from_str::<IgnoredAny>(json)?;
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        // Outside a string JSON knows only ASCII, so whatever else would mislead stands inside one.
        if matches!(c, '<' | '>' | '&') || !c.is_ascii_control() && text::hides(c) || c == '\u{7f}' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    Ok(out)
}

/// Finds the reading document in a rendered report; `None` if there is none.
///
/// It equals the document that was rendered as JSON, not byte for byte. So a report can be replayed like
/// the document itself.
#[must_use]
pub fn reading_in(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once(OPENING)?;
    rest.split_once(CLOSING).map(|(json, _)| json)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_json_is_refused() {
        for bad in ["", "</script>", "{} <!-- -->", "{'a':1}", "{}{}"] {
            assert!(embeddable(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_closes_the_element(text in ".*(</script>|<!--|<script|&lt;|\u{2028}|\u{202e}|\u{e0041}|\u{7f})?.*") {
            let json = serde_json::json!({ "asset": text, text.clone(): [text.clone()] });
            let safe = embeddable(&json.to_string()).unwrap();
            let closes = safe.contains(['<', '>', '&', '\u{2028}', '\u{202e}', '\u{e0041}', '\u{7f}']);
            prop_assert!(!closes);
            prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&safe).unwrap(), &json);
            let page = format!("<p>{OPENING}{safe}{CLOSING}<p>");
            prop_assert_eq!(reading_in(&page), Some(safe.as_str()));
        }
    }
}
