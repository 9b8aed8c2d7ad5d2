//! UTF-16 and UTF-32 of both byte orders, with or without a byte order mark.

use crate::input::{Input, Source};
use crate::opening::{Container, Opening, Part};

/// How much is looked at.
const SAMPLE: usize = 4 << 10;

pub(crate) struct Utf;

impl Container for Utf {
    fn name(&self) -> &'static str {
        "utf-16"
    }

    fn purpose(&self) -> &'static str {
        "text in UTF-16 or UTF-32, turned into UTF-8"
    }

    fn limits(&self) -> &'static str {
        "without a byte order mark only text that is mostly ASCII is recognized"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        encoding(content).is_some()
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        let held = opening.hold(&mut input);
        let Some((encoding, mark)) = encoding(&held) else { return };
        let text = encoding.decode(&held[mark..]);
        // An empty rest after a mark holds nothing; a limit is told of by the opening.
        if opening.meter().take(text.len()).is_ok() {
            opening.open(Part::Same, Source::Slice(text.as_bytes()));
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Encoding {
    width: usize,
    big: bool,
}

impl Encoding {
    fn unit(self, bytes: &[u8]) -> u32 {
        let fold = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
        if self.big { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) }
    }

    fn decode(self, bytes: &[u8]) -> String {
        let units = bytes.chunks_exact(self.width).map(|bytes| self.unit(bytes));
        if self.width == 4 {
            return units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        }
        char::decode_utf16(units.map(|unit| unit as u16))
            .map(|result| result.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    }
}

const LITTLE_16: Encoding = Encoding { width: 2, big: false };
const BIG_16: Encoding = Encoding { width: 2, big: true };
const LITTLE_32: Encoding = Encoding { width: 4, big: false };
const BIG_32: Encoding = Encoding { width: 4, big: true };

/// The encoding of `bytes`, and the length of its mark.
fn encoding(bytes: &[u8]) -> Option<(Encoding, usize)> {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let marked = match sample {
        [0xff, 0xfe, 0, 0, ..] => Some((LITTLE_32, 4)),
        [0, 0, 0xfe, 0xff, ..] => Some((BIG_32, 4)),
        [0xff, 0xfe, ..] => Some((LITTLE_16, 2)),
        [0xfe, 0xff, ..] => Some((BIG_16, 2)),
        _ => None,
    };
    if let Some((encoding, mark)) = marked {
        return (bytes.len() >= mark + encoding.width && readable(encoding, &sample[mark..]))
            .then_some((encoding, mark));
    }
    if bytes.len() < 16 || memchr::memchr(0, sample).is_none() {
        return None;
    }
    [LITTLE_32, BIG_32, LITTLE_16, BIG_16]
        .into_iter()
        .find(|encoding| readable(*encoding, sample) && mostly_ascii(*encoding, sample))
        .map(|encoding| (encoding, 0))
}

/// Whether hardly any unit is impossible in text.
fn readable(encoding: Encoding, sample: &[u8]) -> bool {
    let (mut odd, mut all) = (0, 0);
    for unit in sample.chunks_exact(encoding.width).map(|bytes| encoding.unit(bytes)) {
        all += 1;
        let bad = matches!(unit, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0xfffe | 0xffff) || unit > 0x10_ffff;
        odd += usize::from(bad);
    }
    odd * 50 <= all
}

fn mostly_ascii(encoding: Encoding, sample: &[u8]) -> bool {
    let all = sample.len() / encoding.width;
    let ascii = sample
        .chunks_exact(encoding.width)
        .filter(|bytes| matches!(encoding.unit(bytes), 9 | 10 | 13 | 32..=126))
        .count();
    ascii * 10 >= all * 7
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "int main(void) { return \u{1f600}; } // gr\u{fc}n\n";

    #[test]
    fn all_encodings_are_recognized_and_read() {
        let little: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little_32: Vec<u8> = TEXT.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let big_32: Vec<u8> = TEXT.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        for (bytes, mark) in [
            (little, &b"\xff\xfe"[..]),
            (big, b"\xfe\xff"),
            (little_32, b"\xff\xfe\0\0"),
            (big_32, b"\0\0\xfe\xff"),
        ] {
            let marked = [mark, &bytes].concat();
            for bytes in [bytes, marked] {
                let (encoding, mark) = encoding(&bytes).unwrap();
                assert_eq!(encoding.decode(&bytes[mark..]), TEXT);
            }
        }
    }

    #[test]
    fn other_things_are_left_alone() {
        for other in [
            TEXT.as_bytes(),
            &[0; 100],
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0",
            b"\xff\xfe",
        ] {
            assert_eq!(encoding(other), None);
        }
    }
}
