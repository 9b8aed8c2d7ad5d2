//! Deflate without its beginning: a block with codes of its own is found bit by bit, and decoded behind 32 KiB of
//! unknown bytes.
//!
//! What a block copies from before the place where reading began is unknown, and shown as U+001A (substitute). Later
//! blocks copy from earlier ones, so that unknown bytes become fewer but need not vanish. (The idea is that of
//! Kerbiriou and Chikhi 2019, "Parallel decompression of gzip-compressed files and random access to DNA sequences";
//! we test the codes' completeness and not the text for being ASCII.)

use std::borrow::Cow;

use crate::streams::huffman::{Bits, Code, is_code};

/// Stands for a byte that is not known.
pub(crate) const UNKNOWN: u8 = 0x1a;

/// How far back a copy reaches.
const WINDOW: usize = 32 << 10;

/// How much is decoded at once.
const PIECE: usize = 64 << 10;

/// A block is believed if it gives so many bytes.
const BELIEVED: usize = 256;

/// How many bytes are searched for the first block.
const SEARCH: usize = 1 << 20;

/// Base and extra bits of lengths 257 to 285 and distances 0 to 29 (RFC 1951, section 3.2.5).
const LENGTHS: [(u16, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
const DISTANCES: [(u16, u8); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];

/// What is being decoded.
#[derive(Debug)]
enum Block {
    /// A head is next.
    Head,
    /// So many stored bytes are left.
    Stored(usize),
    /// Symbols of these codes.
    Coded(Code, Code),
    /// The last block is done.
    End,
}

/// Decodes deflate from some block on.
#[derive(Debug)]
pub(crate) struct Blind<'a> {
    data: Cow<'a, [u8]>,
    at: usize,
    block: Block,
    last: bool,
    /// The window and what follows it.
    made: Vec<u8>,
}

/// What a step gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    More,
    End,
    Damaged,
}

impl<'a> Blind<'a> {
    /// Starts at the first block that can be found in `data` from bit `from` on.
    pub(crate) fn find(data: Cow<'a, [u8]>, from: usize) -> Option<Self> {
        let at = find_block(&data, from)?;
        Some(Self::at(data, at))
    }

    fn at(data: Cow<'a, [u8]>, at: usize) -> Self {
        Self { data, at, block: Block::Head, last: false, made: vec![UNKNOWN; WINDOW] }
    }

    /// How many bytes of the data have been used.
    pub(crate) fn used(&self) -> usize {
        self.at.div_ceil(8).min(self.data.len())
    }

    /// Finds the next block behind damage; `false` if there is none. The window is unknown again.
    pub(crate) fn find_next(&mut self) -> bool {
        let Some(at) = find_block(&self.data, self.at) else { return false };
        (self.at, self.block, self.last) = (at, Block::Head, false);
        self.made = vec![UNKNOWN; WINDOW];
        true
    }

    /// Decodes about [`PIECE`] bytes and appends them to `out`.
    pub(crate) fn step(&mut self, out: &mut Vec<u8>) -> Step {
        self.made.drain(..self.made.len() - WINDOW);
        let next = self.decode();
        out.extend_from_slice(&self.made[WINDOW..]);
        match next {
            None => Step::Damaged,
            Some(()) if matches!(self.block, Block::End) => Step::End,
            Some(()) => Step::More,
        }
    }

    fn decode(&mut self) -> Option<()> {
        let Self { data, at, block, last, made } = self;
        let mut bits = Bits::new(data, *at);
        while made.len() < WINDOW + PIECE {
            let alive = match block {
                Block::End => return Some(()),
                Block::Head if *last => {
                    *block = Block::End;
                    Some(())
                }
                Block::Head => head(&mut bits).map(|(is_last, next)| (*last, *block) = (is_last, next)),
                Block::Stored(0) => {
                    *block = Block::Head;
                    Some(())
                }
                Block::Stored(left) => {
                    let from = bits.at / 8;
                    let count = (*left).min(PIECE).min(data.len().saturating_sub(from));
                    made.extend_from_slice(&data[from..from + count]);
                    bits.at += count * 8;
                    *left -= count;
                    (count > 0).then_some(())
                }
                Block::Coded(literals, distances) => match symbol(literals, distances, &mut bits, made) {
                    Some(true) => Some(()),
                    Some(false) => {
                        *block = Block::Head;
                        Some(())
                    }
                    None => None,
                },
            };
            *at = bits.at;
            alive?;
        }
        Some(())
    }
}

