use earmark_model::{Digest, Layer, Region, Span};
use proptest::prelude::*;

use crate::analyze::{Options, analyze};
use crate::declared::{DeclarationFault as Fault, Declarations, varying_fields};
use crate::read::{FileReading, read};
use crate::source::SourceFile;
use crate::table::FileTable;
use crate::write::write_forms;

fn file<'a>(path: &'a str, text: &'a str) -> SourceFile<'a> {
    SourceFile { file: 0, path: path.as_bytes(), bytes: text.as_bytes() }
}

fn alternative(file: &str, text: &str, forms: &[&str]) -> String {
    format!("[[alternative]]\nfile = {file:?}\ntext = {text:?}\nforms = {forms:?}\n")
}

fn parse(entries: &[String]) -> Declarations {
    Declarations::parse(&format!("version = 1\n{}", entries.concat())).unwrap()
}

fn fault(entries: &str) -> Fault {
    Declarations::parse(&format!("version = 1\n{entries}")).unwrap_err().fault
}

fn misplaced(path: &str, text: &str, entries: &[String]) -> Fault {
    parse(entries).check(&[file(path, text)]).unwrap_err().fault
}

fn table(path: &str, text: &str, entries: &[String]) -> FileTable {
    let declared = parse(entries);
    declared.check(&[file(path, text)]).unwrap();
    let found = analyze(&[file(path, text)], &options(declared));
    found.table.validate().unwrap();
    found.table.files.into_iter().next().unwrap()
}

fn options(declared: Declarations) -> Options {
    Options { declared: Some(declared), naturalness: 0.0, ..Options::default() }
}

fn read_all(original: &str, table: &FileTable, leaf: &str) -> FileReading {
    let span = |text: &str| Span::new(0, text.len() as u32);
    let region = Region { sample_span: span(leaf), file_span: span(original), score: 1 };
    read(original.as_bytes(), table, &[region], leaf.as_bytes())
}

/// The form read at each declared site.
fn declared_forms(original: &str, table: &FileTable, leaf: &str) -> Vec<Option<String>> {
    let reading = read_all(original, table, leaf);
    let declared =
        reading.sites.iter().filter(|read| table.sites[read.site as usize].layer == Layer::Declared);
    declared
        .map(|read| {
            let form = &table.sites[read.site as usize].forms[usize::from(read.form?)];
            match form.as_slice() {
                [crate::Part::Literal(text)] => Some(String::from_utf8(text.clone()).unwrap()),
                _ => Some(read.form?.to_string()),
            }
        })
        .collect()
}

#[test]
fn faults_are_told_with_their_line() {
    let error =
        Declarations::parse("version = 1\n\n[[alternative]]\nfile = \"a\"\ntext = \"x\"\nforms = [\"x\"]\n")
            .unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3 of `earmark.toml`: alternative `x`: there are 1 forms, there must be 2 to 8"
    );
    assert_eq!(Declarations::parse("version = 2").unwrap_err().fault, Fault::Version { found: 2 });
    assert!(matches!(fault("[[alternative]]\nfile = 3"), Fault::Syntax { .. }));
    assert!(matches!(fault("[[alternative]]\nsurprise = 3"), Fault::Syntax { .. }));
    assert!(matches!(fault(&alternative("a", "x", &["x", "y", "y"])), Fault::Repeated { .. }));
    assert!(matches!(fault(&alternative("a", "x", &["z", "y"])), Fault::TextNotAForm { .. }));
    assert!(matches!(fault(&alternative("a", "x y", &["x y", "x\ny"])), Fault::Lines { .. }));
    assert!(matches!(fault(&alternative("a", " ", &[" ", "y"])), Fault::Empty { .. }));
    let nine: Vec<String> = (0..9).map(|at| format!("f{at}")).collect();
    let nine: Vec<&str> = nine.iter().map(String::as_str).collect();
    assert!(matches!(fault(&alternative("a", "f0", &nine)), Fault::Count { found: 9, .. }));
    let parameter = |name: &str, forms: &str, more: &str| {
        format!("[[parameter]]\nfile = \"a\"\nname = \"{name}\"\ntext = \"1\"\nforms = {forms}\n{more}\n")
    };
    assert_eq!(fault(&parameter("n", "[\"1\", \"2\"]", "")), Fault::NoRange);
    let range = "attack_range = \"any\"";
    let two = parameter("n", "[\"1\", \"2\"]", range) + &parameter("n", "[\"1\", \"3\"]", range);
    assert!(matches!(fault(&two), Fault::NameDiffers { other: 2 }));
}

