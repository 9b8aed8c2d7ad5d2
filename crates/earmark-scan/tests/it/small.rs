use earmark_model::Level;

use crate::disguise::edited;
use crate::garden::{Seed, code, prose, scanner};

/// Five lines at every twentieth line of 10 files: at least 95 % get evidence with a chance below 1e-4 (seeded).
#[test]
fn five_lines_are_evidence() {
    let files: Vec<String> = (0..10).map(|number| code(&mut Seed(number), 200)).collect();
    let scanner = scanner(&files);
    let (mut trials, mut found) = (0, 0);
    for (number, file) in files.iter().enumerate() {
        let lines: Vec<&str> = file.lines().filter(|line| line.trim().len() >= 12).collect();
        for from in (0..lines.len() - 5).step_by(20) {
            let sample = lines[from..from + 5].join("\n");
            let result =
                scanner.exact(sample.as_bytes(), |_, file| Some(files[file as usize].clone().into_bytes()));
            trials += 1;
            found += usize::from(result.matches.first().is_some_and(|one| {
                one.found.file == number as u32 && one.found.level == Level::Evidence && one.chance <= 1e-4
            }));
        }
    }
    assert!(found * 100 >= trials * 95, "{found} of {trials}");
}

#[test]
fn an_edited_paragraph_is_one_match_with_its_places() {
    let words = prose(&mut Seed(5), 300);
    let file = words.join(" ");
    let scanner = scanner(&[&file]);
    let mut taken = words[100..150].to_vec();
    taken[25] = "entirely different".to_owned();
    let sample = taken.join("\n").to_uppercase();
    let result = scanner.exact(sample.as_bytes(), |_, _| Some(file.clone().into_bytes()));
    assert_eq!(result.matches.len(), 1);
    let regions = &result.matches[0].found.regions;
    assert_eq!(regions.len(), 2);
    for region in regions {
        let (here, there) = (&sample[region.sample_span.range()], &file[region.file_span.range()]);
        let plain =
            |text: &str| text.to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<String>>();
        assert_eq!(plain(here), plain(there));
    }
}

/// 200 samples of 5 and 40 lines by others: none below 1e-4; the stated chance allows 0.02.
#[test]
fn other_peoples_lines_are_no_evidence() {
    let files: Vec<String> = (0..6).map(|number| code(&mut Seed(number), 200)).collect();
    let scanner = scanner(&files);
    for number in 0..100 {
        let other = code(&mut Seed(7_000 + number), 60);
        let lines: Vec<&str> = other.lines().collect();
        for count in [5, 40] {
            let sample = lines[3..3 + count].join("\n");
            let result =
                scanner.exact(sample.as_bytes(), |_, file| Some(files[file as usize].clone().into_bytes()));
            assert_eq!(result.matches, [], "{sample}");
        }
    }
}

#[test]
fn a_missing_original_is_passed_over() {
    let file = code(&mut Seed(1), 60);
    let scanner = scanner(&[&file]);
    let sample = edited(&file, 10, &mut Seed(2));
    assert_eq!(scanner.exact(sample.as_bytes(), |_, _| None).matches, []);
    assert_eq!(scanner.exact(b"", |_, _| Some(file.clone().into_bytes())).matches, []);
}
