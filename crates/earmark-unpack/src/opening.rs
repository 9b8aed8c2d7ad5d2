//! The recursion: what is found goes through the table of containers again, until nothing opens it.

use std::borrow::Cow;
use std::rc::Rc;

use earmark_model::{Flow, Leaf, Limits, Loss, Sink};

use crate::input::{AHEAD, Input, Source};
use crate::meter::{Meter, Spent};

/// A content that must lie in memory to be opened may be this long even if leaves are shorter.
const HOLD: u64 = 256 << 20;

/// One format that has something inside.
pub(crate) trait Container: Sync {
    /// Its name, as in lists and messages.
    fn name(&self) -> &'static str;
    /// What it opens, in one sentence.
    fn purpose(&self) -> &'static str;
    /// What it does not open, in one sentence.
    fn limits(&self) -> &'static str;
    /// Whether `content` is of this format. For a *stream* it is at least the first 64 KiB, for
    /// a *text* the whole.
    fn recognizes(&self, name: &str, content: &[u8]) -> bool;
    /// Opens it, as far as it can be opened.
    fn open(&self, input: Input<'_>, opening: &mut Opening<'_>);
}

/// The containers, in the order in which they are tried.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    /// Recognized by their first bytes.
    pub(crate) streams: &'static [&'static dyn Container],
    /// Recognized by their whole content.
    pub(crate) texts: &'static [&'static dyn Container],
}

/// How an inner content is named.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part<'a> {
    /// It has a name of its own below this container.
    Named(&'a [u8]),
    /// It is the only content. The name is used if it is no container itself.
    Stem(&'a str),
    /// It is the same content in other clothes.
    Same,
}

/// One opening under way.
pub(crate) struct Opening<'s> {
    table: Table,
    meter: Rc<Meter>,
    sink: &'s mut dyn Sink,
    path: String,
    stem: Option<String>,
    depth: u32,
    damaged: bool,
}

impl<'s> Opening<'s> {
    pub(crate) fn new(table: Table, name: &str, limits: &Limits, sink: &'s mut dyn Sink) -> Self {
        Self {
            table,
            meter: Meter::new(limits),
            sink,
            path: name.to_owned(),
            stem: None,
            depth: 0,
            damaged: false,
        }
    }

    /// Opens the outermost content and tells what ended the opening early, if anything did.
    pub(crate) fn run(mut self, source: Source<'_>) {
        self.open_here(source);
        if let Some(spent) = self.meter.spent()
            && spent != Spent::Stopped
        {
            self.meter.loss(&self.path, spent.to_string());
        }
        self.flush();
    }

    pub(crate) fn meter(&self) -> &Rc<Meter> {
        &self.meter
    }

    /// The way to the content being opened.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The last name on the way to the content being opened.
    pub(crate) fn file_name(&self) -> &str {
        let path = self.stem.as_deref().unwrap_or(&self.path);
        path.rsplit(['!', '/']).next().unwrap_or_default()
    }

    /// Whether to go on.
    pub(crate) fn goes_on(&self) -> bool {
        self.meter.spent().is_none()
    }

    /// Whether some container would open `bytes`.
    pub(crate) fn knows(&self, bytes: &[u8]) -> bool {
        self.table.streams.iter().chain(self.table.texts).any(|container| container.recognizes("", bytes))
    }

    /// Tells of something lost in the present container.
    pub(crate) fn loss(&mut self, why: impl Into<String>) {
        self.meter.loss(&self.path, why);
    }

