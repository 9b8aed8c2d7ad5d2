use lettre::Address;

/// Why a text is no mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no mail address")]
pub struct AddressError(pub String);

/// The address in `ann@harbor.example` or `Ann <ann@harbor.example>`.
///
/// # Errors
/// [`AddressError`].
pub fn bare(text: &str) -> Result<Address, AddressError> {
    let inside = match text.trim().strip_suffix('>') {
        Some(rest) => rest.rsplit_once('<').map_or("", |(_, inside)| inside),
        None => text.trim(),
    };
    let address = if text.chars().any(char::is_control) { None } else { inside.parse().ok() };
    address.ok_or_else(|| AddressError(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_around_an_address_are_left_out() {
        for text in [
            "ann@harbor.example",
            " ann@harbor.example ",
            "Ann <ann@harbor.example>",
            "\"A <b>\" <ann@harbor.example>",
        ] {
            assert_eq!(bare(text).unwrap().to_string(), "ann@harbor.example", "{text}");
        }
        for text in
            ["", "ann", "ann@", "<>", "Ann <ann@harbor.example", "a@b\r\nRCPT TO:<c@d>", "a b@c.example"]
        {
            assert!(bare(text).is_err(), "{text}");
        }
    }
}