/// Decodes one symbol; `false` at the end of the block.
fn symbol(literals: &Code, distances: &Code, bits: &mut Bits<'_>, made: &mut Vec<u8>) -> Option<bool> {
    let symbol = literals.take(bits)?;
    if symbol < 256 {
        made.push(symbol as u8);
        return Some(true);
    }
    if symbol == 256 {
        return Some(false);
    }
    let (base, extra) = LENGTHS.get(usize::from(symbol) - 257)?;
    let length = usize::from(*base) + bits.take(u32::from(*extra))? as usize;
    let (base, extra) = DISTANCES.get(usize::from(distances.take(bits)?))?;
    let distance = usize::from(*base) + bits.take(u32::from(*extra))? as usize;
    let start = made.len().checked_sub(distance)?;
    for at in start..start + length {
        made.push(made[at]);
    }
    Some(true)
}

/// Reads the head of a block: whether it is the last, and its codes.
fn head(bits: &mut Bits<'_>) -> Option<(bool, Block)> {
    let last = bits.take(1)? == 1;
    let block = match bits.take(2)? {
        0 => {
            bits.at = bits.at.next_multiple_of(8);
            let (length, check) = (bits.take(16)?, bits.take(16)?);
            if length != check ^ 0xffff {
                return None;
            }
            Block::Stored(length as usize)
        }
        1 => {
            let lengths: Vec<u8> = (0..288_u16)
                .map(|symbol| match symbol {
                    0..=143 | 280.. => 8,
                    144..=255 => 9,
                    _ => 7,
                })
                .collect();
            Block::Coded(Code::new(&lengths, false)?, Code::new(&[5; 32], false)?)
        }
        2 => dynamic(bits)?,
        _ => return None,
    };
    Some((last, block))
}

