//! Lines of a leaf beside those of the original, for a reader of the report.

use earmark_model::Span;
use earmark_papers::Row;

/// Rows made for one region.
const MOST_ROWS: usize = 60;

/// A text by its lines.
pub(super) struct Lines<'a> {
    starts: Vec<usize>,
    bytes: &'a [u8],
}

impl<'a> Lines<'a> {
    /// Splits `bytes` at line feeds.
    #[must_use]
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let breaks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(breaks).filter(|start| *start < bytes.len().max(1)).collect();
        Self { starts, bytes }
    }

    /// The number, from 1, of the line that holds byte `at`.
    #[must_use]
    pub(super) fn number(&self, at: u32) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= at as usize)).unwrap_or(u32::MAX).max(1)
    }

    /// The first and last line that `span` touches, from 1.
    #[must_use]
    pub(super) fn of(&self, span: Span) -> (u32, u32) {
        let last = span.end.saturating_sub(1).max(span.start);
        (self.number(span.start), self.number(last))
    }

    /// Where `span` stands in its first line: first and one past the last character, from 0; `None` past the line.
    #[must_use]
    pub(super) fn columns(&self, span: Span) -> Option<(u32, u32)> {
        let start = *self.starts.get(self.number(span.start) as usize - 1)?;
        let line = self.bytes.get(start..)?.split(|byte| *byte == b'\n').next()?;
        let (from, to) = (span.start as usize - start, (span.end as usize - start).min(line.len()));
        let characters = |end: usize| Some(String::from_utf8_lossy(line.get(..end)?).chars().count() as u32);
        Some((characters(from)?, characters(to)?))
    }

    /// The text of line `number`, from 1, without its end; bytes that are no UTF-8 become U+FFFD.
    #[must_use]
    pub(super) fn text(&self, number: u32) -> String {
        let index = number as usize - 1;
        let start = self.starts.get(index).copied().unwrap_or(self.bytes.len());
        let end = self.starts.get(index + 1).copied().unwrap_or(self.bytes.len());
        let line = self.bytes.get(start..end).unwrap_or(&[]);
        String::from_utf8_lossy(line).trim_end_matches(['\n', '\r']).to_owned()
    }
}

/// Puts the lines `sample_lines` of the leaf beside `file_lines` of the original.
///
/// Lines are paired by their shape: what stays of a line when names and numbers are blinded. Lines that
/// have no counterpart stand alone, in order.
#[must_use]
pub(super) fn rows(
    sample: &Lines<'_>,
    sample_lines: (u32, u32),
    file: &Lines<'_>,
    file_lines: (u32, u32),
) -> Vec<Row> {
    let most = MOST_ROWS as u32;
    let left: Vec<u32> = (sample_lines.0..=sample_lines.1.min(sample_lines.0 + most)).collect();
    let right: Vec<u32> = (file_lines.0..=file_lines.1.min(file_lines.0 + most)).collect();
    let shapes = |lines: &Lines<'_>, numbers: &[u32]| {
        numbers.iter().map(|n| shape(&lines.text(*n))).collect::<Vec<_>>()
    };
    let pairs = earmark_align::align(&shapes(sample, &left), &shapes(file, &right));
    let mut rows = Vec::new();
    let (mut at_left, mut at_right) = (0, 0);
    for (next_left, next_right) in pairs.into_iter().chain([(left.len(), right.len())]) {
        while at_left < next_left || at_right < next_right {
            let one = (at_left < next_left).then(|| left[at_left]);
            let other = (at_right < next_right).then(|| right[at_right]);
            rows.push(row(sample, one, file, other));
            at_left += usize::from(one.is_some());
            at_right += usize::from(other.is_some());
        }
        if next_left < left.len() && next_right < right.len() {
            rows.push(row(sample, Some(left[next_left]), file, Some(right[next_right])));
            (at_left, at_right) = (next_left + 1, next_right + 1);
        }
    }
    rows.truncate(MOST_ROWS);
    rows
}

fn row(sample: &Lines<'_>, left: Option<u32>, file: &Lines<'_>, right: Option<u32>) -> Row {
    Row { sample: left.map(|n| (n, sample.text(n))), file: right.map(|n| (n, file.text(n))) }
}

/// A hash of a line with names and numbers blinded and white space gone (FNV-1a, 32 bits).
fn shape(line: &str) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let mut in_word = false;
    for byte in line.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let word = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        if !(word && in_word) {
            hash = (hash ^ u32::from(if word { b'w' } else { byte })).wrapping_mul(0x0100_0193);
        }
        in_word = word;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renamed_lines_stand_beside_their_originals() {
        let leaf = b"if (q)\n  go(q, 7);\n";
        let original = b"/* why */\nif (ptr)\n    run(ptr, 0x10);\nreturn;\n";
        let rows = rows(&Lines::new(leaf), (1, 2), &Lines::new(original), (1, 4));
        let pairs: Vec<_> = rows
            .iter()
            .map(|row| (row.sample.as_ref().map(|line| line.0), row.file.as_ref().map(|line| line.0)))
            .collect();
        assert_eq!(pairs, [(None, Some(1)), (Some(1), Some(2)), (Some(2), Some(3)), (None, Some(4))]);
    }

    #[test]
    fn lines_are_numbered_from_one() {
        let lines = Lines::new(b"a\nbb\n");
        assert_eq!(lines.of(Span::new(0, 5)), (1, 2));
        assert_eq!(lines.text(2), "bb");
        assert_eq!(Lines::new(b"").number(0), 1);
    }
}
