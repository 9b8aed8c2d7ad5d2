//! zlib, RFC 1950: a two-byte head that is a multiple of 31, deflate, Adler-32.

use crate::input::Input;
use crate::opening::{Container, Opening};
use crate::streams::gzip::Inflate;
use crate::streams::members::{self, Decode, Format, Next};

pub(crate) struct Zlib;

impl Container for Zlib {
    fn name(&self) -> &'static str {
        "zlib"
    }

    fn purpose(&self) -> &'static str {
        "one zlib stream, for instance a loose git object"
    }

    fn limits(&self) -> &'static str {
        "taken for one only if its first 64 KiB decode"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        // Two bytes are a weak sign (1 in 1,000 at random), so it must also decode.
        starts(content) && {
            let mut room = [0; 4096];
            let step = Inflate::zlib().decode(content, &mut room);
            step.next != Next::Broken && (step.written >= 64 || step.next == Next::End && step.written > 0)
        }
    }

    fn open(&self, input: Input<'_>, opening: &mut Opening<'_>) {
        members::open(Zlib, input, opening);
    }
}

impl Format for Zlib {
    type Decoder = Inflate;

    fn start(&self, ahead: &[u8]) -> Option<(usize, Inflate)> {
        starts(ahead).then(|| (0, Inflate::zlib()))
    }

    fn is_deflate(&self) -> bool {
        true
    }
}

fn starts(bytes: &[u8]) -> bool {
    matches!(bytes, [0x78, flags, ..] if (0x7800 | u16::from(*flags)) % 31 == 0 && flags & 0x20 == 0)
}
