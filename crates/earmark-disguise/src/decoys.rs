//! Files of other people, for a leak to hide among.

mod plan;
mod print;
mod prose;

use crate::cut::SourceFile;
use crate::dice::Dice;
use print::Tongue;

const TONGUES: [(Tongue, &str); 4] =
    [(Tongue::C, "c"), (Tongue::JavaScript, "js"), (Tongue::Rust, "rs"), (Tongue::Python, "py")];

/// Writes `count` files of small programs and notes that nobody else has.
///
/// They are C, JavaScript, Rust and Python that parse, and Markdown; about 80 lines each. The same seed
/// writes the same files, and a longer run starts with the files of a shorter one. Paths are distinct.
pub fn decoys(seed: u64, count: usize) -> Vec<SourceFile> {
    (0..count)
        .map(|number| {
            let lane = Dice::lane(seed, number as u64).next();
            let file = decoy(lane, (lane >> 32) as usize % 5);
            let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
            let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
            SourceFile::new(format!("{folder}/{stem}_{number}.{extension}"), file.text)
        })
        .collect()
}

/// Writes one file in the language numbered `place`, the last of them prose.
pub(crate) fn decoy(seed: u64, place: usize) -> SourceFile {
    let mut dice = Dice::new(seed);
    let theme = plan::theme(&mut dice);
    let Some((tongue, extension)) = TONGUES.get(place) else {
        return SourceFile::new(
            format!("{}/docs/{}.md", theme.name, dice.pick(theme.nouns)),
            prose::notes(theme, &mut dice),
        );
    };
    let module = plan::module(theme, &mut dice);
    let name = format!("{}/src/{}.{extension}", theme.name, module.name);
    SourceFile::new(name, print::print(*tongue, &module))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn are_many_and_repeatable() {
        let files = decoys(11, 400);
        assert_eq!(files[..50], decoys(11, 50));
        assert_ne!(files[..50], decoys(12, 50));
        let paths: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let texts: HashSet<&str> = files.iter().map(|file| file.text.as_str()).collect();
        assert_eq!((paths.len(), texts.len()), (400, 400));
        for extension in [".c", ".js", ".rs", ".py", ".md"] {
            assert!(paths.iter().filter(|path| path.ends_with(extension)).count() > 40);
        }
        let lines: usize = files.iter().map(|file| file.text.lines().count()).sum();
        assert!(lines / files.len() > 40, "{}", lines / files.len());
    }
}
