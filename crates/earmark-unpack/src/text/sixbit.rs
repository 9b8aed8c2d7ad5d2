//! Decoding base64 (RFC 4648, section 4 and 5), quoted-printable (RFC 2045, section 6.7) and uuencode.

/// Decodes base64 of either alphabet. What is not of the alphabet is passed over; an end that is cut gives
/// what its bits give.
pub(crate) fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for byte in text {
        let Some(value) = base64_value(*byte) else { continue };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}

fn base64_value(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// Whether a byte may stand in base64.
pub(crate) fn is_base64(byte: u8) -> bool {
    base64_value(byte).is_some() || byte == b'='
}

/// Decodes quoted-printable; a malformed escape stays as it is.
pub(crate) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        at += 1;
        if *byte != b'=' {
            out.push(*byte);
        } else if let (Some(high), Some(low)) = (digit(text.get(at)), digit(text.get(at + 1))) {
            out.push((high * 16 + low) as u8);
            at += 2;
        } else {
            let line_end =
                text[at..].iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(text.len() - at);
            match &text[at + line_end..] {
                [b'\r', b'\n', ..] => at += line_end + 2,
                [b'\n', ..] => at += line_end + 1,
                [] => at += line_end,
                _ => out.push(b'='),
            }
        }
    }
    out
}

/// Decodes one line of uuencode: a length, then four characters for three bytes. `None` if it is none.
pub(crate) fn uu_line(line: &[u8]) -> Option<Vec<u8>> {
    let (first, rest) = line.split_first()?;
    let length = usize::from(uu_value(*first)?);
    let mut out = Vec::with_capacity(length + 2);
    for group in rest.chunks(4) {
        let mut bits = 0_u32;
        for at in 0..4 {
            bits = bits << 6 | u32::from(uu_value(group.get(at).copied().unwrap_or(b' '))?);
        }
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    (out.len() >= length).then(|| {
        out.truncate(length);
        out
    })
}

fn uu_value(byte: u8) -> Option<u8> {
    (b' '..=b'`').contains(&byte).then(|| (byte - b' ') & 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specimens_of_the_rfcs() {
        // RFC 4648, section 10.
        for (plain, coded) in [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(coded.as_bytes()), plain.as_bytes());
        }
        assert_eq!(base64(b"Zm9v\r\nYm\xffFy"), b"foobar");
        // RFC 2045, section 6.7.
        assert_eq!(quoted_printable(b"a=3D=\r\nb= \nc=XY="), b"a=bc=XY");
        assert_eq!(uu_line(b"#0V%T"), Some(b"Cat".to_vec()));
        assert_eq!(uu_line(b"`"), Some(vec![]));
        assert_eq!(uu_line(b"M!"), None);
        assert_eq!(uu_line(b"lower"), None);
    }
}
