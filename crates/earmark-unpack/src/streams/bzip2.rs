//! bzip2: `BZh`, a level, blocks that start with the digits of pi, at any bit.

use bzip2::{Decompress, Status};

use crate::input::Input;
use crate::opening::{Container, Opening};
use crate::streams::members::{self, Decode, Format, Next, Step};

pub(crate) struct Bzip2;

impl Container for Bzip2 {
    fn name(&self) -> &'static str {
        "bzip2"
    }

    fn purpose(&self) -> &'static str {
        "one file compressed by bzip2, in one or several streams"
    }

    fn limits(&self) -> &'static str {
        "a damaged block of 100 to 900 kB is lost whole"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        starts(content)
    }

    fn open(&self, input: Input<'_>, opening: &mut Opening<'_>) {
        members::open(Bzip2, input, opening);
    }
}

impl Format for Bzip2 {
    type Decoder = BzipStream;

    fn start(&self, ahead: &[u8]) -> Option<(usize, BzipStream)> {
        starts(ahead)
            .then(|| (0, BzipStream { inner: Decompress::new(false), shift: 0, shifted: Vec::new() }))
    }

    /// A block may follow a damaged one within the byte in which damage was noticed.
    const BACK: usize = 8;

    fn restart(&self, ahead: &[u8]) -> Option<(usize, BzipStream)> {
        let shift = block_shift(ahead)?;
        let mut inner = Decompress::new(false);
        // What follows is a stream that lacks its head; that its sum is wrong shows only at its end.
        inner.decompress(b"BZh9", &mut [0]).ok()?;
        Some((0, BzipStream { inner, shift, shifted: Vec::new() }))
    }
}

/// At which bit of the first byte a block starts.
fn block_shift(bytes: &[u8]) -> Option<u32> {
    const BLOCK: u64 = 0x3141_5926_5359;
    let word = bytes.get(..7)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    (0..8).find(|shift| word >> (8 - shift) & 0xffff_ffff_ffff == BLOCK)
}

fn starts(bytes: &[u8]) -> bool {
    matches!(bytes, [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..]
        if rest.starts_with(b"1AY&SY") || rest.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90]))
}

pub(crate) struct BzipStream {
    inner: Decompress,
    /// By how many bits the stream is off the grid of bytes.
    shift: u32,
    shifted: Vec<u8>,
}

impl Decode for BzipStream {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let input = if self.shift == 0 {
            input
        } else {
            self.shifted.clear();
            let piece = &input[..input.len().min(4 << 10)];
            self.shifted
                .extend(piece.windows(2).map(|pair| pair[0] << self.shift | pair[1] >> (8 - self.shift)));
            // The last byte waits for its neighbor, unless there is none.
            if let ([last], true) = (piece, self.shifted.is_empty()) {
                self.shifted.push(last << self.shift);
            }
            &self.shifted
        };
        let (read, written) = (self.inner.total_in(), self.inner.total_out());
        let next = match self.inner.decompress(input, output) {
            Ok(Status::StreamEnd) => Next::End,
            Ok(_) => Next::More,
            Err(_) => Next::Broken,
        };
        Step {
            read: usize::try_from(self.inner.total_in() - read).unwrap_or(0).min(input.len()),
            written: usize::try_from(self.inner.total_out() - written).unwrap_or(0).min(output.len()),
            next,
        }
    }
}