#[test]
fn places_are_whole_words_and_told_apart() {
    let text = "a cat, a cats, and a cat\nno cat here: cat\n";
    let cat = |more: &str| vec![alternative("a.md", "cat", &["cat", "dog"]) + more];
    assert!(matches!(misplaced("b.md", text, &cat("")), Fault::NoFile { .. }));
    assert!(matches!(misplaced("a.md", text, &cat("")), Fault::Several { count: 4, .. }));
    assert!(matches!(
        misplaced("a.md", text, &cat("line_has = \"here\"\n")),
        Fault::Several { count: 2, .. }
    ));
    assert!(matches!(
        misplaced("a.md", text, &cat("occurrence = 5\n")),
        Fault::NoOccurrence { count: 4, .. }
    ));
    assert!(matches!(misplaced("a.md", "cats", &cat("")), Fault::NotFound { .. }));
    let table = table("a.md", text, &cat("line_has = \"here\"\noccurrence = 2\n"));
    assert_eq!(table.sites[0].span, Span::new(38, 41));
    let overlapping =
        [alternative("a.md", "one two", &["one two", "x"]), alternative("a.md", "two", &["two", "y"])];
    assert!(matches!(misplaced("a.md", "one two three", &overlapping), Fault::Overlap { other: 2 }));
    assert!(matches!(
        misplaced("a.md", "It may be", &[alternative("a.md", "may", &["may", "May"])]),
        Fault::ReadsTheSame { .. }
    ));
    assert!(matches!(
        misplaced("a.c", "int x = 65;", &[alternative("a.c", "65", &["65", "0x41"])]),
        Fault::ReadsTheSame { .. }
    ));
    assert!(matches!(
        misplaced("LICENSE.md", "may be", &[alternative("LICENSE.md", "may", &["may", "can"])]),
        Fault::LeftAlone { .. }
    ));
}

#[test]
fn what_cannot_be_used_is_noted_and_left_out() {
    let declared =
        parse(&[alternative("a.md", "cat", &["cat", "dog"]), alternative("a.md", "emu", &["emu", "owl"])]);
    let found = analyze(
        &[file("a.md", "The cat sat here.")],
        &Options { declared: Some(declared), ..Options::default() },
    );
    assert_eq!(found.table.files[0].sites.len(), 1);
    assert_eq!(found.left_alone[0].path, b"earmark.toml");
    assert!(found.left_alone[0].why.contains("`emu` is not found"), "{:?}", found.left_alone);
}

#[test]
fn a_key_says_what_was_declared_and_nothing_of_the_text_around() {
    let entries =
        [alternative("a.md", "cat", &["cat", "dog"]), alternative("a.md", "sat", &["sat", "stood"])];
    let before = table("a.md", "The cat sat here.", &entries);
    let after = table("a.md", "Long ago a black cat often sat on it.", &entries);
    let keys = |table: &FileTable| table.sites.iter().map(|site| site.key).collect::<Vec<Digest>>();
    assert_eq!(keys(&before), keys(&after));
    assert_ne!(keys(&before)[0], keys(&before)[1]);
    // The order in which forms are listed, and which of them the text has, say nothing either.
    let other = table("a.md", "The dog sat here.", &[alternative("a.md", "dog", &["dog", "cat"])]);
    assert_eq!(other.sites[0].key, before.sites[0].key);
    assert_eq!(other.sites[0].forms, before.sites[0].forms);
    // Two places of the same forms are two positions.
    let twice = [
        alternative("a.md", "cat", &["cat", "dog"]) + "occurrence = 1\n",
        alternative("a.md", "cat", &["cat", "dog"]) + "occurrence = 2\n",
    ];
    let twice = table("a.md", "a cat and a cat", &twice);
    assert_ne!(twice.sites[0].key, twice.sites[1].key);
}

