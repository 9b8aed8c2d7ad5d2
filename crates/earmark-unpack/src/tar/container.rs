use crate::input::{AHEAD, Input, Source, Take};
use crate::opening::{Container, Opening, Part};
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

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        Header::parse(content).is_some_and(|head| !head.name.is_empty()) || find_posix(content)
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        // An error here is a limit, which the opening tells of itself.
        let _ = entries(&mut input, opening);
    }
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

/// Passes over what has no valid head, up to the next one; its bytes are a leaf of their own: they are
/// mostly the content of a file whose head is lost.
fn orphan(input: &mut Input<'_>, opening: &mut Opening<'_>, orphans: &mut u32) -> std::io::Result<()> {
    let most = usize::try_from(opening.meter().limits().leaf_bytes).unwrap_or(usize::MAX);
    let mut content = Vec::new();
    let at = input.consumed();
    let mut skipped = 0_u64;
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
        content.extend_from_slice(&window[..step.min(most.saturating_sub(content.len()))]);
        input.consume(step);
        skipped += step as u64;
        if found.is_some() {
            break;
        }
    }
    *orphans += 1;
    let filled = content.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    content.truncate(filled);
    opening
        .meter()
        .gap(opening.path(), format!("no valid head at byte {at}: {skipped} bytes without a name"));
    let name = format!("lost+found/{orphans}");
    opening.open_damaged(Part::Named(name.as_bytes()), Source::Slice(&content));
    Ok(())
}
