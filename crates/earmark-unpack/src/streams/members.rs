//! Reading members one after the other as one stream, over damage.

use std::io::{self, Read};
use std::rc::Rc;

use crate::input::{AHEAD, Input, Source};
use crate::meter::Meter;
use crate::opening::{Opening, Part};
use crate::streams::blind::{self, Blind, UNKNOWN};
use crate::streams::stem::stem;

/// How much of a damaged member is held to find the way in it.
const HOLD: usize = 256 << 20;

/// What one call of a decoder did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// Bytes of input used.
    pub(crate) read: usize,
    /// Bytes of output made, also before an error.
    pub(crate) written: usize,
    /// What is next.
    pub(crate) next: Next,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// More of the member.
    More,
    /// The member is complete.
    End,
    /// The member is damaged here.
    Broken,
}

/// Decodes one member.
pub(crate) trait Decode {
    /// Decodes some of `input` into `output`.
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Step;

    /// Checks what follows a complete member, and says how long it is.
    ///
    /// # Errors
    /// Says what is wrong with it.
    fn trailer(&mut self, ahead: &[u8]) -> Result<usize, &'static str> {
        let _ = ahead;
        Ok(0)
    }
}

/// A format of members.
pub(crate) trait Format {
    type Decoder: Decode;

    /// How far in front of the place where damage was noticed the next start may be.
    const BACK: usize = 0;

    /// How much may lie unread between one start and the next without being a loss.
    const BETWEEN: u64 = 0;

    /// Begins a member if one starts exactly here: how long its head is, and its decoder.
    fn start(&self, ahead: &[u8]) -> Option<(usize, Self::Decoder)>;

    /// Begins a part of a member, of which the beginning is damaged.
    fn restart(&self, ahead: &[u8]) -> Option<(usize, Self::Decoder)> {
        let _ = ahead;
        None
    }

    /// Whether the rest of a damaged member is deflate, in which [`Blind`] finds its way.
    fn is_deflate(&self) -> bool {
        false
    }
}

/// Gives the members of an input as one stream. Damage is noted in the account, and reading goes on
/// with the next member that can be found.
pub(crate) struct Members<'a, 'i, F: Format> {
    input: &'a mut Input<'i>,
    format: F,
    meter: Rc<Meter>,
    path: String,
    member: Option<(F::Decoder, u64)>,
    made: u64,
    /// Damage was met in the present member.
    damaged: bool,
    /// Reads deflate behind damage, and what it made.
    blind: Option<Blind<'i>>,
    pending: Vec<u8>,
    over: bool,
}

impl<'a, 'i, F: Format> Members<'a, 'i, F> {
    pub(crate) fn new(input: &'a mut Input<'i>, format: F, opening: &Opening<'_>) -> Self {
        Self {
            input,
            format,
            meter: Rc::clone(opening.meter()),
            path: opening.path().to_owned(),
            member: None,
            made: 0,
            damaged: false,
            blind: None,
            pending: Vec::new(),
            over: false,
        }
    }

    /// Goes on with what follows damage in the present member.
    fn recover(&mut self, start: u64) -> io::Result<()> {
        self.member = None;
        self.damaged = true;
        self.meter.gap(&self.path, format!("damaged at byte {}", self.input.consumed()));
        if self.input.consumed() == start {
            // Else the same member would begin here again.
            self.input.consume(1);
        } else if self.input.consumed() - start > 2 * F::BACK as u64 {
            self.input.step_back(F::BACK);
        }
        if self.format.is_deflate() {
            let (rest, _) = self.input.hold(HOLD)?;
            self.blind = Blind::find(rest, 0);
        }
        Ok(())
    }

