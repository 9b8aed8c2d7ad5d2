//! Unified diffs: `--- old`, `+++ new`, `@@ -1,3 +1,4 @@`, lines marked ` `, `-`, `+`.

use std::borrow::Cow;

use crate::input::{Input, Source};
use crate::opening::{Container, Opening, Part};
use crate::text::readable::lines;

pub(crate) struct Diff;

impl Container for Diff {
    fn name(&self) -> &'static str {
        "diff"
    }

    fn purpose(&self) -> &'static str {
        "unified diffs: the patch itself, and both sides of every file without the marks"
    }

    fn limits(&self) -> &'static str {
        "only what the diff shows; binary patches are left as they are"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        (content.starts_with(b"@@ -") || memchr::memmem::find(content, b"\n@@ -").is_some())
            && lines(content).any(|line| hunk(line).is_some())
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        let held = opening.hold(&mut input);
        // A patch may itself be what leaked.
        opening.leaf(Cow::Borrowed(&held), false);
        for side in sides(&held) {
            if opening.meter().take(side.text.len()).is_err() {
                return;
            }
            opening.open(Part::Named(&side.name), Source::Slice(&side.text));
        }
    }
}

/// How many lines of the old and of the new side follow.
fn hunk(line: &[u8]) -> Option<(u64, u64)> {
    let text =
        std::str::from_utf8(line.strip_prefix(b"@@ -")?.get(..line.len().saturating_sub(4).min(60))?).ok()?;
    let (old, rest) = text.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let count = |range: &str| match range.split_once(',') {
        Some((start, count)) => start.parse::<u64>().ok().and(count.parse().ok()),
        None => range.parse::<u64>().ok().and(Some(1)),
    };
    Some((count(old)?, count(new)?))
}

struct Side {
    name: Vec<u8>,
    text: Vec<u8>,
}

/// The sides of every file: the new one, and the old one where something was taken away.
fn sides(content: &[u8]) -> Vec<Side> {
    let mut sides = Vec::new();
    let (mut name, mut old, mut new, mut removed) = (b"unnamed".to_vec(), Vec::new(), Vec::new(), false);
    let (mut old_left, mut new_left) = (0_u64, 0_u64);
    let close =
        |name: &[u8], old: &mut Vec<u8>, new: &mut Vec<u8>, removed: &mut bool, sides: &mut Vec<Side>| {
            if std::mem::take(removed) {
                sides.push(Side { name: [b"old/", name].concat(), text: std::mem::take(old) });
            }
            if !new.is_empty() {
                sides.push(Side { name: [b"new/", name].concat(), text: std::mem::take(new) });
            }
            old.clear();
        };
    for line in lines(content) {
        if old_left == 0 && new_left == 0 {
            if let Some((old, new)) = hunk(line) {
                (old_left, new_left) = (old, new);
            } else if line.starts_with(b"--- ") {
                close(&name, &mut old, &mut new, &mut removed, &mut sides);
                name = file_name(&line[4..]);
            } else if line.starts_with(b"+++ ") && !line.starts_with(b"+++ /dev/null") {
                name = file_name(&line[4..]);
            }
            continue;
        }
        let (mark, rest) = line.split_first().map_or((b' ', &[][..]), |(mark, rest)| (*mark, rest));
        let (in_old, in_new) = (matches!(mark, b' ' | b'-'), matches!(mark, b' ' | b'+'));
        if !in_old && !in_new {
            // `\ No newline at end of file`, or a diff that was cut.
            if mark != b'\\' {
                (old_left, new_left) = (0, 0);
            }
            continue;
        }
        removed |= mark == b'-';
        for (wanted, side, left) in [(in_old, &mut old, &mut old_left), (in_new, &mut new, &mut new_left)] {
            if wanted {
                side.extend_from_slice(rest);
                side.push(b'\n');
                *left = left.saturating_sub(1);
            }
        }
    }
    close(&name, &mut old, &mut new, &mut removed, &mut sides);
    sides
}

/// The file's name without git's `a/` or `b/` and without a time behind a tab.
fn file_name(text: &[u8]) -> Vec<u8> {
    let name = text.split(|byte| *byte == b'\t').next().unwrap_or_default();
    let name = name.strip_prefix(b"a/").or(name.strip_prefix(b"b/")).unwrap_or(name);
    name.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_come_out() {
        let patch = b"diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@ int f\n a\n-b\n+c\n d\n\
            --- /dev/null\n+++ b/new.c\t2026-01-01\n@@ -0,0 +1,2 @@\n+--- e\n+f\n";
        let sides: Vec<_> = sides(patch).into_iter().map(|side| (side.name, side.text)).collect();
        let expected: Vec<(&[u8], &[u8])> =
            vec![(b"old/x.c", b"a\nb\nd\n"), (b"new/x.c", b"a\nc\nd\n"), (b"new/new.c", b"--- e\nf\n")];
        assert_eq!(sides, expected.into_iter().map(|(n, t)| (n.to_vec(), t.to_vec())).collect::<Vec<_>>());
    }

    #[test]
    fn counts_of_a_hunk() {
        assert_eq!(hunk(b"@@ -1,2 +3,4 @@ f"), Some((2, 4)));
        assert_eq!(hunk(b"@@ -1 +3 @@"), Some((1, 1)));
        for bad in [&b"@@ -"[..], b"@@ -x +y @@", b"@@ -1", b"@@ @@", b"@@ -1,2 +3,4"] {
            assert_eq!(hunk(bad), None);
        }
    }
}
