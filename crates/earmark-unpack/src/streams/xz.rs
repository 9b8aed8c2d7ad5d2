//! xz (`fd 37 7a 58 5a 00`) and the older lzma.

use liblzma::stream::{Action, Filters, Status, Stream};

use crate::input::Input;
use crate::opening::{Container, Opening};
use crate::streams::members::{self, Decode, Format, Next, Step};

/// Memory a stream may ask for: `xz -9` needs 65 MiB; `--lzma2=dict=1GiB` is refused.
const MEMORY: u64 = 512 << 20;

pub(crate) const MAGIC: &[u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];

pub(crate) struct Xz;

impl Container for Xz {
    fn name(&self) -> &'static str {
        "xz"
    }

    fn purpose(&self) -> &'static str {
        "one file compressed by xz, in one or several streams"
    }

    fn limits(&self) -> &'static str {
        "behind damage only further blocks and streams are found, and `xz` writes one block unless it runs in threads"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        content.starts_with(MAGIC)
    }

    fn open(&self, input: Input<'_>, opening: &mut Opening<'_>) {
        members::open(Xz, input, opening);
    }
}

impl Format for Xz {
    type Decoder = XzStream;

    fn start(&self, ahead: &[u8]) -> Option<(usize, XzStream)> {
        if !ahead.starts_with(MAGIC) {
            return None;
        }
        Some((0, XzStream(Stream::new_stream_decoder(MEMORY, 0).ok()?)))
    }

    /// Padding and checksum of a block; the index and the footer are longer, but nobody misses them.
    const BETWEEN: u64 = 80;

    fn restart(&self, ahead: &[u8]) -> Option<(usize, XzStream)> {
        let (length, dictionary) = block_head(ahead)?;
        let mut filters = Filters::new();
        filters.lzma2_properties(&[dictionary]).ok()?;
        Some((length, XzStream(Stream::new_raw_decoder(&filters).ok()?)))
    }
}

/// Length and dictionary of the block head that starts here (xz file format 1.2.1, section 3.1), if it has one filter,
/// LZMA2: the size in units of four, less one; flags; sizes; filter 21 with one property; zeros; CRC-32.
fn block_head(bytes: &[u8]) -> Option<(usize, u8)> {
    let length = (usize::from(*bytes.first()?) + 1) * 4;
    let flags = *bytes.get(1)?;
    // One filter, no reserved bits: most places end here.
    if length < 8 || flags & 0x3f != 0 {
        return None;
    }
    let head = bytes.get(..length)?;
    let (fields, sum) = head.split_at(length - 4);
    let mut at = 2;
    for flag in [0x40, 0x80] {
        if flags & flag != 0 {
            at += fields.get(at..)?.iter().position(|byte| byte & 0x80 == 0)? + 1;
        }
    }
    let [0x21, 1, dictionary, ..] = fields.get(at..)? else { return None };
    let mut crc = flate2::Crc::new();
    crc.update(fields);
    // A dictionary as large as our memory limit and no larger (code 36 is 1 GiB).
    (crc.sum().to_le_bytes() == sum && *dictionary <= 34).then_some((length, *dictionary))
}

pub(crate) struct Lzma;

impl Container for Lzma {
    fn name(&self) -> &'static str {
        "lzma"
    }

    fn purpose(&self) -> &'static str {
        "one file compressed by the older lzma program"
    }

    fn limits(&self) -> &'static str {
        "only with the usual parameters, and only if the name says so or the length is unknown"
    }

    fn recognizes(&self, name: &str, content: &[u8]) -> bool {
        let usual = content.starts_with(&[0x5d, 0, 0]) && content.len() > 13;
        usual && (name.to_ascii_lowercase().ends_with(".lzma") || content[5..13] == [0xff; 8])
    }

    fn open(&self, input: Input<'_>, opening: &mut Opening<'_>) {
        members::open(Lzma, input, opening);
    }
}

impl Format for Lzma {
    type Decoder = XzStream;

    fn start(&self, ahead: &[u8]) -> Option<(usize, XzStream)> {
        if !ahead.starts_with(&[0x5d, 0, 0]) {
            return None;
        }
        Some((0, XzStream(Stream::new_lzma_decoder(MEMORY).ok()?)))
    }
}

pub(crate) struct XzStream(pub(crate) Stream);

impl Decode for XzStream {
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let (read, written) = (self.0.total_in(), self.0.total_out());
        let next = match self.0.process(input, output, Action::Run) {
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
