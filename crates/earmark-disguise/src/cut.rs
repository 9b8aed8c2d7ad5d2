//! Taking a part of the whole: lines of a text, or some of many files.

use std::ops::Range;

use crate::dice::Dice;

/// A text with its place in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it stands, with `/` between folders.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl SourceFile {
    /// Puts a text at a path.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }
}

/// How much of a tree leaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    /// Whole files drawn at random: this share of their number, rounded, at least one.
    Files(f64),
    /// So many consecutive lines from a start drawn uniformly over all lines of all files.
    ///
    /// The files count as one long text in the order given; a stretch that reaches a file's end goes on in
    /// the next, and one that starts too near the last line is moved up to keep its length.
    Lines(usize),
}

/// The lines of `text` that `lines` numbers, counted from 0, with their line ends.
pub fn cut(text: &str, lines: Range<usize>) -> &str {
    let mut start = text.len();
    let mut place = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if number >= lines.end {
            break;
        }
        if number == lines.start {
            start = place;
        }
        place += line.len();
    }
    text.get(start..place).unwrap_or("")
}

/// Draws the part of `files` that leaks; the same seed draws the same part.
pub fn excerpt(files: &[SourceFile], share: Share, seed: u64) -> Vec<SourceFile> {
    let mut dice = Dice::new(seed);
    match share {
        Share::Files(part) => {
            let wanted = (files.len() as f64 * part).round().max(1.0) as usize;
            let mut order: Vec<usize> = (0..files.len()).collect();
            dice.shuffle(&mut order);
            order.truncate(wanted);
            order.sort_unstable();
            order.into_iter().map(|place| files[place].clone()).collect()
        }
        Share::Lines(wanted) => {
            let counts: Vec<usize> = files.iter().map(|file| file.text.lines().count()).collect();
            let total: usize = counts.iter().sum();
            let mut start = dice.below(total).min(total.saturating_sub(wanted));
            let mut left = wanted;
            let mut out = Vec::new();
            for (file, &count) in files.iter().zip(&counts) {
                if start >= count {
                    start -= count;
                    continue;
                }
                if left == 0 {
                    break;
                }
                let end = count.min(start.saturating_add(left));
                out.push(SourceFile::new(file.path.as_str(), cut(&file.text, start..end)));
                left -= end - start;
                start = 0;
            }
            out
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<SourceFile> {
        (0..20_usize)
            .map(|number| {
                let text: String = (0..number).map(|line| format!("{number}.{line}\n")).collect();
                SourceFile::new(format!("f{number}"), text)
            })
            .collect()
    }

    #[test]
    fn cuts_by_line() {
        assert_eq!(cut("a\nb\nc", 1..2), "b\n");
        assert_eq!(cut("a\nb\nc", 1..9), "b\nc");
        assert_eq!(cut("a\nb\nc", 5..9), "");
        #[expect(clippy::reversed_empty_ranges, reason = "a caller's slip must not panic")]
        let reversed = cut("a\nb\nc", 2..1);
        assert_eq!(reversed, "");
    }

    #[test]
    fn draws_a_tenth_of_the_files() {
        let drawn = excerpt(&files(), Share::Files(0.1), 5);
        assert_eq!(drawn.len(), 2);
        assert_eq!(drawn, excerpt(&files(), Share::Files(0.1), 5));
        assert!(excerpt(&[], Share::Files(0.1), 5).is_empty());
    }

    #[test]
    fn draws_consecutive_lines_from_everywhere() {
        let whole: String = files().iter().map(|file| file.text.as_str()).collect();
        let mut firsts = std::collections::HashSet::new();
        for seed in 0..2_000 {
            let drawn = excerpt(&files(), Share::Lines(30), seed);
            let text: String = drawn.iter().map(|file| file.text.as_str()).collect();
            assert_eq!(text.lines().count(), 30);
            assert!(whole.contains(&text));
            firsts.insert(text.lines().next().unwrap().to_owned());
        }
        // 190 lines, so 161 starts that leave 30; 2,000 draws miss one of them with chance below 1e-3.
        assert!(firsts.len() >= 158, "{}", firsts.len());
        assert_eq!(excerpt(&files(), Share::Lines(10_000), 1).len(), 19);
        assert!(excerpt(&[], Share::Lines(3), 1).is_empty());
    }
}
