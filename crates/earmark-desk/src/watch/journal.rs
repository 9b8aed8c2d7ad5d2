//! What a scan has gone through already, so that one that was stopped can go on.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use earmark_model::Digest;
use serde::{Deserialize, Serialize};

use super::outcome::Outcome;

/// A file of the vault's `tmp`: one line for each file of the sample that is done. It goes when the scan ends.
pub(super) struct Journal {
    path: PathBuf,
    done: HashMap<String, Outcome>,
    file: Mutex<Option<File>>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    stamp: String,
    outcome: Outcome,
}

impl Journal {
    /// Opens the journal of the scan that `scan` names, and reads what it holds if the scan goes on.
    ///
    /// Another process that runs the same scan keeps it; then this one has none and simply scans everything.
    ///
    /// # Errors
    /// When the file system refuses.
    pub(super) fn open(tmp: &Path, scan: &Digest, resume: bool) -> io::Result<Self> {
        let path = tmp.join(format!("scan-{}.jsonl", scan.short()));
        let file = fs::OpenOptions::new().create(true).read(true).append(true).open(&path)?;
        let mut journal = Self { path, done: HashMap::new(), file: Mutex::new(None) };
        if file.try_lock().is_err() {
            return Ok(journal);
        }
        if resume {
            // A killed scan may have left half a line: it, and all behind it, is scanned again.
            let mut whole = 0;
            let mut lines = BufReader::new(&file);
            let mut text = Vec::new();
            while lines.read_until(b'\n', &mut text)? > 0 {
                let Ok(line) = serde_json::from_slice::<Line>(&text) else { break };
                journal.done.insert(line.stamp, line.outcome);
                whole += text.len() as u64;
                text.clear();
            }
            file.set_len(whole)?;
        } else {
            file.set_len(0)?;
        }
        journal.file = Mutex::new(Some(file));
        Ok(journal)
    }

    /// What came of a file, if it is done.
    pub(super) fn done(&self, stamp: &str) -> Option<Outcome> {
        self.done.get(stamp).cloned()
    }

    /// Notes that a file is done. A full disk ends the journal, not the scan.
    pub(super) fn note(&self, stamp: String, outcome: &Outcome) {
        let mut slot = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = slot.as_mut() else { return };
        let line = serde_json::to_vec(&Line { stamp, outcome: outcome.clone() });
        let written = line.map_err(io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            file.write_all(&line)
        });
        if written.is_err() {
            *slot = None;
        }
    }

    /// Removes the journal of a scan that came to its end.
    pub(super) fn finish(self) {
        if self.file.into_inner().unwrap_or_else(PoisonError::into_inner).is_some() {
            // Left behind it is swept with the vault's other stray files.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(bytes: u64) -> Outcome {
        Outcome { bytes, ..Outcome::default() }
    }

    #[test]
    fn what_is_noted_is_there_when_the_scan_goes_on() {
        let tmp = tempfile::tempdir().unwrap();
        let scan = Digest::of(b"a scan");
        let first = Journal::open(tmp.path(), &scan, false).unwrap();
        first.note("a".to_owned(), &outcome(1));
        first.note("b".to_owned(), &outcome(2));
        let path = first.path.clone();
        drop(first);
        let mut killed = fs::OpenOptions::new().append(true).open(&path).unwrap();
        killed.write_all(b"{\"stamp\":\"c\",\"outc").unwrap();
        let again = Journal::open(tmp.path(), &scan, true).unwrap();
        assert_eq!(
            (again.done("a"), again.done("b"), again.done("c")),
            (Some(outcome(1)), Some(outcome(2)), None)
        );
        again.note("c".to_owned(), &outcome(3));
        // While it is at work, the same scan beside it has no journal and disturbs nothing.
        let beside = Journal::open(tmp.path(), &scan, true).unwrap();
        beside.note("d".to_owned(), &outcome(4));
        beside.finish();
        drop(again);
        let last = Journal::open(tmp.path(), &scan, true).unwrap();
        assert_eq!((last.done("c"), last.done("d")), (Some(outcome(3)), None));
        last.finish();
        assert!(!path.exists());
    }
}
