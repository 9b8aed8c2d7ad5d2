//! Character references of HTML.

/// The names that occur in code and prose; the others stay as they are.
const NAMED: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("Tab", "\t"),
    ("NewLine", "\n"),
    ("excl", "!"),
    ("num", "#"),
    ("dollar", "$"),
    ("percnt", "%"),
    ("lpar", "("),
    ("rpar", ")"),
    ("ast", "*"),
    ("plus", "+"),
    ("comma", ","),
    ("period", "."),
    ("sol", "/"),
    ("colon", ":"),
    ("semi", ";"),
    ("equals", "="),
    ("quest", "?"),
    ("commat", "@"),
    ("lsqb", "["),
    ("lbrack", "["),
    ("bsol", "\\"),
    ("rsqb", "]"),
    ("rbrack", "]"),
    ("Hat", "^"),
    ("lowbar", "_"),
    ("grave", "`"),
    ("lcub", "{"),
    ("lbrace", "{"),
    ("verbar", "|"),
    ("vert", "|"),
    ("rcub", "}"),
    ("rbrace", "}"),
    ("hyphen", "-"),
    ("minus", "-"),
    ("shy", ""),
    ("ensp", " "),
    ("emsp", " "),
    ("thinsp", " "),
    ("zwnj", ""),
    ("zwj", ""),
    ("copy", "\u{a9}"),
    ("reg", "\u{ae}"),
    ("trade", "\u{2122}"),
    ("sect", "\u{a7}"),
    ("para", "\u{b6}"),
    ("deg", "\u{b0}"),
    ("middot", "\u{b7}"),
    ("laquo", "\u{ab}"),
    ("raquo", "\u{bb}"),
    ("times", "\u{d7}"),
    ("divide", "\u{f7}"),
    ("micro", "\u{b5}"),
    ("ndash", "\u{2013}"),
    ("mdash", "\u{2014}"),
    ("lsquo", "\u{2018}"),
    ("rsquo", "\u{2019}"),
    ("ldquo", "\u{201c}"),
    ("rdquo", "\u{201d}"),
    ("bull", "\u{2022}"),
    ("hellip", "\u{2026}"),
    ("rarr", "\u{2192}"),
    ("larr", "\u{2190}"),
    ("euro", "\u{20ac}"),
    ("auml", "\u{e4}"),
    ("ouml", "\u{f6}"),
    ("uuml", "\u{fc}"),
    ("Auml", "\u{c4}"),
    ("Ouml", "\u{d6}"),
    ("Uuml", "\u{dc}"),
    ("szlig", "\u{df}"),
    ("eacute", "\u{e9}"),
    ("egrave", "\u{e8}"),
    ("agrave", "\u{e0}"),
    ("ccedil", "\u{e7}"),
];

/// Appends `text` to `out`, its character references resolved. A hard space becomes an ordinary one: that is what
/// it was in code before it was shown on a page.
pub(crate) fn decode(mut text: &[u8], out: &mut Vec<u8>) {
    while let Some(at) = memchr::memchr(b'&', text) {
        out.extend_from_slice(&text[..at]);
        text = &text[at..];
        let (bytes, length) = reference(text).unwrap_or((b"&".to_vec(), 1));
        out.extend(bytes);
        text = &text[length..];
    }
    out.extend_from_slice(text);
}

/// The reference at the start of `text` and its length.
fn reference(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let rest = text.get(1..text.len().min(12))?;
    let end =
        rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'#').unwrap_or(rest.len());
    let name = std::str::from_utf8(&rest[..end]).ok()?;
    let length = 1 + end + usize::from(rest.get(end) == Some(&b';'));
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        let character = match char::from_u32(code)? {
            '\u{a0}' => ' ',
            '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' => return Some((Vec::new(), length)),
            character => character,
        };
        return Some((character.to_string().into_bytes(), length));
    }
    // Without its semicolon a name must be sure not to be a piece of code (`&lt` and `&amp` are).
    if length == 1 + end && !matches!(name, "lt" | "gt" | "amp" | "quot" | "nbsp") {
        return None;
    }
    let (_, character) = NAMED.iter().find(|(known, _)| *known == name)?;
    Some((character.as_bytes().to_vec(), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        let mut out = Vec::new();
        decode(text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn references_resolve_and_ampersands_stay() {
        for (text, expected) in [
            ("a &lt;b&gt; &amp;&amp; c", "a <b> && c"),
            ("&#65;&#x42;&#X43;&nbsp;&#160;", "ABC  "),
            ("a && b & c &", "a && b & c &"),
            ("&unknown; &copyright &#xffffffff; &#;", "&unknown; &copyright &#xffffffff; &#;"),
            ("&lt x", "< x"),
            ("&amp;lt;", "&lt;"),
        ] {
            assert_eq!(decoded(text), expected);
        }
    }
}
