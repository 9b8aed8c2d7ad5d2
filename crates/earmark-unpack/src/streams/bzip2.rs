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
        "behind damage only further streams are found"
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
        starts(ahead).then(|| (0, BzipStream(Decompress::new(false))))
    }
}

fn starts(bytes: &[u8]) -> bool {
    matches!(bytes, [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..]
        if rest.starts_with(b"1AY&SY") || rest.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90]))
}

pub(crate) struct BzipStream(Decompress);

impl Decode for BzipStream {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let (read, written) = (self.0.total_in(), self.0.total_out());
        let next = match self.0.decompress(input, output) {
            Ok(Status::StreamEnd) => Next::End,
            Ok(_) => Next::More,
            Err(_) => Next::Broken,
        };
        Step {
            read: usize::try_from(self.0.total_in() - read).unwrap_or(0).min(input.len()),
            written: usize::try_from(self.0.total_out() - written).unwrap_or(0).min(output.len()),
            next,
        }
    }
}
