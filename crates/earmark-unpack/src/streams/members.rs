//! Reading members one after the other as one stream, over damage.

use std::io::{self, Read};
use std::rc::Rc;

use crate::input::{AHEAD, Input, Source};
use crate::meter::Meter;
use crate::opening::{Opening, Part};
use crate::streams::stem::stem;

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

    /// Begins a member if one starts exactly here: how long its head is, and its decoder.
    fn start(&self, ahead: &[u8]) -> Option<(usize, Self::Decoder)>;
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
            over: false,
        }
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
                if skipped > 0 {
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
            if let Some((head, decoder)) = self.format.start(ahead) {
                if skipped > 0 {
                    self.meter.gap(&self.path, format!("{skipped} bytes could not be decoded"));
                }
                self.input.consume(head);
                self.made = 0;
                self.member = Some((decoder, self.input.consumed()));
                return Ok(true);
            }
            self.meter.alive()?;
            let step = (1..ahead.len())
                .find(|at| ahead[*at] != 0 && self.format.start(&ahead[*at..]).is_some())
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
            let Some((decoder, start)) = &mut self.member else {
                self.over = !self.next_member()?;
                continue;
            };
            let ahead = self.input.ahead(1)?;
            let at_end = ahead.is_empty();
            let step = decoder.decode(ahead, buffer);
            let start = *start;
            self.input.consume(step.read);
            self.made += step.written as u64;
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
                Next::Broken => {
                    self.member = None;
                    if self.input.consumed() == start {
                        // Else the same member would begin here again.
                        self.input.consume(1);
                    }
                    self.meter.gap(&self.path, format!("damaged at byte {}", self.input.consumed()));
                }
            }
            let ratio = self.meter.limits().ratio;
            if self.made > 1 << 20 && self.made / ratio.max(1) > self.input.consumed() - start + 64 {
                self.end(&format!("expands more than {ratio} times: not opened further"));
            }
            self.meter.take(step.written)?;
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
