//! Replaying a reading document: no vault, no keys.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use earmark_odds::document::{Decision, ReadingDocument};
use earmark_odds::replay::replay as replay_document;

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
    let file = File::open(path).map_err(|source| DeskError::io("open", path, source))?;
    // What a device or a pipe says of its length is not what comes out.
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|source| DeskError::io("read", path, source))?;
    if bytes.len() as u64 > LONGEST {
        return Err(DeskError::new(
            Kind::Malformed,
            format!("`{}` is longer than a reading document may be", path.display()),
        ));
    }
    let text = String::from_utf8(bytes).map_err(|source| {
        DeskError::because(Kind::Malformed, format!("`{}` is no UTF-8 text", path.display()), source)
    })?;
    let json = earmark_papers::reading_in(&text).unwrap_or(&text);
    let malformed = |source| {
        DeskError::because(Kind::Malformed, format!("`{}` is no reading document", path.display()), source)
    };
    let document = ReadingDocument::parse(json.as_bytes()).map_err(malformed)?;
    if document.decision.is_none() {
        let decision = earmark_odds::decide::decide(&document).map_err(malformed)?;
        return Ok(Replay { document, decision, differences: Vec::new() });
    }
    let outcome = replay_document(&document).map_err(malformed)?;
    let differences = outcome.differences.iter().map(|difference| difference.to_string()).collect();
    Ok(Replay { document, decision: outcome.decision, differences })
}