    /// Reads on behind damage in deflate; `None` when there is no more.
    fn read_blind(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        while self.pending.is_empty() {
            let Some(blind) = &mut self.blind else { return Ok(None) };
            let step = blind.step(&mut self.pending);
            self.meter.take(self.pending.len())?;
            match step {
                blind::Step::More => {}
                blind::Step::Damaged if blind.find_next() => {
                    self.meter.gap(&self.path, "damaged once more");
                }
                blind::Step::Damaged | blind::Step::End => {
                    let used = blind.used();
                    self.blind = None;
                    if step == blind::Step::End && self.input.slice().is_some() {
                        self.input.consume(used + 8);
                        self.damaged = false;
                    }
                }
            }
            self.made += self.pending.len() as u64;
        }
        let count = self.pending.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.pending[..count]);
        self.pending.drain(..count);
        if memchr::memchr(UNKNOWN, &buffer[..count]).is_some() {
            self.meter.gap_again();
        }
        Ok(Some(count))
    }

    fn end(&mut self, why: &str) {
        self.meter.gap(&self.path, why);
        self.over = true;
    }

    /// Looks for the next member; `false` at the end.
    fn next_member(&mut self) -> io::Result<bool> {
        let mut skipped = 0_u64;
        loop {
            let ahead = self.input.ahead(AHEAD)?;
            if ahead.is_empty() {
                if skipped > F::BETWEEN {
                    self.meter.loss(&self.path, format!("{skipped} bytes at the end could not be decoded"));
                }
                return Ok(false);
            }
            // Zeros fill up blocks and are no loss.
            let zeros = ahead.iter().take_while(|byte| **byte == 0).count();
            if zeros > 0 {
                self.input.consume(zeros);
                continue;
            }
            let (format, damaged) = (&self.format, self.damaged);
            let start =
                |ahead: &[u8]| format.start(ahead).or_else(|| format.restart(ahead).filter(|_| damaged));
            if let Some((head, decoder)) = start(ahead) {
                self.damaged &= format.start(ahead).is_none();
                if skipped > F::BETWEEN {
                    self.meter.gap(&self.path, format!("{skipped} bytes could not be decoded"));
                }
                self.input.consume(head);
                self.made = 0;
                self.member = Some((decoder, self.input.consumed()));
                return Ok(true);
            }
            self.meter.alive()?;
            let step = (1..ahead.len())
                .find(|at| ahead[*at] != 0 && start(&ahead[*at..]).is_some())
                .unwrap_or_else(|| ahead.len().saturating_sub(32).max(1));
            self.input.consume(step);
            skipped += step as u64;
        }
    }
}

impl<F: Format> Read for Members<'_, '_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while !self.over {
            if let Some(count) = self.read_blind(buffer)? {
                return Ok(count);
            }
            let Some((decoder, start)) = &mut self.member else {
                self.over = !self.next_member()?;
                continue;
            };
            let ahead = self.input.ahead(64)?;
            let at_end = ahead.is_empty();
            let step = decoder.decode(ahead, buffer);
            let start = *start;
            self.input.consume(step.read);
            self.made += step.written as u64;
            let mut broken = false;
            match step.next {
                Next::More if step.read == 0 && step.written == 0 => {
                    if at_end {
                        self.end("ends in the middle");
                    } else {
                        self.member = None;
                        self.input.consume(1);
                        self.meter.gap(&self.path, "the decoder does not go on");
                    }
                }
                Next::More => {}
                Next::End => {
                    let trailer = decoder.trailer(self.input.ahead(16)?);
                    self.member = None;
                    match trailer {
                        Ok(length) => self.input.consume(length),
                        Err(why) => self.meter.gap(&self.path, why),
                    }
                }
                Next::Broken => broken = true,
            }
            let ratio = self.meter.limits().ratio;
            if self.made > 1 << 20 && self.made / ratio.max(1) > self.input.consumed() - start + 64 {
                self.end(&format!("expands more than {ratio} times: not opened further"));
            }
            self.meter.take(step.written)?;
            if broken {
                self.recover(start)?;
            }
            if step.written > 0 {
                return Ok(step.written);
            }
        }
        Ok(0)
    }
}

/// Opens an input of members as the one content that it is.
pub(crate) fn open<F: Format>(format: F, mut input: Input<'_>, opening: &mut Opening<'_>) {
    let name = stem(opening.file_name());
    let mut members = Members::new(&mut input, format, opening);
    opening.open(Part::Stem(&name), Source::Stream(&mut members));
}