    /// The present content as one piece of memory; what is too long is cut and told.
    pub(crate) fn hold<'a>(&mut self, input: &mut Input<'a>) -> Cow<'a, [u8]> {
        let most = usize::try_from(self.meter.limits().leaf_bytes.max(HOLD)).unwrap_or(usize::MAX);
        match input.hold(most) {
            Ok((held, more)) => {
                if more {
                    let why = format!("longer than {most} bytes: the rest is not opened");
                    self.meter.gap(&self.path, why);
                }
                held
            }
            Err(_) => Cow::Borrowed(&[]),
        }
    }

    /// Opens an inner content.
    pub(crate) fn open(&mut self, part: Part<'_>, source: Source<'_>) {
        self.open_part(part, source, false);
    }

    /// Opens an inner content that is known to be incomplete.
    pub(crate) fn open_damaged(&mut self, part: Part<'_>, source: Source<'_>) {
        self.open_part(part, source, true);
    }

    fn open_part(&mut self, part: Part<'_>, source: Source<'_>, damaged: bool) {
        if !self.goes_on() {
            return;
        }
        let (path, stem) = (self.path.len(), self.stem.clone());
        match part {
            Part::Named(name) => {
                self.path.push('!');
                self.path.push_str(&String::from_utf8_lossy(name));
                self.stem = None;
            }
            Part::Stem(name) => self.stem = Some(name.to_owned()),
            Part::Same => {}
        }
        let before = self.damaged;
        self.damaged |= damaged;
        self.depth += 1;
        self.open_here(source);
        self.depth -= 1;
        self.damaged = before;
        self.path.truncate(path);
        self.stem = stem;
    }

    fn open_here(&mut self, source: Source<'_>) {
        let gaps = self.meter.gaps();
        let mut input = Input::new(source);
        let Ok(head) = input.ahead(AHEAD) else { return };
        let name = self.file_name();
        let too_deep = self.depth >= self.meter.limits().depth;
        let known = self.table.streams.iter().find(|container| container.recognizes(name, head));
        match known {
            Some(container) if !too_deep => return container.open(input, self),
            Some(_) => self.too_deep(),
            None => {}
        }
        let most = usize::try_from(self.meter.limits().leaf_bytes.max(HOLD)).unwrap_or(usize::MAX);
        let mut owned = Vec::new();
        let (held, more) = match input.slice() {
            Some(bytes) => (bytes, false),
            None => {
                let more = input.read_up_to(most, &mut owned).unwrap_or(true);
                (owned.as_slice(), more)
            }
        };
        if known.is_none()
            && let Some(container) =
                self.table.texts.iter().find(|container| container.recognizes(self.file_name(), held))
        {
            if !too_deep {
                if more {
                    self.loss(format!("longer than {most} bytes: the rest is not opened"));
                }
                return container.open(Input::new(Source::Slice(held)), self);
            }
            self.too_deep();
        }
        let partial = more || too_deep && known.is_some() || self.meter.gaps() != gaps;
        if input.slice().is_some() {
            self.leaf(Cow::Borrowed(held), partial);
        } else {
            self.leaf(Cow::Owned(owned), partial);
        }
    }

    fn too_deep(&mut self) {
        let depth = self.meter.limits().depth;
        self.loss(format!("nested more than {depth} deep: not opened further"));
    }

    /// Hands over what nothing opens.
    pub(crate) fn leaf(&mut self, bytes: Cow<'_, [u8]>, partial: bool) {
        let limit = usize::try_from(self.meter.limits().leaf_bytes).unwrap_or(usize::MAX);
        let mut partial = partial || self.damaged;
        if bytes.is_empty() {
            // An empty file holds nothing to find; an emptied one was told of as a loss.
            return self.flush();
        }
        let mut path = self.path.clone();
        if let Some(stem) = &self.stem {
            path.push('!');
            path.push_str(stem);
        }
        if bytes.len() > limit {
            self.meter.loss(&path, format!("longer than {limit} bytes: cut there"));
            partial = true;
        }
        let bytes = match bytes {
            Cow::Borrowed(bytes) => bytes[..bytes.len().min(limit)].to_vec(),
            Cow::Owned(mut bytes) => {
                bytes.truncate(limit);
                bytes
            }
        };
        // The last bytes that fit are given even when the account is then empty.
        let _ = self.meter.take(bytes.len());
        self.flush();
        if self.meter.spent() != Some(Spent::Stopped)
            && self.meter.take_leaf()
            && self.sink.leaf(Leaf { path, bytes, partial }) == Flow::Stop
        {
            self.meter.spend(Spent::Stopped);
        }
    }

    fn flush(&mut self) {
        for loss in self.meter.losses() {
            if self.meter.spent() == Some(Spent::Stopped) {
                return;
            }
            if self.sink.loss(Loss { path: loss.path, why: loss.why }) == Flow::Stop {
                self.meter.spend(Spent::Stopped);
            }
        }
    }
}
