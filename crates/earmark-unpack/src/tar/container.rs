use crate::input::{AHEAD, Input, Source, Take};
use crate::opening::{Container, Opening, Part};
use crate::streams::blind::UNKNOWN;
use crate::tar::header::{BLOCK, Header, Kind, find};
use crate::tar::names::Names;

pub(crate) struct Tar;

impl Container for Tar {
    fn name(&self) -> &'static str {
        "tar"
    }

    fn purpose(&self) -> &'static str {
        "tar archives of every kind, also with their beginning or some heads missing"
    }

    fn limits(&self) -> &'static str {
        "sparse files come as stored, links hold nothing to open"
    }

    fn recognizes(&self, name: &str, content: &[u8]) -> bool {
        Header::parse(content).is_some_and(|head| !head.name.is_empty())
            || find_posix(content)
            || name.ends_with(".tar") && is_riddled(content)
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        // An error here is a limit, which the opening tells of itself.
        let _ = entries(&mut input, opening);
    }
}

/// Whether `content` was decoded without its beginning: then the first heads are rarely whole.
fn is_riddled(content: &[u8]) -> bool {
    let sample = &content[..content.len().min(AHEAD)];
    sample.len() >= BLOCK && memchr::memchr_iter(UNKNOWN, sample).count() * 50 > sample.len()
}

/// Whether a head of the newer kinds lies somewhere in `content`: the magic and the checksum.
fn find_posix(content: &[u8]) -> bool {
    memchr::memmem::find_iter(content, b"ustar")
        .filter_map(|at| content.get(at.checked_sub(257)?..))
        .any(|head| Header::parse(head).is_some())
}

fn entries(input: &mut Input<'_>, opening: &mut Opening<'_>) -> std::io::Result<()> {
    let mut names = Names::default();
    let mut orphans = 0;
    while opening.goes_on() {
        let ahead = input.ahead(BLOCK)?;
        if ahead.is_empty() {
            break;
        }
        if ahead.len() >= BLOCK && ahead[..BLOCK].iter().all(|byte| *byte == 0) {
            input.consume(BLOCK);
            continue;
        }
        let Some(mut header) = Header::parse(ahead) else {
            names = Names::default();
            orphan(input, opening, &mut orphans)?;
            continue;
        };
        input.consume(BLOCK);
        if Names::are_in(header.kind) {
            let mut content = Vec::new();
            let mut entry = Take { from: &mut *input, left: header.size };
            let mut part = Input::new(Source::Stream(&mut entry));
            part.read_up_to(Names::LONGEST as usize, &mut content)?;
            drop(part);
            entry.skip()?;
            names.learn(header.kind, &content);
        } else {
            names.apply(&mut header);
            if header.kind == Kind::File {
                file(input, &header, opening)?;
            } else if !matches!(header.kind, Kind::Folder | Kind::Symlink | Kind::HardLink) {
                Take { from: &mut *input, left: header.size }.skip()?;
            }
        }
        let filled = header.size.next_multiple_of(BLOCK as u64) - header.size;
        if matches!(header.kind, Kind::Folder | Kind::Symlink | Kind::HardLink) {
            continue;
        }
        Take { from: &mut *input, left: filled }.skip()?;
    }
    Ok(())
}

fn file(input: &mut Input<'_>, header: &Header, opening: &mut Opening<'_>) -> std::io::Result<()> {
    let part = Part::Named(&header.name);
    if let Some(slice) = input.slice() {
        let length = usize::try_from(header.size).unwrap_or(usize::MAX);
        if let Some(content) = slice.get(..length) {
            opening.open(part, Source::Slice(content));
            input.consume(length);
        } else {
            cut(opening, header);
            opening.open_damaged(part, Source::Slice(slice));
            input.consume(slice.len());
        }
        return Ok(());
    }
    let mut entry = Watched {
        take: Take { from: &mut *input, left: header.size },
        opening_path: format!("{}!{}", opening.path(), String::from_utf8_lossy(&header.name)),
        meter: std::rc::Rc::clone(opening.meter()),
        told: false,
    };
    opening.open(part, Source::Stream(&mut entry));
    entry.take.skip()?;
    Ok(())
}

fn cut(opening: &Opening<'_>, header: &Header) {
    let path = format!("{}!{}", opening.path(), String::from_utf8_lossy(&header.name));
    opening.meter().gap(&path, CUT);
}

const CUT: &str = "the archive ends inside this file";

/// An entry that notes when its archive ends too early.
struct Watched<'a, 'i> {
    take: Take<'a, 'i>,
    opening_path: String,
    meter: std::rc::Rc<crate::meter::Meter>,
    told: bool,
}

impl std::io::Read for Watched<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.take.read(buffer)?;
        if read == 0 && !buffer.is_empty() && self.take.left > 0 && !self.told {
            self.told = true;
            self.meter.gap(&self.opening_path, CUT);
        }
        Ok(read)
    }
}

/// Passes over what has no valid head, up to the next one. Its bytes are leaves of their own: they are mostly the
/// contents of files whose heads are lost.
fn orphan(input: &mut Input<'_>, opening: &mut Opening<'_>, orphans: &mut u32) -> std::io::Result<()> {
    let most =
        usize::try_from(opening.meter().limits().leaf_bytes).unwrap_or(usize::MAX).clamp(BLOCK, ORPHAN);
    let mut content = Vec::new();
    let at = input.consumed();
    let mut skipped = 0_u64;
    opening.meter().gap(opening.path(), format!("no valid head at byte {at}"));
    loop {
        opening.meter().alive()?;
        let ahead = input.ahead(AHEAD)?;
        if ahead.is_empty() {
            break;
        }
        // In memory everything lies ahead; looking at it piece by piece keeps this linear.
        let window = &ahead[..ahead.len().min(AHEAD)];
        let last = window.len() == ahead.len() && window.len() < AHEAD;
        let found = find(window, usize::from(skipped == 0));
        let step = found.unwrap_or(if last { window.len() } else { window.len() - BLOCK });
        content.extend_from_slice(&window[..step]);
        input.consume(step);
        skipped += step as u64;
        if found.is_some() {
            break;
        }
        if content.len() >= most {
            nameless(&std::mem::take(&mut content), opening, orphans);
        }
    }
    nameless(&content, opening, orphans);
    Ok(())
}

/// Nameless contents are given in pieces of about this length.
const ORPHAN: usize = 8 << 20;

fn nameless(content: &[u8], opening: &mut Opening<'_>, orphans: &mut u32) {
    let filled = content.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    if filled > 0 {
        *orphans += 1;
        let name = format!("lost+found/{orphans}");
        opening.open_damaged(Part::Named(name.as_bytes()), Source::Slice(&content[..filled]));
    }
}