/// Reads the codes of a dynamic block (RFC 1951, section 3.2.7).
fn dynamic(bits: &mut Bits<'_>) -> Option<Block> {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let literals = bits.take(5)? as usize + 257;
    let distances = bits.take(5)? as usize + 1;
    let codes = bits.take(4)? as usize + 4;
    if literals > 286 || distances > 30 {
        return None;
    }
    let mut lengths = [0; 19];
    for place in &ORDER[..codes] {
        lengths[*place] = bits.take(3)? as u8;
    }
    // Most wrong places end here, before a table is built.
    if !is_code(&lengths, false) {
        return None;
    }
    let code = Code::new(&lengths, false)?;
    let mut lengths: Vec<u8> = Vec::with_capacity(320);
    while lengths.len() < literals + distances {
        let (value, count) = match code.take(bits)? {
            16 => (*lengths.last()?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (length as u8, 1),
        };
        lengths.resize(lengths.len() + count as usize, value);
    }
    let (literal, distance) = lengths.split_at(literals);
    if distance.len() != distances || literal[256] == 0 {
        return None;
    }
    Some(Block::Coded(Code::new(literal, false)?, Code::new(distance, true)?))
}

/// The first bit from `from` on at which a dynamic block starts that decodes to its end and is followed by another
/// good head or by nothing.
fn find_block(data: &[u8], from: usize) -> Option<usize> {
    let end = data.len().min((from / 8).saturating_add(SEARCH));
    for byte in from / 8..end {
        let rest = &data[byte..data.len().min(byte + 16)];
        let word = rest.iter().rev().fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
        for shift in 0..8 {
            let at = byte * 8 + shift;
            if at >= from && may_be_dynamic(word >> shift) && is_block(data, at, &mut Bits::new(data, at + 3))
            {
                return Some(at);
            }
        }
    }
    None
}

/// Whether these bits may be the head of a dynamic block that is not the last: the parts that need no table. The last
/// block of all is of no use to begin with.
fn may_be_dynamic(bits: u128) -> bool {
    if bits & 7 != 4 || bits >> 3 & 31 > 29 || bits >> 8 & 31 > 29 {
        return false;
    }
    let codes = (bits >> 13 & 15) + 4;
    let lengths = bits >> 17;
    // Kraft's sum of the code for the codes, in 128ths.
    let sum: u32 = (0..codes)
        .map(|code| (lengths >> (3 * code) & 7) as u32)
        .filter(|length| *length > 0)
        .map(|length| 128 >> length)
        .sum();
    sum == 128
}

fn is_block(data: &[u8], at: usize, bits: &mut Bits<'_>) -> bool {
    if dynamic(bits).is_none() {
        return false;
    }
    let mut trial = Blind::at(Cow::Borrowed(data), at);
    let mut made = 0;
    let mut blocks = 0;
    // One block to its end, and the head of the next.
    while blocks < 2 {
        blocks += u32::from(matches!(trial.block, Block::Head));
        if blocks == 2 {
            let mut bits = Bits::new(data, trial.at);
            return made >= BELIEVED && head(&mut bits).is_some();
        }
        let before = trial.made.len();
        if trial.decode_block_piece().is_none() {
            return false;
        }
        made += trial.made.len().saturating_sub(before);
        let surplus = trial.made.len() - WINDOW;
        trial.made.drain(..surplus);
    }
    false
}

impl Blind<'_> {
    /// Decodes at most a piece of the present block, and not beyond its end.
    fn decode_block_piece(&mut self) -> Option<()> {
        let Self { data, at, block, made, .. } = self;
        let mut bits = Bits::new(data, *at);
        if matches!(block, Block::Head) {
            *block = head(&mut bits)?.1;
        }
        if let Block::Coded(literals, distances) = block {
            while made.len() < WINDOW + PIECE {
                if !symbol(literals, distances, &mut bits, made)? {
                    *block = Block::Head;
                    break;
                }
            }
        }
        *at = bits.at;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn text() -> Vec<u8> {
        let mut state = 1_u64;
        let mut text = Vec::new();
        while text.len() < 400_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let word = state >> 24;
            text.extend(
                format!(
                    "{}{word:x} ",
                    ["if", "return ", "int x", "(a + b)", ";\n"][(state >> 40) as usize % 5]
                )
                .bytes(),
            );
        }
        text
    }

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn all(mut blind: Blind<'_>) -> (Vec<u8>, Step) {
        let mut out = Vec::new();
        loop {
            match blind.step(&mut out) {
                Step::More => {}
                end => return (out, end),
            }
        }
    }

    #[test]
    fn from_the_start_it_agrees_with_zlib() {
        let text = text();
        let packed = deflated(&text);
        let (out, end) = all(Blind::at(Cow::Borrowed(&packed), 0));
        assert!(end == Step::End && out == text);
        for stored in [flate2::Compression::none(), flate2::Compression::fast()] {
            let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), stored);
            writer.write_all(&text[..70_000]).unwrap();
            let (out, end) = all(Blind::at(Cow::Owned(writer.finish().unwrap()), 0));
            assert!(end == Step::End && out == text[..70_000]);
        }
        // Fixed codes.
        let (out, end) = all(Blind::at(Cow::Owned(deflated(b"aaaa")), 0));
        assert_eq!((out.as_slice(), end), (&b"aaaa"[..], Step::End));
    }

    #[test]
    fn without_its_head_the_rest_is_read() {
        let text = text();
        let packed = deflated(&text);
        let blind = Blind::find(Cow::Borrowed(&packed[packed.len() / 20..]), 0).unwrap();
        let (out, end) = all(blind);
        assert_eq!(end, Step::End);
        let tail = &text[text.len() - out.len()..];
        let known = out.iter().zip(tail).filter(|(a, b)| a == b).count();
        let unknown = out.iter().filter(|byte| **byte == UNKNOWN).count();
        assert_eq!(known + unknown, out.len(), "what is shown is right");
        assert!(known * 100 > text.len() * 50, "{known} of {}", text.len());
    }

    #[test]
    fn random_bytes_are_no_deflate() {
        let mut state = 7_u64;
        let random: Vec<u8> = (0..200_000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            })
            .collect();
        assert!(Blind::find(Cow::Owned(random), 0).is_none());
        assert!(Blind::find(Cow::Borrowed(&[]), 0).is_none());
    }
}
