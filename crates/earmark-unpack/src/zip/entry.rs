//! The content of one file of a zip archive.

use std::io::{self, Read};
use std::rc::Rc;

use flate2::Crc;
use liblzma::stream::{Filters, Stream};

use crate::meter::Meter;
use crate::streams::bzip2::Bzip2;
use crate::streams::gzip::Inflate;
use crate::streams::members::{Decode, Format as _, Next, Step};
use crate::streams::xz::{Xz, XzStream};
use crate::streams::zstd::Zstd;
use crate::zip::local::Local;

/// A decoder for a compression method (section 4.4.5), or `None` if we have none. Method 14 begins with
/// parameters: how many bytes to pass over is the second value.
pub(crate) fn decoder(method: u16, content: &[u8]) -> Option<(Box<dyn Decode>, usize)> {
    Some(match method {
        8 => (Box::new(Inflate::raw()), 0),
        12 => (Box::new(Bzip2.start(content)?.1), 0),
        14 => {
            let length = usize::from(u16::from_le_bytes([*content.get(2)?, *content.get(3)?]));
            let mut filters = Filters::new();
            filters.lzma1_properties(content.get(4..4 + length)?).ok()?;
            (Box::new(XzStream(Stream::new_raw_decoder(&filters).ok()?)), 4 + length)
        }
        93 => (Box::new(Zstd.start(content)?.1), 0),
        95 => (Box::new(Xz.start(content)?.1), 0),
        _ => return None,
    })
}

/// Reads one compressed entry, and checks it at its end.
pub(crate) struct Entry<'a> {
    local: &'a Local,
    content: &'a [u8],
    decoder: Box<dyn Decode>,
    crc: Crc,
    path: String,
    meter: Rc<Meter>,
    /// Bytes of `content` used.
    used: usize,
    made: u64,
    end: Option<End>,
}

/// How an entry ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Whole, with the right checksum.
    Good,
    /// Whole by its own lights, but checksum or size differ.
    Doubtful,
    /// In the middle.
    Broken,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(
        local: &'a Local,
        content: &'a [u8],
        (decoder, skip): (Box<dyn Decode>, usize),
        path: String,
        meter: Rc<Meter>,
    ) -> Self {
        Self { local, content, decoder, crc: Crc::new(), path, meter, used: skip, made: 0, end: None }
    }

    /// Reads to the end and gives how it ended and how long the entry is, with what follows it.
    pub(crate) fn finish(mut self) -> io::Result<(End, usize)> {
        let mut waste = vec![0; 32 << 10];
        while self.read(&mut waste)? > 0 {}
        Ok((self.end.unwrap_or(End::Broken), self.used))
    }

    fn close(&mut self, end: End, why: Option<&str>) {
        if let Some(why) = why {
            self.meter.gap(&self.path, why);
        }
        self.end = Some(end);
    }

    fn check(&mut self) {
        let (crc, size) = (self.crc.sum(), self.made);
        if !self.local.streamed {
            let good = crc == self.local.crc && size == self.local.size;
            return if good {
                self.close(End::Good, None)
            } else {
                self.close(End::Doubtful, Some(CHECKSUM))
            };
        }
        match descriptor(&self.content[self.used..], crc, self.used as u64, size) {
            Some(length) => {
                self.used += length;
                self.close(End::Good, None);
            }
            None if self.content.len() - self.used < 12 => {
                self.close(End::Doubtful, Some("ends before its checksum"))
            }
            None => self.close(End::Doubtful, Some(CHECKSUM)),
        }
    }
}

const CHECKSUM: &str = "wrong checksum";

/// The length of the data descriptor (section 4.3.9) at the start of `bytes` that tells these values: with
/// or without its signature, sizes of four or eight bytes.
pub(crate) fn descriptor(bytes: &[u8], crc: u32, packed: u64, size: u64) -> Option<usize> {
    let narrow = |value: u64| (value as u32).to_le_bytes().to_vec();
    let wide = |value: u64| value.to_le_bytes().to_vec();
    for sign in [&b"PK\x07\x08"[..], b""] {
        for width in [&wide as &dyn Fn(u64) -> Vec<u8>, &narrow] {
            let told = [sign, &crc.to_le_bytes(), &width(packed), &width(size)].concat();
            if bytes.starts_with(&told) {
                return Some(told.len());
            }
        }
    }
    None
}

impl Read for Entry<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while self.end.is_none() {
            let Step { read, written, next } = self.decoder.decode(&self.content[self.used..], buffer);
            self.used += read;
            self.made += written as u64;
            self.crc.update(&buffer[..written]);
            let ratio = self.meter.limits().ratio;
            if self.made > 1 << 20 && self.made / ratio.max(1) > self.used as u64 + 64 {
                self.close(
                    End::Broken,
                    Some(&format!("expands more than {ratio} times: not opened further")),
                );
            } else if next == Next::End || self.done(next) {
                self.check();
            } else if next == Next::Broken {
                self.close(End::Broken, Some("damaged in the middle"));
            } else if read == 0 && written == 0 {
                self.close(End::Broken, Some("ends in the middle"));
            }
            self.meter.take(written)?;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

impl Entry<'_> {
    /// Raw lzma may have no end mark: then the size tells.
    fn done(&self, next: Next) -> bool {
        next == Next::More && self.local.method == 14 && !self.local.streamed && self.made >= self.local.size
    }
}
