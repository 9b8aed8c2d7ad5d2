//! gzip or zip contents of which the beginning is missing.

use std::io::{self, Read};
use std::rc::Rc;

use crate::input::{Input, Source};
use crate::meter::Meter;
use crate::opening::{Container, Opening, Part};
use crate::streams::blind::{Blind, Step, UNKNOWN};
use crate::streams::stem::stem;
use crate::text::readable::is_text;

/// Less is not worth the search.
const SHORTEST: usize = 4 << 10;

/// Whether bytes are as mixed as compressed ones: nearly all values occur, and none often.
fn is_mixed(bytes: &[u8]) -> bool {
    let mut counts = [0_usize; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    counts.iter().filter(|count| **count > 0).count() >= 224
        && counts.iter().all(|count| *count * 25 < bytes.len())
}

pub(crate) struct Headless;

impl Container for Headless {
    fn name(&self) -> &'static str {
        "headless deflate"
    }

    fn purpose(&self) -> &'static str {
        "the rest of a gzip file whose beginning is missing"
    }

    fn limits(&self) -> &'static str {
        "a block must begin in the first mebibyte; what is copied from the lost part stays unknown"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        content.len() >= SHORTEST
            && is_mixed(&content[..SHORTEST])
            && !is_text(content)
            && Blind::find(content.into(), 0).is_some()
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        let held = opening.hold(&mut input);
        let meter = Rc::clone(opening.meter());
        let path = opening.path().to_owned();
        meter.gap(&path, "the beginning of a compressed stream is missing");
        let mut rest = Rest { blind: Blind::find(held, 0), pending: Vec::new(), meter, path };
        let name = stem(opening.file_name());
        opening.open(Part::Stem(&name), Source::Stream(&mut rest));
    }
}

/// The decoded rest.
struct Rest<'a> {
    blind: Option<Blind<'a>>,
    pending: Vec<u8>,
    meter: Rc<Meter>,
    path: String,
}

impl Read for Rest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.pending.is_empty() {
            let Some(blind) = &mut self.blind else { return Ok(0) };
            let step = blind.step(&mut self.pending);
            self.meter.take(self.pending.len())?;
            match step {
                Step::More => {}
                Step::Damaged if blind.find_next() => self.meter.gap(&self.path, "damaged"),
                Step::Damaged => {
                    self.meter.gap(&self.path, "ends in the middle");
                    self.blind = None;
                }
                Step::End => self.blind = None,
            }
        }
        let count = self.pending.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.pending[..count]);
        self.pending.drain(..count);
        if memchr::memchr(UNKNOWN, &buffer[..count]).is_some() {
            self.meter.gap_again();
        }
        Ok(count)
    }
}
