//! Zstandard, RFC 8878: frames that start with `28 b5 2f fd`, and skippable ones.

use zstd::stream::raw::{Decoder, InBuffer, Operation as _, OutBuffer};
use zstd::zstd_safe;

use crate::input::Input;
use crate::opening::{Container, Opening};
use crate::streams::members::{self, Decode, Format, Next, Step};

/// Frames that want more history than 128 MiB are refused (as the `zstd` program does by default).
const WINDOW_LOG: u32 = 27;

pub(crate) struct Zstd;

impl Container for Zstd {
    fn name(&self) -> &'static str {
        "zstd"
    }

    fn purpose(&self) -> &'static str {
        "one file compressed by Zstandard, in one or several frames"
    }

    fn limits(&self) -> &'static str {
        "no dictionaries; windows up to 128 MiB; behind damage only further frames are found"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        starts(content)
    }

    fn open(&self, input: Input<'_>, opening: &mut Opening<'_>) {
        members::open(Zstd, input, opening);
    }
}

impl Format for Zstd {
    type Decoder = Frame;

    fn start(&self, ahead: &[u8]) -> Option<(usize, Frame)> {
        if !starts(ahead) {
            return None;
        }
        let mut decoder = Decoder::new().ok()?;
        decoder.set_parameter(zstd_safe::DParameter::WindowLogMax(WINDOW_LOG)).ok()?;
        Some((0, Frame(decoder)))
    }
}

fn starts(bytes: &[u8]) -> bool {
    match bytes {
        [0x28, 0xb5, 0x2f, 0xfd, ..] => true,
        // Skippable frames, section 3.1.2; only in front of a real one.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => true,
        _ => false,
    }
}

pub(crate) struct Frame(Decoder<'static>);

impl Decode for Frame {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let mut input = InBuffer::around(input);
        let mut output = OutBuffer::around(output);
        let next = match self.0.run(&mut input, &mut output) {
            Ok(0) => Next::End,
            Ok(_) => Next::More,
            Err(_) => Next::Broken,
        };
        Step { read: input.pos(), written: output.pos(), next }
    }
}
