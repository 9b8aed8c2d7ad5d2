//! Names for addresses, made of names for people.

/// A name for addresses made of a name for people: what is no letter or digit of ASCII becomes `-`.
pub(super) fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => slug.push_str("ae"),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            'á' | 'à' | 'â' | 'å' | 'ã' => slug.push('a'),
            'é' | 'è' | 'ê' | 'ë' => slug.push('e'),
            'í' | 'ì' | 'î' | 'ï' => slug.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ø' => slug.push('o'),
            'ú' | 'ù' | 'û' => slug.push('u'),
            'ç' => slug.push('c'),
            'ñ' => slug.push('n'),
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_names_for_addresses() {
        for (name, slug) in [
            ("Harbor Security, Inc.", "harbor-security-inc"),
            ("Jörg Großmann", "joerg-grossmann"),
            ("  A--b  ", "a-b"),
            ("東京", ""),
        ] {
            assert_eq!(slug_of(name), slug);
        }
    }
}
