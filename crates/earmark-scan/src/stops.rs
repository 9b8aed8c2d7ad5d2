//! Texts that everybody has: licenses, lists of headers. Found by phrases, left out of level 1.
//!
//! Level 2 needs none of this: comments and include lines are no tokens.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// Turns of phrase that only licenses use, as symbols. A text that has one is a license around it.
const PHRASES: &[&str] = &[
    "permissionisherebygranted",
    "permissiontousecopymodify",
    "redistributionanduseinsource",
    "redistributionsofsourcecode",
    "redistributionsinbinaryform",
    "thissoftwareisprovided",
    "thesoftwareisprovidedasis",
    "withoutwarrantyofanykind",
    "withoutanywarranty",
    "warrantiesofmerchantability",
    "warrantyofmerchantability",
    "fitnessforaparticularpurpose",
    "innoeventshall",
    "bereliableforany",
    "directindirectincidental",
    "consequentialdamages",
    "thisprogramisfreesoftware",
    "thislibraryisfreesoftware",
    "thisfileispartof",
    "gnugeneralpubliclicense",
    "gnulessergeneralpublic",
    "gnulibrarygeneralpublic",
    "freesoftwarefoundation",
    "youshouldhavereceivedacopy",
    "licensedundertheapachelicense",
    "apachelicenseversion",
    "youmaynotusethisfileexcept",
    "youmayobtainacopyofthelicense",
    "distributedunderthelicenseis",
    "unlessrequiredbyapplicablelaw",
    "mozillapubliclicense",
    "subjecttothetermsofthemozilla",
    "spdxlicenseidentifier",
    "theabovecopyrightnotice",
    "abovecopyrightnoticeand",
    "allrightsreserved",
    "neitherthenameofthe",
    "toendorseorpromoteproducts",
    "boostsoftwarelicense",
    "thisisfreeandunencumbered",
    "publicdomain",
    "alteredsourceversions",
    "mustnotbemisrepresented",
    "usethissoftwareforanypurpose",
    "commonpubliclicense",
    "eclipsepubliclicense",
    "creativecommons",
    "licenseagreement",
    "termsandconditions",
    "contributorlicense",
    "forthefulllicenseinformation",
    "seethelicensefile",
    "seethefilecopying",
    "bsdstylelicense",
    "mitlicense",
    "anyexpressorimplied",
    "expressorimpliedwarranties",
    "eventshalltheauthors",
    "copyrightholdersandcontributors",
    "procurementofsubstitutegoods",
    "theoryofliability",
    "possibilityofsuchdamage",
    "copiesorsubstantialportions",
    "tortorotherwise",
    "eitherversion2ofthelicense",
    "oratyouroptionanylater",
    "51franklin",
    "writetothefreesoftware",
    "cc010universal",
    "theaffirmer",
    "affirmersheirs",
    "commonscorporation",
    "contributorcovenant",
    "limitationsunderthelicense",
    "dealingsinthesoftware",
    "alteredfromanysource",
    "thissoftwareandits",
    "disclaimsallwarranties",
    "disclaimallwarranties",
    "specialindirectorconsequential",
    "inanactionofcontract",
    "negligenceorother",
    "arisingoutoforin",
    "lossofusedata",
    "lossofminduse",
    "isherebygranted",
    "beliableforanyspecial",
    "bothappearin",
    "insupportingdocumentation",
    "disclaimscopyright",
    "maysharefreely",
    "loremipsumdolor",
    "defineto1ifyouhavethe",
    "defineto1ifthesystem",
    "generatedfromconfigurein",
    "generatedfromconfigureac",
    "ourpledge",
    "harassmentfree",
    "projectmaintainers",
    "codeofconduct",
    "ofthislicense",
    "underthislicense",
    "thislicenseto",
    "thetermsofthe",
];

/// Symbols before a phrase that still belong to the license.
const BEFORE: u32 = 220;
/// Symbols behind one.
const BEHIND: u32 = 130;
/// Two stretches of license with no more symbols between them are one.
const BETWEEN: u32 = 1_200;

static STARTS: LazyLock<HashMap<[u8; 8], Vec<&'static [u8]>>> = LazyLock::new(|| {
    let mut starts: HashMap<[u8; 8], Vec<&'static [u8]>> = HashMap::new();
    for phrase in PHRASES {
        if let Some(head) = phrase.as_bytes().first_chunk::<8>() {
            starts.entry(*head).or_default().push(phrase.as_bytes());
        }
    }
    starts
});

