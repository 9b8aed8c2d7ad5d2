//! Whether bytes are text.

/// How much is looked at.
const SAMPLE: usize = 16 << 10;

/// Whether `bytes` look like text in an encoding that keeps ASCII: no zero bytes, hardly any control
/// characters, and letters enough. Looks at the first 16 KiB.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let odd =
        sample.iter().filter(|byte| matches!(byte, 0x00..=0x08 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f)).count();
    let high = sample.iter().filter(|byte| **byte >= 0x80).count();
    let valid = || match std::str::from_utf8(sample) {
        Ok(_) => true,
        // A character may be cut at the end of the sample.
        Err(error) => error.valid_up_to() + 4 > sample.len() && error.error_len().is_none(),
    };
    !sample.is_empty() && odd * 200 <= sample.len() && (high * 3 <= sample.len() || valid())
}

/// The lines of `bytes` without their ends (`\n` or `\r\n`).
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes).filter(|bytes| !bytes.is_empty());
    std::iter::from_fn(move || {
        let bytes = rest?;
        let (line, next) = match memchr::memchr(b'\n', bytes) {
            Some(at) => (&bytes[..at], Some(&bytes[at + 1..]).filter(|next| !next.is_empty())),
            None => (bytes, None),
        };
        rest = next;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_other_things() {
        for text in [
            &b"int main(void) { return 0; }\n"[..],
            "gr\u{fc}\u{df}e".as_bytes(),
            "\u{4e2d}\u{6587}".as_bytes(),
        ] {
            assert!(is_text(text));
        }
        for other in [&b""[..], b"\x7fELF\x02\x01\x01\0\0\0\0", &[0x1f, 0x8b, 8, 0, 0xff, 0xfe, 0x9c, 0x88]] {
            assert!(!is_text(other));
        }
    }

    #[test]
    fn lines_of_every_ending() {
        assert_eq!(lines(b"a\r\nb\n\nc").collect::<Vec<_>>(), [&b"a"[..], b"b", b"", b"c"]);
        assert_eq!(lines(b"a\n").count(), 1);
        assert_eq!(lines(b"").count(), 0);
    }
}