#[test]
fn parameters_of_one_name_vary_as_one() {
    let entry = |at: u32| {
        format!(
            "[[parameter]]\nfile = \"a.c\"\nname = \"size\"\ntext = \"1216\"\noccurrence = {at}\n\
             forms = [\"1216\", \"1072\"]\nattack_range = \"any\"\n"
        )
    };
    let table = table("a.c", "int a = 1216;\nint b = 1216;\n", &[entry(1), entry(2)]);
    let keys: Vec<Digest> =
        table.sites.iter().filter(|site| site.layer == Layer::Declared).map(|site| site.key).collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

const STORY: &str = "We looked at the server for a week and found that it keeps the record too long.\n\
                     Whoever sends two requests may allow the second to use it. Nobody has seen that yet.\n\
                     The next update closes the hole; until then we advise to close the port and to wait.\n";

#[test]
fn one_form_that_fits_is_read_and_nothing_else() {
    let entries = [
        alternative("a.md", "may allow", &["may allow", "could let", "makes it easy for"]),
        alternative("a.md", "Nobody", &["Nobody", "No one", "None of us"]),
    ];
    let table = table("a.md", STORY, &entries);
    let forms = |leaf: &str| declared_forms(STORY, &table, leaf);
    let some = |text: &str| Some(text.to_owned());
    let leak = STORY.replace("may allow", "COULD  let").replace("Nobody", "no-one").replace('\n', " ");
    assert_eq!(forms(&leak), [some("could let"), some("No one")]);
    // A value that nobody was given, a form with a word changed, a form twice: erased.
    assert_eq!(forms(&STORY.replace("may allow", "helps")), [None, some("Nobody")]);
    assert_eq!(forms(&STORY.replace("may allow", "could allow")), [None, some("Nobody")]);
    assert_eq!(forms(&STORY.replace("may allow", "may allow or could let")), [None, some("Nobody")]);
    // The last words of a fragment, and the first: whole forms are read, cut ones are not.
    let end = STORY.find("the second").unwrap();
    assert_eq!(forms(&STORY[..end]), [some("may allow"), None]);
    assert_eq!(forms(&STORY[..end].replace("may allow", "makes it easy")), [None, None]);
    assert_eq!(forms(&STORY[STORY.find("Nobody").unwrap()..]), [None, some("Nobody")]);
}

#[test]
fn forms_that_continue_each_other_are_told_apart_where_the_text_goes_on() {
    let entries = [alternative("a.md", "too long", &["too long", "too long by far"])];
    let table = table("a.md", STORY, &entries);
    let forms = |leaf: &str| declared_forms(STORY, &table, leaf)[0].clone();
    assert_eq!(forms(STORY).as_deref(), Some("too long"));
    assert_eq!(forms(&STORY.replace("too long", "too long by far")).as_deref(), Some("too long by far"));
    assert_eq!(forms(&STORY[..STORY.find(" long.").unwrap() + 5]), None);
}

#[test]
fn moved_passages_are_found() {
    let entries = [
        alternative("a.md", "a week", &["a week", "seven days"]),
        alternative("a.md", "advise", &["advise", "ask", "urge"]),
    ];
    let table = table("a.md", STORY, &entries);
    let lines: Vec<&str> = STORY.lines().collect();
    let leak = format!(
        "{} {} {}",
        lines[2].replace("advise", "urge"),
        lines[1],
        lines[0].replace("a week", "seven days")
    );
    let forms = declared_forms(STORY, &table, &leak);
    assert_eq!(forms, [Some("seven days".to_owned()), Some("urge".to_owned())]);
}

const CODE: &str = "/* Waits a while. */\nint wait_for(int ticks)\n{\n    int total = 0;\n    if (ticks < 250) {\n        \
                    total += ticks * 3;\n    }\n    log_line(\"still waiting for the answer\", total);\n    \
                    return total != 0 ? total : other(ticks);\n}\n";

#[test]
fn in_code_strings_comments_names_and_moved_operands() {
    let entries = [
        alternative("a.c", "250", &["250", "300", "0x190"]),
        alternative("a.c", "waiting", &["waiting", "looking", "asking"]),
        alternative("a.c", "a while", &["a while", "some time"]),
        alternative("a.c", "other", &["other", "another"]),
    ];
    let table = table("a.c", CODE, &entries);
    assert_eq!(table.sites.iter().filter(|site| site.layer == Layer::Declared).count(), 4);
    assert!(table.sites.iter().any(|site| site.rule.as_str() == "C005"), "the comparison can turn round");
    let forms = |leaf: &str| declared_forms(CODE, &table, leaf);
    let some = |text: &str| Some(text.to_owned());
    let leak = CODE
        .replace("ticks < 250", "400 > ticks")
        .replace("a while", "some time")
        .replace("still waiting", "still \" \"asking")
        .replace("other(", "another(");
    assert_eq!(forms(&leak), [some("some time"), some("0x190"), some("asking"), some("another")]);
    // Renamed: a name says nothing any more, the rest stays. Stripped: the comment's words are gone.
    let renamed =
        leak.replace("another", "f").replace("total", "t").replace("ticks", "n").replace("some time", "");
    assert_eq!(forms(&renamed), [None, some("0x190"), some("asking"), None]);
}

#[test]
fn blocks_are_read_by_their_order() {
    let original = format!("{STORY}- the port is open to all\n- the log grows by a line\n{STORY}");
    let entries =
        ["[[block]]\nfile = \"a.md\"\nblocks = [\"- the port is open to all\", \"- the log grows by a line\"]\n".to_owned()];
    let table = table("a.md", &original, &entries);
    assert_eq!((table.sites.len(), table.sites[0].k, table.sites[0].rule.as_str()), (1, 2, "D003"));
    for form in 0..2 {
        let copy = write_forms(original.as_bytes(), &table, &mut |_| form);
        let leaf = String::from_utf8(copy).unwrap().to_uppercase().replace(['\n', '-'], " ");
        assert_eq!(read_all(&original, &table, &leaf).sites[0].form, Some(form));
    }
    assert!(matches!(
        misplaced(
            "a.md",
            "one\nx\ntwo\n",
            &["[[block]]\nfile = \"a.md\"\nblocks = [\"one\", \"two\"]\n".to_owned()]
        ),
        Fault::NotNeighbors
    ));
}

#[test]
fn any_file_can_hold_declared_sites() {
    let text = "listen = 7420\nname = frontdesk\ntimeout = 30\nretries = 4\nformat = short\nlevel = 3\n";
    let table =
        table("server.conf", text, &[alternative("server.conf", "frontdesk", &["frontdesk", "mailroom"])]);
    assert_eq!(table.language, crate::Language::Text);
    assert_eq!(
        declared_forms(text, &table, &text.replace("frontdesk", "mailroom")),
        [Some("mailroom".to_owned())]
    );
}

const DECLARED: &str = include_str!("../../../../testdata/stories/2012/earmark.toml");
const ADVISORY: &str = include_str!("../../../../testdata/stories/2012/advisory.md");
const CLIENT: &str = include_str!("../../../../testdata/stories/2012/poc.c");

fn story() -> [SourceFile<'static>; 2] {
    [file("advisory.md", ADVISORY), SourceFile { file: 1, path: b"poc.c", bytes: CLIENT.as_bytes() }]
}

#[test]
fn fields_that_vary_are_declared_and_undeclared_ones() {
    let fields = varying_fields(&Declarations::parse(DECLARED).unwrap(), &story());
    let declared = fields.iter().filter(|field| field.declared).count();
    assert_eq!((declared, fields.len() - declared), (12, 10));
    let nonce = fields.iter().find(|field| field.name == "nonce").unwrap();
    assert_eq!((nonce.line, nonce.range.is_some()), (Some(70), true));
    assert!(fields.windows(2).all(|pair| pair[0].name <= pair[1].name));
}

/// In a marked copy, with the declarations following its forms, the same sites are found again: the
/// declared ones and those of the rules of C among them.
#[test]
fn marked_copies_have_the_same_sites() {
    let declared = Declarations::parse(DECLARED).unwrap();
    let options = |declared: &Declarations| Options {
        declared: Some(declared.clone()),
        naturalness: 0.0,
        ..Options::default()
    };
    let found = analyze(&story(), &options(&declared));
    for recipient in 0..40_usize {
        let mut copies = Vec::new();
        let mut moved = declared.clone();
        for table in &found.table.files {
            let form = |index: usize| {
                let mixed = (index + 1).wrapping_mul(2_654_435_761) ^ recipient.wrapping_mul(40_503);
                u8::try_from((mixed >> 7) % usize::from(table.sites[index].k)).unwrap()
            };
            let bytes = story()[table.file as usize].bytes;
            for (index, site) in
                table.sites.iter().enumerate().filter(|(_, site)| site.layer == Layer::Declared)
            {
                let text = std::str::from_utf8(&bytes[site.span.range()]).unwrap();
                let [crate::Part::Literal(new)] = site.forms[usize::from(form(index))].as_slice() else {
                    panic!()
                };
                let new = std::str::from_utf8(new).unwrap();
                let entry = moved
                    .entries
                    .iter_mut()
                    .find(|entry| entry.text == text && entry.forms.iter().any(|form| form == new));
                let entry = entry.unwrap();
                // Rules may turn the line round: it is told by what the declared number stands in.
                entry.line_has = match entry.name.as_deref() {
                    Some("channel number") => Some("put(packet, ".to_owned() + new + ", 2)"),
                    Some("attempts") => Some("attempt".to_owned()),
                    _ => None,
                };
                entry.text = new.to_owned();
            }
            copies.push(write_forms(bytes, table, &mut |index| form(index)));
        }
        let files =
            [SourceFile { bytes: &copies[0], ..story()[0] }, SourceFile { bytes: &copies[1], ..story()[1] }];
        let (places, faults) = moved.places(&files);
        let placed: usize = places.values().map(Vec::len).sum();
        let again = analyze(&files, &options(&moved));
        let keys = |analysis: &crate::Analysis| -> Vec<Vec<(Digest, u8)>> {
            let sorted = |table: &FileTable| {
                let mut keys: Vec<_> = table.sites.iter().map(|site| (site.key, site.k)).collect();
                keys.sort();
                keys
            };
            analysis.table.files.iter().map(sorted).collect()
        };
        assert!(faults.is_empty() && placed == 32, "recipient {recipient}: {faults:?}");
        assert_eq!(keys(&found), keys(&again), "recipient {recipient}");
    }
}

proptest! {
    #[test]
    fn any_declarations_are_taken_or_refused(text in "\\PC{0,200}", form in "[a-z]([a-z ]{0,6}[a-z])?", source in "[a-z \n]{0,200}") {
        // A form that ends in a blank may run into the word behind it, and is then left out.
        let _ = Declarations::parse(&text);
        let toml = format!("version = 1\n{}", alternative("a.md", &form, &[&form, "zzz", ""]));
        if let Ok(declared) = Declarations::parse(&toml) {
            let files = [file("a.md", &source)];
            let faults = declared.check(&files);
            let found = analyze(&files, &Options { declared: Some(declared), ..Options::default() });
            prop_assert_eq!(faults.is_ok(), !found.table.files.is_empty());
        }
    }

    #[test]
    fn any_sample_is_read_without_a_wrong_form_of_its_own(leaf in "[a-z .,\n]{0,400}") {
        let entries = [alternative("a.md", "may allow", &["may allow", "could let"])];
        let table = table("a.md", STORY, &entries);
        // Random letters do not hold four neighbors of the site.
        prop_assert!(declared_forms(STORY, &table, &leaf).iter().all(Option::is_none));
    }

    #[test]
    fn any_bytes_can_be_read(leaf in proptest::collection::vec(any::<u8>(), 0..400), at in 0_usize..200) {
        let entries = [alternative("a.c", "250", &["250", "300"])];
        let table = table("a.c", CODE, &entries);
        let mut bytes = CODE.as_bytes().to_vec();
        let at = at.min(bytes.len());
        bytes.splice(at..at, leaf);
        let region = Region { sample_span: Span::new(0, bytes.len() as u32), file_span: Span::new(0, table.length), score: 1 };
        let reading = read(CODE.as_bytes(), &table, &[region], &bytes);
        let declared = reading.sites.iter().find(|read| read.rule.as_str() == "D001").unwrap();
        prop_assert!(declared.form.is_none_or(|form| form == declared.original));
    }
}
