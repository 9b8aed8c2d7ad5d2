//! Replaying a reading document: no vault, no keys.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use earmark_odds::document::{Decision, DocumentError, ReadingDocument};
use earmark_odds::replay::replay as replay_document;
use earmark_papers::ReadingStream;

use super::answer::{Answer, ReadErased};
use crate::error::{DeskError, Kind};

impl Replay {
    /// The same answer that the trace gave, as far as a document holds it.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let document = &self.document;
        let read = document.positions.iter().filter(|position| position.y.is_some()).count() as u64;
        let decision = &self.decision;
        Answer {
            asset: document.asset.clone(),
            revision: document.revisions.first().cloned(),
            matter: document.matter.clone(),
            look: document.look,
            alpha_look: document.alpha_look,
            n: document.n,
            positions: ReadErased { read, erased: document.positions.len() as u64 - read },
            positions_wanted: decision.positions_wanted,
            holds_for_coalitions_up_to: decision.holds_for_coalitions_up_to,
            suspects: decision.suspects.clone(),
            one_of: decision.one_of.clone(),
            excluded: decision.excluded.clone(),
            recipients: decision.recipients.clone(),
            unmarked: decision.unmarked,
            ..Answer::empty(decision.verdict)
        }
    }
}

/// Longest document that is read, in bytes.
const LONGEST: u64 = 1 << 30;

/// What a replay found.
#[derive(Debug)]
pub struct Replay {
    /// The document, as read.
    pub document: ReadingDocument,
    /// The decision that follows from it.
    pub decision: Decision,
    /// How the document differs from it; empty if it holds.
    pub differences: Vec<String>,
}

/// Decides again what the document in `path` (or embedded in a report) records.
///
/// # Errors
/// When it cannot be read, or contradicts itself.
pub fn replay(path: &Path) -> Result<Replay, DeskError> {
    let document = read(path)?;
    let malformed = |source| no_document(path, source);
    if document.decision.is_none() {
        let decision = earmark_odds::decide::decide(&document).map_err(malformed)?;
        return Ok(Replay { document, decision, differences: Vec::new() });
    }
    let outcome = replay_document(&document).map_err(malformed)?;
    let differences = outcome.differences.iter().map(|difference| difference.to_string()).collect();
    Ok(Replay { document, decision: outcome.decision, differences })
}

/// Reads the document as it comes, from a file of its own or from a report: its text is never held whole.
fn read(path: &Path) -> Result<ReadingDocument, DeskError> {
    let file = File::open(path).map_err(|source| DeskError::io("open", path, source))?;
    // What a device or a pipe says of its length is not what comes out.
    let mut from = BufReader::with_capacity(1 << 16, Bounded { from: file, left: LONGEST });
    let begins = from.fill_buf().map_err(|source| DeskError::io("read", path, source))?;
    let is_page = begins.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    let read = if is_page {
        let found = ReadingStream::find(from).map_err(|source| DeskError::io("read", path, source))?;
        let Some(inside) = found else {
            let message = format!("`{}` is a page without a reading document", path.display());
            return Err(DeskError::new(Kind::Malformed, message));
        };
        ReadingDocument::read_from(BufReader::with_capacity(1 << 16, inside))
    } else {
        ReadingDocument::read_from(from)
    };
    read.map_err(|source| no_document(path, source))
}

fn no_document(path: &Path, source: DocumentError) -> DeskError {
    DeskError::because(Kind::Malformed, format!("`{}` is no reading document", path.display()), source)
}

/// A source that fails once it has given more than it may.
struct Bounded {
    from: File,
    left: u64,
}

impl Read for Bounded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(out)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other("it is longer than a reading document may be"))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_is_too_long_fails_and_one_that_is_not_ends() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"0123456789").unwrap();
        let all = |left| {
            let mut text = String::new();
            Bounded { from: File::open(file.path()).unwrap(), left }.read_to_string(&mut text).map(|_| text)
        };
        assert_eq!(all(10).unwrap(), "0123456789");
        assert!(all(9).unwrap_err().to_string().contains("longer"));
    }

    #[test]
    fn a_document_is_read_from_its_file_and_from_a_page() {
        let json = r#"{"version":1,"alpha":1e-6,"n":1,"levels":[128],"positions":[],"codewords":{"a":""}}"#;
        let page = format!("\n<html><script type=\"application/json\" id=\"reading\">{json}</script></html>");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reading");
        let read_text = |text: &str| {
            std::fs::write(&path, text).unwrap();
            replay(&path).map(|replay| replay.document)
        };
        assert_eq!(read_text(json).unwrap(), read_text(&page).unwrap());
        for bad in ["", "<html></html>", "\u{feff}{}", "{\"version\":1", "{\"asset\":\"\u{0}\"}"] {
            assert_eq!(read_text(bad).unwrap_err().kind, Kind::Malformed, "{bad:?}");
        }
    }
}
