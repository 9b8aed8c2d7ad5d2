/// Whether a name looks like a variant or a type: `Some`, not `MAX`, not `x`.
pub(super) fn is_camel(name: &[u8]) -> bool {
    name.first().is_some_and(u8::is_ascii_uppercase)
        && name.iter().any(u8::is_ascii_lowercase)
        && name != b"Self"
}

/// Whether a name looks like a constant: `MAX`.
pub(super) fn is_shouted(name: &[u8]) -> bool {
    name.len() > 1
        && name.first().is_some_and(u8::is_ascii_uppercase)
        && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// The value of an integer literal without suffix, decimal or hexadecimal.
pub(super) fn integer_value(text: &[u8]) -> Option<u64> {
    let digits: String = std::str::from_utf8(text).ok()?.chars().filter(|letter| *letter != '_').collect();
    match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    }
}