/// Phrases near the start of files that tools write or hand out: nobody's own.
const COMMON_FILES: &[&str] = &[
    "generatedbygnuautoconf",
    "attempttoguessacanonical",
    "configurationvalidationsubroutine",
    "installaprogramscriptordatafile",
    "providegeneralizedlibrarybuilding",
    "generatedautomaticallybyaclocal",
    "generatedbyautomake",
    "microsoftvisualstudiosolution",
    "schemasmicrosoftcomdevelopermsbuild",
    "contributorcovenant",
    "bisonparser",
    "implementationforbison",
];

/// Whether the symbols are those of a file that comes with a build tool, or of a license as such.
pub(crate) fn common(symbols: &[u8], licenses: &[Range<u32>]) -> bool {
    let head = &symbols[..symbols.len().min(1_500)];
    let covered: u32 = licenses.iter().map(|range| range.end - range.start).sum();
    u64::from(covered) * 10 >= symbols.len() as u64 * 7 && symbols.len() > 200
        || COMMON_FILES
            .iter()
            .any(|phrase| head.windows(phrase.len()).any(|window| window == phrase.as_bytes()))
}

/// A bit for each value of a cheap hash of a phrase's first eight symbols: most places end here.
static HEADS: LazyLock<[u64; 64]> = LazyLock::new(|| {
    let mut heads = [0; 64];
    for head in STARTS.keys() {
        let hash = quick(*head);
        heads[hash / 64] |= 1 << (hash % 64);
    }
    heads
});

fn quick(head: [u8; 8]) -> usize {
    (u64::from_le_bytes(head).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize
}

/// Stretches of license, widened by what usually stands before the first phrase and behind the last.
pub(crate) fn widened(licenses: &[Range<u32>], symbols: usize) -> Vec<Range<u32>> {
    licenses
        .iter()
        .map(|range| range.start.saturating_sub(BEFORE)..(range.end + BEHIND).min(symbols as u32))
        .collect()
}

/// The stretches of `symbols` from a license's first phrase to its last, in order, apart from one another.
pub(crate) fn licenses(symbols: &[u8]) -> Vec<Range<u32>> {
    let heads = &*HEADS;
    let mut found: Vec<Range<u32>> = Vec::new();
    for (at, head) in symbols.array_windows::<8>().enumerate() {
        let hash = quick(*head);
        if heads[hash / 64] >> (hash % 64) & 1 == 0 {
            continue;
        }
        let Some(phrases) = STARTS.get(head) else { continue };
        for phrase in phrases {
            if symbols[at..].starts_with(phrase) {
                add(&mut found, at..at + phrase.len(), BETWEEN);
            }
        }
    }
    found
}

/// How lines open that every C file may have.
const OPENINGS: &[&[u8]] = &[
    b"#include",
    b"# include",
    b"#  include",
    b"#ifdef __cplusplus",
    b"#if defined(__cplusplus)",
    b"#if defined (__cplusplus)",
    b"extern \"C\"",
];

/// The byte ranges of lines that only bring in what others wrote.
pub(crate) fn imports(bytes: &[u8]) -> Vec<Range<u32>> {
    let mut found: Vec<Range<u32>> = Vec::new();
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii_start();
        let directive = OPENINGS.iter().any(|words| text.starts_with(words));
        let import =
            [b"import ".as_slice(), b"from ", b"use ", b"using "].iter().any(|word| text.starts_with(word));
        // These words also open sentences: a line of prose is longer or has no dot, colon or semicolon.
        let marked = text.iter().any(|byte| matches!(byte, b'.' | b':' | b';'));
        if line.len() < 120 && (directive || import && marked) {
            add(&mut found, start..start + line.len(), 0);
        }
        start += line.len();
    }
    found
}

fn add(found: &mut Vec<Range<u32>>, range: Range<usize>, between: u32) {
    let range = range.start as u32..range.end as u32;
    match found.last_mut() {
        Some(last) if range.start <= last.end + between => last.end = last.end.max(range.end),
        _ => found.push(range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_license_is_known_by_its_phrases() {
        let mut symbols = "x".repeat(1_000);
        symbols.insert_str(500, "withoutwarrantyofanykind");
        let found = licenses(symbols.as_bytes());
        assert_eq!((found[0].start, found[0].end), (500, 524));
        let wide = widened(&found, 1_024);
        assert_eq!((wide.len(), wide[0].start, wide[0].end), (1, 280, 654));
        assert!(licenses("x".repeat(1_000).as_bytes()).is_empty());
    }

    #[test]
    fn lists_of_headers_are_known() {
        assert_eq!(imports(b"#include <a.h>\n#include <b.h>\nint x;\nimport a.b\n"), [0..30, 37..48]);
        assert!(imports(b"from the start\n").is_empty());
    }
}
