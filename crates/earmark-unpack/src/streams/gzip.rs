//! gzip, RFC 1952: `1f 8b 08`, flags, time, extra flags, system; deflate; CRC-32 and length.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::input::Input;
use crate::opening::{Container, Opening};
use crate::streams::members::{self, Decode, Format, Next, Step};

pub(crate) struct Gzip;

impl Container for Gzip {
    fn name(&self) -> &'static str {
        "gzip"
    }

    fn purpose(&self) -> &'static str {
        "one file compressed by gzip, in one or several members"
    }

    fn limits(&self) -> &'static str {
        "behind damage, what is copied from before it stays unknown"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        header_length(content).is_some()
    }

    fn open(&self, input: Input<'_>, opening: &mut Opening<'_>) {
        members::open(Gzip, input, opening);
    }
}

impl Format for Gzip {
    type Decoder = GzipMember;

    fn start(&self, ahead: &[u8]) -> Option<(usize, GzipMember)> {
        let head = header_length(ahead)?;
        Some((head, GzipMember { inflate: Inflate::raw(), crc: Crc::new() }))
    }

    fn is_deflate(&self) -> bool {
        true
    }
}

/// A longer name or comment is no header (and looking for its end at every byte would take long).
const LONGEST_NAME: usize = 32 << 10;

/// Length of the header that starts here, if one does (RFC 1952, section 2.3).
fn header_length(bytes: &[u8]) -> Option<usize> {
    let fixed = bytes.get(..10)?;
    let flags = fixed[3];
    let plausible =
        fixed.starts_with(&[0x1f, 0x8b, 8]) && flags & 0xe0 == 0 && (fixed[9] <= 20 || fixed[9] == 255);
    if !plausible {
        return None;
    }
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let rest = bytes.get(at..)?;
            at += memchr::memchr(0, &rest[..rest.len().min(LONGEST_NAME)])? + 1;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    (at <= bytes.len()).then_some(at)
}

/// Deflate that keeps what it made before an error.
pub(crate) struct Inflate(Decompress);

impl Inflate {
    pub(crate) fn raw() -> Self {
        Self(Decompress::new(false))
    }

    pub(crate) fn zlib() -> Self {
        Self(Decompress::new(true))
    }
}

impl Decode for Inflate {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let (read, written) = (self.0.total_in(), self.0.total_out());
        let next = match self.0.decompress(input, output, FlushDecompress::None) {
            Ok(Status::StreamEnd) => Next::End,
            Ok(Status::Ok | Status::BufError) => Next::More,
            Err(_) => Next::Broken,
        };
        Step {
            read: usize::try_from(self.0.total_in() - read).unwrap_or(0).min(input.len()),
            written: usize::try_from(self.0.total_out() - written).unwrap_or(0).min(output.len()),
            next,
        }
    }
}

pub(crate) struct GzipMember {
    inflate: Inflate,
    crc: Crc,
}

impl Decode for GzipMember {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let step = self.inflate.decode(input, output);
        self.crc.update(&output[..step.written]);
        step
    }

    fn trailer(&mut self, ahead: &[u8]) -> Result<usize, &'static str> {
        let Some(trailer) = ahead.get(..8) else { return Err("ends before its checksum") };
        let expected = [self.crc.sum().to_le_bytes(), self.crc.amount().to_le_bytes()].concat();
        if trailer == expected { Ok(8) } else { Err("wrong checksum") }
    }
}
